"""Reads of the labelling queue."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotator.models import Assignment, Image, Project, User

WAITING = (Image.State.NEW, Image.State.IN_PROGRESS)
QUEUE_ORDER = ("-priority", "id")


def waiting_images(project: Project | UUID, user: User) -> QuerySet[Image]:
    """Images that ``user`` could be given now, in queue order: here, to be labelled, and nobody else is at them."""
    taken = Assignment.objects.filter(
        image=OuterRef("pk"), state=Assignment.State.OPEN, lease_until__gt=timezone.now()
    ).exclude(user=user)
    waiting = Image.objects.filter(project=project, state__in=WAITING).exclude(sha256="")
    return waiting.exclude(Exists(taken)).order_by(*QUEUE_ORDER)


def find_open_assignment(project: Project | UUID, user: User) -> Assignment | None:
    """The image that ``user`` holds in this project, newest first; its lease may have run out."""
    return (
        Assignment.objects.select_related("image")
        .filter(user=user, state=Assignment.State.OPEN, image__project=project)
        .order_by("-id")
        .first()
    )


def queue_counts(project: Project, user: User) -> dict[str, int]:
    """``remaining`` for this person, ``done`` and ``total`` of the project, ``position`` = done + 1."""
    images = Image.objects.filter(project=project).exclude(sha256="")
    total, done = images.count(), images.exclude(state__in=WAITING).count()
    return {
        "remaining": waiting_images(project, user).order_by().count(),
        "position": done + 1,
        "done": done,
        "total": total,
    }
