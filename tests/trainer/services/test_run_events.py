"""The journal becomes rows exactly once, and live values on the run."""

from pathlib import Path

import pytest

from tests.factories.projects import make_project
from trainer.core.job import RunFolder
from trainer.core.journal import Journal
from trainer.models import Run, RunEvent
from trainer.services.leases import Claim
from trainer.services.run_events import store_new_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return Run.objects.create(
        project=make_project(), kind="train", backend="fake", task="detect", state="running", owner="me", attempt=1
    )


def test_events_are_stored_once(run: Run, tmp_path: Path) -> None:
    folder, claim = RunFolder(tmp_path), Claim(run.id, 0, "cpu", "me")
    journal = Journal(folder.journal, attempt=1)
    journal.write("phase", phase="training")
    journal.write(
        "batch",
        epoch=1,
        epochs=4,
        batch=2,
        batches=4,
        images_per_s=9.5,
        seconds_left=3.0,
        progress=0.4,
        losses={"box": 1},
    )
    journal.write("metrics", epoch=1, values={"map50": 0.5})
    journal.write("log", line="hello")
    journal.write("error", code="x", detail="It broke.")
    assert store_new_events(claim, folder)
    assert not store_new_events(claim, folder)
    run.refresh_from_db()
    assert run.progress == 0.4
    assert run.status["phase"] == "training"
    assert (run.status["images_per_s"], run.status["losses"], run.status["metrics"]) == (
        9.5,
        {"box": 1},
        {"map50": 0.5},
    )
    assert list(RunEvent.objects.values_list("kind", "data")) == [
        ("metrics", {"epoch": 1, "values": {"map50": 0.5}}),
        ("log", {"line": "hello"}),
        ("log", {"line": "It broke.", "error": True}),
    ]


def test_a_worker_that_lost_its_lease_stores_nothing(run: Run, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    Journal(folder.journal, attempt=1).write("log", line="hello")
    assert not store_new_events(Claim(run.id, 0, "cpu", "somebody else"), folder)
    assert not RunEvent.objects.exists()
    assert store_new_events(Claim(run.id, 0, "cpu", "me"), folder)
    assert RunEvent.objects.count() == 1
