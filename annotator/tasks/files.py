"""Celery tasks of stored files."""

from celery import shared_task

from annotator.services.files import make_previews
from annotator.services.intake import PREVIEWS_TASK
from annotator.services.tiles import TILES_TASK, make_tiles_of


@shared_task(name=PREVIEWS_TASK)
def make_previews_of(hashes: str) -> None:
    """Make previews of pictures (SHA-256, comma separated) ahead of their first view; a lost message costs nothing."""
    make_previews(hashes.split(","))


@shared_task(name=TILES_TASK)
def cut_tiles_of(hashes: str) -> None:
    """Cut large pictures into tiles (SHA-256, comma separated); a lost message is sent again by who looks at them."""
    make_tiles_of(hashes.split(","))
