"""Reading tables of labels: surveyed once for pictures and classes, read again row by row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Literal

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Box, Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.csv.cells import attributes_of, coordinates_of, labels_of, numbers_of, score_of, size_of
from annotator.formats.csv.columns import Columns, columns_of, fold
from annotator.formats.shared.checking import dropped, report_outside, sound_box, turn_all
from annotator.formats.shared.files import SPLIT_WORDS, picture_size, split_of_word, unique_name
from annotator.formats.shared.label_files import Readable
from annotator.formats.shared.named_pictures import NamedPicture, NamedPictures, place
from annotator.formats.shared.tables import Row, cells_of, delimiter_of, head_lines, read_rows
from annotator.plugins.formats import Report
from annotator.plugins.listing import HEAD, walk_files

SUFFIXES = frozenset({".csv", ".tsv"})
_SAMPLE = 200
_MOST_CLASSES = 100_000
_CLASS_LISTS = frozenset(
    {"classes", "class_list", "class_names", "class_mapping", "class_map", "labelmap", "label_map"}
)
_PICTURE_FOLDERS = ("images", "imgs", "img", "JPEGImages", "data")
_NORMALISED_UP_TO = 1.5
_ROUNDING = 0.5
Coordinates = Literal["auto", "pixels", "normalised"]


@dataclass(slots=True)
class _Picture:
    """What the survey found of one picture; ``rows`` counts those that were not read yet."""

    found: NamedPicture
    split: str | None
    rows: int = 0
    size: tuple[int, int] | None = None
    annotations: list[AnnotationRecord] = field(default_factory=list)


@dataclass(slots=True)
class _Fits:
    """Learns from all boxes that stand in one cell whether they can only be two corners."""

    ordered: bool = True
    """Whether all can be corners: the second lies right of and below the first, inside the picture."""
    leaving: bool = False
    """Whether one of them, read as x y w h, would leave its picture by more than rounding."""

    def add(self, numbers: list[float] | None, picture: _Picture) -> None:
        """Look at one box (``None`` or other than four numbers: none)."""
        if not self.ordered or numbers is None or len(numbers) != 4:
            return
        x1, y1, x2, y2 = numbers
        self.ordered = x2 > x1 and y2 > y1
        size = _raster(picture) if self.ordered else None
        if size is not None:
            self.ordered = x2 <= size[0] + _ROUNDING and y2 <= size[1] + _ROUNDING
            self.leaving = self.leaving or x1 + x2 > size[0] + _ROUNDING or y1 + y2 > size[1] + _ROUNDING

    @property
    def only_as_corners(self) -> bool:
        """Whether x y w h is refuted and corners are not."""
        return self.ordered and self.leaving


@dataclass
class Table:
    """One file of a set."""

    path: Path
    file: str
    columns: Columns
    delimiter: str
    normalised: bool = False
    corners: bool = False
    """Whether boxes in one cell are two corners: x y w h is meant unless only corners fit into the pictures."""
    keys: dict[str, str | None] = field(default_factory=dict)
    """What rows call their pictures → the key of the picture; ``None`` for names that lead outside."""

    @cached_property
    def split(self) -> str | None:
        """From the file's name, else from its folders."""
        path = PurePosixPath(self.file)
        return split_of_word(path.stem) or next((s for part in path.parts[-2::-1] if (s := split_of_word(part))), None)

    @cached_property
    def bases(self) -> list[str]:
        """Folders in which its pictures may lie, relative to the set."""
        parent = PurePosixPath(self.file).parent
        roots = [parent, *(parent / name for name in _PICTURE_FOLDERS)]
        words = [word for word, split in SPLIT_WORDS.items() if split == self.split]
        return [base.as_posix() for base in (*roots, *(root / word for root in roots for word in words))]

    def rows(self, report: Report) -> Iterator[Row]:
        """Its records without the header."""
        rows = read_rows(self.path, file=self.file, report=report, delimiter=self.delimiter)
        return islice(rows, 1, None) if self.columns.header else rows


