"""Abandoned runs go on, or end with a sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories.projects import make_project
from trainer.models import DeviceSlot, Run, RunEvent
from trainer.services import sweeping
from trainer.services.sweeping import sweep_runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(sweeping, "enqueue", lambda name, queue: sent.append(f"{name} {queue}"))
    return sent


def make_run(**values: Any) -> Run:
    return Run.objects.create(
        **{"project": make_project(), "kind": "train", "backend": "fake", "task": "detect", **values}
    )


def test_waiting_runs_wake_a_worker_when_a_device_is_free(calls: list[str]) -> None:
    run = make_run()
    assert sweep_runs() == 1
    assert calls == ["trainer.run gpu"]
    DeviceSlot.objects.update(run=run, lease_until=timezone.now() + timedelta(minutes=1))
    assert sweep_runs() == 1
    assert calls == ["trainer.run gpu"], "wake-ups must not pile up while every device works"


def test_nothing_to_do(calls: list[str]) -> None:
    make_run(state="running", lease_until=timezone.now() + timedelta(minutes=1))
    make_run(state="done")
    assert sweep_runs() == 0
    assert calls == []


def test_runs_given_up(calls: list[str]) -> None:
    past = timezone.now() - timedelta(minutes=1)
    tired = make_run(state="running", attempt=3, lease_until=past)
    unwanted = make_run(state="running", attempt=1, lease_until=past, stop_requested="cancel")
    waiting = make_run(state="running", attempt=2, lease_until=past)
    sweep_runs()
    for run in (tired, unwanted, waiting):
        run.refresh_from_db()
    assert (tired.state, unwanted.state, waiting.state) == ("failed", "cancelled", "running")
    assert tired.error.startswith("The run was interrupted 3 times")
    assert RunEvent.objects.filter(run=tired, kind="state", data__state="failed").count() == 1
    assert calls == ["trainer.run gpu"]
