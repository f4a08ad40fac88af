"""Rows of MOTChallenge: frame, id, left, top, width, height, flag, class, visibility; all numbers."""

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from annotator.core.geometry.boxes import Bounds
from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.checking import dropped, sound_box
from annotator.formats.shared.label_files import text_lines
from annotator.formats.shared.tables import number_of
from annotator.plugins.formats import Report

CLASSES = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person",
    "distractor", "occluder", "occluder on the ground", "occluder full", "reflection", "crowd",
)  # fmt: skip
"""Numbers 1 to 13 in MOT16, MOT17 and MOT20."""
MOST_FRAMES = 10_000_000
_COLUMNS = 11
"""line, frame, id, left, top, width, height, flag, class, visibility or world x, world y … (NaN for what is not there)"""
_LEAST = 6
NO_TRACK = -1
OWN = frozenset({"visibility", "mot:ignored", "mot:world"})


def parse_row(line: str) -> list[float] | None:
    """The numbers of a row; ``None`` for what is none."""
    cells = line.replace(";", ",").split(",") if "," in line or ";" in line else line.split()
    numbers = [number_of(cell.strip()) for cell in cells if cell.strip()]
    whole = len(numbers) >= _LEAST and all(map(math.isfinite, numbers[:2]))
    return numbers if whole and 0 <= numbers[0] <= MOST_FRAMES and abs(numbers[1]) < 2**53 else None


@dataclass(slots=True)
class FrameRows:
    """All rows of a file in 12 numbers each, found by frame: trackers write them track by track."""

    file: str
    numbers: "array[float]" = field(default_factory=lambda: array("d"))
    first_bad: Issue | None = None
    _places: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, file: str, report: Report) -> "FrameRows":
        """Read a file; lines that are no rows are reported."""
        rows = cls(file)
        for number, line in text_lines(path):
            values = parse_row(line)
            if values is None:
                text = "This is no row of a frame, an identity and a box; it was left out."
                issue = Issue("unparsable_file", "error", text, file, f"line {number}")
                rows.first_bad = rows.first_bad or issue
                report(issue)
                continue
            kept = values[: _COLUMNS - 1] + [math.nan] * (_COLUMNS - 1 - len(values))
            rows.numbers.extend([number, *kept, len(values)])
        rows._index()
        return rows

    def _table(self) -> Any:
        if not self.numbers:
            return np.zeros((0, _COLUMNS + 1))
        return np.frombuffer(self.numbers, dtype=np.float64).reshape(-1, _COLUMNS + 1)

    def _index(self) -> None:
        if not self.numbers:
            return
        frames = self._table()[:, 1].astype(np.int64)
        order = np.argsort(frames, kind="stable")
        ordered = frames[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        for start, stop in zip(starts.tolist(), [*starts.tolist()[1:], len(ordered)], strict=True):
            self._places[int(ordered[start])] = order[start:stop]

    @property
    def frames(self) -> set[int]:
        """Frames that have rows."""
        return set(self._places)

    @property
    def classes(self) -> set[int]:
        """Numbers of the classes in the rows."""
        return {class_of(row) for row in np.unique(np.nan_to_num(self._table()[:, [8, 11]], nan=-1), axis=0).tolist()}

    def of_frame(self, frame: int) -> Iterator[list[float]]:
        """Rows of a frame in the file's order."""
        places = self._places.get(frame)
        yield from self._table()[places].tolist() if places is not None else ()


def class_of(class_and_length: list[float]) -> int:
    """The class of a row: 1 where none is said, as in the first challenge, whose rows end with a place in the world."""
    number, length = class_and_length
    return int(number) if length in {8, 9} and math.isfinite(number) and 1 <= number < 2**31 else 1


def record_of(row: list[float], label: str, *, shift: float, file: str, report: Report) -> AnnotationRecord | None:
    """The object of a row of :class:`FrameRows`; one that cannot be used is reported."""
    line, _, track, left, top, width, height, _, _, visibility, _, length = row
    box: Box | str = "zero_area" if width <= 0 or height <= 0 else sound_box(left, top, left + width, top + height)
    if isinstance(box, str):
        report(dropped(box, file=file, where=f"line {int(line)}"))
        return None
    attributes: dict[str, Any] = {}
    if length == 9 and 0 <= visibility <= 1:
        attributes["visibility"] = visibility
    if length >= 10 and all(map(math.isfinite, row[8:11])) and any(value != -1 for value in row[8:11]):
        attributes["mot:world"] = row[8:11]
    return AnnotationRecord(
        label=label,
        geometry=Box(x=left - shift, y=top - shift, w=width, h=height),
        attributes=attributes,
        track=None if track == NO_TRACK else int(track),
    )


def format_row(frame: int, track: int, bounds: Bounds, *, flag: float, number: int, visibility: float) -> str:
    """A row of nine columns; −1 says that the visibility is unknown."""
    x1, y1, x2, y2 = bounds
    cells = [
        frame,
        track,
        *(plain(value) for value in (x1, y1, x2 - x1, y2 - y1)),
        plain(flag),
        number,
        plain(visibility),
    ]
    return ",".join(map(str, cells))


def plain(value: float) -> str:
    """Shortest text of a number, without the noise of additions."""
    rounded = round(float(value), 7)
    return str(int(rounded)) if rounded.is_integer() else repr(rounded)
