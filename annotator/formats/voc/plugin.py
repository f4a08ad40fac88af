"""Pascal VOC: one XML file per picture, boxes, outlines and rotated boxes in it, masks as pictures beside it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.geometry.types import Polygon
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.shared.files import PICTURE_SUFFIXES
from annotator.formats.voc.mask_writer import wants_masks
from annotator.formats.voc.reader import VocFolder
from annotator.formats.voc.writer import VocWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20
_HEAD = 4096
_ROOT = re.compile(rb"<annotation[\s>]")
_LABELME = re.compile(rb"<pt>|<deleted>|<imagesize>")


class VocOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write Pascal VOC."""

    coordinates: Annotated[
        Literal["auto", "as_is", "one_based"],
        msgspec.Meta(
            title="Coordinates",
            description="The challenge counts pixels from 1, inclusive; nearly everybody else continuous pixels. "
            "“auto” believes the database name in the files; writing takes “auto” for continuous pixels, except for "
            "files that came from the challenge.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "auto"
    polygons: Annotated[
        bool,
        msgspec.Meta(
            title="Write polygons",
            description="Add outlines beside the boxes, as Roboflow does.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = True
    masks: Annotated[
        Literal["auto", "always", "never"],
        msgspec.Meta(
            title="Masks as pictures",
            description="Write SegmentationClass and SegmentationObject: for pictures with masks or holes (auto), "
            "for all, or for none. Reading takes them in unless this is “never”.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = "auto"


class VocFormat(DatasetFormat):
    """Pascal Visual Object Classes."""

    title = "Pascal VOC"
    description = (
        "One XML file per picture. Keeps boxes, rotated boxes and outlines exactly and masks as pictures; splits lie in "
        "ImageSets/Main."
    )
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "rotated_box", "polygon", "mask", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset(
        {"parts", "attributes", "part_of", "splits", "empty_images", "unused_labels", "colors"}
    )
    Options: ClassVar[type[BaseOptions]] = VocOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for XML files that begin with ``<annotation>``, then for folders of segmentation pictures."""
        found, foreign = 0, 0
        probed = listing.with_suffix(".xml")[:_PROBE]
        for name in probed:
            head = _plain(listing.head(name, _HEAD))
            found += _ROOT.search(head) is not None
            foreign += _LABELME.search(head) is not None and b"<bndbox" not in head
        folders = {name.rpartition("/")[2] for name in listing.folders}
        if not found:
            drawn = {"SegmentationClass", "SegmentationObject"} & folders
            if drawn and {"JPEGImages", "ImageSets"} & folders:
                return Recognition(0.9, (f"There is {' and '.join(sorted(drawn))}, as in Pascal VOC.",))
            return Recognition(0.0)
        reasons = [f"{found} of the first {len(probed)} XML files hold one <annotation>."]
        if foreign:
            return Recognition(0.3, (*reasons, "They look like those of the old LabelMe."))
        if {"Annotations", "JPEGImages"} & folders:
            reasons.append("There are the folders of Pascal VOC.")
        pictures = any(suffix in PICTURE_SUFFIXES for suffix in listing.by_suffix)
        confidence = 0.95 if found == len(probed) else 0.7
        return Recognition(confidence, (*reasons, *([] if pictures else ["There are no pictures."])))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Names in order of first use (from ``labelmap.txt`` first when there is one)."""
        return _folder(folder, options).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures with an XML file, then those that only have masks, are only listed or only lie there."""
        yield from _folder(folder, options).read(report)

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
        """Write ``Annotations``, ``JPEGImages`` and ``ImageSets``; folders in names are kept."""
        chosen = _options(options)
        with VocWriter(
            folder,
            labels,
            polygons=chosen.polygons,
            masks=chosen.masks,
            one_based=chosen.coordinates == "one_based",
            report=report,
        ) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Lines and points become boxes, ellipses masks where masks are written."""
        if kind == "ellipse" and _options(options).masks == "always":
            return "become masks"
        return "become their bounding boxes"

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """As the family's rule, and what follows from leaving out outlines or masks."""
        chosen = _options(options)
        yield from super().lost(image, options=options)
        shapes = [a for a in image.annotations if a.geometry.kind in _SHAPES_WITH_CHOICES]
        painted = chosen.masks == "always" or (chosen.masks == "auto" and bool(shapes) and wants_masks(image))
        for annotation in shapes:
            yield from _lost_shape(annotation, painted=painted, polygons=chosen.polygons)

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        """Holes are told by :func:`_lost_shape`, because options decide on them."""
        return (found for found in super()._lost_of(annotation) if found[0] != "holes")


_SHAPES_WITH_CHOICES = frozenset({"mask", "polygon"})


def _lost_shape(annotation: AnnotationRecord, *, painted: bool, polygons: bool) -> Iterator[tuple[str, str]]:
    shape = annotation.geometry
    if shape.kind == "mask" and not painted:
        yield "unsupported_mask", "mask objects become their bounding boxes"
    if isinstance(shape, Polygon):
        holes = any(part.holes for part in shape.parts)
        if (holes or not polygons) and painted:
            yield "polygon_as_mask", "polygons become masks"
        elif holes or not polygons:
            yield "unsupported_polygon", "polygon objects become their bounding boxes"


def _plain(head: bytes) -> bytes:
    """Bytes of XML as if they were one byte a character (UTF-16 has zeros in between)."""
    return head.replace(b"\0", b"")


def _options(options: BaseOptions) -> VocOptions:
    return options if isinstance(options, VocOptions) else VocOptions()


def _folder(folder: Path, options: BaseOptions) -> VocFolder:
    chosen = _options(options)
    return VocFolder(folder, chosen.coordinates, masks=chosen.masks != "never")
