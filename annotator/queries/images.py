"""Reads of images: lists with filters and orders, neighbours, counts. Filters and orders are allow-lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone

from annotator.core.errors import InvalidInput
from annotator.models import Annotation, Assignment, Image

COUNT_CAP, LABEL_CAP, SEARCH_CAP = 10_001, 5_001, 1_001
"""Where counting stops; earlier for labels, because every image is looked up among the annotations, and for parts of names,
because every hit is looked for among all names."""
FEW, MANY = 2000, 30_000
"""Images that are cheaper to look up one by one than to meet by walking through all of them in order; annotations that can be
collected in one go."""
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
        images = _with_label(images, wanted.label)
    if wanted.unlabelled is not None:
        images = images.filter(annotation_count=0) if wanted.unlabelled else _with_annotations(images)
    if wanted.search:
        images = _with_name(images, wanted.search)
    if wanted.duplicates is True:
        images = _duplicates(images)
    elif wanted.duplicates is False:
        images = images.filter(duplicate_of__isnull=True)
    return images


def _few(ids: QuerySet[Any, Any], *, most: int | None = None) -> list[Any] | None:
    """All ids, if they are few: images are then looked up by them; else ``None``.

    Among many it is quicker to walk through the images in the order of the list, because a page is full soon.
    """
    most = FEW if most is None else most
    found = list(ids[: most + 1])
    return found if len(found) <= most else None


def _with_label(images: QuerySet[Image], label: int) -> QuerySet[Image]:
    """From the annotations to their images while a label is rare, the other way round when it is on every other image."""
    live = Annotation.objects.filter(label_id=label, deleted=False).order_by()
    number = live.values("image")[: MANY + 1].count()
    if number > MANY:
        return images.filter(Exists(live.filter(image=OuterRef("pk"))))
    if number > FEW or connection.vendor == "postgresql":  # which joins sooner than it reads a thousand ids
        return images.filter(pk__in=live.values("image"))
    return images.filter(pk__in=set(live.values_list("image", flat=True)))


def _with_annotations(images: QuerySet[Image]) -> QuerySet[Image]:
    """In words that let the index of counts be used, or the one of the order."""
    some = images.filter(annotation_count__gt=0)
    return images.exclude(annotation_count=0) if some.order_by()[: FEW + 1].count() > FEW else some


def _with_name(images: QuerySet[Image], part: str) -> QuerySet[Image]:
    """SQLite reads an index of names without the rows, and compares without regard to case by itself.

    It would not do so for a generated column; PostgreSQL, in turn, has the trigrams of that one.
    """
    on_sqlite = connection.vendor == "sqlite"
    where = {"name__icontains": part} if on_sqlite else {"name_folded__contains": Lower(Value(part))}
    named = images.filter(**where)
    few = _few(named.order_by().values_list("pk", flat=True), most=FEW // 4)
    return named if few is None else images.filter(pk__in=few)


def _duplicates(images: QuerySet[Image]) -> QuerySet[Image]:
    """Near-duplicates and those that they are duplicates of."""
    later = images.order_by().filter(duplicate_of__isnull=False)
    few = _few(later.values_list("pk", "duplicate_of"))
    if few is None:
        followed = Image.objects.filter(duplicate_of=OuterRef("pk"))
        return images.filter(Q(duplicate_of__isnull=False) | Exists(followed))
    return images.filter(pk__in={image_id for pair in few for image_id in pair})


def order_images(images: QuerySet[Image], order: str) -> QuerySet[Image]:
    """Put ``images`` in one of :data:`ORDERS`; raises :class:`InvalidInput` for any other."""
    if order not in ORDERS:
        raise InvalidInput(f"Images cannot be ordered by “{order[:40]}”. Known: {', '.join(ORDERS)}.")
    return images.order_by(*ORDERS[order])


def with_people(images: QuerySet[Image]) -> QuerySet[Image]:
    """Load uploader and current assignee along (one more query for a whole page)."""
    live = Assignment.objects.filter(state=Assignment.State.OPEN, lease_until__gt=timezone.now()).select_related("user")
    unread = [f"uploader__{name}" for name in ("password", "preferences", "email", "last_login", "date_joined")]
    return (
        images.select_related("uploader")
        .defer("name_folded", *unread)
        .prefetch_related(Prefetch("assignments", queryset=live, to_attr="live_assignments"))
    )


def capped_count(images: QuerySet[Image], wanted: ImageFilter) -> tuple[int, bool]:
    """How many images there are in a filtered list, and whether counting stopped early."""
    cap = SEARCH_CAP if wanted.search else COUNT_CAP if wanted.label is None else LABEL_CAP
    number = images.order_by()[:cap].count()
    return number, number >= cap


def find_neighbours(images: QuerySet[Image], image: Image, *, order: str) -> dict[str, UUID | None]:
    """Ids of the images before and after ``image`` in a filtered list, whether or not it is in the list itself."""
    names = order_images(images, order).query.order_by
    fields = [str(name) for name in names]
    return {
        "previous": _first_beyond(images, image, fields, forward=False),
        "next": _first_beyond(images, image, fields, forward=True),
    }


def _first_beyond(images: QuerySet[Image], image: Image, fields: Sequence[str], *, forward: bool) -> UUID | None:
    """The nearest image in one direction: equal in the first field and beyond in the next, else beyond in the first.

    Each a statement of its own: a range of an index, where alternatives in one statement would be a walk through all.
    """
    ordering = [_column(name, forward=forward) for name in fields]
    for depth in range(len(fields) - 1, -1, -1):
        equal = Q()
        for name in fields[:depth]:
            plain = name.lstrip("-")
            value = getattr(image, plain)
            equal &= Q(**{f"{plain}__isnull": True}) if value is None else Q(**{plain: value})
        for beyond in _beyond(fields[depth], getattr(image, fields[depth].lstrip("-")), forward=forward):
            found = images.filter(equal, beyond).order_by(*ordering[depth:]).values_list("pk", flat=True).first()
            if found is not None:
                return found
    return None


def _column(name: str, *, forward: bool) -> Any:
    """Unknown values come last in the list, so first when walking backwards."""
    plain, descending = name.lstrip("-"), name.startswith("-")
    nulls = {"nulls_last" if forward else "nulls_first": True} if plain in _NULLABLE else {}
    return F(plain).asc(**nulls) if descending != forward else F(plain).desc(**nulls)


def _beyond(name: str, value: Any, *, forward: bool) -> list[Q]:
    """What lies on the far side of a value, the nearer part first."""
    plain, greater = name.lstrip("-"), name.startswith("-") != forward
    if value is None:
        return [] if forward else [Q(**{f"{plain}__isnull": False})]
    later = [Q(**{f"{plain}__{'gt' if greater else 'lt'}": value})]
    return [*later, Q(**{f"{plain}__isnull": True})] if forward and plain in _NULLABLE else later


def find_similar(image: Image) -> QuerySet[Image]:
    """The group of near-duplicates that ``image`` belongs to, without itself."""
    first = image.duplicate_of_id or image.id
    return Image.objects.filter(Q(id=first) | Q(duplicate_of_id=first), project=image.project_id).exclude(id=image.id)
