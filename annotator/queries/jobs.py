"""Reads of background jobs."""

from uuid import UUID

from django.db.models import QuerySet

from annotator.models import Job

ACTIVE_STATES = (Job.State.QUEUED, Job.State.RUNNING)


def list_jobs(*, project_id: UUID | str | None = None, active: bool = False, kind: str = "") -> QuerySet[Job]:
    """Jobs, newest first; ``active`` keeps those that wait or run."""
    jobs = Job.objects.select_related("created_by")
    if project_id is not None:
        jobs = jobs.filter(project_id=project_id)
    if active:
        jobs = jobs.filter(state__in=ACTIVE_STATES)
    return jobs.filter(kind=kind) if kind else jobs
