"""Entries of ``annotations`` → records."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from annotator.core.geometry import rle
from annotator.core.geometry.boxes import corners, rotated_from_corners
from annotator.core.geometry.masks import mask_from_full
from annotator.core.geometry.rings import ring_points
from annotator.core.geometry.types import Box, Geometry, Keypoints, Mask, Polygon, PolygonPart, RotatedBox, Tag
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.coco.tables import CAPTION, PLACE, id_key
from annotator.formats.shared.checking import dropped, is_flat, sound_box
from annotator.formats.shared.values import number
from annotator.plugins.formats import Report

_PLAIN = frozenset({"id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation"})
_USED = _PLAIN | {
    "keypoints", "num_keypoints", "attributes", "score", "track_id", "z_order", "group_id", "part_of", "rotated_box",
}  # fmt: skip
_USED_BY_TAGS = _USED | {"caption", PLACE}
_EMPTY: tuple[Any, ...] = ([], [[]], None)
_FAR = 1e9
Size = tuple[int, int]


@dataclass
class ObjectReader:
    """Makes records of one file's entries; what is wrong with one is reported and costs that one only."""

    file: str
    labels: Mapping[int | str | None, str]
    """Category id → name."""
    report: Report
    is_repeated: Callable[[Any], bool]
    """Whether several annotations have an id."""
    captions: bool = False
    prefer: str = "keypoints"
    """What an object with an outline and key points becomes: ``keypoints`` or ``outline``."""
    tags: bool = False
    """Whether entries without a shape are tags: those of files called ``labels_…``."""
    strict_labels: bool = True
    """Off where the categories are not known at all: then their ids are the labels."""
    _seen: set[str] = field(default_factory=set)

    def records(self, entries: list[Any], size: Size) -> list[AnnotationRecord]:
        """Records of the entries of one picture of ``size`` (width, height; 0 = unknown), in their order."""
        found: list[AnnotationRecord] = []
        labels, is_plain, is_repeated = self.labels, _PLAIN.issuperset, self.is_repeated
        for entry in entries:
            try:  # a box and nothing else, which most objects are; whatever needs more care goes the long way
                x, y, w, h = entry["bbox"]
                identity = entry["id"]
                if (
                    0 < w < _FAR and 0 < h < _FAR and -_FAR < x < _FAR and -_FAR < y < _FAR
                    and type(identity) is int and is_plain(entry)
                    and not entry.get("segmentation") and not entry.get("iscrowd") and not is_repeated(identity)
                ):  # fmt: skip
                    box = Box(float(x), float(y), float(w), float(h))
                    found.append(AnnotationRecord(labels[entry["category_id"]], box, {}, str(identity)))
                    continue
            except (TypeError, KeyError, ValueError, AttributeError):
                pass
            found.extend(self._any(entry, size))
        return found

    def _any(self, entry: Any, size: Size) -> Iterator[AnnotationRecord]:
        if not isinstance(entry, dict):
            text = "An annotation is no JSON object; it was left out."
            self.report(Issue("unparsable_record", "warning", text, self.file))
            return
        where = f"id {entry.get('id')}"
        label = self._label(entry, where)
        if label is None:
            return
        self._count(entry.get("id"), where)
        if label == CAPTION and self.captions and "caption" in entry:
            yield self._record(entry, label, Tag())
            return
        if self.tags and not any(entry.get(key) for key in ("bbox", "segmentation", "keypoints")):
            yield self._record(entry, label, Tag())
            return
        geometry = self._geometry(entry, size, where)
        if geometry is not None:
            yield self._record(entry, label, geometry)

    def _label(self, entry: dict[str, Any], where: str) -> str | None:
        stated = entry.get("category_id")
        label = self.labels.get(id_key(stated))
        if label is None and self.captions and isinstance(entry.get("caption"), str):
            return CAPTION
        if label is None and not self.strict_labels and id_key(stated) is not None:
            return str(stated)
        if label is None:
            text = f"An annotation has the unknown category {stated!r}; it was left out."
            self.report(Issue("unknown_category_id", "warning", text, self.file, where))
        return label

    def _count(self, identity: Any, where: str) -> None:
        """Report an id when it comes for the second time; only ids that do are remembered."""
        if identity is None or not self.is_repeated(identity):
            return
        if str(identity) in self._seen:
            text = "Two annotations have one id; both were kept."
            self.report(Issue("duplicate_annotation_id", "info", text, self.file, where))
        self._seen.add(str(identity))

    def _record(self, entry: dict[str, Any], label: str, geometry: Geometry) -> AnnotationRecord:
        identity, track = entry.get("id"), _track(entry)
        group, part_of, z_order = entry.get("group_id"), entry.get("part_of"), entry.get("z_order")
        return AnnotationRecord(
            label=label,
            geometry=geometry,
            attributes=_attributes(entry, geometry),
            id=None if identity is None else str(identity),
            score=_score(entry.get("score")),
            group=str(group) if isinstance(group, int | str) else None,
            z_order=z_order if type(z_order) is int else 0,
            crowd=_is_true(entry.get("iscrowd")),
            track=track,
            part_of=str(part_of) if isinstance(part_of, int | str) else None,
            box=_box(entry.get("bbox")) if isinstance(geometry, Keypoints) else None,
            source={PLACE: entry[PLACE]} if isinstance(geometry, Tag) and type(entry.get(PLACE)) is int else {},
        )

    def _geometry(self, entry: dict[str, Any], size: Size, where: str) -> Geometry | None:
        points = _numbers(entry.get("keypoints"), 3)
        if points and any(points[2::3]) and (self.prefer == "keypoints" or not entry.get("segmentation")):
            return Keypoints(points=points)
        segmentation = entry.get("segmentation")
        shape: Geometry | None = None
        if isinstance(segmentation, dict):
            shape = self._mask(segmentation, size, where)
        elif isinstance(segmentation, list) and segmentation:
            shape = self._polygon(segmentation, where)
            if shape is not None:
                return _turned_outline(shape, entry) or shape
        return shape or self._box(entry, where)

    def _box(self, entry: dict[str, Any], where: str) -> Geometry | None:
        box = entry.get("bbox")
        if not isinstance(box, list) or len(box) != 4:
            self.report(dropped("missing_geometry", file=self.file, where=where))
            return None
        try:
            x, y, w, h = (float(value) for value in box)
        except (TypeError, ValueError, OverflowError):
            self.report(dropped("not_finite", file=self.file, where=where))
            return None
        if w < 0 or h < 0:
            text = "A box had a negative size; it was turned round."
            self.report(Issue("negative_size_normalised", "info", text, self.file, where))
        found = sound_box(x, y, x + w, y + h)
        if isinstance(found, str):
            self.report(dropped(found, file=self.file, where=where))
            return None
        if w > 0 and h > 0:
            found = Box(x, y, w, h)  # the numbers of the file, not their sums and differences
        angle = _rotation(entry)
        if angle:
            return RotatedBox(found.x + found.w / 2, found.y + found.h / 2, found.w, found.h, angle % 360)
        return found

    def _polygon(self, segmentation: list[Any], where: str) -> Polygon | None:
        rings = [_flat(ring) for ring in segmentation]
        points = _flat(segmentation)
        if all(isinstance(value, int | float) for value in points):
            text = "A polygon was not nested in a list; it was read all the same."
            self.report(Issue("flat_segmentation", "info", text, self.file, where))
            rings = [points]
        parts = []
        for ring in rings:
            if ring == []:
                continue
            numbers = _numbers(ring, 2)
            if numbers[:2] == numbers[-2:]:
                numbers = numbers[:-2]
            if is_flat(numbers):
                finite = isinstance(ring, list) and all(isinstance(v, int | float) and math.isfinite(v) for v in ring)
                code = "degenerate_polygon" if finite else "not_finite"
                self.report(replace(dropped(code, file=self.file, where=where), text=_NO_RING[code]))
                continue
            parts.append(PolygonPart(outer=numbers))
        return Polygon(parts=parts) if parts else None

    def _mask(self, segmentation: dict[str, Any], size: Size, where: str) -> Mask | None:
        counts, stated = segmentation.get("counts"), segmentation.get("size")
        try:
            height, width = (int(value) for value in stated)  # type: ignore[union-attr]  # None raises TypeError, which is caught
            runs = rle.runs_from_text(counts) if isinstance(counts, str) else np.asarray(counts, dtype=np.int64)
            if runs.ndim != 1 or runs.size == 0 or int(runs.min()) < 0:
                raise ValueError("run lengths must be numbers that are not negative")
            mask = mask_from_full(runs, width, height)
        except (TypeError, ValueError, OverflowError) as error:
            text = f"A mask cannot be read ({str(error).rstrip('.')}); its box was taken."
            self.report(Issue("rle_size_mismatch", "warning", text, self.file, where))
            return None
        if size != (0, 0) and (width, height) != size:
            text = f"A mask is {width} × {height}, its picture {size[0]} × {size[1]}; its box was taken."
            self.report(Issue("rle_size_mismatch", "warning", text, self.file, where))
            return None
        if mask is None:
            text = "A mask has no pixel; its box was taken."
            self.report(Issue("zero_area", "warning", text, self.file, where))
        return mask


