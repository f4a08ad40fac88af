"""What a row of a YOLO label file means: boxes, outlines, rotated boxes and key points, mixed as they come."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from annotator.core.geometry.boxes import corners, rotated_from_corners
from annotator.core.geometry.rings import Points, ring_points, signed_area
from annotator.core.geometry.types import Box, Geometry, Keypoints, RotatedBox
from annotator.formats.shared.checking import sound_box, sound_polygon
from annotator.formats.yolo.names import KeyPoints

_FEWEST_POINTS = 3
_BESIDE = 0.02
"""How far, relative to the picture, a key point may lie beside its box."""
_SQUARE = 0.02
"""How far, relative to its longer side, the corners of a quadrilateral may lie from those of a rectangle."""


class Shape(NamedTuple):
    """A row's geometry with its own box (beside key points) and its confidence, where it has them."""

    geometry: Geometry
    box: Box | None = None
    score: float | None = None
    swapped: bool = False
    """Whether a width or height was negative."""


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the numbers after the class. ``scored`` says that rows of outlines end with a confidence."""

    task: str
    key_points: KeyPoints | None
    scored: bool = False

    def shape(self, values: list[float], width: int, height: int) -> Shape | str:
        """The shape of normalised ``values`` on a picture, or the code of what is wrong with them."""
        count = len(values)
        if self.key_points is not None and self.task in {"auto", "pose"}:
            whole = 4 + self.key_points.count * self.key_points.size
            if count in {whole, whole + 1}:
                score = values[whole] if count > whole else None
                return _posed(values[4:whole], values[:4], self.key_points.size, score, width, height)
        if count in {4, 5}:
            box = _box(values, width, height)
            score = values[4] if count == 5 else None
            return box if isinstance(box, str) else Shape(box, None, score, values[2] < 0 or values[3] < 0)
        score = None
        if count % 2 and count >= 7 and (self.scored or (self.task == "obb" and count == 9)):
            values, score = values[:-1], values[-1]
        if len(values) < 6 or len(values) % 2:
            return "missing_geometry"
        points = ring_points(values) * np.array([width, height], dtype=np.float64)
        if self.task == "obb" and len(points) == 4:
            return _turned(points, score)
        return _outlined(points, score)


def looks_posed(values: list[float]) -> bool:
    """Whether the numbers are a box and at least three triples x, y, visibility whose visible points lie in the box."""
    if len(values) < 4 + 3 * _FEWEST_POINTS or (len(values) - 4) % 3:
        return False
    cx, cy, w, h = values[:4]
    triples = [values[place : place + 3] for place in range(4, len(values), 3)]
    return all(
        v in {0, 1, 2} and (v == 0 or (abs(x - cx) <= w / 2 + _BESIDE and abs(y - cy) <= h / 2 + _BESIDE))
        for x, y, v in triples
    )


def _posed(
    values: list[float], around: list[float], size: int, score: float | None, width: int, height: int
) -> Shape | str:
    points: list[float] = []
    for start in range(0, len(values), size):
        x, y = values[start] * width, values[start + 1] * height
        seen = values[start + 2] if size == 3 else float(2 * (x >= 0 and y >= 0 and (x, y) != (0.0, 0.0)))
        points += [x, y, float(min(max(round(seen), 0), 2))]
    box = _box(around, width, height)
    if not any(points[2::3]):
        return box if isinstance(box, str) else Shape(box, None, score)
    return Shape(Keypoints(points=points), None if isinstance(box, str) else box, score)


def _turned(points: Points, score: float | None) -> Shape | str:
    if signed_area(points) == 0:
        return "zero_area"
    if signed_area(points) < 0:  # against the clock: the same corners the other way round
        points = points[[0, 3, 2, 1]]
    return Shape(rotated_from_corners(points), None, score)


def _outlined(points: Points, score: float | None) -> Shape | str:
    polygon = sound_polygon(points.ravel().tolist())
    return polygon if isinstance(polygon, str) else Shape(polygon, None, score)


def _box(values: list[float], width: int, height: int) -> Box | str:
    cx, cy, w, h = values[:4]
    return sound_box((cx - w / 2) * width, (cy - h / 2) * height, (cx + w / 2) * width, (cy + h / 2) * height)


def are_turned_boxes(quads: Iterable[list[float]]) -> bool:
    """Whether quadrilaterals (pixels) are rectangles and at least one of them is turned: then they are rotated boxes."""
    turned = False
    for quad in quads:
        points = ring_points(quad)
        if signed_area(points) <= 0:
            return False
        box = rotated_from_corners(points)
        if np.abs(corners(box) - points).max() > _SQUARE * max(box.w, box.h):
            return False
        turned = turned or _is_turned(box)
    return turned


def _is_turned(box: RotatedBox) -> bool:
    beside = box.angle % 90
    return min(beside, 90 - beside) > math.degrees(_SQUARE)
