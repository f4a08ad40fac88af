"""Which objects of a file are on an image already: importing twice adds nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from annotator.core.geometry.clip import clip
from annotator.core.geometry.measures import bounds, iou
from annotator.core.geometry.types import Geometry, Mask, geometry_from_json
from annotator.core.records import AnnotationRecord
from annotator.models import Annotation

SAME = 0.99
"""Overlap from which two shapes of one label and kind are the same object."""
Live = tuple[int, Geometry]
"""Label id and geometry of a live annotation."""


def live_annotations(image_ids: Sequence[UUID]) -> dict[UUID, list[Live]]:
    """Live annotations by image (one query)."""
    found: dict[UUID, list[Live]] = {}
    rows = Annotation.objects.filter(image_id__in=list(image_ids), deleted=False).values_list(
        "image_id", "label_id", "geometry"
    )
    for image_id, label_id, geometry in rows.iterator(chunk_size=2000):
        found.setdefault(image_id, []).append((label_id, geometry_from_json(geometry)))
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
    left = list(here)
    fresh: list[AnnotationRecord] = []
    for record in records:
        geometry = record.geometry
        if isinstance(geometry, Mask):
            clipped = clip(geometry, width, height)
            if clipped is None:
                continue
            geometry = clipped
        at = next(
            (i for i, live in enumerate(left) if live[0] == labels[record.label] and is_same(live[1], geometry)), None
        )
        if at is None:
            fresh.append(record if geometry is record.geometry else replace(record, geometry=geometry))
        else:
            del left[at]
    return fresh


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
