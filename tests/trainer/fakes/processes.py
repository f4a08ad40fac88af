"""A home with a database file of its own in which real worker processes supervise real subprocesses."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections

from annotator.config import load
from annotator.core.records import ImageRecord
from annotator.embedded import redis_server
from annotator.models import Project
from trainer.core.job import RunFolder
from trainer.core.manifest import write_records
from trainer.models import Run, RunEvent

FAKES = Path(__file__).parent
ROOT = FAKES.parents[2]
ALIAS = "processes"
PATIENCE = 60.0
"""Upper bound of every wait: only a failure takes that long."""


_template: Path | None = None


def _empty_database() -> Path:
    """A database file with all tables, made once per test process."""
    global _template
    if _template is None or not _template.exists():
        home = Path(tempfile.mkdtemp(prefix="mq-tables-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        command = [sys.executable, str(FAKES / "worker.py"), "tables"]
        subprocess.run(
            command,
            env={**environment, "MARQUEE_HOME": str(home), "PYTHONPATH": str(ROOT)},
            check=True,
            timeout=PATIENCE,
        )
        _template = home / "marquee.sqlite3"
    return _template


class Workplace:
    """The home folder, its database (alias ``processes``) and the workers started in it."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self.workers: list[subprocess.Popen[bytes]] = []
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith("MARQUEE_") and k not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environment = {
            **kept,
            "MARQUEE_HOME": str(home),
            "MARQUEE_SECRET_KEY": "tests-only-" + "0123456789abcdef" * 2,
            "MARQUEE_LEASE_SECONDS": "3",
            "MARQUEE_HEARTBEAT_SECONDS": "1",
            "MARQUEE_DEVICES": "cpu",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{FAKES}",
            **settings,
        }
        shutil.copy(_empty_database(), home / "marquee.sqlite3")

    def start_worker(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([sys.executable, str(FAKES / "worker.py"), "work"], env=self.environment)
        self.workers.append(worker)
        return worker

    def start_redis(self) -> subprocess.Popen[bytes]:
        """The embedded server of this home, for tests of the real queue."""
        command = redis_server.command(load(self.environment))
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.workers.append(server)
        self.wait((self.home / "redis" / "redis.sock").exists, "Redis")
        return server

    def start_celery(self) -> subprocess.Popen[bytes]:
        """A real worker as the product starts it."""
        options = ["-P", "threads", "-c", "2", "-Q", "io,cpu,gpu", "--loglevel", "WARNING"]
        command = [sys.executable, "-m", "celery", "-A", "annotator.celery", "worker", *options]
        worker = subprocess.Popen(command, env=self.environment, cwd=ROOT)
        self.workers.append(worker)
        return worker

    def make_run(self, **values: Any) -> Run:
        project, _ = Project.objects.using(ALIAS).get_or_create(name="p")
        version = values.pop("version", None) or self.make_version(project)
        run = Run.objects.using(ALIAS).create(
            **{"project": project, "kind": "train", "backend": "fake", "task": "detect", "version": version, **values}
        )
        picture = ImageRecord("a.png", 10, 10, id="a", path=self.home / "a.png", split="train")
        write_records(self.folder(run).manifest, [picture])
        return run

    def make_version(self, project: Project) -> Any:
        from annotator.models import DatasetVersion

        return DatasetVersion.objects.using(ALIAS).create(
            project=project,
            number=DatasetVersion.objects.using(ALIAS).count() + 1,
            hash="0" * 64,
            labels=[{"id": 1, "name": "cell"}],
        )

    def folder(self, run: Run) -> RunFolder:
        return RunFolder(self.home / "runs" / str(run.id))

    def now(self, run: Run) -> Run:
        return Run.objects.using(ALIAS).get(id=run.id)

    def ask(self, run: Run, **values: Any) -> None:
        Run.objects.using(ALIAS).filter(id=run.id).update(**values)

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            assert time.monotonic() < deadline, f"never happened: {what}"
            time.sleep(0.03)
        return value

    def wait_state(self, run: Run, *states: str) -> Run:
        self.wait(
            lambda: self.now(run).state in states, f"{run.id} {states}, is {self.now(run).state} {self.now(run).error}"
        )
        return self.now(run)

    def wait_epoch(self, run: Run, epoch: int) -> None:
        self.wait(lambda: epoch in self.epochs(run), f"epoch {epoch}")

    def epochs(self, run: Run) -> list[int]:
        events = RunEvent.objects.using(ALIAS).filter(run=run, kind="metrics")
        return [event.data["epoch"] for event in events]

    def child_pid(self, trace: Path) -> int:
        lines = [line.split() for line in trace.read_text().splitlines()]
        return int([line[1] for line in lines if line[0] == "start"][-1])

    def end(self) -> None:
        (self.home / "stop").touch()
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
            worker.wait()


@contextmanager
def workplace(home: Path, **settings: str) -> Iterator[Workplace]:
    """A workplace whose database is reachable as ``ALIAS`` inside the block."""
    place = Workplace(home, **settings)
    connections.databases[ALIAS] = {
        **connections.databases["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(home / "marquee.sqlite3"),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
    try:
        yield place
    finally:
        place.end()
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.databases[ALIAS]


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
