"""TFRecord: pictures and objects in one file, as the TensorFlow Object Detection API trains from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.tfrecord.files import is_named_so, is_tfrecord
from annotator.formats.tfrecord.reader import RecordFolder
from annotator.formats.tfrecord.writer import OUTLINES, OWN, TfRecordWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20


class TfRecordOptions(BaseOptions, frozen=True, kw_only=True):
    """How to write TFRecord files."""

    masks: Annotated[
        bool,
        msgspec.Meta(
            title="Write masks",
            description="Masks and outlines as PNG for training of segmentation; without it they become boxes.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = True


class TfRecordFormat(DatasetFormat):
    """TensorFlow's records of pictures with objects."""

    title = "TFRecord"
    description = "Pictures, boxes, masks and classes in one file per split, for the TensorFlow Object Detection API."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "mask", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset(
        {"holes", "parts", "crowd", "predictions", "splits", "empty_images", "unused_labels"}
    )
    Options: ClassVar[type[BaseOptions]] = TfRecordOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Check the first record's checksum: nothing else has one there."""
        named = [name for name in listing.names if is_named_so(name)]
        seen = [name for name in (named or listing.by_suffix.get("", []))[:_PROBE] if is_tfrecord(listing.head(name))]
        if seen:
            return Recognition(0.98, (f"{seen[0]} begins with the checksum of a TFRecord.",))
        if named:
            return Recognition(0.5, (f"{named[0]} is called like a TFRecord, but does not begin like one.",))
        return Recognition(0.0)

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes of ``*.pbtxt`` by their numbers, then those that only the records know."""
        return RecordFolder(folder).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures record by record; each is unpacked to disc for as long as its record is held."""
        yield from RecordFolder(folder).read(report)

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
        """Write ``<split>.tfrecord`` with the pictures inside, and ``label_map.pbtxt``."""
        with TfRecordWriter(folder, labels, masks=_masks(options), report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Outlines become masks, or boxes when masks are not wanted; lines and points become boxes."""
        return "become masks" if kind in OUTLINES and _masks(options) else "become their bounding boxes"

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """Without masks those become boxes, too."""
        for annotation in (*image.annotations, *image.predictions):
            if annotation.geometry.kind == "mask" and not _masks(options):
                yield "unsupported_mask", f"mask objects {self.fate('mask', options=options)}"
        yield from super().lost(image, options=options)

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        for code, text in super()._lost_of(annotation):
            if code != "attributes" or annotation.attributes.keys() - OWN:
                yield code, text


def _masks(options: BaseOptions) -> bool:
    return not isinstance(options, TfRecordOptions) or options.masks
