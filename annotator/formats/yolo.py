"""YOLO as Ultralytics reads it: detect, segment, classify; and its relatives when reading."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.yolo_classify import ClassFolders, ClassWriter
from annotator.formats.yolo_layout import YoloLayout
from annotator.formats.yolo_reader import YoloReader
from annotator.formats.yolo_writer import YoloWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_KEPT = {
    "detect": frozenset({"box"}),
    "segment": frozenset({"polygon"}),
    "classify": frozenset({"tag"}),
}


class YoloOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write YOLO."""

    task: Annotated[
        Literal["auto", "detect", "segment", "classify", "obb", "pose"],
        msgspec.Meta(
            title="Task",
            description="What the rows mean. Reading finds out by itself, but rotated boxes must be chosen; "
            "writing takes “auto” for detect and knows detect, segment and classify.",
        ),
    ] = "auto"
    config: Annotated[
        str,
        msgspec.Meta(
            title="Data file",
            description="The data.yaml to read (path inside the dataset) when there are several.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = ""
    multipart: Annotated[
        Literal["bridge", "rows", "largest"],
        msgspec.Meta(
            title="Holes and several parts",
            description="bridge: one outline, joined by paths without width; rows: an object each; largest: keep one.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "bridge"


class YoloFormat(DatasetFormat):
    """Text files beside the pictures, one row per object, coordinates from 0 to 1."""

    title = "YOLO"
    description = "One text file per picture and a data.yaml, ready for Ultralytics: detect, segment or classify."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "polygon", "tag"})
    Options: ClassVar[type[BaseOptions]] = YoloOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for a data.yaml with names, for label files beside pictures, then for folders named like classes."""
        folder = listing.root
        found = YoloLayout(folder).recognise()
        return found if found.confidence else ClassFolders(folder).recognise()

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Class names by index (from data.yaml, obj.names or classes.txt; numbers when there are none)."""
        chosen = _options(options)
        layout = YoloLayout(folder, chosen.config)
        if _is_classification(layout, chosen, folder):
            return [LabelRecord(name=name) for name in ClassFolders(folder).names]
        return [LabelRecord(name=name, source_id=index) for index, name in layout.names().items()]

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in path order; one without a label file counts as not annotated."""
        chosen = _options(options)
        layout = YoloLayout(folder, chosen.config)
        if _is_classification(layout, chosen, folder):
            yield from ClassFolders(folder).read(report)
        else:
            yield from YoloReader(layout, chosen.task, report).read()

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
        names = [label.name for label in labels]
        writer: YoloWriter | ClassWriter
        if chosen.task == "classify":
            writer = ClassWriter(folder, names, report)
        else:
            writer = YoloWriter(
                folder, names, outlines=chosen.task == "segment", multipart=chosen.multipart, report=report
            )
        for done, image in enumerate(images, start=1):
            writer.add(image)
            progress.advance(done)
        writer.close()

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """What the chosen task cannot hold: other kinds, holes and parts, attributes."""
        chosen = _options(options)
        kept = _KEPT.get(chosen.task, _KEPT["detect"])
        for annotation in image.annotations:
            kind = annotation.geometry.kind
            if kind not in kept:
                yield f"unsupported_{kind}", f"{kind} objects {_fate(kind, chosen.task)}"
            if annotation.attributes:
                yield "attributes", "objects lose their attributes"


def _fate(kind: str, task: str) -> str:
    if task == "classify":
        return "are left out"
    if kind in {"tag", "polyline", "keypoints"} and (task == "segment" or kind == "tag"):
        return "are left out"
    return "become outlines" if task == "segment" else "become their bounding boxes"


def _options(options: BaseOptions) -> YoloOptions:
    return options if isinstance(options, YoloOptions) else YoloOptions()


def _is_classification(layout: YoloLayout, options: YoloOptions, folder: Path) -> bool:
    if options.task != "auto":
        return options.task == "classify"
    return not layout.recognise().confidence and bool(ClassFolders(folder).recognise().confidence)
