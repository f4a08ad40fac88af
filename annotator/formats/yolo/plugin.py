"""YOLO as Ultralytics and Darknet read it: detect, segment, rotated boxes, key points, classes of whole pictures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.geometry.types import Polygon
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.yolo.classify import ClassFolders, ClassWriter
from annotator.formats.yolo.config import information_of
from annotator.formats.yolo.layout import YoloLayout
from annotator.formats.yolo.reader import YoloReader
from annotator.formats.yolo.shapes import KEPT, takes
from annotator.formats.yolo.writer import YoloWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing


class YoloOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write YOLO."""

    task: Annotated[
        Literal["auto", "detect", "segment", "classify", "obb", "pose"],
        msgspec.Meta(
            title="Task",
            description="What the rows mean. Reading finds out by itself, but four corners are taken for rotated boxes "
            "only when all are turned rectangles; writing takes “auto” for detect.",
        ),
    ] = "auto"
    layout: Annotated[
        Literal["ultralytics", "darknet"],
        msgspec.Meta(
            title="Layout",
            description="Written files: images, labels and data.yaml, or obj.data with label files beside the pictures.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = "ultralytics"
    config: Annotated[
        str,
        msgspec.Meta(
            title="Data file",
            description="The data.yaml to read (path inside the dataset) when there are several.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = ""
    multipart: Annotated[
        Literal["bridge", "rows", "largest"],
        msgspec.Meta(
            title="Holes and several parts",
            description="bridge: one outline, joined by paths without width; rows: an object each; largest: keep one.",
            extra_json_schema={"x-side": "write", "x-advanced": True},
        ),
    ] = "bridge"


class YoloFormat(DatasetFormat):
    """Text files beside the pictures, one row per object, coordinates from 0 to 1."""

    title = "YOLO"
    description = (
        "One text file per picture and a data.yaml, ready for Ultralytics: detect, segment, rotated boxes, key points or "
        "classify; Darknet on request."
    )
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "rotated_box", "polygon", "keypoints", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset({"splits", "empty_images", "unused_labels", "keypoint_names"})
    Options: ClassVar[type[BaseOptions]] = YoloOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for a data.yaml with names, for label files beside pictures, then for folders named like classes."""
        found = YoloLayout(listing.root, files=listing.names).recognise()
        return found if found.confidence else ClassFolders(listing.root, listing.names).recognise()

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Class names by index (from data.yaml, obj.names or classes.txt; numbers when there are none)."""
        chosen = _options(options)
        layout = YoloLayout(folder, chosen.config)
        if _is_classification(layout, chosen, folder):
            return [LabelRecord(name=name) for name in ClassFolders(folder).names]
        return layout.labels(report)

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in path order; one without a label file counts as not annotated."""
        chosen = _options(options)
        layout = YoloLayout(folder, chosen.config)
        if _is_classification(layout, chosen, folder):
            yield from ClassFolders(folder).read(report)
        else:
            yield from YoloReader(layout, chosen.task, report).read()

    def information(self, folder: Path, *, options: BaseOptions) -> Mapping[str, Any]:
        """Licence, project and whatever else the data file holds."""
        return information_of(YoloLayout(folder, _options(options).config).config)

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
        """Write ``images/<split>``, ``labels/<split>`` and ``data.yaml``; or ``<split>/<class>`` for classification."""
        chosen = _options(options)
        writer: YoloWriter | ClassWriter
        if chosen.task == "classify":
            writer = ClassWriter(folder, [label.name for label in labels], report)
        else:
            writer = YoloWriter(
                folder,
                labels,
                task=_task(chosen),
                multipart=chosen.multipart,
                darknet=chosen.layout == "darknet",
                information=information or {},
                report=report,
            )
        for done, image in enumerate(images, start=1):
            writer.add(image)
            progress.advance(done)
        writer.close()

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """What a task makes of kinds that it does not know."""
        task = _task(_options(options))
        if not takes(task, kind):
            return "are left out"
        return {"segment": "become outlines", "obb": "become boxes of four corners"}.get(
            task, "become their bounding boxes"
        )

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """What the chosen task cannot hold: other kinds, and what the format never holds."""
        chosen = _options(options)
        kept = KEPT[_task(chosen)]
        for annotation in image.annotations:
            kind = annotation.geometry.kind
            if kind not in kept and kind in self.kinds:
                yield f"unsupported_{kind}", f"{kind} objects {self.fate(kind, options=options)}"
        if chosen.task == "classify":
            labels = [a for a in image.annotations if a.geometry.kind == "tag"]
            if len(labels) > 1:
                yield "several_classes", "images lose all classes but the first"
            if not labels and image.annotations:
                yield "empty_images", "images without a class are left out"
        yield from super().lost(image, options=options)
        if chosen.task == "classify" and not image.annotations:
            yield "empty_images", "images without a class are left out"

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        """As the family's rule, with the words that fit outlines."""
        for code, text in super()._lost_of(annotation):
            if code not in {"holes", "parts"}:
                yield code, text
        shape = annotation.geometry
        if isinstance(shape, Polygon) and (len(shape.parts) > 1 or any(part.holes for part in shape.parts)):
            yield "parts", "objects with holes or several parts are written as one outline (or as the options say)"


def _options(options: BaseOptions) -> YoloOptions:
    return options if isinstance(options, YoloOptions) else YoloOptions()


def _task(options: YoloOptions) -> str:
    return "detect" if options.task == "auto" else options.task


def _is_classification(layout: YoloLayout, options: YoloOptions, folder: Path) -> bool:
    if options.task != "auto":
        return options.task == "classify"
    return not layout.recognise().confidence and bool(ClassFolders(folder).recognise().confidence)
