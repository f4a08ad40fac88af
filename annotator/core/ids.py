"""Identifiers: random, unguessable, and ordered by time."""

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562 §5.7): 48 bits of Unix milliseconds, 12 bits of their fraction, 62 random bits.

    Ids of one process are strictly increasing, so that rows made in one go sort in the order they were made.
    """
    global _last
    nanos = time.time_ns()
    moment = (nanos // 1_000_000) << 12 | (nanos % 1_000_000) * 4096 // 1_000_000
    with _lock:
        moment = _last = max(moment, _last + 1)
    millis, fraction = moment >> 12, moment & 0xFFF
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
