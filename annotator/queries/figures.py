"""Counts of projects. Those of large projects would take a second, so they are remembered and may be half a minute old.

A worker counts again what somebody looked at after that time; whoever asks gets what is known at once. Without Redis, and
in projects of ordinary size, everything is counted on the spot.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from redis.exceptions import RedisError

from annotator.dispatch import enqueue
from annotator.models import Annotation, Image

logger = logging.getLogger(__name__)

Kind = Literal["images", "splits", "labels", "days"]
LARGE = 20_000
"""Images, or annotations, from which figures are remembered."""
DAYS = 60
FRESH_SECONDS, STALE_SECONDS = 30.0, 3600.0
"""Remembered figures are counted again in the background after the first, and on the spot after the second."""
REFRESH_TASK = "annotator.refresh_figures"


def figures_of(kind: Kind, project_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Figures by project; projects without anything to count are left out.

    ``images``: ``{state: [images, annotations]}``; ``splits``: ``{split: images}``;
    ``labels``: ``{label id: [annotations, images]}``; ``days``: ``{date: images submitted}`` of the last 60 days.
    """
    known = _recall(kind, project_ids)
    missing = [project_id for project_id in project_ids if project_id not in known]
    return known | (count_anew(kind, missing) if missing else {})


def count_anew(kind: Kind, project_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Count now, and remember what belongs to large projects."""
    counted = _COUNTERS[kind](project_ids)
    sizes = figures_of("images", list(counted)) if kind == "days" else counted
    large = {
        _key(kind, one): (time.time(), found) for one, found in counted.items() if _size(sizes.get(one, {})) >= LARGE
    }
    if large:
        try:
            cache.set_many(large, STALE_SECONDS)
        except (RedisError, OSError) as error:
            logger.debug("Figures not remembered: %s", error)
    return counted


def count_all_anew(project_id: UUID) -> None:
    """Count everything of a project, so that nobody has to wait for it."""
    for kind in _COUNTERS:
        count_anew(kind, [project_id])


def _recall(kind: Kind, project_ids: Sequence[UUID]) -> dict[UUID, Any]:
    keys = {_key(kind, project_id): project_id for project_id in project_ids}
    try:
        entries = cache.get_many(keys)
        for key, (since, _) in entries.items():
            # one of all who ask at that moment has it counted again
            if time.time() - since > FRESH_SECONDS and cache.add(f"{key}:again", 1, FRESH_SECONDS):
                enqueue(REFRESH_TASK, kind=kind, project_id=str(keys[key]))
    except (RedisError, OSError) as error:
        logger.debug("Figures not recalled: %s", error)
        return {}
    return {keys[key]: found for key, (_, found) in entries.items()}


def _key(kind: str, project_id: UUID) -> str:
    return f"figures:{kind}:{project_id}"


def _size(found: Mapping[Any, Any]) -> int:
    return sum(max(value) if isinstance(value, list) else value for value in found.values())


def _images(project_ids: Sequence[UUID]) -> dict[UUID, dict[str, list[int]]]:
    rows = Image.objects.filter(project__in=project_ids).order_by().values_list("project", "state")
    found: dict[UUID, dict[str, list[int]]] = {}
    for project, state, images, annotations in rows.annotate(Count("id"), Sum("annotation_count")):
        found.setdefault(project, {})[state] = [images, annotations]
    return found


def _splits(project_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    rows = Image.objects.filter(project__in=project_ids).order_by().values_list("project", "split")
    found: dict[UUID, dict[str, int]] = {}
    for project, split, images in rows.annotate(Count("id")):
        found.setdefault(project, {})[split] = images
    return found


def _labels(project_ids: Sequence[UUID]) -> dict[UUID, dict[int, list[int]]]:
    """Only columns of one index are counted: the rows themselves are not read."""
    live = Annotation.objects.filter(label__project__in=project_ids, deleted=False).order_by()
    rows = live.values_list("label__project", "label").annotate(
        shapes=Count("image"), images=Count("image", distinct=True)
    )
    found: dict[UUID, dict[int, list[int]]] = {}
    for project, label, annotations, images in rows:
        found.setdefault(project, {})[label] = [annotations, images]
    return found


def _days(project_ids: Sequence[UUID]) -> dict[UUID, dict[date, int]]:
    since = timezone.now() - timedelta(days=DAYS)
    rows = Image.objects.filter(project__in=project_ids, submitted_at__gte=since).order_by()
    found: dict[UUID, dict[date, int]] = {}
    for project, day, images in rows.values_list("project", TruncDate("submitted_at")).annotate(Count("id")):
        found.setdefault(project, {})[day] = images
    return found


_COUNTERS: Mapping[Kind, Callable[[Sequence[UUID]], dict[UUID, Any]]] = {
    "images": _images,
    "splits": _splits,
    "labels": _labels,
    "days": _days,
}
