"""Counting attempts in windows of a minute, so that passwords and links cannot be guessed at speed."""

import hashlib
import time
from contextlib import suppress
from threading import Lock

from annotator.core.errors import TooManyRequests
from annotator.redis import REDIS_ERRORS, get_redis

WINDOW = 60
_local: dict[str, int] = {}
_lock = Lock()


def count_attempt(scope: str, who: str, *, limit: int) -> None:
    """Count one attempt of ``who``; raises :class:`TooManyRequests` beyond ``limit`` per minute.

    Redis counts for all processes, and each process counts for itself as well: an answer that Redis once fails to give
    must not give away an attempt.
    """
    now = int(time.time())
    digest = hashlib.sha256(who.encode()).hexdigest()[:24]
    key = f"throttle:{scope}:{digest}:{now // WINDOW}"
    attempts = _count_here(key, now)
    with suppress(*REDIS_ERRORS):
        pipeline = get_redis().pipeline()
        pipeline.incr(key)
        pipeline.expire(key, WINDOW * 2)
        attempts = max(attempts, int(pipeline.execute()[0]))
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


def forget_attempts() -> None:
    """Start counting anew in this process; tests do so between each other."""
    with _lock:
        _local.clear()