def in_place(records: list[AnnotationRecord]) -> list[AnnotationRecord]:
    """Tags that know their place among the objects of a picture are put there; the others keep their order."""
    ordered = [record for record in records if PLACE not in record.source]
    placed = [record for record in records if PLACE in record.source]
    for record in sorted(placed, key=lambda record: record.source[PLACE]):
        ordered.insert(max(record.source[PLACE], 0), replace(record, source={}))
    return ordered


_NO_RING = {
    "degenerate_polygon": "A ring has fewer than three points or no area; the box was taken if no other ring is left.",
    "not_finite": "A ring has a coordinate that is no number; the box was taken if no other ring is left.",
}


def _is_true(value: Any) -> bool:
    return value not in (None, 0, False) and str(value).strip().lower() in {"1", "1.0", "true"}


def _score(value: Any) -> float | None:
    found = number(value)
    return found if math.isfinite(found) else None


def _flat(ring: Any) -> Any:
    """A ring whose points are pairs (``[[x, y], …]``) as one list of numbers; anything else as it is."""
    if isinstance(ring, list) and len(ring) > 2 and all(isinstance(p, list) and len(p) == 2 for p in ring):
        return [value for point in ring for value in point]
    return ring


def _track(entry: Mapping[str, Any]) -> str | int | None:
    """A track of its own, or CVAT's among the attributes."""
    attributes = entry.get("attributes")
    value = entry.get("track_id", attributes.get("track_id") if isinstance(attributes, dict) else None)
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _rotation(entry: Mapping[str, Any]) -> float:
    """CVAT's rotation in degrees, clockwise about the centre of the box that stands there."""
    attributes = entry.get("attributes")
    value = attributes.get("rotation") if isinstance(attributes, dict) else None
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _turned_outline(polygon: Geometry, entry: Mapping[str, Any]) -> RotatedBox | None:
    """The rotated box that an outline of four corners stands for: its rotation is among the attributes, too."""
    angle = _rotation(entry)
    if not angle or not isinstance(polygon, Polygon) or len(polygon.parts) != 1 or len(polygon.parts[0].outer) != 8:
        return None
    outline = ring_points(polygon.parts[0].outer)
    stated = _numbers(entry.get("rotated_box"), 5)
    if len(stated) == 5:  # our own, to the last digit, unless somebody has moved the outline since
        exact = RotatedBox(*stated)
        return exact if np.allclose(corners(exact), outline, atol=1e-3) else None
    found = rotated_from_corners(outline)
    is_rectangle = np.allclose(outline[0] + outline[2], outline[1] + outline[3], atol=1e-3)
    return found if is_rectangle and abs((found.angle - angle + 180) % 360 - 180) < 0.01 else None


