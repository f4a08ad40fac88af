"""One lazily made Redis client per process."""

from functools import cache

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from annotator.config import get_config

REDIS_ERRORS = (RedisConnectionError, RedisTimeoutError, OSError)


@cache
def get_redis() -> Redis:
    """Client for short commands; blocking readers make their own with ``socket_timeout=None``."""
    return Redis.from_url(get_config().redis_address, socket_timeout=2, socket_connect_timeout=1)
