"""The shapes of one LabelMe file → records."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from annotator.core.geometry.boxes import rotated_from_corners
from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.rings import ring_points
from annotator.core.geometry.types import (
    Ellipse,
    Geometry,
    Points,
    Polygon,
    Polyline,
    Tag,
)
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.checking import dropped, sound_box, sound_polygon
from annotator.formats.shared.encoded_bitmaps import bitmap_of_png, bytes_of_base64
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.values import flat_numbers, number, text_of
from annotator.plugins.formats import Report

IGNORED = frozenset({"__ignore__", "_background_"})
"""Labels that are no classes, by LabelMe's own convention."""
PREFIX = "labelme:"
_USED = frozenset({"label", "points", "group_id", "shape_type", "flags", "mask", "attributes", "score", "difficult"})
_SQUARE = 1e-6
_FAR = 1e9
_MOST = 1 << 26
"""Pixels of a mask."""
_CODES = {
    "rle_size_mismatch": "A mask is no picture, or it is damaged; it was left out.",
    "unsupported_shape": "A shape is of an unknown kind; it was left out.",
}
Json = dict[str, Any]


def records_of(content: Json, *, file: str, report: Report) -> tuple[list[AnnotationRecord], list[Json]]:
    """Objects in order, then the picture's flags as tags; and the shapes that are to be ignored."""
    ignored: list[Json] = []
    found: list[AnnotationRecord] = []
    for position, shape in enumerate(as_list(content.get("shapes"))):
        if isinstance(shape, dict) and text_of(shape.get("label")) in IGNORED:
            ignored.append(shape)
            continue
        record = _record(as_object(shape), f"/shapes/{position}", file, report)
        if record is not None:
            found.append(record)
    tags = [
        AnnotationRecord(name, Tag()) for name, on in as_object(content.get("flags")).items() if on is True and name
    ]
    return [*_joined(found), *tags], ignored


def _record(shape: Json, where: str, file: str, report: Report) -> AnnotationRecord | None:
    label = text_of(shape.get("label"))
    geometry = geometry_of(shape) if label else "missing_label"
    if isinstance(geometry, str):
        if geometry in _CODES:
            report(Issue(geometry, "warning", _CODES[geometry], file, where))
        else:
            report(dropped(geometry, file=file, where=where))
        return None
    score = number(shape.get("score"))
    group = shape.get("group_id")
    return AnnotationRecord(
        label=label,
        geometry=geometry,
        attributes=_attributes(shape),
        score=score if math.isfinite(score) else None,
        group=text_of(group) or None,
    )


def _attributes(shape: Json) -> Json:
    """Flags and attributes under their names, everything else under ``labelme:``."""
    found: Json = {name: value for name, value in as_object(shape.get("flags")).items() if isinstance(value, bool)}
    found |= as_object(shape.get("attributes"))
    if shape.get("difficult") in (True, "true"):
        found["difficult"] = True
    kept = {f"{PREFIX}{name}": value for name, value in shape.items() if name not in _USED}
    return found | {name: value for name, value in kept.items() if value not in (None, "", [], {})}


def _joined(found: list[AnnotationRecord]) -> Iterator[AnnotationRecord]:
    """Polygons of one label and one ``group_id`` are parts of one object; all others of a group stay in it."""
    parts: dict[tuple[str, str], list[int]] = {}
    members: dict[str, int] = {}
    for index, record in enumerate(found):
        if record.group is not None:
            members[record.group] = members.get(record.group, 0) + 1
            if isinstance(record.geometry, Polygon):
                parts.setdefault((record.label, record.group), []).append(index)
    first = {indices[0]: indices for indices in parts.values()}
    rest = {index for indices in parts.values() for index in indices[1:]}
    for index, record in enumerate(found):
        mine = [found[i] for i in first.get(index, ())]
        if len(mine) > 1:
            rings = [part for one in mine if isinstance(one.geometry, Polygon) for part in one.geometry.parts]
            attributes = {name: value for one in reversed(mine) for name, value in one.attributes.items()}
            group = None if members[record.group or ""] == len(mine) else record.group
            yield replace(record, geometry=Polygon(parts=rings), attributes=attributes, group=group)
        elif index not in rest:
            yield record


def geometry_of(shape: Json) -> Geometry | str:
    """The geometry of a shape, or the code of what is wrong."""
    kind = text_of(shape.get("shape_type")) or "polygon"
    make = _KINDS.get(kind)
    if make is None:
        return "unsupported_shape"
    points = shape.get("points")
    flat = flat_numbers(points)
    if flat is None:
        return "not_finite" if points else "missing_geometry"
    if not flat:
        return "missing_geometry"
    return _mask(flat, shape.get("mask")) if kind == "mask" else make(flat)


def _polygon(flat: list[float]) -> Geometry | str:
    return sound_polygon(flat)


def _rectangle(flat: list[float]) -> Geometry | str:
    """Two opposite corners in any order; or all four, of a box that may be turned."""
    if len(flat) == 8 and not _is_upright(flat):
        return _rotated(flat)
    if len(flat) not in {4, 8}:
        return "missing_geometry" if len(flat) < 4 else _polygon(flat)
    return sound_box(min(flat[::2]), min(flat[1::2]), max(flat[::2]), max(flat[1::2]))


def _is_upright(flat: list[float]) -> bool:
    """Whether the corners are those of a box with sides along the axes."""
    xs, ys = sorted(flat[::2]), sorted(flat[1::2])
    return max(xs[1] - xs[0], xs[3] - xs[2], ys[1] - ys[0], ys[3] - ys[2]) < _SQUARE


def _rotated(flat: list[float]) -> Geometry | str:
    if len(flat) != 8:
        return "missing_geometry"
    box = rotated_from_corners(ring_points(flat))
    return box if box.w > 0 and box.h > 0 else "zero_area"


def _circle(flat: list[float]) -> Geometry | str:
    """Centre and a point on the rim."""
    if len(flat) != 4:
        return "missing_geometry"
    radius = math.hypot(flat[2] - flat[0], flat[3] - flat[1])
    return Ellipse(cx=flat[0], cy=flat[1], rx=radius, ry=radius) if radius > 0 else "zero_area"


def _line(flat: list[float]) -> Geometry | str:
    return Polyline(points=flat) if len(flat) >= 4 else "degenerate_polygon"


def _points(flat: list[float]) -> Geometry | str:
    return Points(points=flat)


def _mask(flat: list[float], text: Any) -> Geometry | str:
    """A small picture whose top-left pixel lies at the first point."""
    if text is None:
        return "missing_geometry"
    if max(abs(flat[0]), abs(flat[1])) > _FAR:
        return "not_finite"
    try:
        bitmap = bitmap_of_png(bytes_of_base64(text), most=_MOST)
    except ValueError:
        return "rle_size_mismatch"
    return mask_from_bitmap(bitmap, round(flat[0]), round(flat[1])) or "zero_area"


_KINDS: dict[str, Callable[[list[float]], Geometry | str]] = {
    "polygon": _polygon,
    "rectangle": _rectangle,
    "rotation": _rotated,
    "oriented_rectangle": _rotated,
    "circle": _circle,
    "line": _line,
    "linestrip": _line,
    "point": _points,
    "points": _points,
    "mask": _points,
}
