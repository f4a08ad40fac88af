"""Tables of labels: CSV files of classes, boxes or one column per class, with or without a header."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.csv.columns import Columns, columns_of, looks_like_picture
from annotator.formats.csv.reader import Coordinates, CsvSet
from annotator.formats.csv.writer import PLACES, CsvWriter, WriteKind
from annotator.formats.shared.files import PICTURE_SUFFIXES
from annotator.formats.shared.tables import cells_of, delimiter_of, head_lines
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20


class CsvOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write tables of labels."""

    kind: Annotated[
        WriteKind,
        msgspec.Meta(
            title="Table",
            description="boxes: filename, size, class and corners, as for TensorFlow; labels: filename and label; "
            "one_hot: a column for each class; retinanet: corners and class without a header. Reading finds out.",
        ),
    ] = "boxes"
    coordinates: Annotated[
        Coordinates,
        msgspec.Meta(
            title="Coordinates",
            description="Pixels, or parts of the picture's size from 0 to 1. “auto” decides by the largest number; "
            "it writes pixels.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "auto"
    separator: Annotated[
        Literal["auto", "none", "bar", "comma", "semicolon", "space"],
        msgspec.Meta(
            title="Several labels in a cell",
            description="“auto” takes bars apart, and commas and semicolons in columns named labels, tags or classes.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = "auto"


class CsvFormat(DatasetFormat):
    """Tables of labels."""

    title = "CSV"
    description = "A table with a row per object or picture: labels, boxes or one column for each class."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset({"splits", "empty_images", "unused_labels"})
    Options: ClassVar[type[BaseOptions]] = CsvOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look at the headers and first rows of tables."""
        best, reasons = 0.0, list[str]()
        stems = {PurePosixPath(name).stem for name in listing.with_suffix(*PICTURE_SUFFIXES)}
        for name in listing.with_suffix(".csv", ".tsv")[:_PROBE]:
            lines = head_lines(listing.head(name))
            if not lines:
                continue
            delimiter = "\t" if name.lower().endswith(".tsv") else delimiter_of(lines[0])
            first, *sample = [cells_of(line, delimiter) for line in lines]
            columns = columns_of(first, sample, file=name) if len(first) > 1 else None
            if columns is None:
                continue
            pictures = any(looks_like_picture(cell) for row in (first, *sample) for cell in row)
            pictures = pictures or any(_stem(row, columns) in stems for row in sample)
            sure = {"boxes": 0.9, "one_hot": 0.85, "labels": 0.75}[columns.kind] if pictures else 0.4
            if not pictures and columns.kind == "boxes" and (columns.size or len(columns.box) == 1):
                sure = 0.6  # names without an ending, but the size of a picture or a box in a cell
            best = max(best, sure)
            what = {"boxes": "boxes", "one_hot": "one column for each class", "labels": "labels of pictures"}
            reasons.append(f"{name} is a table of {what[columns.kind]}.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes in the order of a class list or of columns, else of appearance."""
        return _set(folder, options).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the order of the tables, then those that lie beside them."""
        yield from _set(folder, options).read(report)

    def write(
        self,
        images: Iterable[ImageRecord],
        folder: Path,
        *,
        labels: Sequence[LabelRecord],
        options: BaseOptions,
        report: Report,
        progress: Progress,
        information: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a table per split, ``classes.csv`` and the pictures below ``images``."""
        names = [label.name for label in labels]
        parts = isinstance(options, CsvOptions) and options.coordinates == "normalised"
        with CsvWriter(folder, names, kind=_kind(options), normalised=parts, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Shapes become boxes where the table has boxes."""
        places = PLACES[_kind(options)]
        return "become their bounding boxes" if kind != "tag" and True in places else "are left out"

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """Tables of labels have no boxes, and keras-retinanet no labels of whole pictures."""
        for annotation in image.annotations:
            kind = annotation.geometry.kind
            if kind in self.kinds and (kind != "tag") not in PLACES[_kind(options)]:
                yield f"unsupported_{kind}", f"{kind} objects {self.fate(kind, options=options)}"
        yield from super().lost(image, options=options)


def _stem(row: Sequence[str], columns: Columns) -> str:
    """What a row calls its picture, less folders: names without an ending are told by pictures of that stem."""
    return PurePosixPath(row[columns.picture].strip()).name if columns.picture < len(row) else ""


def _kind(options: BaseOptions) -> WriteKind:
    return options.kind if isinstance(options, CsvOptions) else "boxes"


def _set(folder: Path, options: BaseOptions) -> CsvSet:
    given = options if isinstance(options, CsvOptions) else CsvOptions()
    return CsvSet(folder, coordinates=given.coordinates, separator=given.separator)
