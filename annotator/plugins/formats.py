"""Contract of the family *formats*: a dataset in files, read and written as a stream of image records."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from annotator.core.geometry.types import Polygon
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.plugins.base import Options, Plugin
from annotator.plugins.listing import Listing

Report = Callable[[Issue], None]
"""Receives what was noticed; a bad record is reported and skipped, never raised."""

KEEPS: tuple[str, ...] = (
    "holes", "parts", "attributes", "z_order", "group", "track", "part_of", "crowd", "score", "predictions", "splits",
    "empty_images", "unused_labels", "colors", "keypoint_names", "label_parents", "label_attributes", "image_fields",
)  # fmt: skip
"""What a format may keep besides the geometry kinds (``DatasetFormat.keeps``)."""

MINOR_LOSSES = frozenset({"colors", "label_parents", "label_attributes", "image_fields"})
"""Facts around the objects: their loss is told, but a conversion without any other is clean."""

_USUAL_FLAGS = frozenset({"occluded", "truncated", "difficult"})
"""Flags that programs write for every object: that one is not set is no loss."""
_PLAIN_FIELDS = frozenset({"id", "annotated", "frame"})
"""Fields of images that every format has in its own way."""


def grave_losses(lossy: Iterable[Mapping[str, Any]]) -> list[str]:
    """Codes of what a report says to be lost, without the minor losses."""
    return [loss["code"] for loss in lossy if loss["code"] not in MINOR_LOSSES]


@dataclass(frozen=True, slots=True)
class Recognition:
    """How sure a format is that a folder is its own (0–1) and why, in sentences for people."""

    confidence: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format cannot represent, counted before anything is written."""

    code: str
    count: int
    text: str


