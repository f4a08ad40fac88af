"""The real queue: a Celery worker takes a run, gives it back when it is stopped, and goes on after kill -9."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.fakes.processes import Workplace, alive, workplace

pytestmark = pytest.mark.processes


@pytest.fixture
def place(django_db_blocker: Any) -> Iterator[Workplace]:
    # a socket's path must be short, pytest's own folders are not
    with (
        tempfile.TemporaryDirectory(prefix="mq-", dir="/tmp") as short,
        django_db_blocker.unblock(),
        workplace(Path(short) / "home") as made,
    ):
        yield made


def test_stopped_killed_and_without_redis(place: Workplace, tmp_path: Path) -> None:
    redis = place.start_redis()
    trace, go = tmp_path / "trace", tmp_path / "go"
    run = place.make_run(options={"epochs": 4, "trace": str(trace), "wait_for": str(go)})
    worker = place.start_celery()
    place.wait_epoch(run, 1)

    worker.terminate()  # the worker must not wait for a training of hours
    assert worker.wait(timeout=60) == 0
    assert place.now(run).state == "queued"
    assert not alive(place.child_pid(trace))

    worker = place.start_celery()
    place.wait(lambda: trace.read_text().count("start") == 2, "a second attempt")
    redis.kill()
    redis.wait()
    worker.kill()
    place.wait(lambda: not alive(place.child_pid(trace)), "the child dies with its worker")

    place.start_redis()
    go.touch()
    place.start_celery()
    done = place.wait_state(run, "done", "failed")
    assert (done.state, place.epochs(run)) == ("done", [0, 1, 2, 3])
