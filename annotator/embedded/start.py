"""The start of the product on one machine: checks, Redis, database, first account, web server, worker."""

import errno
import fcntl
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from redis import Redis

from annotator.config import Config
from annotator.embedded import redis_server
from annotator.embedded.supervisor import Service, Supervisor
from annotator.redis import REDIS_ERRORS

LEAST_FREE_BYTES = 200 * 1024 * 1024


class CannotStart(Exception):
    """The product cannot start; the text is the one sentence that people need."""


def check_disk(config: Config) -> None:
    """Refuse to start on a full disk: a database that cannot grow loses work."""
    try:
        config.home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(config.home).free
    except OSError as error:
        raise CannotStart(f"MARQUEE_HOME {config.home} cannot be used: {error.strerror}.") from error
    if free < LEAST_FREE_BYTES:
        raise CannotStart(
            f"The disk is full: only {free // 2**20} MiB are free in {config.home}. Free some space first."
        )


def check_port(config: Config) -> None:
    """Refuse a port that somebody else listens on."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"Port {config.port} is taken by another program. Stop it, or choose another: MARQUEE_PORT=8001 make run."
                ) from error
            raise CannotStart(f"Cannot listen on {config.host}:{config.port}: {error.strerror}.") from error


def lock_home(config: Config) -> IO[str]:
    """Take the single-instance lock of ``home``; keep the returned file open."""
    file = (config.home / "marquee.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        raise CannotStart(f"Marquee already runs with {config.home} (process {file.read().strip() or '?'}).") from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def wait_for_redis(config: Config, service: Service | None, *, seconds: float = 15.0) -> None:
    """Wait until Redis answers."""
    client = Redis.from_url(config.redis_address, socket_timeout=2, socket_connect_timeout=2)
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.ping()
            return
        except REDIS_ERRORS as error:
            if service is not None and not service.alive():
                raise CannotStart(f"The embedded Redis ended at once:\n{service.tail()}") from error
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"Redis does not answer at {config.redis_url or config.redis_socket}: {error}."
                ) from error
            time.sleep(0.03)


def wait_for_web(config: Config, service: Service, *, seconds: float = 60.0) -> None:
    """Wait until the web server accepts connections."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not service.alive():
            raise CannotStart(f"The web server ended at once:\n{service.tail()}")
        try:
            socket.create_connection((config.host, config.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise CannotStart(f"The web server does not answer after {seconds:.0f} seconds. Log: {service.log}")


def redis_service(config: Config) -> Service:
    """The embedded Redis."""
    try:
        command = redis_server.command(config)
    except redis_server.NoRedisBinary as error:
        raise CannotStart(str(error)) from error
    return Service("redis", command, config.home / "logs" / "redis.log")


def web_service(config: Config) -> Service:
    """Uvicorn with one process; more belong behind a proxy (docs/deployment.md)."""
    options = ["--host", config.host, "--port", str(config.port), "--timeout-graceful-shutdown", "3", "--no-access-log"]
    command = [sys.executable, "-m", "uvicorn", "annotator.asgi:application", "--lifespan", "off", *options]
    return Service("web", command, config.home / "logs" / "web.log", _environment(config))


def worker_service(config: Config) -> Service:
    """One Celery worker with threads: training runs in subprocesses of its own."""
    queues = ",".join(config.worker_queues)
    options = ["-P", "threads", "-c", str(config.worker_concurrency), "-Q", queues, "--loglevel", "INFO"]
    quiet = ["--without-gossip", "--without-mingle"]
    command = [sys.executable, "-m", "celery", "-A", "annotator.celery", "worker", *options, *quiet]
    return Service("worker", command, config.home / "logs" / "worker.log", _environment(config))


def _environment(config: Config) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH", "")
    return {
        "DJANGO_SETTINGS_MODULE": "annotator.settings",
        "MARQUEE_HOME": str(config.home),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root,
    }


def address(config: Config) -> str:
    """What to type into the browser."""
    host = "localhost" if config.host in {"127.0.0.1", "0.0.0.0", "::"} else config.host  # noqa: S104 -- compared, not bound
    return config.public_url.rstrip("/") or f"http://{host}:{config.port}"


def run(config: Config, *, prepare: Callable[[], str], say: Callable[[str], None]) -> None:
    """Start everything, print the address and ``prepare``'s sign-in path, and stay until SIGINT or SIGTERM.

    ``prepare`` runs once Redis answers: it migrates the database, makes the first account and returns a path with a
    one-time token. Raises :class:`CannotStart` with one sentence.
    """
    check_disk(config)
    lock = lock_home(config)
    check_port(config)
    supervisor = Supervisor(say=say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, supervisor.request_stop)
    try:
        redis = None
        if not config.redis_url:
            redis = redis_service(config)
            supervisor.add(redis)
        wait_for_redis(config, redis)
        path = prepare()
        web = web_service(config)
        supervisor.add(worker_service(config))
        supervisor.add(web)
        wait_for_web(config, web)
        base = address(config)
        say(f"Marquee runs at {base}")
        say(f"Sign in once with {base}{path}")
        say("Ctrl-C stops it.")
        supervisor.watch()
        say("Stopping…")
    finally:
        supervisor.stop()
        lock.close()