class LossCounter:
    """Adds up what single images lose (:meth:`DatasetFormat.lost`), so that a stream can be counted while it passes."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, found: Iterable[tuple[str, str]]) -> None:
        """Count the losses of one image."""
        self._counts.update(found)

    def losses(self) -> list[Loss]:
        """The sums, by code."""
        return [Loss(code, n, f"{n} {text}.") for (code, text), n in sorted(self._counts.items())]


class DatasetFormat(Plugin):
    """Reads and writes one dataset format. Memory must not grow with the number of annotations where the format allows it."""

    can_read: ClassVar[bool] = True
    can_write: ClassVar[bool] = True
    kinds: ClassVar[frozenset[str]] = frozenset()
    """Geometry kinds that survive a round trip; others are converted or reported as lost."""
    keeps: ClassVar[frozenset[str]] = frozenset()
    """Which of :data:`KEEPS` survive a round trip."""
    extension: ClassVar[str] = ".zip"

    def recognises(self, listing: Listing) -> Recognition:
        """Say how likely the listed folder is in this format, from names and a few bytes; never reads whole files.

        0.9 and more: it can be nothing else; 0.5: likely; below: possible, people should be asked.
        """
        return Recognition(0.0)

    @abstractmethod
    def labels(self, folder: Path, *, options: Options, report: Report) -> list[LabelRecord]:
        """The classes in the file's own order (in order of appearance where the format has no list)."""

    @abstractmethod
    def read(self, folder: Path, *, options: Options, report: Report) -> Iterator[ImageRecord]:
        """Yield the images in order; raises ``FormatError`` only when nothing can be read at all."""

    def information(self, folder: Path, *, options: Options) -> Mapping[str, Any]:
        """What the file says of the whole set (title, licences …), by names that :meth:`write` takes back."""
        del folder, options
        return {}

    @abstractmethod
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
        """Write the stream below ``folder`` (exists, empty). Pictures are copied from ``ImageRecord.path`` where given."""

    def fate(self, kind: str, *, options: Options) -> str:
        """What becomes of objects of a kind that is not kept: ``are left out``, ``become their bounding boxes``."""
        del kind, options
        return f"cannot be represented exactly in {self.title}"

    def lost(self, image: ImageRecord, *, options: Options) -> Iterator[tuple[str, str]]:
        """Every single loss of one image as (code, text); the text follows a number: ``objects lose their attributes``."""
        kinds = self.kinds
        for annotation in image.annotations:
            geometry = annotation.geometry
            kind = geometry.kind
            if kind not in kinds:
                yield f"unsupported_{kind}", f"{kind} objects {self.fate(kind, options=options)}"
            if (
                annotation.attributes or kind == "polygon" or annotation.z_order or annotation.group
                or annotation.track is not None or annotation.part_of or annotation.crowd or annotation.score is not None
            ):  # fmt: skip
                yield from self._lost_of(annotation)
        if image.predictions and "predictions" not in self.keeps:
            for _ in image.predictions:
                yield "predictions", "suggestions of a model are left out"
        elif image.predictions:
            for annotation in image.predictions:
                kind = annotation.geometry.kind
                if kind not in kinds:
                    yield f"unsupported_{kind}", f"{kind} objects {self.fate(kind, options=options)}"
        if image.split and "splits" not in self.keeps:
            yield "splits", "images lose their split"
        if image.source and "image_fields" not in self.keeps and self._has_foreign_fields(image):
            yield "image_fields", "images lose fields of the format that they come from"
        if not image.annotations and "empty_images" not in self.keeps:
            yield "empty_images", "images without objects cannot be told from images that nobody annotated"

    def _has_foreign_fields(self, image: ImageRecord) -> bool:
        """Whether an image has fields of another format; a format's own (``voc:folder``) go back where they were."""
        own = f"{type(self).__module__.rpartition('.')[0].rpartition('.')[2]}:"
        return any(name not in _PLAIN_FIELDS and not name.startswith(own) for name in image.source)

    def _lost_of(self, annotation: AnnotationRecord) -> Iterator[tuple[str, str]]:
        geometry, keeps = annotation.geometry, self.keeps
        if isinstance(geometry, Polygon) and geometry.kind in self.kinds:
            if "holes" not in keeps and any(part.holes for part in geometry.parts):
                yield "holes", "polygons lose their holes"
            if "parts" not in keeps and len(geometry.parts) > 1:
                yield "parts", "objects of several parts are taken apart"
        if "attributes" not in keeps and any(
            value is not False or name not in _USUAL_FLAGS for name, value in annotation.attributes.items()
        ):
            yield "attributes", "objects lose their attributes"
        for name, value in (
            ("z_order", annotation.z_order),
            ("group", annotation.group),
            ("track", annotation.track is not None),
            ("part_of", annotation.part_of),
            ("crowd", annotation.crowd),
            ("score", annotation.score is not None),
        ):
            if value and name not in keeps:
                yield name, f"objects lose their {name.replace('_', ' ')}"

    def lost_labels(self, labels: Iterable[LabelRecord], used: Mapping[str, int]) -> Iterator[Loss]:
        """What the schema itself loses; ``used`` says how many objects every label has."""
        known = list(labels)
        parts = {
            "unused_labels": (sum(not used.get(label.name) for label in known), "classes without objects are left out"),
            "keypoint_names": (sum(bool(label.keypoints) for label in known), "classes lose the names of key points"),
            "colors": (sum(bool(label.color) for label in known), "classes lose their colours"),
            "label_parents": (sum(map(_has_parent, known)), "classes lose the class or category above them"),
            "label_attributes": (
                sum(bool(label.attributes) for label in known),
                "classes lose the list of their attributes",
            ),
        }
        for code, (count, text) in parts.items():
            if count and code not in self.keeps:
                yield Loss(code, count, f"{count} {text}.")

    def losses(self, images: Iterable[ImageRecord], *, options: Options) -> list[Loss]:
        """What ``write`` could not represent of this stream, counted."""
        counter = LossCounter()
        for image in images:
            counter.add(self.lost(image, options=options))
        return counter.losses()


def _has_parent(label: LabelRecord) -> bool:
    return bool(label.parent) or label.source.get("supercategory") not in {None, "", "none", label.name}
