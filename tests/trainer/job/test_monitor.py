"""What backends report becomes few, finite events."""

from itertools import count
from pathlib import Path

import pytest

from annotator.core.errors import Cancelled
from trainer.core.checkpoints import checkpoints
from trainer.core.journal import Journal, read_journal
from trainer.job.monitor import JournalMonitor, JournalProgress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def make(tmp_path: Path) -> tuple[JournalMonitor, Journal, Clock]:
    clock = Clock()
    journal = Journal(tmp_path / "events.jsonl", attempt=1)
    return JournalMonitor(journal, tmp_path / "checkpoints", clock=clock), journal, clock


def events(tmp_path: Path) -> list[dict[str, object]]:
    return [event["data"] for event in read_journal(tmp_path / "events.jsonl", 0)[0]]


def batch(monitor: JournalMonitor, epoch: int, number: int) -> None:
    monitor.batch(
        epoch=epoch, epochs=2, batch=number, batches=10, images_per_s=5.0, losses={"box": float("nan"), "cls": 1.0}
    )


def test_batches_are_thinned_and_time_left_is_told(tmp_path: Path) -> None:
    monitor, _, clock = make(tmp_path)
    for number in range(10):
        clock.now = number * 0.1
        batch(monitor, 0, number)
    phase, *found = events(tmp_path)
    assert phase == {"phase": "training"}
    assert [event["batch"] for event in found] == [0, 5, 9], "twice a second and at the end of an epoch"
    assert found[0]["seconds_left"] is None
    assert found[1]["losses"] == {"box": None, "cls": 1.0}
    assert found[2]["progress"] == 0.5
    assert found[2]["seconds_left"] == pytest.approx(0.9 / 0.45 * 0.5, abs=0.06)


def test_checkpoints_are_copied(tmp_path: Path) -> None:
    monitor, _, _ = make(tmp_path)
    (tmp_path / "last.pt").write_bytes(b"net")
    monitor.checkpoint(tmp_path / "last.pt", epoch=4)
    assert [path.read_bytes() for path in checkpoints(tmp_path / "checkpoints")] == [b"net"]
    assert events(tmp_path) == [{"epoch": 4}]


def test_a_request_to_stop_ends_predictions(tmp_path: Path) -> None:
    monitor, journal, clock = make(tmp_path)
    progress = JournalProgress(journal, monitor, clock=clock)
    for done in count(1):
        clock.now += 0.3
        progress.advance(done, 100)
        if done == 4:
            break
    assert [event["done"] for event in events(tmp_path)] == [1, 3]
    assert not monitor.should_stop()
    monitor.request_stop()
    with pytest.raises(Cancelled):
        progress.advance(5, 100)
