"""Pascal VOC: one XML file per picture, boxes (and polygons as common programs write them)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.files import PICTURE_SUFFIXES
from annotator.formats.voc_reader import VocFolder
from annotator.formats.voc_writer import VocWriter, is_plain
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20
_HEAD = 4096


class VocOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write Pascal VOC."""

    coordinates: Annotated[
        Literal["auto", "as_is", "one_based"],
        msgspec.Meta(
            title="Coordinates",
            description="The challenge counts pixels from 1, inclusive; nearly everybody else continuous pixels. "
            "“auto” believes the database name in the files.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "auto"
    polygons: Annotated[
        bool,
        msgspec.Meta(title="Write polygons", description="Add outlines beside the boxes, as Roboflow does."),
    ] = True


class VocFormat(DatasetFormat):
    """Pascal Visual Object Classes."""

    title = "Pascal VOC"
    description = "One XML file per picture. Keeps boxes exactly and simple polygons; splits lie in ImageSets/Main."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "polygon"})
    Options: ClassVar[type[BaseOptions]] = VocOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for XML files that begin with ``<annotation>``."""
        found, seen = 0, 0
        for name in listing.with_suffix(".xml")[:_PROBE]:
            seen += 1
            found += b"<annotation" in listing.head(name, _HEAD)
        if not found:
            return Recognition(0.0)
        reasons = [f"{found} of the first {seen} XML files hold one <annotation>."]
        if {"Annotations", "JPEGImages"} & {name.rpartition("/")[2] for name in listing.folders}:
            reasons.append("There are the folders of Pascal VOC.")
        pictures = any(suffix in PICTURE_SUFFIXES for suffix in listing.by_suffix)
        return Recognition(
            0.95 if found == seen else 0.7, (*reasons, *([] if pictures else ["There are no pictures."]))
        )

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Names in order of first use (from ``labelmap.txt`` first when there is one)."""
        return VocFolder(folder, _coordinates(options)).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures with an XML file, then those that are only listed or only lie there."""
        yield from VocFolder(folder, _coordinates(options)).read(report)

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
        """Write ``Annotations``, ``JPEGImages`` and ``ImageSets/Main``; folders in names are kept."""
        polygons = not isinstance(options, VocOptions) or options.polygons
        with VocWriter(folder, labels, polygons=polygons, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """Everything but boxes (and plain outlines, when they are written) becomes a box; shapes without a box are lost."""
        outlines = not isinstance(options, VocOptions) or options.polygons
        fates = {"tag": "are left out", "polygon": "with holes or parts (or without outlines) become boxes"}
        for annotation in image.annotations:
            kind = annotation.geometry.kind
            if kind != "box" and not (outlines and is_plain(annotation.geometry)):
                yield f"unsupported_{kind}", f"{kind} objects {fates.get(kind, 'become their bounding boxes')}"


def _coordinates(options: BaseOptions) -> str:
    return options.coordinates if isinstance(options, VocOptions) else "auto"
