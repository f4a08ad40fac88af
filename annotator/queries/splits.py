"""What a split needs to know of the images of a project."""

from collections import Counter
from collections.abc import Iterator, Mapping
from posixpath import dirname
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from annotator.core.project_settings import read_settings
from annotator.core.records import SPLITS
from annotator.core.splits import METADATA, SplitItem, SplitRule, field_value, join_groups
from annotator.models import Annotation, Image, Project

CHUNK = 5000
MOST_VALUES = 50
SAMPLED = 20_000
"""Images that are looked at for fields to split by: answers stay fast in the largest projects."""
LabelCounts = dict[UUID, list[int]]
"""Image → id of a label, number of its live annotations, id of the next, …: flat, so that large projects fit into memory."""
LabelSets = dict[UUID, tuple[str, ...]]
"""Image → ids of the labels on it; equal tuples are one object, so that large projects fit into memory."""


def count_by_image(project: Project) -> LabelCounts:
    """The labels on every image that has any, and how often (one query, from an index alone)."""
    counts: LabelCounts = {}
    live = Annotation.objects.filter(label__project=project, deleted=False).order_by()
    rows = live.values_list("label_id", "image_id").annotate(number=Count("*"))
    for label_id, image_id, number in rows.iterator(chunk_size=CHUNK):
        counts.setdefault(image_id, []).extend((label_id, number))
    return counts


def label_sets(counts: LabelCounts) -> LabelSets:
    """Only which labels there are."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    sets = ((image_id, tuple(sorted(map(str, pairs[::2])))) for image_id, pairs in counts.items())
    return {image_id: known.setdefault(names, names) for image_id, names in sets}


def count_labels(counts: LabelCounts, splits: Mapping[str, str]) -> dict[str, Counter[int]]:
    """Split → label id → live annotations on the images that ``splits`` names."""
    balance: dict[str, Counter[int]] = {split: Counter() for split in SPLITS}
    for image_id, pairs in counts.items():
        if (split := splits.get(str(image_id))) is not None:
            here = balance[split]
            for label_id, number in zip(pairs[::2], pairs[1::2], strict=True):
                here[label_id] += number
    return balance


def split_items(
    images: QuerySet[Image], rule: SplitRule, *, before: Mapping[str, str], labels: LabelSets, locked: bool = False
) -> list[SplitItem]:
    """The images in order of id. What decides, in this order: the image's own split, ``before``, ``rule.assign``.

    Without ``rule.keep_fixed`` the own split counts only for the test images of a ``locked`` test set.
    """
    rows = list(_rows(images, rule, labels))
    groups = join_groups([keys for _, _, _, _, keys in rows])
    items = []
    for (name, split, assigned, names, _), group in zip(rows, groups, strict=True):
        own = split if rule.keep_fixed or (locked and split == Image.Split.TEST) else ""
        items.append(SplitItem(name, group, names, own or before.get(name) or assigned))
    return items


_Row = tuple[str, str, str | None, tuple[str, ...], tuple[str, ...]]
"""Id, own split, what its value is assigned to, labels, and the keys that it shares with others of its group."""


def _rows(images: QuerySet[Image], rule: SplitRule, labels: LabelSets) -> Iterator[_Row]:
    duplicate_of = dict(
        images.order_by().filter(duplicate_of__isnull=False).values_list("id", "duplicate_of_id")
        if rule.near_duplicates
        else ()
    )
    wanted = {rule.together, rule.assign_by} - {""}
    plain = ["id", "split"]
    columns = ["name", "uploader_id", *(["metadata"] if any(name.startswith(METADATA) for name in wanted) else [])]
    rows = images.order_by("id").values_list(*plain, *(columns if wanted else []))
    for image_id, split, *rest in rows.iterator(chunk_size=CHUNK):
        values = _values(rest, wanted) if wanted else {}
        name = str(image_id)
        keys = [str(_root(image_id, duplicate_of)) if image_id in duplicate_of else name]
        if (shared := values.get(rule.together)) is not None:
            keys.append(f"={shared}")
        assigned = rule.assign.get(values.get(rule.assign_by) or "")
        yield name, split, assigned, labels.get(image_id, ()), tuple(keys)


def _values(row: list[Any], wanted: set[str]) -> dict[str, str | None]:
    name, uploader, *metadata = row
    found: dict[str, str | None] = {"folder": dirname(name), "uploader": None if uploader is None else str(uploader)}
    return {key: found[key] if key in found else field_value(metadata[0], key) for key in wanted}


def _root(image_id: UUID, duplicate_of: Mapping[UUID, UUID | None]) -> UUID:
    seen = {image_id}
    while (parent := duplicate_of.get(image_id)) is not None and parent not in seen:
        seen.add(parent)
        image_id = parent
    return image_id


def split_fields(project: Project) -> list[dict[str, Any]]:
    """Fields that images can be kept together or assigned by: ``{"field", "values": {value: images}, "more"}``.

    Looks at the newest images only in very large projects; ``more`` says that there are values that are not listed.
    """
    counts: dict[str, Counter[str]] = {"folder": Counter(), "uploader": Counter()}
    rows = Image.objects.filter(project=project).order_by("-id").values_list("name", "uploader_id", "metadata")
    for name, uploader, metadata in rows[:SAMPLED].iterator(chunk_size=CHUNK):
        counts["folder"][dirname(name)] += 1
        if uploader is not None:
            counts["uploader"][str(uploader)] += 1
        for path in _plain_paths(metadata):
            if (value := field_value(metadata, path)) is not None and len(value) <= 200:
                counts.setdefault(METADATA + path, Counter())[value] += 1
    return [
        {"field": field, "values": dict(sorted(values.most_common(MOST_VALUES))), "more": len(values) > MOST_VALUES}
        for field, values in counts.items()
        if len(values) > 1
    ]


def _plain_paths(metadata: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Names of single values, one level of objects deep."""
    for key, value in metadata.items():
        if isinstance(value, Mapping) and not prefix:
            yield from _plain_paths(value, f"{key}.")
        elif not isinstance(value, Mapping | list):
            yield f"{prefix}{key}"


def split_counts(project: Project) -> dict[str, int]:
    """Images per fixed split; ``""`` are those that are not decided."""
    rows = Image.objects.filter(project=project).order_by().values_list("split").annotate(n=Count("id"))
    return {str(split): int(n) for split, n in rows}


def is_test_locked(project: Project) -> bool:
    """Whether the test split of the project is closed."""
    return read_settings(Project.objects.values_list("settings", flat=True).get(pk=project.pk)).test_locked
