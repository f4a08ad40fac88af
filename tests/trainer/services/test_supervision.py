"""Real workers, real subprocesses, kill -9: whatever dies, the run goes on or says why not."""

import hashlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.fakes.processes import ALIAS, Workplace, alive, workplace
from trainer.models import DeviceSlot, ModelVersion, RunEvent

pytestmark = pytest.mark.processes


@pytest.fixture
def place(tmp_path: Path, django_db_blocker: Any) -> Iterator[Workplace]:
    with django_db_blocker.unblock(), workplace(tmp_path / "home") as made:
        yield made


def slow(tmp_path: Path, **options: Any) -> dict[str, Any]:
    """Options of a training that waits in epoch 1 until ``go`` exists."""
    return {"epochs": 4, "trace": str(tmp_path / "trace"), "wait_for": str(tmp_path / "go"), **options}


def test_training_leaves_a_model_events_and_a_free_device(place: Workplace) -> None:
    run = place.make_run(options={"epochs": 2})
    place.start_worker()
    done = place.wait_state(run, "done", "failed")
    assert (done.state, done.error, done.attempt, done.progress) == ("done", "", 1, 1.0)
    assert place.epochs(run) == [0, 1]
    model = ModelVersion.objects.using(ALIAS).get(run=run)
    assert model.metrics == {"map50": 0.5, "map50_95": 0.25}
    stored = (place.home / "store" / model.weights_key).read_bytes()
    assert (hashlib.sha256(stored).hexdigest(), len(stored)) == (model.sha256, model.bytes)
    # Both happen just after the run is known to be done.
    place.wait(lambda: not place.folder(run).checkpoints.exists(), "what only an unfinished run needs goes away")
    place.wait(lambda: not DeviceSlot.objects.using(ALIAS).exclude(run=None).exists(), "the device is free")


def test_killed_child_is_resumed_from_its_checkpoint(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options=slow(tmp_path))
    place.start_worker()
    place.wait_epoch(run, 1)
    os.kill(place.child_pid(tmp_path / "trace"), signal.SIGKILL)
    (tmp_path / "go").touch()
    done = place.wait_state(run, "done", "failed")
    assert (done.state, done.attempt) == ("done", 2)
    assert place.epochs(run) == [0, 1, 2, 3], "an epoch was repeated or lost"


def test_killed_worker_takes_its_child_along_and_another_one_resumes(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options=slow(tmp_path))
    first = place.start_worker()
    place.wait_epoch(run, 1)
    child = place.child_pid(tmp_path / "trace")
    first.kill()
    place.wait(lambda: not alive(child), "the child dies with its worker")
    (tmp_path / "go").touch()
    place.start_worker()
    done = place.wait_state(run, "done", "failed")
    assert (done.state, done.attempt) == ("done", 2)
    assert place.epochs(run) == [0, 1, 2, 3]


def test_many_workers_and_wake_ups_lead_to_one_attempt(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options={"epochs": 2, "epoch_seconds": 0.3, "trace": str(tmp_path / "trace")})
    for _ in range(3):
        place.start_worker()
    done = place.wait_state(run, "done", "failed")
    assert (done.state, done.attempt) == ("done", 1)
    assert (tmp_path / "trace").read_text().count("start") == 1


def test_runs_on_one_device_follow_each_other_in_order(place: Workplace, tmp_path: Path) -> None:
    options = {"epochs": 2, "epoch_seconds": 0.1, "trace": str(tmp_path / "trace")}
    runs = [place.make_run(options=options) for _ in range(3)]
    place.start_worker()
    place.start_worker()
    for run in runs:
        assert place.wait_state(run, "done", "failed").state == "done"
    words = [line.split()[0] for line in (tmp_path / "trace").read_text().splitlines()]
    assert words == ["start", "stop"] * 3, "two runs overlapped on one device"
    started = [place.now(run).started_at for run in runs]
    assert started == sorted(started, key=lambda moment: (moment is None, moment))


def test_cancel_ends_the_child_and_keeps_the_checkpoint(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options=slow(tmp_path))
    place.start_worker()
    place.wait_epoch(run, 1)
    place.ask(run, stop_requested="cancel")
    cancelled = place.wait_state(run, "cancelled", "failed", "done")
    assert cancelled.state == "cancelled"
    assert not alive(place.child_pid(tmp_path / "trace"))
    assert [path.name for path in sorted(place.folder(run).checkpoints.iterdir())] == [
        "epoch-000000.json",
        "epoch-000001.json",
    ]
    assert not ModelVersion.objects.using(ALIAS).exists()


def test_finish_early_keeps_a_model(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options=slow(tmp_path, epochs=50))
    place.start_worker()
    place.wait_epoch(run, 1)
    place.ask(run, stop_requested="finish")
    done = place.wait_state(run, "done", "failed")
    assert (done.state, done.result["epochs"]) == ("done", 2)
    assert ModelVersion.objects.using(ALIAS).filter(run=run).exists()


def test_a_worker_that_is_stopped_gives_the_run_back(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options=slow(tmp_path))
    worker = place.start_worker()
    place.wait_epoch(run, 1)
    worker.terminate()
    assert worker.wait(timeout=60) == 0
    waiting = place.now(run)
    assert (waiting.state, waiting.attempt, waiting.owner) == ("queued", 0, "")
    (tmp_path / "go").touch()
    place.start_worker()
    assert place.wait_state(run, "done", "failed").state == "done"
    assert place.epochs(run) == [0, 1, 2, 3]


def test_third_kill_is_the_last_and_says_so(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options=slow(tmp_path, epochs=9))
    place.start_worker()
    for attempt in (1, 2, 3):
        place.wait(
            lambda n=attempt: (tmp_path / "trace").exists() and (tmp_path / "trace").read_text().count("start") == n,
            "start",
        )
        place.wait_epoch(run, attempt)
        os.kill(place.child_pid(tmp_path / "trace"), signal.SIGKILL)
    failed = place.wait_state(run, "failed", "done")
    assert failed.state == "failed"
    assert "killed 3 times (signal 9)" in failed.error


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("refuse", "The fake backend refuses this dataset. Choose another one."),
        ("crash", "RuntimeError: a bug in the backend"),
    ],
)
def test_failures_end_in_a_sentence_without_a_second_attempt(place: Workplace, option: str, sentence: str) -> None:
    run = place.make_run(options={option: True})
    place.start_worker()
    failed = place.wait_state(run, "failed", "done")
    assert failed.attempt == 1
    assert sentence in failed.error
    assert RunEvent.objects.using(ALIAS).filter(run=run, kind="state", data__state="failed").count() == 1


def test_a_run_whose_worker_vanished_is_cancelled_by_the_sweep(place: Workplace, tmp_path: Path) -> None:
    run = place.make_run(options=slow(tmp_path))
    worker = place.start_worker()
    place.wait_epoch(run, 1)
    worker.kill()
    place.ask(run, stop_requested="cancel")
    place.start_worker()
    assert place.wait_state(run, "cancelled", "done", "failed").state == "cancelled"
    assert (tmp_path / "trace").read_text().count("start") == 1
