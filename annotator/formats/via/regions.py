"""One region of VIA → geometry and record; and which of its attributes is the class."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from annotator.core.geometry.types import Ellipse, Geometry, Points, Polyline
from annotator.formats.shared.checking import sound_box, sound_polygon
from annotator.formats.shared.values import near, number, text_of
from annotator.formats.via.files import Json, ViaFile

_USUAL = ("label", "class", "name", "type", "category", "object")
DIGITS = 9
"""Decimals of a degree that are kept of an angle in radians, so that the way there and back stands still."""


def label_attribute(files: Iterable[ViaFile]) -> tuple[str, str]:
    """The attribute that is most likely the class, and why: the only one, a usual name, or the fewest values.

    Both are empty when no region has an attribute.
    """
    values: dict[str, set[str]] = {}
    for file in files:
        for image in file.images:
            for region in image.regions:
                for name, value in region.attributes.items():
                    known = values.setdefault(name, set())
                    known.update(texts_of(value))
    used = {name: found for name, found in values.items() if found}
    if len(used) == 1:
        return next(iter(used)), "it is the only one"
    for usual in _USUAL:
        for name in used:
            if name.strip().lower() == usual:
                return name, "of its name"
    if not used:
        return "", ""
    return min(used, key=lambda name: len(used[name])), "it has the fewest values"


def texts_of(value: Any) -> list[str]:
    """The values of an attribute: a text, or the options that are ticked."""
    if isinstance(value, dict):
        return [name for name, on in value.items() if on is True or on in ("true", "1", 1)]
    text = text_of(value)
    return [text] if text else []


def plain(value: Any) -> Any:
    """An attribute's value as we keep it: ticked options are a list."""
    return texts_of(value) if isinstance(value, dict) else value


def geometry_of(shape: Json) -> Geometry | str:
    """The geometry of a region, or the code of what is wrong."""
    kind = text_of(shape.get("name"))
    make = _KINDS.get(kind)
    if make is None:
        return "unsupported_shape" if kind else "missing_geometry"
    return make(shape)


def _values(shape: Json, names: Sequence[str]) -> list[float] | str:
    if any(name not in shape for name in names):
        return "missing_geometry"
    found = [number(shape[name]) for name in names]
    return found if near(found) else "not_finite"


def _rect(shape: Json) -> Geometry | str:
    found = _values(shape, ("x", "y", "width", "height"))
    if isinstance(found, str):
        return found
    x, y, w, h = found
    return sound_box(x, y, x + w, y + h)


def _circle(shape: Json) -> Geometry | str:
    found = _values(shape, ("cx", "cy", "r"))
    if isinstance(found, str):
        return found
    return Ellipse(cx=found[0], cy=found[1], rx=found[2], ry=found[2]) if found[2] > 0 else "zero_area"


def _ellipse(shape: Json) -> Geometry | str:
    """``theta`` is in radians; files before version 2.0.9 have none."""
    found = _values({"theta": 0, **shape}, ("cx", "cy", "rx", "ry", "theta"))
    if isinstance(found, str):
        return found
    cx, cy, rx, ry, theta = found
    rotation = round(math.degrees(theta) % 360, DIGITS) % 360
    return Ellipse(cx=cx, cy=cy, rx=rx, ry=ry, rotation=rotation) if rx > 0 and ry > 0 else "zero_area"


def _flat(shape: Json) -> list[float] | str:
    xs, ys = shape.get("all_points_x"), shape.get("all_points_y")
    if not isinstance(xs, list) or not isinstance(ys, list) or len(xs) != len(ys) or not xs:
        return "missing_geometry"
    found = [number(value) for pair in zip(xs, ys, strict=True) for value in pair]
    return found if near(found) else "not_finite"


def _polygon(shape: Json) -> Geometry | str:
    found = _flat(shape)
    return found if isinstance(found, str) else sound_polygon(found)


def _polyline(shape: Json) -> Geometry | str:
    found = _flat(shape)
    if isinstance(found, str):
        return found
    return Polyline(points=found) if len(found) >= 4 else "degenerate_polygon"


def _point(shape: Json) -> Geometry | str:
    found = _values(shape, ("cx", "cy"))
    return found if isinstance(found, str) else Points(points=found)


_KINDS: dict[str, Callable[[Json], Geometry | str]] = {
    "rect": _rect,
    "circle": _circle,
    "ellipse": _ellipse,
    "polygon": _polygon,
    "polyline": _polyline,
    "point": _point,
}
