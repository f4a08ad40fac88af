"""The really started product, for tests that use it from outside."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
MARKS = {"web": "uvicorn", "worker": "celery", "redis": "redis.sock", "training": "trainer.job"}
"""A word of the command line by which a process of the product is known."""


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(question: Callable[[], T | None], *, seconds: float, what: str, every: float = 0.2) -> T:
    """Ask until the answer is truthy; fails with a sentence after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := question():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(every)


class Product:
    """``marquee up`` in a home of its own."""

    def __init__(self, **environment: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="mqe-"))
        self.places = self.home / "places"  # folders of the server that people may name
        self.places.mkdir()
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        clean = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith("MARQUEE_") and k not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environment = {
            **clean,
            "MARQUEE_HOME": str(self.home),
            "MARQUEE_PORT": str(self.port),
            "MARQUEE_IMPORT_ROOTS": str(self.places),
            "MARQUEE_LEASE_SECONDS": "10",
            "MARQUEE_HEARTBEAT_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None
        self.link = ""

    def start(self) -> "Product":
        """Start and wait for the address; keeps the one-time link."""
        command = [sys.executable, str(ROOT / "manage.py"), "up"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if found := re.search(r"(http\S+/link/\S+)", line):
                self.link = found.group(1)
            if "Ctrl-C stops it" in line:
                return self
        raise AssertionError("The product did not start:\n" + "".join(lines))

    def stop(self) -> None:
        """Ctrl-C, then clean up."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        shutil.rmtree(self.home, ignore_errors=True)

    def children(self, name: str) -> list[psutil.Process]:
        """Living processes of the product by their part: web, worker, redis, training."""
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if MARKS[name] in " ".join(child.cmdline()):
                    found.append(child)
            except psutil.Error:
                continue
        return found

    def kill(self, name: str) -> None:
        """kill −9 one part of the product."""
        victims = self.children(name)
        assert victims, f"No {name} process runs."
        for victim in victims:
            victim.kill()
        psutil.wait_procs(victims, timeout=10)

    def log(self, name: str) -> str:
        """Text of one log file."""
        file = self.home / "logs" / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""


class Api:
    """A signed-in program: thin wrapper over ``requests`` with the session's CSRF token."""

    def __init__(self, product: Product) -> None:
        self.base = f"{product.base}/api/v1"
        self.session = requests.Session()

    def sign_in(self, link: str) -> "Api":
        """Use a one-time link."""
        self.session.get(f"{self.base}/session", timeout=30)
        self.call("POST", "/session/link", json={"token": link.rsplit("/", 1)[1]})
        return self

    def call(self, method: str, path: str, *, expect: tuple[int, ...] = (200, 201, 202, 204), **kwargs: Any) -> Any:
        """One request; fails with the answer's text on an unexpected status."""
        headers = {"X-CSRFToken": self.session.cookies.get("csrftoken", ""), "Referer": self.base}
        answer = self.session.request(
            method, self.base + path, headers={**headers, **kwargs.pop("headers", {})}, timeout=60, **kwargs
        )
        assert answer.status_code in expect, f"{method} {path} → {answer.status_code}: {answer.text[:1000]}"
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else answer.content

    def get(self, path: str, **kwargs: Any) -> Any:
        """GET."""
        return self.call("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> Any:
        """POST."""
        return self.call("POST", path, json=json, **kwargs)
