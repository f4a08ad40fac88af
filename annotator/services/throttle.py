"""Counting attempts in windows of a minute, so that passwords and links cannot be guessed at speed."""

import hashlib
import time
from threading import Lock

from rest_framework.exceptions import Throttled

from annotator.redis import REDIS_ERRORS, get_redis

WINDOW = 60
_local: dict[str, int] = {}
_lock = Lock()


class TooManyAttempts(Throttled):
    """The limit of a window is used up."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait=wait, detail=f"Too many attempts. Wait {wait} seconds and try again.")
        self.detail = f"Too many attempts. Wait {wait} seconds and try again."


def count_attempt(scope: str, who: str, *, limit: int) -> None:
    """Count one attempt of ``who``; raises :class:`TooManyAttempts` beyond ``limit`` per minute.

    Redis counts for all processes; while it does not answer each process counts for itself.
    """
    now = int(time.time())
    digest = hashlib.sha256(who.encode()).hexdigest()[:24]
    key = f"throttle:{scope}:{digest}:{now // WINDOW}"
    try:
        pipeline = get_redis().pipeline()
        pipeline.incr(key)
        pipeline.expire(key, WINDOW * 2)
        attempts = int(pipeline.execute()[0])
    except REDIS_ERRORS:
        attempts = _count_here(key, now)
    if attempts > limit:
        raise TooManyAttempts(WINDOW - now % WINDOW)


def _count_here(key: str, now: int) -> int:
    with _lock:
        window = str(now // WINDOW)
        for old in [known for known in _local if not known.endswith(window)]:
            del _local[old]
        _local[key] = _local.get(key, 0) + 1
        return _local[key]
