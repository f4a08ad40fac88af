"""KITTI object detection: one text file per picture, boxes with their place in the world."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.kitti.reader import KittiFolder
from annotator.formats.kitti.rows import OWN, looks_like_rows
from annotator.formats.kitti.writer import KittiWriter
from annotator.formats.shared.tables import head_lines
from annotator.formats.shared.words import CLASS_LIST
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20


class KittiFormat(DatasetFormat):
    """KITTI's two-dimensional boxes; the other columns travel with them."""

    title = "KITTI"
    description = (
        "One text file per picture. Keeps boxes, how far they are hidden or cut, and their place in the world."
    )
    kinds: ClassVar[frozenset[str]] = frozenset({"box"})
    keeps: ClassVar[frozenset[str]] = frozenset({"score", "splits", "empty_images", "unused_labels"})

    def recognises(self, listing: Listing) -> Recognition:
        """Look for rows of fifteen columns, and for the folders ``label_2`` and ``image_2``."""
        names = [name for name in listing.with_suffix(".txt") if PurePosixPath(name).name != CLASS_LIST]
        files = [name for name in names if "ImageSets" not in PurePosixPath(name).parts]
        heads = {name: head_lines(listing.head(name, 1 << 13))[:5] for name in files[:_PROBE]}
        seen = [name for name, lines in heads.items() if looks_like_rows(lines)]
        named = any(PurePosixPath(name).name in {"label_2", "image_2"} for name in listing.folders)
        if seen:
            reasons = [f"{len(seen)} of the first {len(heads)} text files have rows of fifteen columns."]
            return Recognition(
                0.95 if named else 0.85, (*reasons, *(["There are the folders of KITTI."] if named else []))
            )
        if any(lines for name, lines in heads.items() if "label_2" in PurePosixPath(name).parts[:-1]):
            return Recognition(0.6, ("There are the folders of KITTI, but their rows are none of KITTI's.",))
        said = (lines for name, lines in heads.items() if PurePosixPath(name).parent.name != "")  # a README beside them
        if named and not any(said):
            return Recognition(0.7, ("There are the folders of KITTI, without a row.",))
        return Recognition(0.0)

    def labels(self, folder: Path, *, options: Options, report: Report) -> list[LabelRecord]:
        """Types in the order of ``classes.txt`` where we wrote one, else of appearance."""
        return KittiFolder(folder).labels()

    def read(self, folder: Path, *, options: Options, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the order of their label files, then those without one."""
        yield from KittiFolder(folder).read(report)

    def write(
        self,
        images: Iterable[ImageRecord],
        folder: Path,
        *,
        labels: Sequence[LabelRecord],
        options: Options,
        report: Report,
        progress: Progress,
        information: Mapping[str, Any] | None = None,
    ) -> None:
        """Write ``training`` and ``testing`` with ``image_2`` and ``label_2``, ``ImageSets`` and ``classes.txt``."""
        with KittiWriter(folder, labels, report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: Options) -> str:
        """Everything with a place becomes a box."""
        return "are left out" if kind == "tag" else "become their bounding boxes"

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        for code, text in super()._lost_of(annotation):
            if code != "attributes" or annotation.attributes.keys() - OWN:
                yield code, text
