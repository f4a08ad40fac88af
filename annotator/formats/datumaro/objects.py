"""One annotation of a Datumaro item → a record."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annotator.core.geometry import rle
from annotator.core.geometry.masks import mask_from_full
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.checking import dropped, sound_box, sound_polygon
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.own_fields import KEY, with_own_fields
from annotator.formats.shared.values import FARTHEST, number, text_of, whole
from annotator.plugins.formats import Report

_USED = frozenset(
    {
        "id", "type", "attributes", "group", "label_id", "z_order", "bbox", "points", "rle", "visibility", "elements",
        "caption", KEY,
    }
)  # fmt: skip
NOT_FLAT = frozenset({"cuboid_3d", "cuboid_2d", "cuboid", "hash_key", "feature_vector", "super_resolution_annotation"})
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Context:
    """What annotations of one file are read with."""

    names: Sequence[str]
    """Label names by ``label_id``; key points of skeletons among them."""
    keypoints: Mapping[str, Sequence[str]]
    """Names of the key points of labels that have some."""
    file: str
    report: Report

    def say(self, code: str, text: str, where: str) -> None:
        """Report something about one annotation."""
        self.report(Issue(code, "warning", text, self.file, where))


def records_of(entries: Any, size: Size, item: str, context: Context) -> Iterator[AnnotationRecord]:
    """Records of the list ``annotations``; polygons of one id and group, one behind another, are parts of one object."""
    last: AnnotationRecord | None = None
    last_key: tuple[Any, ...] | None = None
    wanted, exact = 0, False
    for entry in map(as_object, as_list(entries)):
        is_caption = entry.get("type") == "caption"  # kept with its picture
        record = None if is_caption else _record(entry, size, f"item {item}, id {entry.get('id')}", context)
        if record is None:
            continue
        key = (entry.get("id"), entry.get("group"), entry.get("label_id"), entry.get("type"))
        joins = bool(entry.get("id")) and bool(entry.get("group")) and key == last_key and KEY not in entry
        if (wanted > 1 or joins) and last is not None and _are_polygons(last, record):
            last = last if exact else _joined(last, record)
            wanted -= 1
            continue
        if last is not None:
            yield last
        own = as_object(entry.get(KEY))
        count = own.get("parts")
        wanted = count if isinstance(count, int) else 0
        exact = "geometry" in own  # then the first says everything
        last, last_key = replace(record, group=None) if own.get("ungrouped") is True else record, key
    if last is not None:
        yield last


def _are_polygons(*records: AnnotationRecord) -> bool:
    return all(isinstance(record.geometry, Polygon) for record in records)


def _joined(first: AnnotationRecord, second: AnnotationRecord) -> AnnotationRecord:
    """The first with the parts of the second."""
    parts = [part for a in (first, second) if isinstance(a.geometry, Polygon) for part in a.geometry.parts]
    return replace(first, geometry=Polygon(parts=parts))


def _record(entry: dict[str, Any], size: Size, where: str, context: Context) -> AnnotationRecord | None:
    kind = text_of(entry.get("type"))
    if kind in NOT_FLAT:
        context.say("unsupported_shape", f"A {kind} cannot be shown on a picture; it was left out.", where)
        return None
    label = _label(entry, where, context)
    if label is None:
        return None
    attributes = dict(as_object(entry.get("attributes")))
    geometry = _geometry(kind, entry, attributes, label, size, where, context)
    if geometry is None:
        return None
    if isinstance(geometry, str):
        context.report(dropped(geometry, file=context.file, where=where))
        return None
    record = AnnotationRecord(
        label=label,
        geometry=geometry,
        id=_identity(entry.get("id")),
        group=_identity(entry.get("group")),
        z_order=whole(entry.get("z_order")) or 0,
        **_taken(attributes, entry),
    )
    foreign = {f"datumaro:{key}": value for key, value in entry.items() if key not in _USED}
    return with_own_fields(replace(record, attributes=attributes | foreign), entry.get(KEY))


def _label(entry: dict[str, Any], where: str, context: Context) -> str | None:
    if entry.get("label_id") is None:
        context.report(dropped("missing_label", file=context.file, where=where))
        return None
    place = whole(entry["label_id"])
    if place is None or not 0 <= place < len(context.names) or not context.names[place]:
        text = f"An annotation has the unknown label {entry['label_id']!r}; it was left out."
        context.say("unknown_category_id", text, where)
        return None
    return context.names[place]


def _identity(value: Any) -> str | None:
    """Ids and groups; 0 stands for none."""
    text = text_of(value)
    return None if text in {"", "0", "-1"} else text


def _taken(attributes: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Fields of a record that Datumaro keeps among the attributes; they are taken out of there."""
    taken: dict[str, Any] = {}
    if attributes.get("is_crowd") is True:
        taken["crowd"] = attributes.pop("is_crowd")
    score = attributes.get("score")
    if isinstance(score, int | float) and not isinstance(score, bool) and math.isfinite(score):
        taken["score"] = float(attributes.pop("score"))
    track = attributes.get("track_id")
    if isinstance(track, int | str) and not isinstance(track, bool):
        taken["track"] = attributes.pop("track_id")
    elif isinstance(entry.get("object_id"), int) and entry["object_id"] >= 0:
        taken["track"] = entry["object_id"]
    return taken


