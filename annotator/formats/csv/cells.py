"""What the cells of one row of a table of labels say."""

import math
from collections.abc import Container

from annotator.formats.csv.columns import Columns, fold
from annotator.formats.shared.tables import Row, number_of

UNNAMED = "object"
"""The label of boxes in a table without a column for it."""
_FLAGS = ("occluded", "truncated", "difficult", "pose")
_NOTHING = frozenset({"", "nan", "none", "null"})
_SEPARATORS = {"space": " ", "comma": ",", "semicolon": ";", "bar": "|"}


def _cell(row: Row, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def labels_of(columns: Columns, row: Row, *, names: Container[str], separator: str) -> list[str]:
    """Classes of a row; ``names`` are known ones, which are never taken apart, and ``separator`` is an option's word."""
    if columns.kind == "one_hot":
        return [columns.header[i].strip() for i in columns.classes if i < len(row.cells) and _yes(row.cells[i])]
    if columns.label is None:
        return [UNNAMED]
    text = _cell(row, columns.label)
    if text in names:
        return [text]
    if text.lower() in _NOTHING:
        return []
    if columns.kind == "boxes" or separator == "none":
        return [text]
    given = _SEPARATORS.get(separator)
    for sign in [given] if given else ["|", *([";", ","] if columns.several else [])]:
        if sign in text:
            pieces = text.strip("[]").split(sign)
            return list(dict.fromkeys(name for piece in pieces if (name := piece.strip().strip("'\""))))
    return [text]


def _yes(cell: str) -> bool:
    return cell.lower() == "true" or number_of(cell) == 1


def size_of(row: Row, places: tuple[int, int]) -> tuple[int, int] | None:
    """Width and height of the picture, if the cells say them."""
    width, height = (number_of(_cell(row, place)) for place in places)
    return (int(width), int(height)) if 0 < width < 1e9 and 0 < height < 1e9 else None


def numbers_of(columns: Columns, row: Row) -> list[float] | None:
    """Numbers of the cells of a box (NaN for what is none); ``None`` when all of them are there and say nothing."""
    if len(columns.box) == 1:
        pieces = _cell(row, columns.box[0]).strip("[]() ").replace(",", " ").split()
        return [number_of(piece) for piece in pieces] or None
    cells = row.cells
    try:
        numbers = [float(cells[place]) for place in columns.box]
    except (ValueError, IndexError):
        return _unusual(columns, row)
    if all(map(math.isnan, numbers)) and _cell(row, columns.label).lower() in _NOTHING:
        return None  # a background, written by a program that says nan for nothing
    return numbers


def _unusual(columns: Columns, row: Row) -> list[float] | None:
    if max(columns.box) >= len(row.cells):  # cut off: a row that names only the picture is a background all the same
        said = any(_cell(row, place) for place in (*columns.box, columns.label))
        return [] if said else None
    cells = [row.cells[place] for place in columns.box]
    return None if all(cell.lower() in _NOTHING for cell in cells) else [number_of(cell) for cell in cells]


def coordinates_of(columns: Columns, row: Row) -> list[float]:
    """Absolute values of the numbers of a box, to learn whether they are parts of the picture's size."""
    numbers = (numbers_of(columns, row) or []) if columns.kind == "boxes" else []
    return [abs(value) for value in numbers if math.isfinite(value)]


def score_of(columns: Columns, row: Row) -> float | None:
    """How sure somebody was, if a column says it."""
    value = number_of(_cell(row, columns.score))
    return value if math.isfinite(value) else None


def attributes_of(columns: Columns, row: Row) -> dict[str, str | int]:
    """Cells of columns that mean nothing to us: the usual flags by their names, others as ``csv:<column>``."""
    found: dict[str, str | int] = {}
    for place in columns.rest:
        if text := _cell(row, place):
            name = fold(columns.header[place])
            flag = name in _FLAGS
            value = int(text) if flag and text.isdecimal() and len(text) < 10 else text
            found[name if flag else f"csv:{columns.header[place].strip()}"] = value
    return found
