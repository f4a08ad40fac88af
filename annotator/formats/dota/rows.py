"""A row of DOTA's ``labelTxt``: x1 y1 x2 y2 x3 y3 x4 y4 class [difficult], and the lines above the rows."""

import math
from typing import Any, NamedTuple

from annotator.core.geometry.enclosing import smallest_rotated_box
from annotator.core.geometry.types import Geometry, Polygon, PolygonPart, RotatedBox
from annotator.core.records import AnnotationRecord
from annotator.formats.shared.tables import number_of
from annotator.formats.shared.words import digits

HEADER = ("imagesource", "gsd")
OWN = frozenset({"difficult"})
_COORDINATES = 8
_MOST_NORMALISED = 1.5
"""Parts of a picture's size are not much larger than 1; they are YOLO's."""
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


def looks_like_rows(lines: list[str], *, numbered: bool = False) -> bool:
    """Whether at least half of the first lines of a file are rows with a class, after the lines above them.

    A class that is a number counts only if ``numbered``, on rows of pixels that end with a difficulty.
    """
    rows = [parse_row(line) for line in lines if header_of(line) is None]
    if not rows:
        return any(header_of(line) for line in lines)
    good = sum(row is not None and _has_class(row, numbered=numbered) for row in rows)
    return good > 0 and 2 * good >= len(rows)


def _has_class(row: DotaRow, *, numbered: bool) -> bool:
    if not row.label:
        return False
    in_pixels = row.difficult is not None and max(map(abs, row.numbers)) > _MOST_NORMALISED
    return math.isnan(number_of(row.label.split()[0])) or (numbered and in_pixels)


def geometry_of(numbers: list[float], tolerance: float) -> Geometry | str:
    """A rotated box when no corner is farther than ``tolerance`` pixels from one, else the quadrilateral.

    The first corner is the top left one of the object, so the angle follows; corners that go round the other way are
    turned. Gives the code of what is wrong instead.
    """
    if not all(map(math.isfinite, numbers)):
        return "not_finite"
    x1, y1, x2, y2, x3, y3, x4, y4 = numbers
    twice_area = (x3 - x1) * (y4 - y2) - (x4 - x2) * (y3 - y1)
    if not math.isfinite(twice_area):
        return "not_finite"
    if twice_area == 0:
        return "zero_area"
    if twice_area < 0:
        numbers = [x1, y1, x4, y4, x3, y3, x2, y2]
    box = _rotated(numbers)
    if box is not None and all(abs(a - b) <= tolerance for a, b in zip(_corners(box), numbers, strict=True)):
        return box
    return Polygon(parts=[PolygonPart(outer=numbers)])


def _rotated(numbers: list[float]) -> RotatedBox | None:
    """The box that four clockwise corners mean; plain numbers, because arrays cost more than so short sums."""
    x1, y1, x2, y2, x3, y3, x4, y4 = numbers
    along, across = (x2 - x1 + x3 - x4) / 2, (y2 - y1 + y3 - y4) / 2
    w, h = math.hypot(along, across), math.hypot((x4 - x1 + x3 - x2) / 2, (y4 - y1 + y3 - y2) / 2)
    if w <= 0 or h <= 0:
        return None
    angle = math.degrees(math.atan2(across, along)) % 360.0
    return RotatedBox(cx=(x1 + x2 + x3 + x4) / 4, cy=(y1 + y2 + y3 + y4) / 4, w=w, h=h, angle=angle)


def _corners(box: RotatedBox) -> list[float]:
    """Flat corners, clockwise from the unrotated top left one."""
    turn = math.radians(box.angle)
    ax, ay = math.cos(turn) * box.w / 2, math.sin(turn) * box.w / 2
    dx, dy = -math.sin(turn) * box.h / 2, math.cos(turn) * box.h / 2
    cx, cy = box.cx, box.cy
    return [
        cx - ax - dx, cy - ay - dy, cx + ax - dx, cy + ay - dy, cx + ax + dx, cy + ay + dy, cx - ax + dx, cy - ay + dy,
    ]  # fmt: skip


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


def corners_of(geometry: Geometry) -> list[float] | None:
    """The four corners to write, flat; of other shapes those of the smallest box around them."""
    if isinstance(geometry, Polygon) and is_quadrilateral(geometry):
        return geometry.parts[0].outer
    box = smallest_rotated_box(geometry)
    return _corners(box) if box else None


def format_row(corners: list[float], word: str, difficult: Any) -> str:
    """The row of an object."""
    hard = int(difficult) if isinstance(difficult, bool | int | float) and math.isfinite(difficult) else 0
    if isinstance(difficult, str):
        hard = int(difficult) if difficult.isdecimal() else int(difficult.lower() == "true")
    return " ".join([*(digits(round(value, _DECIMALS)) for value in corners), word, str(hard)])
