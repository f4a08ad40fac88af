"""Signed links to files: who holds the link may read the file until it expires; nobody can make one up."""

import hashlib
import hmac
from datetime import UTC, datetime

PERIOD = 86_400
"""Links of one day are equal, so that browsers find the picture in their cache again."""


def expiry_after(now: datetime, *, period: int = PERIOD) -> int:
    """Unix second at which a link made ``now`` expires: the end of the next full period, one to two periods away."""
    return (int(now.timestamp()) // period + 2) * period


def sign(text: str, *, key: bytes, expires: int) -> str:
    """Hex signature (128 bits of HMAC-SHA256) of ``text`` and its expiry."""
    return hmac.new(key, f"{expires}:{text}".encode(), hashlib.sha256).hexdigest()[:32]


def is_valid(text: str, signature: str, *, key: bytes, expires: int, now: datetime | None = None) -> bool:
    """Whether the signature belongs to ``text`` and has not expired."""
    if (now or datetime.now(UTC)).timestamp() >= expires:
        return False
    return hmac.compare_digest(sign(text, key=key, expires=expires), signature)
