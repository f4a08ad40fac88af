"""The supervisor keeps its services running and stops them in order."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.embedded.supervisor import Service, Supervisor

pytestmark = pytest.mark.processes
SLEEPER = [sys.executable, "-u", "-c", "import time; print('up'); time.sleep(600)"]
STUBBORN = [
    sys.executable, "-u", "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(600)",
]  # fmt: skip


def wait_for(question: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_service_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(say=said.append)
    service = Service("web", SLEEPER, tmp_path / "web.log")
    supervisor.add(service)
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()
    try:
        assert service.process is not None
        first = service.process.pid
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: service.starts == 2 and service.alive())
        assert service.process.pid != first
        assert "web ended (SIGKILL)" in said[0]
    finally:
        supervisor.request_stop()
        watcher.join()
        supervisor.stop()
    assert not service.alive()


def test_services_are_stopped_in_reverse_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(Service, "stop", lambda self, grace: order.append(self.name))
    supervisor = Supervisor(say=print)
    supervisor.services = [Service(name, [], tmp_path / name) for name in ("redis", "worker", "web")]
    supervisor.stop()
    assert order == ["web", "worker", "redis"]


def test_a_service_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    service = Service("worker", STUBBORN, tmp_path / "worker.log")
    service.start()
    wait_for(lambda: "up" in service.tail())
    service.stop(grace=0.2)
    assert service.process is not None
    assert service.process.returncode == -signal.SIGKILL


def test_the_log_is_kept_over_restarts(tmp_path: Path) -> None:
    service = Service("web", [sys.executable, "-c", "print('hello')"], tmp_path / "logs" / "web.log")
    for _ in range(2):
        service.start()
        assert service.process is not None
        service.process.wait(20)
    assert service.tail().splitlines() == ["hello", "hello"]
