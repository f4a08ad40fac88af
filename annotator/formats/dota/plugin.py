"""DOTA: objects in aerial pictures, by four corners."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.dota.reader import LABELS, DotaFolder
from annotator.formats.dota.rows import OWN, looks_like_rows
from annotator.formats.dota.writer import DotaWriter
from annotator.formats.shared.label_files import folder_above
from annotator.formats.shared.tables import head_lines
from annotator.formats.shared.words import CLASS_LIST
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20


class DotaOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read DOTA."""

    tolerance: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            title="Tolerance",
            description="Four corners that are at most this many pixels from a rotated box become one; others an outline.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = 0.5


class DotaFormat(DatasetFormat):
    """Dataset for Object deTection in Aerial images."""

    title = "DOTA"
    description = "One text file per picture with the four corners of each object: rotated boxes and quadrilaterals."
    kinds: ClassVar[frozenset[str]] = frozenset({"rotated_box"})
    keeps: ClassVar[frozenset[str]] = frozenset({"splits", "empty_images", "unused_labels"})
    Options: ClassVar[type[BaseOptions]] = DotaOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for rows of eight coordinates and a word, and for the folder ``labelTxt``."""
        files = [name for name in listing.with_suffix(".txt") if PurePosixPath(name).name != CLASS_LIST]
        named = [name for name in files if folder_above(PurePosixPath(name), LABELS)]
        heads = {name: head_lines(listing.head(name))[:8] for name in (named or files)[:_PROBE]}
        seen = sum(looks_like_rows(lines, numbered=bool(named)) for lines in heads.values())
        if seen:
            reason = f"{seen} of the first {len(heads)} text files have rows of four corners and a class."
            return Recognition(0.95 if named else 0.85, (reason, *(["They lie in labelTxt."] if named else [])))
        return (
            Recognition(0.7, ("There is a folder labelTxt.",))
            if named and not any(heads.values())
            else Recognition(0.0)
        )

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes in the order of ``classes.txt`` where we wrote one, else of appearance."""
        return DotaFolder(folder, _tolerance(options)).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the order of their label files, then those without one."""
        yield from DotaFolder(folder, _tolerance(options)).read(report)

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
        """Write ``<split>/images``, ``<split>/labelTxt`` and ``classes.txt``."""
        writer = DotaWriter(folder, labels, report)
        for done, image in enumerate(images, start=1):
            writer.add(image)
            progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Four corners stay; anything else with an area becomes a rotated box."""
        fates = {
            "tag": "are left out",
            "box": "become rotated boxes of no angle",
            "polygon": "keep their corners if they are four, else become the smallest rotated box around them",
        }
        return fates.get(kind, "become the smallest rotated box around them")

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        for code, text in super()._lost_of(annotation):
            if code != "attributes" or annotation.attributes.keys() - OWN:
                yield code, text


def _tolerance(options: BaseOptions) -> float:
    return options.tolerance if isinstance(options, DotaOptions) else DotaOptions().tolerance