def _numbers(value: Any) -> list[float] | None:
    """A flat list of finite numbers, also written as pairs; ``None`` when it is none."""
    if not isinstance(value, list):
        return None
    flat = [part for item in value for part in (item if isinstance(item, list) else [item])]
    numbers = [number(part) for part in flat]
    return numbers if all(abs(value) <= FARTHEST for value in numbers) else None


def _geometry(
    kind: str, entry: dict[str, Any], attributes: dict[str, Any], label: str, size: Size, where: str, context: Context
) -> Geometry | str | None:
    """The shape, the code of what is wrong with it, or ``None`` when that was reported."""
    if kind == "label":
        return Tag()
    if kind == "mask":
        return _mask(entry.get("rle"), size, where, context)
    if kind == "skeleton":
        flat = _numbers(entry.get("points")) if "elements" not in entry else None
        if flat:
            return _flat_skeleton(flat)
        return _skeleton(entry.get("elements"), label, attributes, where, context)
    if kind not in {"bbox", "polygon", "polyline", "points", "ellipse", "rotated_bbox"}:
        context.say("unsupported_shape", f"Annotations of the type “{kind}” are not known; it was left out.", where)
        return None
    stated = entry.get("bbox") if kind == "bbox" else entry.get("points")
    if stated is None:
        return "missing_geometry"
    points = _numbers(stated)
    if points is None:
        return "not_finite"
    if kind == "bbox":
        if len(points) == 4 and min(points[2:]) < 0:
            text = "A box had a negative size; it was turned round."
            context.report(Issue("negative_size_normalised", "info", text, context.file, where))
        return _box(points, attributes)
    if kind == "rotated_bbox":
        return RotatedBox(*points) if len(points) == 5 and min(points[2:4]) > 0 else "missing_geometry"
    if kind == "ellipse":
        return _ellipse(points, attributes)
    return _chain(kind, points, entry.get("visibility"), named=label in context.keypoints)


def _chain(kind: str, points: list[float], visibility: Any, *, named: bool) -> Geometry | str:
    """Shapes that are a list of points."""
    if len(points) % 2:
        return "missing_geometry"
    if kind == "polygon":
        return sound_polygon(points)
    if kind == "polyline":
        return Polyline(points=points) if len(points) >= 4 else "degenerate_polygon"
    return _points(points, visibility, named=named)


def _turned(attributes: dict[str, Any]) -> float:
    """Degrees clockwise, taken out of the attributes; 0 stays there, as it says nothing."""
    angle = number(attributes.get("rotation"))
    if math.isnan(angle) or angle % 360 == 0:
        return 0.0
    del attributes["rotation"]
    return angle % 360


