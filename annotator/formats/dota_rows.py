"""A row of DOTA's ``labelTxt``: x1 y1 x2 y2 x3 y3 x4 y4 class [difficult], and the lines above the rows."""

import math
from typing import Any, NamedTuple

import numpy as np

from annotator.core.geometry.boxes import corners, rotated_from_corners
from annotator.core.geometry.enclosing import smallest_rotated_box
from annotator.core.geometry.rings import Points, flat_ring, ring_points, signed_area
from annotator.core.geometry.types import Geometry, Polygon, PolygonPart, RotatedBox
from annotator.core.records import AnnotationRecord
from annotator.formats.tables import number_of
from annotator.formats.words import digits

HEADER = ("imagesource", "gsd")
OWN = frozenset({"difficult"})
_COORDINATES = 8
_DECIMALS = 7
"""Corners are computed from centre, size and angle: what comes after is noise and would change with every round trip."""


class DotaRow(NamedTuple):
    """Four corners, flat; the class; ``difficult`` where the row says it."""

    numbers: list[float]
    label: str
    difficult: int | None


def header_of(line: str) -> tuple[str, str] | None:
    """Name and value of a line such as ``gsd:0.146``."""
    name, colon, value = line.strip().partition(":")
    return (name.strip().lower(), value.strip()) if colon and name.strip().lower() in HEADER else None


def parse_row(line: str) -> DotaRow | None:
    """``None`` for what is no row; a class may have several words."""
    cells = line.replace(",", " ").split()
    numbers = [number_of(cell) for cell in cells[:_COORDINATES]]
    rest = cells[_COORDINATES:]
    if len(numbers) < _COORDINATES or any(
        math.isnan(n) and c.lower() != "nan" for n, c in zip(numbers, cells, strict=False)
    ):
        return None
    difficult = int(rest.pop()) if len(rest) > 1 and rest[-1].isdecimal() and len(rest[-1]) < 4 else None
    return DotaRow(numbers, " ".join(rest), difficult)


def looks_like_rows(lines: list[str]) -> bool:
    """Whether the first lines of a file are DOTA's: rows with a class that is no number, after the lines above them."""
    rows = [parse_row(line) for line in lines if header_of(line) is None]
    if not rows:
        return any(header_of(line) for line in lines)
    return all(row is not None and row.label and math.isnan(number_of(row.label.split()[0])) for row in rows)


def geometry_of(numbers: list[float], tolerance: float) -> Geometry | str:
    """A rotated box when no corner is farther than ``tolerance`` pixels from one, else the quadrilateral.

    The first corner is the top left one of the object, so the angle follows; corners that go round the other way are
    turned. Gives the code of what is wrong instead.
    """
    if not all(map(math.isfinite, numbers)):
        return "not_finite"
    points = ring_points(numbers)
    if signed_area(points) == 0:
        return "zero_area"
    if signed_area(points) < 0:
        points = points[[0, 3, 2, 1]]
    box = rotated_from_corners(points)
    if box.w > 0 and box.h > 0 and float(np.abs(corners(box) - points).max()) <= tolerance:
        return box
    return Polygon(parts=[PolygonPart(outer=flat_ring(points))])


def record_of(row: DotaRow, label: str, tolerance: float) -> AnnotationRecord | str:
    """The object of a row, or the code of what is wrong with it."""
    geometry = geometry_of(row.numbers, tolerance)
    if isinstance(geometry, str):
        return geometry
    attributes: dict[str, Any] = {} if row.difficult is None else {"difficult": row.difficult}
    return AnnotationRecord(label=label, geometry=geometry, attributes=attributes)


def is_quadrilateral(geometry: Geometry) -> bool:
    """Whether an outline has four corners and nothing else."""
    return isinstance(geometry, Polygon) and [(len(p.outer), p.holes) for p in geometry.parts] == [(_COORDINATES, [])]


def corners_of(geometry: Geometry) -> Points | None:
    """The four corners to write; of other shapes those of the smallest box around them."""
    if isinstance(geometry, Polygon) and is_quadrilateral(geometry):
        return ring_points(geometry.parts[0].outer)
    box: RotatedBox | None = smallest_rotated_box(geometry)
    return corners(box) if box else None


def format_row(points: Points, word: str, difficult: Any) -> str:
    """The row of an object."""
    hard = int(difficult) if isinstance(difficult, bool | int | float) and math.isfinite(difficult) else 0
    if isinstance(difficult, str):
        hard = int(difficult) if difficult.isdecimal() else int(difficult.lower() == "true")
    return " ".join([*(digits(round(value, _DECIMALS)) for value in flat_ring(points)), word, str(hard)])
