"""Reads of images: lists with filters and orders, neighbours, counts. Filters and orders are allow-lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from annotator.core.errors import InvalidInput
from annotator.models import Annotation, Assignment, Image

COUNT_CAP = 10_001
ORDERS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "created": ("id",),  # ids are ordered by time
    "-created": ("-id",),
    "score": ("score", "id"),
    "-score": ("-score", "-id"),
    "priority": ("-priority", "id"),  # the queue's order: the most important first
    "annotations": ("annotation_count", "id"),
    "-annotations": ("-annotation_count", "-id"),
}
DEFAULT_ORDER = "created"
_NULLABLE = frozenset({"score"})


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """What to show of a project; the defaults show everything."""

    state: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    label: int | None = None
    """Only images with a live annotation of this label."""
    unlabelled: bool | None = None
    """True: without any annotation; False: with at least one."""
    min_score: float | None = None
    max_score: float | None = None
    uploader: int | None = None
    search: str = ""
    """Part of the name, upper and lower case alike."""
    duplicates: bool | None = None
    """True: near-duplicates and those they are duplicates of; False: only firsts."""


def filter_images(images: QuerySet[Image], wanted: ImageFilter) -> QuerySet[Image]:
    """Narrow ``images`` down."""
    equal = {"uploader_id": wanted.uploader, "score__gte": wanted.min_score, "score__lte": wanted.max_score}
    images = images.filter(**{name: value for name, value in equal.items() if value is not None})
    if wanted.state:
        images = images.filter(state__in=wanted.state)
    if wanted.split:
        images = images.filter(split__in=wanted.split)
    if wanted.label is not None:
        has_label = Annotation.objects.filter(image=OuterRef("pk"), label_id=wanted.label, deleted=False)
        images = images.filter(Exists(has_label))
    if wanted.unlabelled is not None:
        images = images.filter(annotation_count=0) if wanted.unlabelled else images.filter(annotation_count__gt=0)
    if wanted.search:
        images = images.filter(name__icontains=wanted.search)
    if wanted.duplicates is True:
        followed = Image.objects.filter(duplicate_of=OuterRef("pk"))
        images = images.filter(Q(duplicate_of__isnull=False) | Exists(followed))
    elif wanted.duplicates is False:
        images = images.filter(duplicate_of__isnull=True)
    return images


def order_images(images: QuerySet[Image], order: str) -> QuerySet[Image]:
    """Put ``images`` in one of :data:`ORDERS`; raises :class:`InvalidInput` for any other."""
    if order not in ORDERS:
        raise InvalidInput(f"Images cannot be ordered by “{order[:40]}”. Known: {', '.join(ORDERS)}.")
    return images.order_by(*ORDERS[order])


def with_people(images: QuerySet[Image]) -> QuerySet[Image]:
    """Load uploader and current assignee along (one more query for a whole page)."""
    live = Assignment.objects.filter(state=Assignment.State.OPEN, lease_until__gt=timezone.now()).select_related("user")
    return images.select_related("uploader").prefetch_related(
        Prefetch("assignments", queryset=live, to_attr="live_assignments")
    )


def capped_count(images: QuerySet[Image]) -> int:
    """How many there are; counting stops at :data:`COUNT_CAP`."""
    return images.order_by()[:COUNT_CAP].count()


def find_neighbours(images: QuerySet[Image], image: Image, *, order: str) -> dict[str, UUID | None]:
    """Ids of the images before and after ``image`` in a filtered list, whether or not it is in the list itself."""
    names = order_images(images, order).query.order_by
    fields = [str(name) for name in names]
    return {
        "previous": _first_beyond(images, image, fields, forward=False),
        "next": _first_beyond(images, image, fields, forward=True),
    }


def _first_beyond(images: QuerySet[Image], image: Image, fields: Sequence[str], *, forward: bool) -> UUID | None:
    beyond, equal, ordering = Q(), Q(), []
    for name in fields:
        plain, descending = name.lstrip("-"), name.startswith("-")
        value = getattr(image, plain)
        beyond |= equal & _beyond(plain, value, greater=descending != forward, forward=forward)
        equal &= Q(**{f"{plain}__isnull": True}) if value is None else Q(**{plain: value})
        column: Any = F(plain)
        # Unknown values come last in the list, so first when walking backwards.
        nulls = {"nulls_last": True} if forward else {"nulls_first": True}
        ordering.append(column.asc(**nulls) if descending != forward else column.desc(**nulls))
    return images.filter(beyond).order_by(*ordering).values_list("pk", flat=True).first()


def _beyond(name: str, value: Any, *, greater: bool, forward: bool) -> Q:
    if value is None:
        return Q(pk__in=[]) if forward else Q(**{f"{name}__isnull": False})
    later = Q(**{f"{name}__{'gt' if greater else 'lt'}": value})
    if forward and name in _NULLABLE:
        later |= Q(**{f"{name}__isnull": True})
    return later


def find_similar(image: Image) -> QuerySet[Image]:
    """The group of near-duplicates that ``image`` belongs to, without itself."""
    first = image.duplicate_of_id or image.id
    return Image.objects.filter(Q(id=first) | Q(duplicate_of_id=first), project=image.project_id).exclude(id=image.id)
