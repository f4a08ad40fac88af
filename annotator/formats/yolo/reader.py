"""Reading YOLO: every picture with the rows of its label file."""

import math
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

from annotator.core.errors import FormatError
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.shared.checking import dropped, report_outside
from annotator.formats.shared.files import PictureSize, picture_size, stem_of, unique_name
from annotator.formats.yolo.layout import YoloLayout
from annotator.formats.yolo.names import KeyPoints
from annotator.formats.yolo.rows import RowReader, Shape, are_turned_boxes, looks_posed
from annotator.plugins.formats import Report

_FAR_OUTSIDE = 2.0
"""A normalised value above this is a pixel coordinate written by mistake."""
_PROBED = 50
_LARGEST = 1 << 26


class YoloReader:
    """Reads every picture of a layout; ``task`` decides what nine numbers mean."""

    def __init__(self, layout: YoloLayout, task: str, report: Report) -> None:
        self._layout = layout
        self._report = report
        self._names = layout.names
        self._wanted = task

    def read(self) -> Iterator[ImageRecord]:
        """Yield the pictures in path order; raises :class:`FormatError` when there is none."""
        if not self._layout.pictures:
            text = "No picture was found; YOLO needs them, because its coordinates are parts of their size."
            raise FormatError(text, fields={"issue": "image_not_found"})
        self._report_config()
        self._layout.labels(self._report)  # what is wrong with them
        points = self._key_points()
        self._rows = RowReader(self._task(), points)
        self._scored = RowReader(self._rows.task, points, scored=True)
        taken: set[str] = set()
        for picture in self._layout.pictures:
            record = self._record(picture, taken)
            if record is not None:
                yield record
        self._report_orphans()

    def _report_config(self) -> None:
        configs = self._layout.configs
        if len(configs) > 1:
            others = ", ".join(name for name, _ in configs[1:4])
            text = f"There are several data files; {configs[0][0]} was read, not {others}. Choose one in the options."
            self._report(Issue("several_data_files", "warning", text, file=configs[0][0]))
        if configs:
            self._layout.splits.report_absent(configs[0][0], self._report)

    def _task(self) -> str:
        """The wanted task; “auto” finds rotated boxes, which are nine numbers a row and turned rectangles."""
        stated = self._layout.config.get("task")
        if self._wanted != "auto":
            return self._wanted
        if stated in {"detect", "segment", "obb", "pose"}:
            return str(stated)
        quads: list[list[float]] = []
        for values, size in self._first_rows():
            if len(values) != 8:
                return "auto"
            if all(math.isfinite(value) for value in values):
                quads.append([v * (size.height if i % 2 else size.width) for i, v in enumerate(values)])
        if not are_turned_boxes(quads):
            return "auto"
        text = "All rows are rectangles of four corners, some of them turned: they were read as rotated boxes."
        self._report(Issue("task_guessed", "info", text))
        return "obb"

    def _key_points(self) -> KeyPoints | None:
        """As the data file says; where it says nothing, as the rows look: a box and triples x, y, visibility in it."""
        stated = self._layout.config.get("task")
        known = self._layout.key_points
        if known is not None or self._wanted not in {"auto", "pose"} or stated not in {None, "pose"}:
            return known
        counts = set()
        for values, _ in self._first_rows():
            counts.add(len(values))
            if len(counts) > 1 or not looks_posed(values):
                return None
        if not counts:
            return None
        found = KeyPoints((counts.pop() - 4) // 3, 3)
        text = f"All rows are boxes with {found.count} points and their visibility: they were read as key points."
        self._report(Issue("task_guessed", "info", text))
        return found

    def _first_rows(self) -> Iterator[tuple[list[float], PictureSize]]:
        """The numbers behind the class of the rows of the first pictures, and the pictures' sizes."""
        for picture in self._layout.pictures[:_PROBED]:
            labels = self._layout.label_file(picture)
            size = picture_size(self._layout.folder / picture) if labels else None
            for _, row in self._lines(labels) if labels and size else ():
                try:
                    values = [float(token) for token in row.split()][1:]
                except ValueError:
                    continue
                if size is not None:
                    yield values, size

    def _record(self, picture: str, taken: set[str]) -> ImageRecord | None:
        path = self._layout.folder / picture
        size = picture_size(path)
        split = self._layout.splits.of(picture)
        name = unique_name(self._layout.name(picture), taken, split)
        if size is None:
            text = f"“{name}” cannot be opened as a picture; it was left out."
            self._report(Issue("unreadable_picture", "error", text, file=picture))
            return None
        labels = self._layout.label_file(picture)
        if labels is None:
            return ImageRecord(name, size.width, size.height, (), split, path, source={"annotated": False})
        if _stem(labels) != _stem(picture):
            text = f"“{name}” has its rows in {labels}, in another spelling."
            self._report(Issue("filename_case", "info", text, file=labels))
        annotations = tuple(self._annotations(labels, size.width, size.height))
        report_outside(annotations, size.width, size.height, name=name, report=self._report)
        return ImageRecord(name, size.width, size.height, annotations, split, path)

    def _lines(self, file: str) -> list[tuple[int, str]]:
        """(line number, row) of a label file, without blank lines."""
        try:
            with open(f"{self._layout.folder}/{file}", "rb") as stream:  # noqa: PTH123 -- many small files
                data = stream.read(_LARGEST + 1)
        except OSError as error:
            self._report(Issue("unparsable_file", "error", f"The file cannot be read: {error.strerror}.", file=file))
            return []
        if len(data) > _LARGEST:
            self._report(Issue("unparsable_file", "error", "The file is larger than any label file.", file=file))
            return []
        text = data.decode("utf-8-sig", errors="replace")
        return [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]

    def _annotations(self, file: str, width: int, height: int) -> Iterator[AnnotationRecord]:
        lines = self._lines(file)
        counts = [len(line.split()) for _, line in lines]
        # predictions end with a confidence: then no row has an odd number of tokens; a single odd one out is torn
        reader = self._scored if counts and all(n % 2 == 0 for n in counts) else self._rows
        seen: set[str] = set()
        for number, line in lines:
            row = " ".join(line.split())
            if row in seen:
                text = "A row is there twice; it was taken once."
                self._report(Issue("duplicate_row", "info", text, file, f"line {number}"))
                continue
            seen.add(row)
            record = self._row(row, reader, width, height, file=file, where=f"line {number}")
            if record is not None:
                yield record

    def _row(
        self, row: str, reader: RowReader, width: int, height: int, *, file: str, where: str
    ) -> AnnotationRecord | None:
        try:
            numbers = [float(token) for token in row.split()]
        except ValueError:
            self._report(Issue("unparsable_file", "error", f"“{row[:60]}” is no row of numbers.", file, where))
            return None
        if not all(map(math.isfinite, numbers)):
            self._report(dropped("not_finite", file=file, where=where))
            return None
        label = self._names.get(int(numbers[0])) if numbers[0] == int(numbers[0]) else None
        if label is None:
            text = f"Class {numbers[0]:g} has no name; the object was left out."
            self._report(Issue("unknown_category_id", "warning", text, file, where))
            return None
        values = numbers[1:]
        if any(abs(value) > _FAR_OUTSIDE for value in values[:4]):
            text = "Coordinates must be parts of the picture's size (0 to 1); these are not. The object was left out."
            self._report(Issue("not_normalised", "warning", text, file, where))
            return None
        found = reader.shape(values, width, height)
        if isinstance(found, Shape):
            if found.swapped:
                text = "A width or height is negative; its sign was dropped."
                self._report(Issue("negative_size_normalised", "warning", text, file, where))
            return AnnotationRecord(label=label, geometry=found.geometry, score=found.score, box=found.box)
        self._report(dropped(found, file=file, where=where))
        return None

    def _report_orphans(self) -> None:
        """Label files in ``labels`` folders whose picture is not here: without its size their numbers mean nothing."""
        stems = {
            unicodedata.normalize("NFC", PurePosixPath(picture).stem).casefold() for picture in self._layout.pictures
        }
        for file in self._layout.label_files:
            stem = PurePosixPath(unicodedata.normalize("NFC", file)).stem.casefold()
            if "labels" in file.lower().split("/")[:-1] and stem not in stems:
                text = "The picture of this label file is not here; its objects were left out."
                self._report(Issue("image_not_found", "warning", text, file=file))


def _stem(name: str) -> str:
    return unicodedata.normalize("NFC", stem_of(name.rpartition("/")[2]))
