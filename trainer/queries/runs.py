"""Reads of runs and their events."""

from uuid import UUID

from django.db.models import QuerySet

from trainer.models import Run, RunEvent


def list_runs(*, project_id: UUID) -> QuerySet[Run]:
    """Trainings and predictions of a project, newest first, with everything that their representation shows."""
    return detailed_runs().filter(project_id=project_id).exclude(kind=Run.Kind.IMPORT).order_by("-id")


def detailed_runs() -> QuerySet[Run]:
    """Runs with version, models and starter joined."""
    return Run.objects.select_related("version", "model", "created_by", "trained")


def queue_position(run: Run) -> int | None:
    """How many runs will start before this one (0 = next); ``None`` when it does not wait."""
    if run.state != Run.State.QUEUED:
        return None
    return Run.objects.filter(state=Run.State.QUEUED, created_at__lt=run.created_at).count()


def list_events(*, run: Run, kinds: list[str], after: int) -> QuerySet[RunEvent]:
    """Events behind ``after`` in order; all kinds when none is named."""
    events = RunEvent.objects.filter(run=run, id__gt=after).order_by("id")
    return events.filter(kind__in=kinds) if kinds else events
