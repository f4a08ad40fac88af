"""Starts, watches and stops the product's processes: Redis, web server, worker."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

GRACE_SECONDS = {"web": 6.0, "worker": 20.0, "redis": 8.0}
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Service:
    """One child process: how to start it and how it did so far."""

    name: str
    command: list[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    started_at: float = 0.0
    wait_until: float = 0.0

    def start(self) -> None:
        """Start the process; its output goes to its log file."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        output: IO[bytes]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.env},
                start_new_session=True,  # Ctrl-C reaches us only; we stop the children in order
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- no threads yet hold locks
            )
        self.starts += 1
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, *, grace: float) -> None:
        """Ask the process to end, then make it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)

    def tail(self, lines: int = 12) -> str:
        """The last lines of the log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


def _die_with_parent() -> None:
    """Linux: when the supervisor is killed without a chance to clean up, its children get SIGTERM."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keeps services running: a service that ends is started again, with growing pauses when it keeps failing."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self.services: list[Service] = []
        self.stopping = threading.Event()
        self._say = say

    def add(self, service: Service) -> None:
        """Start a service and watch it from now on; started first is stopped last."""
        service.start()
        self.services.append(service)

    def watch(self) -> None:
        """Block until :meth:`request_stop`; restart what ended."""
        while not self.stopping.wait(0.2):
            for service in self.services:
                if not service.alive():
                    self._revive(service)

    def _revive(self, service: Service) -> None:
        now = time.monotonic()
        if service.wait_until == 0.0:
            lived = now - service.started_at
            pause = 0.0 if lived > 30 else min(30.0, 0.5 * 2 ** min(service.starts, 6))
            code = service.process.returncode if service.process else None
            self._say(f"{service.name} ended ({_reason(code)}); starting it again in {pause:.0f} s. Log: {service.log}")
            service.wait_until = now + pause
        if now >= service.wait_until:
            service.wait_until = 0.0
            service.start()

    def request_stop(self, *_: object) -> None:
        """Signal handler: leave :meth:`watch`."""
        self.stopping.set()

    def stop(self) -> None:
        """Stop everything in reverse order: first the web server, last Redis."""
        for service in reversed(self.services):
            service.stop(grace=GRACE_SECONDS.get(service.name, 8.0))


def _reason(code: int | None) -> str:
    if code is None:
        return "never started"
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
