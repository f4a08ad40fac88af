"""Labelbox: import rows, export v2 and the legacy export."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.labelbox.files import LabelboxFile, LabelboxTable, is_empty
from annotator.formats.labelbox.reader import Source, labels_of, read
from annotator.formats.labelbox.writer import LabelboxWriter
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.several_files import read_each
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import HEAD, Listing, walk_files

_SUFFIXES = (".ndjson", ".jsonl", ".json", ".csv")
_NOTHING = "No Labelbox file was found: lines or lists of JSON with dataRow, data_row or Labeled Data."


class LabelboxOptions(BaseOptions, frozen=True, kw_only=True):
    """How to write Labelbox."""

    write_as: Annotated[
        Literal["import", "export"],
        msgspec.Meta(
            title="Write as",
            description="“import”: rows that Labelbox imports as annotations; “export”: as Labelbox itself exports (v2).",
            extra_json_schema={"x-side": "write"},
        ),
    ] = "import"


class LabelboxFormat(DatasetFormat):
    """What Labelbox exports and what it imports."""

    title = "Labelbox"
    description = "Lines of JSON. Keeps boxes, polygons, lines, masks, image tags and answers about objects."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "polygon", "polyline", "mask", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset({"attributes", "predictions", "splits", "empty_images"})
    Options: ClassVar[type[BaseOptions]] = LabelboxOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for files whose beginning has the members of one of the three dialects."""
        best, reasons = 0.0, []
        for name in listing.with_suffix(*_SUFFIXES):
            sure = 0.5 if is_empty(listing.path(name)) else _likeness(name, listing.head(name))
            if sure:
                best = max(best, sure)
                reasons.append(f"{name} has records of Labelbox.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Names in order of appearance."""
        return labels_of(_files(folder, report), Placer(folder, report))

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield pictures in order of their first record."""
        yield from read(_files(folder, report), folder, report)

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
        """Write ``<split>.ndjson`` (or ``export.ndjson``) and the pictures below ``images``."""
        with LabelboxWriter(folder, labels, flavour=_flavour(options), report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Shapes with an extent become polygons, sets of points single points."""
        points = kind in {"points", "keypoints"}
        return "are taken apart into single points" if points else "become polygons"

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """Exports have no place for the suggestions of a model."""
        yield from super().lost(image, options=options)
        if _flavour(options) == "export":
            yield from (("predictions", "suggestions of a model are left out") for _ in image.predictions)

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        for code, text in super()._lost_of(annotation):
            yield code, "polygons with holes become masks" if code == "holes" else text


def _flavour(options: BaseOptions) -> Literal["import", "export"]:
    return options.write_as if isinstance(options, LabelboxOptions) else "import"


def _likeness(name: str, head: bytes) -> float:
    if name.lower().endswith(".csv"):
        header = head.partition(b"\n")[0]
        return 0.9 if b"Labeled Data" in header and b"Label" in header.replace(b"Labeled Data", b"") else 0.0
    if b'"data_row"' in head and (b'"projects"' in head or b'"media_attributes"' in head or b'"row_data"' in head):
        return 0.95
    if b'"dataRow"' in head and any(key in head for key in (b'"globalKey"', b'"schemaId"', b'"uuid"', b'"name"')):
        return 0.95
    return 0.9 if b'"Labeled Data"' in head or (b'"DataRow ID"' in head and b'"Label"' in head) else 0.0


def _files(folder: Path, report: Report) -> list[Source]:
    def opened(path: Path) -> Source:
        kind = LabelboxTable if path.suffix.lower() == ".csv" else LabelboxFile
        return kind(path, folder, report)

    return read_each(_paths(folder), opened, root=folder, report=report, nothing=_NOTHING)


def _paths(folder: Path) -> Iterator[Path]:
    for path in walk_files(folder):
        if path.suffix.lower() in _SUFFIXES:
            with path.open("rb") as file:
                if _likeness(path.name, file.read(HEAD)) or is_empty(path):
                    yield path
