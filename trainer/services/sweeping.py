"""Finds runs that nobody works on: expired leases, forgotten wake-ups, cancelled runs without a worker."""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from annotator.config import get_config
from annotator.dispatch import enqueue
from trainer.models import DeviceSlot, Run
from trainer.services.devices import refresh_slots
from trainer.services.leases import MAX_ATTEMPTS, claimable
from trainer.services.run_events import record_state

TASK = "trainer.run"
QUEUE = "gpu"


def wake_worker() -> None:
    """Tell a worker of the training queue to look for waiting runs, after the current transaction commits."""
    enqueue(TASK, queue=QUEUE)


def sweep_runs() -> int:
    """Bring abandoned runs back to work, or to an end with a sentence; returns how many runs wait for a worker."""
    if QUEUE in get_config().worker_queues:
        refresh_slots()
    expired = Run.objects.filter(state=Run.State.RUNNING, lease_until__lt=Now())
    for run in expired.filter(stop_requested=Run.Stop.CANCEL):
        _close(run, Run.State.CANCELLED, "Cancelled.", "")
    for run in expired.filter(attempt__gte=MAX_ATTEMPTS).exclude(stop_requested=Run.Stop.CANCEL):
        sentence = (
            f"The run was interrupted {run.attempt} times without finishing and is not started again by itself. "
            "Resume it by hand; it continues from its last checkpoint."
        )
        _close(run, Run.State.FAILED, sentence, sentence)
    waiting = Run.objects.filter(claimable()).count()
    if waiting and _device_may_be_free():
        wake_worker()
    return waiting


def _device_may_be_free() -> bool:
    """Wake-ups must not pile up behind a training of hours; hosts without any slot yet have not looked for devices."""
    free = Q(run__isnull=True) | Q(lease_until__lt=Now())
    return not DeviceSlot.objects.exists() or DeviceSlot.objects.filter(free).exists()


def _close(run: Run, state: str, text: str, error: str) -> None:
    with transaction.atomic():
        closed = Run.objects.filter(id=run.id, state=Run.State.RUNNING, lease_until__lt=Now()).update(
            state=state, error=error, owner="", lease_until=None, ended_at=Now()
        )
        if closed:
            record_state(run, state, text)
