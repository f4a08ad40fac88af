"""Writing tables of labels: one per split, pictures below ``images``."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TextIO

from annotator.core.geometry.measures import bounds
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.shared.files import place_picture
from annotator.plugins.formats import Report

Sides = tuple[int, int]
"""By what numbers across and down are divided: a picture's size, or 1 for pixels."""
WriteKind = Literal["boxes", "labels", "one_hot", "retinanet"]
_HEADERS: dict[WriteKind, tuple[str, ...]] = {
    "boxes": ("filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"),
    "labels": ("filename", "label"),
    "one_hot": ("filename",),
    "retinanet": (),
}
PLACES: dict[WriteKind, frozenset[bool]] = {
    "boxes": frozenset({True, False}),
    "retinanet": frozenset({True}),
    "labels": frozenset({False}),
    "one_hot": frozenset({False}),
}
"""Whether a table has rows for objects with a place (``True``) and for labels of the whole picture (``False``)."""
_ENDINGS: dict[WriteKind, str] = {"one_hot": "classes", "retinanet": "annotations"}


class CsvWriter:
    """Adds pictures one by one; a context manager that closes its files."""

    def __init__(
        self, folder: Path, names: Sequence[str], *, kind: WriteKind, report: Report, normalised: bool = False
    ) -> None:
        self._folder = folder
        self._normalised = normalised
        self._names = list(dict.fromkeys(names))
        self._known = set(names)
        self._kind: WriteKind = kind
        self._report = report
        self._open = ExitStack()
        self._tables: dict[str, Any] = {}

    def __enter__(self) -> "CsvWriter":
        if self._kind != "one_hot":
            with self._new("classes.csv") as file:
                csv.writer(file, lineterminator="\n").writerows((name, i) for i, name in enumerate(self._names))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _new(self, name: str) -> TextIO:
        return (self._folder / name).open("w", encoding="utf-8", newline="")

    def _table(self, split: str | None) -> Any:
        """The writer of a split's table, made when its first picture comes."""
        key = split or ""
        if key not in self._tables:
            ending = _ENDINGS.get(self._kind, "labels")
            name = f"{key}_{ending}.csv" if key or self._kind == "one_hot" else f"{ending}.csv"
            self._tables[key] = csv.writer(self._open.enter_context(self._new(name)), lineterminator="\n")
            header = [*_HEADERS[self._kind], *(self._names if self._kind == "one_hot" else ())]
            if header:
                self._tables[key].writerow(header)
        return self._tables[key]

    def add(self, image: ImageRecord) -> None:
        """Write the rows of one picture: at least one, so that empty pictures are there, too."""
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / image.name)
        known = [a for a in image.annotations if self._knows(a, image)]
        make = {"boxes": _box_rows, "retinanet": _retinanet_rows, "labels": _label_rows}.get(self._kind)
        sides = (image.width, image.height) if self._normalised else (1, 1)
        rows = make(image, known, sides) if make else [self._one_hot(image, known)]
        self._table(image.split).writerows(rows)

    def _knows(self, annotation: AnnotationRecord, image: ImageRecord) -> bool:
        """Whether an annotation has a place in this table; one that has none is reported."""
        found = bounds(annotation.geometry) is not None
        if annotation.label not in self._known:
            code, why = "undeclared_label", "is not in the list of labels"
        elif found not in PLACES[self._kind] or (not found and annotation.geometry.kind != "tag"):
            code, why = "unsupported_shape", "has no place in this table"
        elif found and self._normalised and not (image.width and image.height):
            code, why = "unsupported_shape", "cannot be a part of a picture whose size is unknown"
        else:
            return True
        text = f"A {annotation.geometry.kind} “{annotation.label}” {why}; it was left out."
        self._report(Issue(code, "warning", text, image.name, annotation.id))
        return False

    def _one_hot(self, image: ImageRecord, known: list[AnnotationRecord]) -> list[object]:
        here = {annotation.label for annotation in known}
        return [image.name, *(int(name in here) for name in self._names)]


def _box_rows(image: ImageRecord, known: list[AnnotationRecord], sides: Sides) -> list[list[object]]:
    start: list[object] = [image.name, image.width or "", image.height or ""]
    rows = [[*start, a.label, *_corners(a, sides)] for a in known]
    return rows or [[*start, "", "", "", "", ""]]


def _retinanet_rows(image: ImageRecord, known: list[AnnotationRecord], sides: Sides) -> list[list[object]]:
    rows: list[list[object]] = [[image.name, *_corners(a, sides), a.label] for a in known]
    return rows or [[image.name, "", "", "", "", ""]]


def _label_rows(image: ImageRecord, known: list[AnnotationRecord], sides: Sides) -> list[list[object]]:
    del sides
    return [[image.name, a.label] for a in known] or [[image.name, ""]]


def _corners(annotation: AnnotationRecord, sides: Sides) -> list[object]:
    """Cells of a box; its corners are divided by ``sides``."""
    found = bounds(annotation.geometry)
    if found is None:
        return ["", "", "", ""]
    return [digits(value / side) for value, side in zip(found, (*sides, *sides), strict=True)]


def digits(value: float) -> str:
    """Shortest text of a number that reads back as the same number."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
