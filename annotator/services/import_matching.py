"""Which objects of a file are on an image already: importing twice adds nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

import msgspec

from annotator.core.extras import PREFIX
from annotator.core.geometry.clip import clip
from annotator.core.geometry.measures import bounds, iou
from annotator.core.geometry.types import Geometry, Mask, geometry_from_json
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.models import Annotation, Image, Project

SAME = 0.99
"""Overlap from which two shapes of one label and kind are the same object."""
MOVED = 0.5
"""Overlap of bounding boxes from which two shapes with one id in the file are the same object, changed in between."""
_SOURCE_ID = f"{PREFIX}id"


class Live(NamedTuple):
    """An annotation that is on an image."""

    label: int
    geometry: Geometry
    source_id: str | None = None
    """Its id in the file that it came from."""


def images_by_source_id(project: Project, records: Sequence[ImageRecord]) -> dict[str, Image]:
    """Images of the project for records that name none, only an id in the file they once came from; by record's name.

    So do the results of COCO's evaluation tools. An id that several images have (of different sets) says nothing.
    """
    wanted = {
        image.name: image.source["id"]
        for image in records
        if image.path is None and not (image.width or image.height) and isinstance(image.source.get("id"), str | int)
    }
    if not wanted:
        return {}
    rows = Image.objects.filter(project=project, metadata__source__id__in=list(wanted.values()))
    found: dict[str | int, list[Image]] = {}
    for row in rows:
        found.setdefault(row.metadata["source"]["id"], []).append(row)
    return {name: found[key][0] for name, key in wanted.items() if len(found.get(key, ())) == 1}


def live_annotations(image_ids: Sequence[UUID]) -> dict[UUID, list[Live]]:
    """Live annotations by image (one query)."""
    found: dict[UUID, list[Live]] = {}
    rows = Annotation.objects.filter(image_id__in=list(image_ids), deleted=False).values_list(
        "image_id", "label_id", "geometry", "attributes"
    )
    for image_id, label_id, geometry, attributes in rows.iterator(chunk_size=2000):
        source_id = attributes.get(_SOURCE_ID) if isinstance(attributes, dict) else None
        found.setdefault(image_id, []).append(Live(label_id, geometry_from_json(geometry), source_id))
    return found


def fresh_records(
    records: Sequence[AnnotationRecord],
    here: Sequence[Live],
    labels: Mapping[str, int],
    *,
    width: int,
    height: int,
) -> list[AnnotationRecord]:
    """Records that are not on the image yet; each live annotation accounts for one record only. Masks are clipped."""
    left = _Left(here)
    fresh: list[AnnotationRecord] = []
    for record in records:
        geometry = record.geometry
        if isinstance(geometry, Mask):
            clipped = clip(geometry, width, height)
            if clipped is None:
                continue
            geometry = clipped
        if not left.take(Live(labels[record.label], geometry, record.id)):
            fresh.append(record if geometry is record.geometry else replace(record, geometry=geometry))
    return fresh


class _Left:
    """Live annotations that no record has accounted for yet; equal shapes are found without looking at all others."""

    def __init__(self, here: Sequence[Live]) -> None:
        self._here: dict[int, Live] = dict(enumerate(here))
        self._equal: dict[tuple[int, bytes], list[int]] = {}
        self._named: dict[tuple[str, str], list[int]] = {}
        self._of_kind: dict[tuple[int, str], list[int]] = {}
        for index, live in self._here.items():
            self._equal.setdefault((live.label, msgspec.json.encode(live.geometry)), []).append(index)
            self._of_kind.setdefault((live.label, live.geometry.kind), []).append(index)
            if live.source_id is not None:
                self._named.setdefault((live.source_id, live.geometry.kind), []).append(index)

    def take(self, wanted: Live) -> bool:
        """Whether something is ``wanted``; it is used up then."""
        if not self._here:
            return False
        return (
            self._use(self._equal.get((wanted.label, msgspec.json.encode(wanted.geometry)), ()))
            or self._use(self._moved(wanted))
            or self._use(self._alike(wanted))
        )

    def _use(self, indices: Iterable[int]) -> bool:
        found = next((index for index in indices if index in self._here), None)
        if found is not None:
            del self._here[found]
        return found is not None

    def _moved(self, wanted: Live) -> Iterable[int]:
        if wanted.source_id is None:
            return ()
        indices = self._named.get((wanted.source_id, wanted.geometry.kind), ())
        return (i for i in indices if i in self._here and _overlap(self._here[i].geometry, wanted.geometry))

    def _alike(self, wanted: Live) -> Iterable[int]:
        indices = self._of_kind.get((wanted.label, wanted.geometry.kind), ())
        return (i for i in indices if i in self._here and is_same(self._here[i].geometry, wanted.geometry))


def _overlap(first: Geometry, second: Geometry) -> bool:
    a, b = bounds(first), bounds(second)
    if a is None or b is None:
        return a is b
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return union > 0 and shared / union >= MOVED


def is_same(first: Geometry, second: Geometry) -> bool:
    """Whether two geometries are one object: equal, or of one kind with an overlap of at least ``SAME``."""
    if first == second:
        return True
    if first.kind != second.kind:
        return False
    a, b = bounds(first), bounds(second)
    if a is None or b is None:
        return a is b
    size = max(a[2] - a[0], a[3] - a[1], 1.0)
    if any(abs(x - y) > 0.02 * size for x, y in zip(a, b, strict=True)):
        return False  # far cheaper than an overlap in pixels, and nearly always the answer
    if first.kind in {"polyline", "points", "keypoints"}:
        return all(abs(x - y) < 0.01 for x, y in zip(a, b, strict=True))
    return iou(first, second) >= SAME
