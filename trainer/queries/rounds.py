"""Rounds with how far their picks are."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from annotator.models import Image, Project
from trainer.models import Round, RoundPick
from trainer.queries.pool import LABELLED, WAITING


def with_counts(rounds: QuerySet[Round]) -> QuerySet[Any]:
    """Add how many picks there are, and how many are labelled, skipped and waiting."""
    state = "picks__image__state"
    return rounds.select_related("model", "created_by").annotate(
        picked=Count("picks"),
        labelled=Count("picks", filter=Q(**{f"{state}__in": LABELLED})),
        skipped=Count("picks", filter=Q(**{state: Image.State.SKIPPED})),
        waiting=Count("picks", filter=Q(**{f"{state}__in": WAITING})),
    )


def list_picks(chosen: Round) -> QuerySet[RoundPick]:
    """Picks in order, with their images."""
    return RoundPick.objects.filter(round=chosen).select_related("image").order_by("rank")


def open_picks(project: Project) -> int:
    """Picked images that wait to be labelled."""
    waiting = RoundPick.objects.filter(round__project=project, round__state=Round.State.OPEN, image__state__in=WAITING)
    return waiting.values("image").distinct().count()
