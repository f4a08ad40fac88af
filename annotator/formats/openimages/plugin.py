"""Open Images: boxes, image labels and masks in tables of comma-separated values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.openimages.objects import FLAGS
from annotator.formats.openimages.reader import OpenImagesFolder, is_description
from annotator.formats.openimages.tables import kind_of_header
from annotator.formats.openimages.writer import OpenImagesWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_SURE = {"boxes": 0.95, "masks": 0.95, "relations": 0.9, "labels": 0.85}


class OpenImagesFormat(DatasetFormat):
    """Google's Open Images, versions 4 to 7, and what FiftyOne, Datumaro and CVAT write in its manner."""

    title = "Open Images"
    description = "Tables per split with relative coordinates. Keeps boxes, image labels, masks and their flags."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "tag", "mask"})
    keeps: ClassVar[frozenset[str]] = frozenset({"score", "splits", "empty_images", "unused_labels"})

    def recognises(self, listing: Listing) -> Recognition:
        """Look for tables with the columns ``ImageID`` and ``LabelName``."""
        best, reasons = 0.0, []
        described = False
        for name in listing.with_suffix(".csv"):
            head = listing.head(name)
            kind = kind_of_header(head)
            described = described or (kind is None and is_description(name.rpartition("/")[2], head))
            if kind is not None and _SURE.get(kind, 0.0):
                best = max(best, _SURE[kind])
                reasons.append(f"{name} is a table of {kind}.")
            elif kind == "images" and described:
                best = max(best, 0.6)
                reasons.append(f"{name} lists pictures.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes of ``class-descriptions*.csv`` in order, then ids that are used without a name."""
        return OpenImagesFolder(folder, report).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield pictures in order of their first mention."""
        yield from OpenImagesFolder(folder, report).read()

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
        """Write class descriptions, and per split the pictures and their tables."""
        with OpenImagesWriter(folder, labels, report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Everything with an extent becomes a box."""
        return "become their bounding boxes (those without an extent are left out)"

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        """The flags that have a column of their own are kept, and groups of a box."""
        is_box = annotation.geometry.kind == "box"
        for code, text in super()._lost_of(annotation):
            flags = code == "attributes" and is_box and set(annotation.attributes) <= set(FLAGS.values())
            if not flags and not (code == "crowd" and is_box):
                yield code, text