class CsvSet:
    """All tables of a folder."""

    def __init__(self, folder: Path, *, coordinates: Coordinates, separator: str) -> None:
        self._folder = folder
        self._coordinates = coordinates
        self._separator = separator
        self._names: dict[str, None] = {}
        self._labels: dict[str, None] = {}
        self._pictures: dict[str, _Picture] = {}
        self._by_split = False
        """Whether pictures of several splits have the same names: then all get their split before it."""

    @cached_property
    def _files(self) -> list[Path]:
        return [path for path in walk_files(self._folder) if path.suffix.lower() in SUFFIXES]

    @cached_property
    def _index(self) -> NamedPictures:
        return NamedPictures(self._folder)

    def labels(self) -> list[LabelRecord]:
        """Classes in the order of the class list or of the columns, else of appearance."""
        self._survey(_ignore)
        return [LabelRecord(name=name) for name in self._labels]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in order of appearance, then those that no table names.

        A picture is given away as soon as its last row was read, so tables that keep a picture's rows together are
        streamed. Raises :class:`FormatError` when there is no table of labels.
        """
        tables = self._survey(report)
        names = [picture.found.name for picture in self._pictures.values()]
        self._by_split = len(set(names)) < len(names)
        waiting = iter(list(self._pictures.values()))
        taken: set[str] = set()
        picture = next(waiting, None)
        for table in tables:
            for row in table.rows(_ignore):
                found = self._of_row(table, row, _ignore)
                if found is None:
                    continue
                found.annotations += self._objects(table, row, found, report)
                found.rows -= 1
                while picture is not None and picture.rows == 0:
                    yield self._record(picture, taken, report)
                    picture.annotations = []
                    picture = next(waiting, None)
        yield from self._others(tables, taken)

    def _others(self, tables: list[Table], taken: set[str]) -> Iterator[ImageRecord]:
        named = {picture.found.path for picture in self._pictures.values()}
        folders = [self._folder / PurePosixPath(table.file).parent for table in tables]
        for path in self._index.index.pictures:
            size = picture_size(path) if path not in named else None
            if size is None or not any(path.is_relative_to(folder) for folder in folders):
                continue
            name = unique_name(self._index.index.relative(path), taken, None)
            split = next((s for part in PurePosixPath(name).parts[-2::-1] if (s := split_of_word(part))), None)
            yield ImageRecord(name, size.width, size.height, (), split, path, source={"annotated": False})

    def _survey(self, report: Report) -> list[Table]:
        """Count the rows of each picture, find the classes and whether coordinates are parts of the picture's size."""
        self._names, self._labels, self._pictures = {}, {}, {}
        tables = [table for path in self._files if (table := self._table(path, report)) is not None]
        if not tables:
            raise FormatError(
                "No table of labels was found: a CSV file with a column filename and one of labels, boxes or classes."
            )
        self._labels |= dict.fromkeys(self._names)
        readable = Readable()
        for table in tables:
            largest, rows, problems = 0.0, 0, list[Issue]()
            fits = _Fits() if len(table.columns.box) == 1 else None

            def keep(issue: Issue, problems: list[Issue] = problems) -> None:
                problems += [issue] if issue.code == "unparsable_file" and not problems else []
                report(issue)

            for row in table.rows(keep):
                picture = self._of_row(table, row, keep)
                if picture is not None:
                    rows += 1
                    picture.rows += 1
                    for label in self._labels_of(table, row):
                        self._labels[label] = None
                    if largest <= _NORMALISED_UP_TO:
                        largest = max(largest, *coordinates_of(table.columns, row), 0.0)
                    if fits is not None:
                        fits.add(numbers_of(table.columns, row), picture)
            table.normalised = self._coordinates == "normalised" or (
                self._coordinates == "auto" and 0 < largest <= _NORMALISED_UP_TO
            )
            table.corners = fits is not None and fits.only_as_corners and not table.normalised
            if table.corners:
                text = "Boxes of x, y, width and height would leave their pictures; they were read as two corners."
                report(Issue("box_corners_guessed", "info", text, table.file))
            readable.add(rows, next(iter(problems), None))
        readable.check()
        return tables

    def _table(self, path: Path, report: Report) -> Table | None:
        file = path.relative_to(self._folder).as_posix()
        with path.open("rb") as stream:
            lines = head_lines(stream.read(HEAD), _SAMPLE)
        if not lines:
            return None
        delimiter = "\t" if path.suffix.lower() == ".tsv" else delimiter_of(lines[0])
        # the last line of the sample may be cut off
        first, *sample = [cells_of(line, delimiter) for line in (lines[:-1] if len(lines) > 2 else lines)]
        columns = None
        if len(first) > 1 and path.stem.lower() not in _CLASS_LISTS:
            columns = columns_of(first, sample, file=file)
        if columns is None:
            names = _class_list(path, delimiter)
            self._names |= dict.fromkeys(names)
            if not names:
                report(Issue("ignored_file", "info", f"{file} is no table of labels; it was left out.", file))
            return None
        if columns.kind == "one_hot":
            self._labels |= dict.fromkeys(columns.header[i].strip() for i in columns.classes)
        return Table(path, file, columns, delimiter)

    def _of_row(self, table: Table, row: Row, report: Report) -> _Picture | None:
        """The picture that a row speaks of; rows without one, or with more cells than columns, are reported."""
        columns = table.columns
        stated = row.cells[columns.picture] if columns.picture < len(row.cells) else ""
        extra = len(row.cells) > len(columns.header) > 0 and any(row.cells[len(columns.header) :])
        if not stated or extra:
            where = f"line {row.line}"
            text = "A row has more cells than columns" if extra else "A row names no picture"
            report(Issue("unparsable_file", "error", f"{text}; it was left out.", table.file, where))
            return None
        if stated not in table.keys:
            table.keys[stated] = self._key(table, row, stated, report)
        key = table.keys[stated]
        return None if key is None else self._pictures[key]

    def _key(self, table: Table, row: Row, stated: str, report: Report) -> str | None:
        where = f"line {row.line}"
        found = self._index.find(stated, table.bases, file=table.file, where=where, report=report)
        if found is None:
            return None
        split = table.split
        if table.columns.split is not None and table.columns.split < len(row.cells):
            word = row.cells[table.columns.split].lower()
            split = {"validate": "val", "unassigned": None}.get(word, SPLIT_WORDS.get(word, split))
        key = str(found.path) if found.path else f"{split}:{found.name}"
        picture = self._pictures.setdefault(key, _Picture(found, split))
        if picture.size is None and table.columns.size is not None:
            picture.size = size_of(row, table.columns.size)
        return key

    def _record(self, picture: _Picture, taken: set[str], report: Report) -> ImageRecord:
        found = picture.found
        full = f"{picture.split}/{found.name}" if self._by_split and picture.split else found.name
        name = unique_name(full, taken, picture.split)
        placed = place(found, picture.size, report=report, says_sizes=False)
        annotations = turn_all(picture.annotations, placed.orientation, *(picture.size or (0, 0)))
        if placed.width:
            report_outside(annotations, placed.width, placed.height, name=name, report=report)
        return ImageRecord(name, placed.width, placed.height, annotations, picture.split, found.path)

    def _labels_of(self, table: Table, row: Row) -> list[str]:
        return labels_of(table.columns, row, names=self._names, separator=self._separator)

    def _objects(self, table: Table, row: Row, picture: _Picture, report: Report) -> Iterator[AnnotationRecord]:
        columns, where = table.columns, f"line {row.line}"
        labels = self._labels_of(table, row)
        attributes, score = attributes_of(columns, row), score_of(columns, row)
        if columns.kind != "boxes":
            if columns.label is not None and columns.label >= len(row.cells):
                report(dropped("missing_label", file=table.file, where=where))
            for label in labels:
                yield AnnotationRecord(label=label, geometry=Tag(), attributes=attributes, score=score)
            return
        numbers = numbers_of(columns, row)
        if numbers is None:  # no box at all: a label of the whole picture, or a background
            if labels and columns.label is not None:
                yield AnnotationRecord(label=labels[0], geometry=Tag(), attributes=attributes, score=score)
            return
        if not labels:
            report(dropped("missing_label", file=table.file, where=where))
            return
        box = self._box(table, numbers, picture)
        if box is None:
            text = f"A box on “{picture.found.name}” is a part of its size, which is unknown without the picture."
            report(Issue("image_not_found", "error", f"{text} It was left out.", table.file, where))
        elif isinstance(box, str):
            report(dropped(box, file=table.file, where=where))
        else:
            yield AnnotationRecord(label=labels[0], geometry=box, attributes=attributes, score=score)

    def _box(self, table: Table, numbers: list[float], picture: _Picture) -> Box | str | None:
        if len(numbers) != 4:
            return "missing_geometry"
        x1, y1, x2, y2 = numbers
        if not (table.columns.corners or table.corners):
            x1, y1 = (x1 - x2 / 2, y1 - y2 / 2) if table.columns.centre else (x1, y1)
            x2, y2 = x1 + x2, y1 + y2
        if not table.normalised:
            return sound_box(x1, y1, x2, y2)
        raster = _raster(picture)
        if raster is None:
            return None
        width, height = raster
        return sound_box(x1 * width, y1 * height, x2 * width, y2 * height)


def _raster(picture: _Picture) -> tuple[int, int] | None:
    """The size of which coordinates are parts: the picture's, but the stated one where that is before EXIF turns it."""
    found = picture_size(picture.found.path) if picture.found.path else None
    if found is None or (found.orientation >= 5 and picture.size == (found.height, found.width)):
        return picture.size
    return found.width, found.height


def _ignore(issue: Issue) -> None:
    """The survey reports what both passes would."""


def _class_list(path: Path, delimiter: str) -> list[str]:
    """Names of a file of ``name,number`` rows, by number; empty when it is something else."""
    rows = [row.cells for row in islice(read_rows(path, file="", report=_ignore, delimiter=delimiter), _MOST_CLASSES)]
    if rows and len(rows[0]) == 2 and fold(rows[0][1]) in {"id", "index", "class_id"}:
        rows = rows[1:]
    if not rows or not all(len(row) == 2 and row[1].isdecimal() for row in rows):
        return []
    return [row[0] for row in sorted(rows, key=lambda row: int(row[1]))]