def _attributes(entry: Mapping[str, Any], geometry: Geometry) -> dict[str, Any]:
    """The entry's attributes, and whatever else it holds under ``coco:<name>`` for the way back."""
    stated = entry.get("attributes")
    attributes = {str(key): value for key, value in stated.items()} if isinstance(stated, dict) else {}
    if isinstance(geometry, RotatedBox):
        attributes.pop("rotation", None)
    if isinstance(geometry, Tag) and "caption" in entry:
        attributes[CAPTION] = entry["caption"]
    used = _USED if not isinstance(geometry, Tag) else _USED_BY_TAGS
    attributes |= {f"coco:{key}": value for key, value in entry.items() if key not in used}
    if isinstance(geometry, Keypoints) and entry.get("segmentation") not in _EMPTY:
        attributes["coco:segmentation"] = entry["segmentation"]
    if not isinstance(geometry, Keypoints) and any(_numbers(entry.get("keypoints"), 3)[2::3]):
        attributes["coco:keypoints"] = entry["keypoints"]
    return attributes


def _box(value: Any) -> Box | None:
    """The box that stands beside key points, if it is one."""
    numbers = _numbers(value, 4)
    return Box(*numbers) if len(numbers) == 4 and numbers[2] > 0 and numbers[3] > 0 else None


def _numbers(value: Any, step: int) -> list[float]:
    """A flat list of finite numbers whose length is a multiple of ``step``, else an empty one."""
    if not isinstance(value, list) or len(value) % step:
        return []
    try:
        numbers = list(map(float, value))
    except (TypeError, ValueError, OverflowError):
        return []
    return numbers if all(map(math.isfinite, numbers)) else []
