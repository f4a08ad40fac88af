"""A real worker, a real queue: what happens to a job whose worker is killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.config import load
from annotator.embedded import redis_server

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parents[3]
MODULE = "tests.annotator.tasks.waiting_worker"
PATIENCE = 90.0
"""Upper bound of every wait: only a failure takes that long."""


class Home:
    """A home folder with its own database, Redis and workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MARQUEE_", "DATABASE_", "REDIS_"))}
        self.environment = {
            **kept,
            "MARQUEE_HOME": str(folder),
            "MARQUEE_SECRET_KEY": "tests-only-" + "0123456789abcdef" * 2,
            "PYTHONPATH": str(ROOT),
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self.redis = self._start(redis_server.command(load(self.environment)))

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        log = (self.folder / "log").open("ab")
        process = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        self._processes.append(process)
        return process

    def prepare(self) -> None:
        """Make the database, with a job that nobody was told of."""
        script = ROOT / (MODULE.replace(".", "/") + ".py")
        subprocess.run([sys.executable, str(script)], env=self.environment, check=True)

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a Celery worker."""
        options = ["-P", "threads", "-c", "2", "-Q", "io", "--without-gossip", "--without-mingle", "-l", "warning"]
        return self._start([sys.executable, "-m", "celery", "-A", MODULE, "worker", *options])

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, the whole group."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def job(self) -> dict[str, Any]:
        """The job's row, read from the file."""
        with sqlite3.connect(self.folder / "marquee.sqlite3") as connection:
            connection.row_factory = sqlite3.Row
            row = connection.execute("SELECT state, attempt, done, result, owner FROM annotator_job").fetchone()
        return dict(row)

    def wait(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Poll the row until it is as wanted."""
        deadline = time.monotonic() + PATIENCE
        while not condition(row := self.job()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{row}\n{(self.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.05)
        return row

    def close(self) -> None:
        """End everything that was started here."""
        for process in self._processes:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="mq-job-") as name:  # short: the path of the socket is limited
        home = Home(Path(name))
        try:
            home.prepare()
            yield home
        finally:
            home.close()


def test_a_killed_worker_loses_nothing(home: Home) -> None:
    first = home.worker()  # nobody was told of the job: its first sweep must find it
    row = home.wait(lambda row: row["state"] == "running" and row["done"] > 0)
    assert row["attempt"] == 1

    home.kill(first)
    assert home.job()["state"] == "running", "a killed worker cannot say goodbye"
    home.worker()
    row = home.wait(lambda row: row["attempt"] == 2 and row["done"] > 0)
    assert row["state"] == "running"

    home.kill(home.redis)  # the queue is disposable: work goes on without it
    (home.folder / "go").touch()
    row = home.wait(lambda row: row["state"] == "done")
    assert row["result"] == '{"finished_by_attempt": 2}'
