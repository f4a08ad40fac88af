"""Who works on which run: compare-and-set on the run and device rows. A repeated wake-up finds nothing to do.

Times are the database's, never a host's. A worker that loses its lease must stop at once; its writes change no row.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, DateTimeField, ExpressionWrapper, F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now

from annotator.config import get_config
from trainer.models import DeviceSlot, Run
from trainer.services.devices import host_name

MAX_ATTEMPTS = 3
"""A run that was killed this often is not started again by itself."""


class _NothingToClaimError(Exception):
    """Rolls the claim back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of ``owner`` to work on a run with a device, as long as its lease is renewed."""

    run_id: UUID
    slot_id: int
    device: str
    owner: str


def _until() -> Combinable:
    return ExpressionWrapper(Now() + timedelta(seconds=get_config().lease_seconds), output_field=DateTimeField())


def claimable() -> Q:
    """Runs that somebody may start: queued, or running under a lease that has expired."""
    expired = Q(state=Run.State.RUNNING, lease_until__lt=Now(), attempt__lt=MAX_ATTEMPTS)
    return (Q(state=Run.State.QUEUED) | expired) & ~Q(stop_requested=Run.Stop.CANCEL)


def claim_next(owner: str) -> Claim | None:
    """Take the oldest waiting run together with a free device of this host; ``None`` when either is missing.

    Both or none: a device is never held without a run, and no attempt is counted without a device.
    """
    for run_id in Run.objects.filter(claimable()).order_by("created_at", "id").values_list("id", flat=True)[:20]:
        try:
            with transaction.atomic():
                slot = _take_slot(run_id)
                _take_run(run_id, owner, slot.device)
        except _NothingToClaimError:
            continue
        return Claim(run_id, slot.id, slot.device, owner)
    return None


def _take_slot(run_id: UUID) -> DeviceSlot:
    free = Q(run__isnull=True) | Q(lease_until__lt=Now())
    for slot in DeviceSlot.objects.filter(free, host=host_name()).order_by("device"):
        if DeviceSlot.objects.filter(free, id=slot.id).update(run_id=run_id, lease_until=_until()):
            return slot
    raise _NothingToClaimError


def _take_run(run_id: UUID, owner: str, device: str) -> None:
    taken = Run.objects.filter(claimable(), id=run_id).update(
        state=Run.State.RUNNING,
        owner=owner,
        device=device,
        lease_until=_until(),
        attempt=F("attempt") + 1,
        started_at=Coalesce(F("started_at"), Now(), output_field=DateTimeField()),
        ended_at=None,
        error="",
        exit_code=None,
    )
    if not taken:
        raise _NothingToClaimError


def renew(claim: Claim) -> bool:
    """Prolong both leases; ``False`` when somebody else owns the run or the device by now."""
    with transaction.atomic():
        mine = Run.objects.filter(id=claim.run_id, owner=claim.owner, state=Run.State.RUNNING)
        run = mine.update(lease_until=_until())
        slot = DeviceSlot.objects.filter(id=claim.slot_id, run_id=claim.run_id).update(lease_until=_until())
    return bool(run and slot)


def end_claim(claim: Claim, **changes: object) -> bool:
    """Give run and device back with the run's last ``changes``; ``False`` (and no change) when the lease was lost."""
    with transaction.atomic():
        ended = Run.objects.filter(id=claim.run_id, owner=claim.owner, state=Run.State.RUNNING).update(
            owner=Value("", CharField()), lease_until=None, **changes
        )
        if ended:
            DeviceSlot.objects.filter(id=claim.slot_id, run_id=claim.run_id).update(run=None, lease_until=None)
    return bool(ended)
