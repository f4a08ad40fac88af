"""MOTChallenge: objects that move through the frames of a sequence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.mot.reader import MotFolder
from annotator.formats.mot.rows import OWN, parse_row
from annotator.formats.mot.sequences import sequence_folder, sequences_of
from annotator.formats.mot.writer import MotWriter
from annotator.formats.shared.tables import head_lines
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20


class MotOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write MOTChallenge."""

    coordinates: Annotated[
        Literal["as_is", "one_based"],
        msgspec.Meta(
            title="Coordinates",
            description="The benchmark's own files count pixels from 1; most programs write continuous pixels.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "as_is"
    ignored: Annotated[
        Literal["skip", "keep"],
        msgspec.Meta(
            title="Objects of flag 0",
            description="skip: they are no objects, as in the benchmark (kept beside the picture and written again); "
            "keep: read them as objects with the attribute “ignored”.",
            extra_json_schema={"x-side": "read"},
        ),
    ] = "skip"


class MotFormat(DatasetFormat):
    """Multiple Object Tracking challenge."""

    title = "MOTChallenge"
    description = "Sequences of numbered frames with boxes that keep an identity: for tracking in videos."
    kinds: ClassVar[frozenset[str]] = frozenset({"box"})
    keeps: ClassVar[frozenset[str]] = frozenset({"track", "predictions", "splits", "empty_images", "unused_labels"})
    Options: ClassVar[type[BaseOptions]] = MotOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for ``gt/gt.txt``, ``det/det.txt`` and ``seqinfo.ini``."""
        files = [
            name for name in listing.with_suffix(".txt", ".ini") if sequence_folder(PurePosixPath(name)) is not None
        ]
        found: list[str] = []
        for name in files[:_PROBE]:
            lines = head_lines(listing.head(name))[:5]
            if name.endswith(".ini"):
                found += [name] if "[Sequence]" in lines else []
            else:
                good = sum(parse_row(line) is not None for line in lines)
                placed = PurePosixPath(name).parent.name in {"gt", "det"}
                found += [name] if (2 * good >= len(lines) if placed else 0 < good == len(lines)) else []
        if not found:
            return Recognition(0.0)
        return Recognition(0.95, tuple(f"{name} belongs to a sequence of MOTChallenge." for name in found[:3]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes of ``gt/labels.txt``; without it those of the benchmark that are used, by number."""
        return _folder(folder, options).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the frames of all sequences; detections are predictions."""
        yield from _folder(folder, options).read(report)

    def information(self, folder: Path, *, options: BaseOptions) -> Mapping[str, Any]:
        """What ``seqinfo.ini`` says of each sequence."""
        found = {sequence.path.name: sequence.info for sequence in sequences_of(folder) if sequence.info}
        return {"sequences": found} if found else {}

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
        """Write ``<split>/<sequence>`` with ``img1``, ``gt``, ``det``, ``seqinfo.ini`` and the pictures' own names."""
        shifted = isinstance(options, MotOptions) and options.coordinates == "one_based"
        with MotWriter(folder, labels, one_based=shifted, information=information or {}, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Everything with a place becomes a box."""
        return "are left out" if kind == "tag" else "become their bounding boxes"

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        for code, text in super()._lost_of(annotation):
            if code != "attributes" or annotation.attributes.keys() - OWN:
                yield code, text
        if isinstance(annotation.track, str) and not annotation.track.isdecimal():
            yield "track_names", "objects have tracks with names, which become numbers"


def _folder(folder: Path, options: BaseOptions) -> MotFolder:
    given = options if isinstance(options, MotOptions) else MotOptions()
    return MotFolder(folder, one_based=given.coordinates == "one_based", keep_ignored=given.ignored == "keep")
