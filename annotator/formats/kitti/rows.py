"""A row of KITTI's ``label_2``: type truncated occluded alpha left top right bottom h w l x y z rotation_y [score]."""

import math
from collections.abc import Mapping
from typing import Any

from annotator.core.geometry.boxes import Bounds
from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord
from annotator.formats.shared.checking import sound_box
from annotator.formats.shared.tables import number_of
from annotator.formats.shared.words import digits

IGNORED = "DontCare"
_LEAST = 7
_UNKNOWN = {"truncated": -1.0, "occluded": -1.0, "alpha": -10.0, "rotation_y": -10.0}
_GROUPS = {"dimensions": (slice(7, 10), -1.0), "location": (slice(10, 13), -1000.0)}
OWN = frozenset(
    {"truncated", "occluded", *(f"kitti:{name}" for name in ("alpha", "dimensions", "location", "rotation_y"))}
)
"""Attributes that have a column."""


def parse_row(line: str) -> tuple[str, list[float]] | None:
    """The type and the numbers after it; ``None`` for what is no row. Types of several words are put together."""
    cells = line.split()
    start = next((i for i, cell in enumerate(cells) if i and _is_number(cell)), len(cells))
    numbers = [number_of(cell) for cell in cells[start:]]
    if not cells or len(numbers) < _LEAST or (start > 1 and _is_number(cells[0])):
        return None
    return " ".join(cells[:start]), numbers


def looks_like_rows(lines: list[str]) -> bool:
    """Whether most of the lines of a file are rows of 15 or 16 columns, of which the first is no number (as in YOLO)."""
    parsed = [parse_row(line) for line in lines]
    good = sum(bool(row and len(row[1]) in {14, 15} and not _is_number(row[0])) for row in parsed)
    return good > 0 and 2 * good >= len(parsed)


def box_of(numbers: list[float]) -> Box | str:
    """The box in the picture, or the code of what is wrong with it."""
    return sound_box(*numbers[3:7])


def record_of(label: str, numbers: list[float]) -> AnnotationRecord | str:
    """The object of a row; what stands for “unknown” is left out of its attributes."""
    box = box_of(numbers)
    if isinstance(box, str):
        return box
    attributes: dict[str, Any] = {}
    named = {"truncated": numbers[0], "occluded": numbers[1], "kitti:alpha": numbers[2]}
    if len(numbers) > 13:
        named["kitti:rotation_y"] = numbers[13]
    for name, value in named.items():
        if math.isfinite(value) and value != _UNKNOWN[name.removeprefix("kitti:")]:
            attributes[name] = int(value) if name == "occluded" and value == int(value) else value
    for name, (place, unknown) in _GROUPS.items():
        values = numbers[place]
        if len(values) == 3 and all(map(math.isfinite, values)) and any(value != unknown for value in values):
            attributes[f"kitti:{name}"] = values
    score = numbers[14] if len(numbers) > 14 and math.isfinite(numbers[14]) else None
    return AnnotationRecord(label=label, geometry=box, attributes=attributes, score=score)


def format_row(word: str, bounds: Bounds, attributes: Mapping[str, Any], score: float | None) -> str:
    """The row of an object; unknown fields get KITTI's numbers for that."""
    truncated, occluded = (_number(attributes.get(name), -1.0) for name in ("truncated", "occluded"))
    alpha, turn = (_number(attributes.get(f"kitti:{name}"), -10.0) for name in ("alpha", "rotation_y"))
    cells = [word, "-1" if truncated == -1 else digits(truncated), f"{occluded:g}", digits(alpha), *map(digits, bounds)]
    for name, (_, unknown) in _GROUPS.items():
        values = attributes.get(f"kitti:{name}")
        sound = isinstance(values, list | tuple) and len(values) == 3
        cells += [digits(_number(value, unknown)) for value in (values if sound and values else [unknown] * 3)]
    cells.append(digits(turn))
    if score is not None and math.isfinite(score):
        cells.append(digits(score))
    return " ".join(cells)


def _is_number(cell: str) -> bool:
    return cell.lower() == "nan" or not math.isnan(number_of(cell))


def _number(value: Any, unknown: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return unknown
    return number if math.isfinite(number) else unknown
