"""Limits and sense of a geometry; its structure was checked by :mod:`annotator.core.geometry.types`.

A shape may reach over the edge of its picture (a check reports that); a mask may not: it is made of its pixels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import msgspec

from annotator.core.errors import InvalidInput
from annotator.core.geometry.rle import runs_from_text
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
    geometry_from_json,
)

MAX_COORDINATE = 1e7


class InvalidGeometry(InvalidInput):
    """A shape that cannot be kept as it is; the sentence says why."""

    code = "invalid_geometry"


@dataclass(frozen=True, slots=True)
class GeometryLimits:
    """Most vertices of one shape, most runs and characters of one mask."""

    vertices: int = 20_000
    runs: int = 1_000_000
    mask_characters: int = 4_000_000


def parse_geometry(value: Any, *, width: int, height: int, limits: GeometryLimits) -> Geometry:
    """Geometry of untrusted JSON on a picture of ``width`` × ``height`` pixels; raises :class:`InvalidGeometry`."""
    if not isinstance(value, dict):
        raise InvalidGeometry("A geometry is an object with a “type”.")
    try:
        geometry = geometry_from_json(value)
    except msgspec.ValidationError as error:
        raise InvalidGeometry(f"The geometry cannot be read: {error}.") from None
    check_geometry(geometry, width=width, height=height, limits=limits)
    return geometry


def check_geometry(geometry: Geometry, *, width: int, height: int, limits: GeometryLimits) -> None:
    """Raise :class:`InvalidGeometry` when the shape is empty, not finite or beyond the limits."""
    match geometry:
        case Tag():
            return
        case Box(x, y, w, h):
            _check_numbers((x, y, w, h))
            _check_positive(w, h)
        case RotatedBox(cx, cy, w, h, angle):
            _check_numbers((cx, cy, w, h, angle))
            _check_positive(w, h)
        case Ellipse(cx, cy, rx, ry, rotation):
            _check_numbers((cx, cy, rx, ry, rotation))
            _check_positive(rx, ry)
        case Polygon():
            _check_polygon(geometry, limits)
        case Polyline(points):
            _check_points(points, least=2, limits=limits, what="line")
        case Points(points):
            _check_points(points, least=1, limits=limits, what="point set")
        case Keypoints(points):
            _check_keypoints(points, limits)
        case Mask():
            _check_mask(geometry, width, height, limits)


def _check_numbers(values: Iterable[float]) -> None:
    for value in values:
        if not isfinite(value) or abs(value) > MAX_COORDINATE:
            raise InvalidGeometry("A coordinate is not a finite number, or is far outside of any picture.")


def _check_positive(first: float, second: float) -> None:
    if first <= 0 or second <= 0:
        raise InvalidGeometry("The shape has no width or no height; draw it larger or delete it.")


def _check_points(points: Sequence[float], *, least: int, limits: GeometryLimits, what: str) -> None:
    if len(points) % 2:
        raise InvalidGeometry(f"A {what} has an x without its y.")
    if len(points) < 2 * least:
        raise InvalidGeometry(f"A {what} needs at least {least} points.")
    if len(points) > 2 * limits.vertices:
        raise InvalidGeometry(
            f"The shape has {len(points) // 2} points; at most {limits.vertices} are allowed. Simplify it."
        )
    _check_numbers(points)


def _check_polygon(polygon: Polygon, limits: GeometryLimits) -> None:
    if not polygon.parts:
        raise InvalidGeometry("The polygon has no part; delete it instead.")
    rings = [ring for part in polygon.parts for ring in (part.outer, *part.holes)]
    total = sum(len(ring) for ring in rings) // 2
    if total > limits.vertices:
        raise InvalidGeometry(f"The polygon has {total} points; at most {limits.vertices} are allowed. Simplify it.")
    for ring in rings:
        _check_points(ring, least=3, limits=limits, what="polygon")


def _check_keypoints(points: Sequence[float], limits: GeometryLimits) -> None:
    if not points or len(points) % 3:
        raise InvalidGeometry("Keypoints are triples of x, y and visibility, at least one of them.")
    if len(points) > 3 * limits.vertices:
        raise InvalidGeometry(f"There are {len(points) // 3} keypoints; at most {limits.vertices} are allowed.")
    _check_numbers(points)
    if any(v not in {0, 1, 2} for v in points[2::3]):
        raise InvalidGeometry("The visibility of a keypoint is 0 (not labelled), 1 (hidden) or 2 (visible).")


def _check_mask(mask: Mask, width: int, height: int, limits: GeometryLimits) -> None:
    x, y, w, h = mask.bbox
    if w <= 0 or h <= 0:
        raise InvalidGeometry("The mask is empty; delete it instead.")
    if x < 0 or y < 0 or x + w > width or y + h > height:
        raise InvalidGeometry(f"The mask reaches out of its picture of {width} × {height} pixels.")
    if len(mask.counts) > limits.mask_characters:
        raise InvalidGeometry("The mask has too many runs; smooth its edge.")
    try:
        runs = runs_from_text(mask.counts)
    except ValueError as error:
        raise InvalidGeometry(f"The mask cannot be read: {error}") from None
    if runs.size > limits.runs:
        raise InvalidGeometry(f"The mask has {runs.size} runs; at most {limits.runs} are allowed. Smooth its edge.")
    if int(runs.sum()) != w * h:
        raise InvalidGeometry(f"The runs of the mask cover {int(runs.sum())} pixels, but its box has {w * h}.")
    if int(runs[1::2].sum()) == 0:
        raise InvalidGeometry("The mask is empty; delete it instead.")
