"""From the job's journal to rows, live values and news for browsers."""

from typing import Any

from django.db import transaction

from annotator.events import publish
from trainer.core.job import RunFolder
from trainer.core.journal import Event, read_journal
from trainer.models import Run, RunEvent
from trainer.services.leases import Claim

_LIVE = ("epoch", "epochs", "batch", "batches", "images_per_s", "seconds_left", "losses", "done", "total", "message")


def store_new_events(claim: Claim, folder: RunFolder) -> bool:
    """Store what the journal gained, in one transaction with its offset, so that each event is stored once.

    Returns whether there was anything. Nothing is stored when the lease was lost.
    """
    run = Run.objects.only("project_id", "events_offset", "status", "progress", "attempt").get(id=claim.run_id)
    events, offset = read_journal(folder.journal, run.events_offset)
    if offset == run.events_offset:
        return False
    status, progress = dict(run.status), run.progress
    for event in events:
        progress = _apply(event, status, progress)
    rows = [row for event in events if (row := _row(run, event)) is not None]
    with transaction.atomic():
        owned = Run.objects.filter(id=claim.run_id, owner=claim.owner, state=Run.State.RUNNING).update(
            events_offset=offset, status=status, progress=progress
        )
        if not owned:
            return False
        RunEvent.objects.bulk_create(rows, batch_size=500)
        publish_run(run, state=Run.State.RUNNING, progress=progress, status=status)
    return True


def publish_run(run: Run, *, state: str, progress: float, status: dict[str, Any]) -> None:
    """Tell browsers how the run stands."""
    publish("run", project_id=run.project_id, id=run.id, state=state, progress=progress, status=status)


def record_state(run: Run, state: str, text: str = "") -> None:
    """Write a change of state into the run's history and tell browsers; call inside the transaction of the change."""
    data = {"state": state, **({"text": text} if text else {})}
    RunEvent.objects.create(run=run, attempt=max(run.attempt, 1), kind=RunEvent.Kind.STATE, data=data)
    publish_run(run, state=state, progress=run.progress, status=run.status)


def _apply(event: Event, status: dict[str, Any], progress: float) -> float:
    """Bring the live values up to date with one event and return the new progress (0–1)."""
    data = event["data"]
    match event["kind"]:
        case "phase":
            status["phase"] = data.get("phase")
        case "batch":
            status.update({name: data[name] for name in _LIVE if name in data})
            return float(data.get("progress") or 0.0)
        case "metrics":
            status["metrics"] = data.get("values", {})
            status["epoch"] = data.get("epoch")
        case "checkpoint":
            status["checkpoint"] = data.get("epoch")
    return progress


def _row(run: Run, event: Event) -> RunEvent | None:
    kinds = {"metrics": RunEvent.Kind.METRICS, "log": RunEvent.Kind.LOG}
    kind, data = kinds.get(event["kind"]), event["data"]
    if event["kind"] == "error":
        kind, data = RunEvent.Kind.LOG, {"line": data.get("detail", ""), "error": True}
    if kind is None:
        return None
    return RunEvent(run_id=run.id, attempt=int(event.get("attempt", 1)), kind=kind, data=data)
