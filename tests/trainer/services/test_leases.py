"""Compare-and-set on runs and devices, on whichever database the tests run."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories.projects import make_project
from trainer.models import DeviceSlot, Run
from trainer.services.devices import host_name
from trainer.services.leases import MAX_ATTEMPTS, claim_next, end_claim, renew

pytestmark = pytest.mark.django_db
PAST, FUTURE = timedelta(minutes=-5), timedelta(minutes=5)


def make_run(**values: Any) -> Run:
    return Run.objects.create(
        **{"project": make_project(), "kind": "train", "backend": "fake", "task": "detect", **values}
    )


def make_slot(device: str = "cpu", **values: Any) -> DeviceSlot:
    return DeviceSlot.objects.create(host=host_name(), device=device, **values)


def test_oldest_run_first_and_one_per_device() -> None:
    make_slot()
    first, second = make_run(), make_run()
    claim = claim_next("me")
    assert claim is not None
    assert (claim.run_id, claim.device) == (first.id, "cpu")
    first.refresh_from_db()
    assert (first.state, first.owner, first.attempt, first.device) == ("running", "me", 1, "cpu")
    assert first.lease_until is not None
    assert first.lease_until > timezone.now()
    assert first.started_at is not None
    assert claim_next("other") is None, "the device is taken"
    second.refresh_from_db()
    assert (second.state, second.attempt) == ("queued", 0), "no attempt is counted without a device"


def test_no_device_no_claim() -> None:
    DeviceSlot.objects.create(host="elsewhere", device="cpu")
    run = make_run()
    assert claim_next("me") is None
    run.refresh_from_db()
    assert run.state == "queued"


def test_expired_leases_are_taken_over_and_the_old_owner_is_told() -> None:
    make_slot()
    make_run()
    old = claim_next("old")
    assert old is not None
    assert renew(old)
    Run.objects.update(lease_until=timezone.now() + PAST)
    DeviceSlot.objects.update(lease_until=timezone.now() + PAST)
    new = claim_next("new")
    assert new is not None
    assert (new.run_id, Run.objects.get().attempt) == (old.run_id, 2)
    assert not renew(old)
    assert not end_claim(old, state="failed")
    assert Run.objects.get().state == "running"
    assert renew(new)


def test_the_last_attempt_is_not_taken_over() -> None:
    make_slot()
    make_run(state="running", owner="x", attempt=MAX_ATTEMPTS, lease_until=timezone.now() + PAST)
    assert claim_next("me") is None


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_finished_and_cancelled_runs_are_left_alone(state: str) -> None:
    make_slot()
    make_run(state=state)
    make_run(stop_requested="cancel")
    make_run(state="running", owner="x", attempt=1, lease_until=timezone.now() + FUTURE)
    assert claim_next("me") is None


def test_the_end_frees_the_device() -> None:
    make_slot()
    run = make_run()
    claim = claim_next("me")
    assert claim is not None
    assert end_claim(claim, state="done", progress=1.0)
    run.refresh_from_db()
    assert (run.state, run.owner, run.lease_until, run.progress) == ("done", "", None, 1.0)
    assert DeviceSlot.objects.get().run_id is None
    assert not renew(claim)


def test_two_devices_two_runs() -> None:
    make_slot("cuda:0")
    make_slot("cuda:1")
    make_run()
    make_run()
    claims = [claim_next("me"), claim_next("me"), claim_next("me")]
    assert [claim.device if claim else None for claim in claims] == ["cuda:0", "cuda:1", None]
