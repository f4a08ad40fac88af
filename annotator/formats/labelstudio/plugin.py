"""Label Studio: JSON lists of tasks with annotations and predictions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.geometry.types import Keypoints, Points, Polygon, Tag
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.labelstudio.reader import TaskFolder
from annotator.formats.labelstudio.tasks import is_task_table
from annotator.formats.labelstudio.writer import TaskWriter
from annotator.formats.shared.tables import head_lines
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_TASK = re.compile(rb'"data"\s*:\s*\{')
_DONE = re.compile(rb'"(annotations|completions|predictions|result)"\s*:\s*\[')
_MIN = re.compile(rb'"(annotation_id|lead_time|annotator)"\s*:')
_LABELS = re.compile(rb'"(rectangle|polygon|brush|ellipse|keypoint)labels"\s*:|"original_width"\s*:')
_PROBE = 50


class LabelStudioOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write Label Studio."""

    annotation: Annotated[
        Literal["auto", "first", "last", "all"],
        msgspec.Meta(
            title="Annotation of a task",
            description="Which one is taken where several people annotated a task. “auto”: the ground truth, else the first.",
            extra_json_schema={"x-side": "read"},
        ),
    ] = "auto"
    prefix: Annotated[
        str,
        msgspec.Meta(
            title="Prefix of picture names",
            description="Stands before the names in the file, such as /data/local-files/?d=my/images/.",
            extra_json_schema={"x-side": "write", "x-advanced": True},
        ),
    ] = ""


class LabelStudioFormat(DatasetFormat):
    """Label Studio's tasks."""

    title = "Label Studio"
    description = (
        "A JSON list of tasks and the labeling configuration. Keeps shapes, brushes, attributes and predictions."
    )
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "rotated_box", "polygon", "polyline", "ellipse", "mask", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset(
        {"attributes", "part_of", "score", "predictions", "splits", "empty_images", "unused_labels", "colors"}
    )
    Options: ClassVar[type[BaseOptions]] = LabelStudioOptions
    extension: ClassVar[str] = ".zip"

    def recognises(self, listing: Listing) -> Recognition:
        """Look for JSON files of tasks: ``data`` beside ``annotations``, or shapes with ``original_width``."""
        reasons: list[str] = []
        best = 0.0
        for name in listing.with_suffix(".json")[:_PROBE]:
            head = listing.head(name)
            seen = head + listing.tail(name)
            start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
            if _TASK.search(seen) and _DONE.search(seen) and start in {b"[", b"{"}:
                best = max(best, 0.95 if start == b"[" else 0.8)
                reasons.append(f"{name} holds tasks with “data” and results.")
            elif start == b"[" and _MIN.search(seen) and _LABELS.search(seen):
                best = max(best, 0.9)
                reasons.append(f"{name} is a flattened export (JSON-MIN).")
        for name in listing.with_suffix(".csv", ".tsv")[:_PROBE]:
            lines = head_lines(listing.head(name), 1)
            if lines and is_task_table(lines[0]) and _LABELS.search(listing.head(name).replace(b'""', b'"')):
                best = max(best, 0.95)
                reasons.append(f"{name} is a flattened export as a table.")
        return Recognition(best, tuple(reasons[:5]))

    def _folder(self, folder: Path, options: BaseOptions) -> TaskFolder:
        """The folder, whose files are looked at once for labels and pictures."""
        chosen = options if isinstance(options, LabelStudioOptions) else LabelStudioOptions()
        known: TaskFolder | None = self.__dict__.get("_known")
        if known is None or not known.is_of(folder, chosen.annotation, chosen.prefix):
            self._known = known = TaskFolder(folder, chosen.annotation, chosen.prefix)
        return known

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Labels in the configuration's order (``category`` first), else as they come up; choices behind shapes."""
        return self._folder(folder, options).labels(report)

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the tasks' pictures in order."""
        yield from self._folder(folder, options).read(report)

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
        """Write ``tasks.json``, ``label_config.xml`` and the pictures below ``images``."""
        prefix = options.prefix if isinstance(options, LabelStudioOptions) else ""
        with TaskWriter(folder, labels, prefix=prefix, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Points become regions of their own."""
        fates = {
            "points": "of several points become single points",
            "keypoints": "become single points, one per key point",
        }
        return fates.get(kind, super().fate(kind, options=options))

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """One point is kept as it is; polygons with holes become brushes, parts become regions of their own."""
        for code, text in DatasetFormat.lost(self, image, options=options):
            if code not in {"holes", "parts", "unsupported_points"}:
                yield code, text
        for annotation in image.annotations:
            geometry = annotation.geometry
            if isinstance(geometry, Points) and len(geometry.points) > 2:
                yield "unsupported_points", f"points objects {self.fate('points', options=options)}"
            elif isinstance(geometry, Polygon):
                if any(part.holes for part in geometry.parts):
                    yield "holes", "polygons with holes become brushes"
                elif len(geometry.parts) > 1:
                    yield "parts", "polygons of several parts become several regions"
            elif isinstance(geometry, Tag) and annotation.attributes:
                yield "attributes", "tags lose their attributes"
            elif isinstance(geometry, Keypoints) and annotation.box is not None:
                yield "box", "key points lose the box beside them"
