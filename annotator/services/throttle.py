"""Counting attempts in windows of a minute, so that passwords and links cannot be guessed at speed."""

import hashlib
import time
from threading import Lock

from annotator.core.errors import TooManyRequests
from annotator.redis import REDIS_ERRORS, get_redis

WINDOW = 60
_local: dict[str, int] = {}
_lock = Lock()


def count_attempt(scope: str, who: str, *, limit: int) -> None:
    """Count one attempt of ``who``; raises :class:`TooManyRequests` beyond ``limit`` per minute.

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
        wait = WINDOW - now % WINDOW
        raise TooManyRequests(f"Too many attempts. Wait {wait} seconds and try again.", fields={"retry_after": wait})


def _count_here(key: str, now: int) -> int:
    with _lock:
        window = str(now // WINDOW)
        for old in [known for known in _local if not known.endswith(window)]:
            del _local[old]
        _local[key] = _local.get(key, 0) + 1
        return _local[key]
