"""Celery tasks of stored files."""

from celery import shared_task

from annotator.services.files import make_previews
from annotator.services.intake import PREVIEWS_TASK


@shared_task(name=PREVIEWS_TASK)
def make_previews_of(hashes: str) -> None:
    """Make previews of pictures (SHA-256, comma separated) ahead of their first view; a lost message costs nothing."""
    make_previews(hashes.split(","))
