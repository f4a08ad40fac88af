"""One COCO annotation → records."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from annotator.core.geometry import rle
from annotator.core.geometry.masks import mask_from_full
from annotator.core.geometry.rings import ring_points, signed_area
from annotator.core.geometry.types import Geometry, Keypoints, Polygon, PolygonPart
from annotator.core.records import AnnotationRecord, Issue, LabelRecord
from annotator.formats.checking import dropped, sound_box
from annotator.plugins.formats import Report

_USED = frozenset(
    {
        "id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation", "keypoints", "num_keypoints",
        "attributes", "score",
    }
)  # fmt: skip
Size = tuple[int, int]


def objects_of(
    entry: Any,
    categories: Mapping[Any, LabelRecord],
    size: Size,
    *,
    file: str,
    report: Report,
    seen_ids: set[Any],
) -> list[AnnotationRecord]:
    """Records of one entry of ``annotations``: one, or none when it cannot be used (then the reason was reported)."""
    if not isinstance(entry, dict):
        report(Issue("unparsable_record", "warning", "An annotation is no JSON object; it was left out.", file=file))
        return []
    where = f"id {entry.get('id')}"
    if "segments_info" in entry:
        text = "Panoptic annotations (coloured pictures) are not read; its picture came in without them."
        report(Issue("unsupported_shape", "warning", text, file))
        return []
    label = categories.get(_category_key(entry.get("category_id")))
    if label is None:
        text = f"An annotation has the unknown category {entry.get('category_id')!r}; it was left out."
        report(Issue("unknown_category_id", "warning", text, file, where))
        return []
    identity = entry.get("id")
    if identity is not None and str(identity) in seen_ids:
        report(Issue("duplicate_annotation_id", "info", "Two annotations have one id; both were kept.", file, where))
    seen_ids.add(str(identity))
    geometry = _geometry(entry, size, file=file, where=where, report=report)
    if geometry is None:
        return []
    return [
        AnnotationRecord(
            label=label.name,
            geometry=geometry,
            attributes=_attributes(entry, geometry),
            id=None if identity is None else str(identity),
            score=_score(entry.get("score")),
            crowd=str(entry.get("iscrowd", 0)).strip().lower() in {"1", "1.0", "true"},
        )
    ]


def _category_key(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int | str) else None


def _score(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _attributes(entry: dict[str, Any], geometry: Geometry) -> dict[str, Any]:
    """The entry's attributes, and whatever else it holds under ``coco:<name>`` for the way back."""
    attributes = dict(entry["attributes"]) if isinstance(entry.get("attributes"), dict) else {}
    attributes |= {f"coco:{key}": value for key, value in entry.items() if key not in _USED}
    if geometry.kind == "keypoints" and _numbers(entry.get("bbox"), 4):
        attributes["coco:bbox"] = entry["bbox"]
    if str(entry.get("iscrowd", 0)).strip().lower() in {"1", "1.0", "true"}:
        attributes["coco:iscrowd"] = 1
    return attributes


def _geometry(entry: dict[str, Any], size: Size, *, file: str, where: str, report: Report) -> Geometry | None:
    points = _numbers(entry.get("keypoints"), 3)
    if points and any(points[2::3]):
        return Keypoints(points=points)
    segmentation = entry.get("segmentation")
    shape = None
    if isinstance(segmentation, dict):
        shape = _mask(segmentation, size, file=file, where=where, report=report)
    elif isinstance(segmentation, list) and segmentation:
        shape = _polygon(segmentation, file=file, where=where, report=report)
    if shape is not None:
        return shape
    box = entry.get("bbox")
    if not isinstance(box, list) or len(box) != 4:
        report(dropped("missing_geometry", file=file, where=where))
        return None
    try:
        x, y, w, h = (float(value) for value in box)
    except (TypeError, ValueError):
        report(dropped("not_finite", file=file, where=where))
        return None
    if w < 0 or h < 0:
        report(
            Issue("negative_size_normalised", "info", "A box had a negative size; it was turned round.", file, where)
        )
    found = sound_box(x, y, x + w, y + h)
    if isinstance(found, str):
        report(dropped(found, file=file, where=where))
        return None
    return found


def _numbers(value: Any, step: int) -> list[float]:
    """A flat list of finite numbers whose length is a multiple of ``step``, else an empty one."""
    if not isinstance(value, list) or len(value) % step:
        return []
    try:
        numbers = [float(item) for item in value]
    except (TypeError, ValueError):
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []


def _polygon(segmentation: list[Any], *, file: str, where: str, report: Report) -> Polygon | None:
    rings = segmentation
    if all(isinstance(value, int | float) for value in segmentation):
        report(
            Issue(
                "flat_segmentation",
                "info",
                "A polygon was not nested in a list; it was read all the same.",
                file,
                where,
            )
        )
        rings = [segmentation]
    parts = []
    for ring in rings:
        if ring == []:
            continue
        numbers = _numbers(ring, 2)
        if numbers[:2] == numbers[-2:]:
            numbers = numbers[:-2]
        if len(numbers) < 6 or signed_area(ring_points(numbers)) == 0:
            finite = isinstance(ring, list) and all(isinstance(v, int | float) and math.isfinite(v) for v in ring)
            report(dropped("degenerate_polygon" if finite else "not_finite", file=file, where=where))
            continue
        parts.append(PolygonPart(outer=numbers))
    return Polygon(parts=parts) if parts else None


def _mask(segmentation: dict[str, Any], size: Size, *, file: str, where: str, report: Report) -> Geometry | None:
    counts, stated = segmentation.get("counts"), segmentation.get("size")
    try:
        height, width = (int(value) for value in stated)  # type: ignore[union-attr]  # None raises TypeError, which is caught
        runs = rle.runs_from_text(counts) if isinstance(counts, str) else np.asarray(counts, dtype=np.int64)
        if runs.ndim != 1 or runs.size == 0 or int(runs.min()) < 0:
            raise ValueError("Run lengths must be numbers that are not negative.")
        mask = mask_from_full(runs, width, height)
    except (TypeError, ValueError, OverflowError) as error:
        report(
            Issue("rle_size_mismatch", "warning", f"A mask cannot be read ({error}); its box was taken.", file, where)
        )
        return None
    if size != (0, 0) and (width, height) != size:
        text = f"A mask is {width} × {height}, its picture {size[0]} × {size[1]}; it was kept."
        report(Issue("mask_size_mismatch", "warning", text, file, where))
    if mask is None:
        report(dropped("zero_area", file=file, where=where))
    return mask
