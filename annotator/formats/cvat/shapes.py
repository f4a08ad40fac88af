"""One shape of a CVAT file → geometry and record."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from annotator.core.geometry.masks import MAX_WINDOW
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Points,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.cvat.parser import RawShape
from annotator.formats.shared.checking import dropped, sound_box, sound_polygon
from annotator.formats.shared.row_runs import mask_of_row_runs
from annotator.formats.shared.values import FARTHEST, MAX_WHOLE, near, number
from annotator.plugins.formats import Report

_CORNERS = tuple(
    f"{axis}{corner}{side}" for side in (1, 2) for corner in ("tl", "bl", "tr", "br") for axis in ("x", "y")
)
_PLAIN = frozenset({"box", "polygon", "polyline", "points", "mask", "ellipse", "tag"})
_NOTHING: Mapping[str, Any] = {}
_CODES = {
    "rle_size_mismatch": "The run lengths of a mask do not fill its box; it was left out.",
    "mask_size_mismatch": "A mask is too large to be true; it was left out.",
    "unsupported_shape": "A shape is of an unknown kind; it was left out.",
}
Attrs = Mapping[str, str]


def flag(value: str | None) -> bool:
    """CVAT writes flags as 0 and 1; other programs as words."""
    return value is not None and value.strip().lower() in {"1", "true", "yes"}


def points_of(text: str | None) -> list[float] | str:
    """``x,y;x,y`` as a flat list, or the code of what is wrong."""
    if not text or not text.strip():
        return "missing_geometry"
    flat: list[float] = []
    try:
        for piece in text.strip().strip(";").split(";"):
            x, y = piece.split(",")
            flat += (float(x), float(y))
    except ValueError:
        return "not_finite"
    return flat if near(flat) else "not_finite"


def _box(attrs: Attrs) -> Geometry | str:
    try:
        x1, y1, x2, y2 = float(attrs["xtl"]), float(attrs["ytl"]), float(attrs["xbr"]), float(attrs["ybr"])
    except KeyError:
        return "missing_geometry"
    except ValueError:
        return "not_finite"
    if (
        -FARTHEST < x1 < x2 < FARTHEST and -FARTHEST < y1 < y2 < FARTHEST
    ):  # nearly every box; the rest is looked at closely
        if "rotation" not in attrs:
            return Box(x1, y1, x2 - x1, y2 - y1)
        box: Box | str = Box(x1, y1, x2 - x1, y2 - y1)
    else:
        box = sound_box(x1, y1, x2, y2)
    if "rotation" in attrs and isinstance(box, Box):
        angle = number(attrs["rotation"])
        if not math.isfinite(angle):
            return "not_finite"
        if angle:
            return RotatedBox(cx=box.x + box.w / 2, cy=box.y + box.h / 2, w=box.w, h=box.h, angle=angle % 360)
    return box


def _polygon(attrs: Attrs) -> Geometry | str:
    flat = points_of(attrs.get("points"))
    return flat if isinstance(flat, str) else sound_polygon(flat)


def _polyline(attrs: Attrs) -> Geometry | str:
    flat = points_of(attrs.get("points"))
    if isinstance(flat, str):
        return flat
    return Polyline(points=flat) if len(flat) >= 4 else "degenerate_polygon"


def _points(attrs: Attrs) -> Geometry | str:
    flat = points_of(attrs.get("points"))
    return flat if isinstance(flat, str) else Points(points=flat)


def _ellipse(attrs: Attrs) -> Geometry | str:
    if not {"cx", "cy", "rx", "ry"} <= attrs.keys():
        return "missing_geometry"
    cx, cy, rx, ry = (number(attrs[name]) for name in ("cx", "cy", "rx", "ry"))
    rotation = number(attrs.get("rotation", 0)) % 360
    if not near((cx, cy, rx, ry, rotation)):
        return "not_finite"
    return Ellipse(cx=cx, cy=cy, rx=rx, ry=ry, rotation=rotation) if rx > 0 and ry > 0 else "zero_area"


def _cuboid(attrs: Attrs) -> Geometry | str:
    """The box around its eight corners; the corners themselves are kept as an attribute."""
    values = [number(attrs.get(name)) for name in _CORNERS]
    if not near(values):
        return "not_finite" if all(name in attrs for name in _CORNERS) else "missing_geometry"
    return sound_box(min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2]))


def _mask(attrs: Attrs) -> Geometry | str:
    """Run lengths row by row inside the crop, background first."""
    try:
        left, top, width, height = (int(float(attrs[name])) for name in ("left", "top", "width", "height"))
        runs = np.array(attrs["rle"].strip().rstrip(",").split(","), dtype=np.int64)
    except KeyError:
        return "missing_geometry"
    except (ValueError, OverflowError):
        return "not_finite"
    if width <= 0 or height <= 0:
        return "zero_area"
    if width * height > MAX_WINDOW or max(abs(left), abs(top)) > MAX_WINDOW:
        return "mask_size_mismatch"
    if runs.min() < 0 or runs.max() > width * height or int(runs.sum()) != width * height:
        return "rle_size_mismatch"
    try:
        return mask_of_row_runs(np.arange(runs.size) % 2 == 1, runs, width, left, top) or "zero_area"
    except ValueError:
        return "mask_size_mismatch"


def _tag(attrs: Attrs) -> Geometry | str:
    del attrs
    return Tag()


_GEOMETRY: dict[str, Callable[[Attrs], Geometry | str]] = {
    "box": _box,
    "polygon": _polygon,
    "polyline": _polyline,
    "points": _points,
    "ellipse": _ellipse,
    "cuboid": _cuboid,
    "mask": _mask,
    "tag": _tag,
}


class ShapeMaker:
    """Makes records of one file's shapes; ``types`` are the attributes' types by label, ``names`` the skeletons' points."""

    def __init__(
        self, file: str, types: Mapping[str, Mapping[str, str]], names: Mapping[str, tuple[str, ...]], report: Report
    ) -> None:
        self._file = file
        self._types = types
        self._names = names
        self._report = report
        self._sources: dict[str, Mapping[str, Any]] = {}

    def record(
        self, raw: RawShape, *, label: str = "", source: str = "", track: str | int | None = None
    ) -> AnnotationRecord | None:
        """The record of a shape, or ``None`` when it cannot be used (then the reason was reported)."""
        attrs = raw.attrs
        label = (attrs.get("label") or label).strip()
        geometry = _box(attrs) if raw.tag == "box" else self.geometry(raw, label)
        if not label or isinstance(geometry, str):
            code = geometry if label and isinstance(geometry, str) else "missing_label"
            self._report(self._dropped(code, raw))
            return None
        plain = raw.attributes is None and attrs.get("occluded", "0") == "0" and raw.tag in _PLAIN
        attributes = _NOTHING if plain else self._attributes(raw, label)
        if track is None and "track_id" in attributes:  # tracks in a file of single pictures
            track = _identity(attributes["track_id"])
            attributes = {name: value for name, value in attributes.items() if name != "track_id"}
        group, z_order, source = attrs.get("group_id"), attrs.get("z_order"), attrs.get("source") or source
        return AnnotationRecord(
            label,
            geometry,
            attributes,
            None,
            None,
            group if group and group != "0" else None,
            _integer(z_order) if z_order and z_order != "0" else 0,
            False,
            track,
            None,
            None,
            (self._sources.get(source) or self._source(source)) if source else _NOTHING,
        )

    def geometry(self, raw: RawShape, label: str) -> Geometry | str:
        """The geometry, or the code of what is wrong with it."""
        if raw.tag == "skeleton":
            return self._skeleton(raw, label)
        make = _GEOMETRY.get(raw.tag)
        if make is None:
            return "unsupported_shape"
        if raw.tag == "cuboid":
            text = "A cuboid is read as the box around its corners; the corners stay in the attribute “cvat:cuboid”."
            self._report(Issue("unsupported_shape", "warning", text, self._file, f"line {raw.line}"))
        return make(raw.attrs)

    def _skeleton(self, raw: RawShape, label: str) -> Geometry | str:
        """Key points in the label's order: outside = not labelled, occluded = hidden."""
        found: dict[str, tuple[float, float, float]] = {}
        for point in raw.points or ():
            flat = points_of(point.attrs.get("points"))
            if flag(point.attrs.get("outside")):
                found[point.attrs.get("label", "")] = (0.0, 0.0, 0.0)
            elif isinstance(flat, str):
                return flat
            else:
                found[point.attrs.get("label", "")] = (flat[0], flat[1], 1 if flag(point.attrs.get("occluded")) else 2)
        if not any(triple[2] for triple in found.values()):
            return "missing_geometry"
        names = self._names.get(label) or tuple(found)
        return Keypoints(points=[value for name in names for value in found.get(name, (0.0, 0.0, 0.0))])

    def _attributes(self, raw: RawShape, label: str) -> Mapping[str, Any]:
        types = self._types.get(label, _NOTHING)
        found: dict[str, Any] = {}
        if flag(raw.attrs.get("occluded")):
            found["occluded"] = True
        for name, text in raw.attributes or ():
            if name:
                found[name] = typed(text, types.get(name, ""))
        if raw.tag == "cuboid":
            found["cvat:cuboid"] = [number(raw.attrs.get(name)) for name in _CORNERS]
        inner = {
            point.attrs.get("label", ""): {
                name: typed(text, self._types.get(point.attrs.get("label", ""), _NOTHING).get(name, ""))
                for name, text in point.attributes
            }
            for point in raw.points or ()
            if point.attributes
        }
        return found | ({"cvat:points": inner} if inner else {})

    def _source(self, source: str) -> Mapping[str, Any]:
        return self._sources.setdefault(source, {"source": source})

    def _dropped(self, code: str, raw: RawShape) -> Issue:
        where = f"line {raw.line}"
        if code in _CODES:
            return Issue(code, "warning", _CODES[code], self._file, where)
        return dropped(code, file=self._file, where=where)


def cuboid_attributes(corners: list[float]) -> dict[str, float]:
    """The corners of a cuboid by the names that CVAT gives them."""
    return dict(zip(_CORNERS, corners, strict=True))


def typed(text: str, kind: str) -> Any:
    """An attribute's value in the type that the label declares."""
    value = text.strip()
    if kind == "checkbox":
        return flag(value)
    found = number(value) if kind == "number" else math.nan
    if math.isfinite(found):
        return int(value) if value.lstrip("+-").isdecimal() and abs(found) <= MAX_WHOLE else found
    return text if kind != "number" else value


def _identity(value: Any) -> str | int:
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) < 19 else text


def _integer(text: str) -> int:
    found = number(text)
    return int(found) if abs(found) < 1 << 31 else 0
