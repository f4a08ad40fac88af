"""Celery task that counts again what large projects show."""

from typing import get_args
from uuid import UUID

from celery import shared_task

from annotator.queries.figures import REFRESH_TASK, Kind, count_anew


@shared_task(name=REFRESH_TASK)
def refresh_figures(kind: Kind, project_id: str) -> None:
    """Count one kind of figures of a project; a lost message costs nothing, the next look sends another."""
    if kind in get_args(Kind):
        count_anew(kind, [UUID(project_id)])
