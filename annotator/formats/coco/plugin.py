"""COCO: one JSON file per split, boxes, polygons, masks as run lengths, key points, panoptic pictures and results."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.coco.layout import CocoLayout, lists_in
from annotator.formats.coco.writer import CocoWriter
from annotator.formats.shared.files import PictureIndex
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing


class CocoOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write COCO."""

    kind: Annotated[
        Literal["instances", "panoptic"],
        msgspec.Meta(
            title="What to write",
            description="Instances keep every object as it is; panoptic paints one PNG per picture, without overlaps.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = "instances"
    prefer: Annotated[
        Literal["keypoints", "outline"],
        msgspec.Meta(
            title="Objects with key points and an outline",
            description="What they become when they are read; the other is kept for writing COCO again.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = "keypoints"
    file: Annotated[
        str,
        msgspec.Meta(
            title="Annotation file",
            description="Read only this file (path inside the dataset); empty reads all.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = ""
    zero_based: Annotated[
        bool,
        msgspec.Meta(
            title="Category ids from 0",
            description="COCO counts categories from 1; some programs want them from 0.",
            extra_json_schema={"x-side": "write", "x-advanced": True},
        ),
    ] = False


class CocoFormat(DatasetFormat):
    """Common Objects in Context: the usual exchange format for detection and segmentation."""

    title = "COCO"
    description = "One JSON file per split. Keeps boxes, polygons, masks, key points, attributes and ids exactly."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "rotated_box", "polygon", "mask", "keypoints", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset(
        {
            "parts", "attributes", "z_order", "group", "track", "part_of", "crowd", "score", "predictions", "splits",
            "empty_images", "unused_labels", "colors", "keypoint_names", "label_parents", "image_fields",
        }
    )  # fmt: skip
    Options: ClassVar[type[BaseOptions]] = CocoOptions

    def __init__(self) -> None:
        self._seen: dict[tuple[Path, BaseOptions], CocoLayout] = {}

    def recognises(self, listing: Listing) -> Recognition:
        """Look for JSON files whose beginning or end shows COCO's lists, and for bare lists of detections."""
        reasons: list[str] = []
        best = 0.0
        for name in listing.with_suffix(".json"):
            found = lists_in(listing.head(name), listing.tail(name))
            if "results" in found:
                best = max(best, 0.9)
                reasons.append(f"{name} is a list of detections with image_id.")
            elif "images" in found or {"annotations", "categories"} <= found:
                best = max(best, 0.95 if "annotations" in found or "categories" in found else 0.6)
                reasons.append(f"{name} has the lists {', '.join(sorted(found))}.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Categories in the files' order; those of several files are joined by name."""
        layout = _layout(folder, options, report)
        labels = layout.labels()
        self._seen[folder, options] = layout  # the next two calls need what it found
        return labels

    def information(self, folder: Path, *, options: BaseOptions) -> Mapping[str, Any]:
        """``info``, ``licenses`` and other small members of the first file."""
        return (self._seen.get((folder, options)) or _layout(folder, options, _ignore)).information()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield pictures file by file; all files are indexed before the first picture: a cut-off one adds nothing."""
        known = self._seen.pop((folder, options), None)
        layout = _layout(folder, options, report, known.found if known else None)
        layout.index()
        pictures, taken = PictureIndex(folder, layout.painted_folders()), set[str]()
        apart = any(one.shares_names_with(other) for one, other in combinations(layout.groups, 2))
        for group in layout.groups:
            yield from group.read(pictures, taken, report, apart=apart)
        yield from layout.rest()

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
        """Write ``annotations/instances_<split>.json`` (or ``panoptic_…``) and the pictures below ``images/<split>``."""
        chosen = options if isinstance(options, CocoOptions) else CocoOptions()
        with CocoWriter(
            folder, labels, kind=chosen.kind, zero_based=chosen.zero_based, report=report, information=information
        ) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Shapes without an area have no place; ellipses have one as polygons."""
        del options
        return "become polygons" if kind == "ellipse" else "are left out"

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """As declared; panoptic pictures hold nothing but pixels."""
        panoptic = isinstance(options, CocoOptions) and options.kind == "panoptic"
        for code, text in super().lost(image, options=options):
            if code == "holes":
                yield code, "polygons with holes become masks of the same pixels"
            else:
                yield code, text
        for annotation in image.annotations:
            kind = annotation.geometry.kind
            if panoptic and kind in self.kinds - {"mask", "tag"}:
                kept = "are left out" if kind == "keypoints" else "become masks without overlaps"
                yield f"unsupported_{kind}", f"{kind} objects {kept}"
        for prediction in image.predictions:
            if prediction.geometry.kind == "tag":  # results of detectors are about places
                yield "predicted_tags", "suggested classes of whole images are left out"


def _layout(
    folder: Path, options: BaseOptions, report: Report, found: Mapping[str, frozenset[str]] | None = None
) -> CocoLayout:
    chosen = options if isinstance(options, CocoOptions) else CocoOptions()
    return CocoLayout(folder, file=chosen.file, prefer=chosen.prefer, report=report, found=found)


def _ignore(issue: Issue) -> None:
    """Take a report of what the reading will report again."""
    del issue