def _box(numbers: list[float], attributes: dict[str, Any]) -> Geometry | str:
    if len(numbers) != 4:
        return "missing_geometry"
    x, y, w, h = numbers
    box = sound_box(x, y, x + w, y + h)
    angle = 0.0 if isinstance(box, str) else _turned(attributes)
    if isinstance(box, str) or not angle:
        return Box(x=x, y=y, w=w, h=h) if isinstance(box, Box) and w > 0 and h > 0 else box
    return RotatedBox(cx=box.x + box.w / 2, cy=box.y + box.h / 2, w=box.w, h=box.h, angle=angle)


def _ellipse(numbers: list[float], attributes: dict[str, Any]) -> Geometry | str:
    if len(numbers) != 4:
        return "missing_geometry"
    box = sound_box(*numbers)
    if isinstance(box, str):
        return box
    cx, cy = box.x + box.w / 2, box.y + box.h / 2
    return Ellipse(cx=cx, cy=cy, rx=box.w / 2, ry=box.h / 2, rotation=_turned(attributes))


def _points(points: list[float], visibility: Any, *, named: bool) -> Geometry | str:
    """Key points where a visibility or the label's key points say so; else loose points."""
    if not points:
        return "missing_geometry"
    if not isinstance(visibility, list) and not named:
        return Points(points=points)
    seen = [whole(value) for value in as_list(visibility)]
    triples: list[float] = []
    for place in range(len(points) // 2):
        v = seen[place] if place < len(seen) else 2
        triples += [*points[2 * place : 2 * place + 2], v if v in {0, 1, 2} else 2]
    return Keypoints(points=triples) if any(triples[2::3]) else "missing_geometry"


def _flat_skeleton(numbers: list[float]) -> Geometry | str:
    """Skeletons that the dialect keeps in one list: x, y and visibility of each of the label's key points."""
    if len(numbers) % 3:
        return "missing_geometry"
    triples: list[float] = []
    for place in range(0, len(numbers), 3):
        x, y, v = numbers[place : place + 3]
        triples += [0.0, 0.0, 0] if v == 0 else [x, y, int(v) if v in {1, 2} else 2]
    return Keypoints(points=triples) if any(triples[2::3]) else "missing_geometry"


def _skeleton(elements: Any, label: str, attributes: dict[str, Any], where: str, context: Context) -> Geometry | str:
    """Elements of CVAT's dialect in the order of the label's key points; what they say beside stays an attribute."""
    found: dict[str, list[float]] = {}
    beside: dict[str, Any] = {}
    for element in map(as_object, as_list(elements)):
        place = whole(element.get("label_id"))
        known = place is not None and 0 <= place < len(context.names)
        name = context.names[place] if known and place is not None else str(len(found))
        points = _numbers(element.get("points"))
        if points is None or len(points) != 2:
            context.report(dropped("not_finite", file=context.file, where=where))
            continue
        v = whole((as_list(element.get("visibility")) or [2])[0])
        found[name] = [*points, v if v in {0, 1, 2} else 2] if v != 0 else [0.0, 0.0, 0]
        if as_object(element.get("attributes")):
            beside[name] = element["attributes"]
    order = context.keypoints.get(label) or tuple(found)
    triples = [value for name in order for value in found.get(name, [0.0, 0.0, 0])]
    if beside:
        attributes["datumaro:elements"] = beside
    return Keypoints(points=triples) if any(triples[2::3]) else "missing_geometry"


def _mask(value: Any, size: Size, where: str, context: Context) -> Mask | str | None:
    entry = as_object(value)
    counts, stated = entry.get("counts"), entry.get("size")
    if not entry:
        return "missing_geometry"
    try:
        height, width = (int(side) for side in as_list(stated))
        runs = rle.runs_from_text(counts) if isinstance(counts, str) else np.asarray(counts, dtype=np.int64)
        if runs.ndim != 1 or runs.size == 0 or int(runs.min()) < 0:
            raise ValueError("Run lengths must be numbers that are not negative.")
        mask = mask_from_full(runs, width, height)
    except (TypeError, ValueError, OverflowError) as error:
        context.say("rle_size_mismatch", f"A mask cannot be read ({error}); it was left out.", where)
        return None
    if all(size) and (width, height) != size:
        text = f"A mask is {width} × {height}, its picture {size[0]} × {size[1]}; it was kept."
        context.say("mask_size_mismatch", text, where)
    return mask or "zero_area"
