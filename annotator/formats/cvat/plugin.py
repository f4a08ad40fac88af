"""CVAT: XML of version 1.1, for images and for video."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.geometry.types import Polygon
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.cvat.reader import CvatFolder
from annotator.formats.cvat.video import CvatVideoWriter
from annotator.formats.cvat.writer import CvatWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20
_HEAD = 4096


class CvatOptions(BaseOptions, frozen=True, kw_only=True):
    """How to write CVAT."""

    layout: Annotated[
        Literal["images", "video"],
        msgspec.Meta(
            title="Write for",
            description="Single images, or a video: then the images are its frames in order and tracks stand together.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = "images"


class CvatFormat(DatasetFormat):
    """Computer Vision Annotation Tool."""

    title = "CVAT"
    description = "One XML file for all pictures or a video. Keeps nearly every kind of shape, attributes and tracks."
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"box", "rotated_box", "polygon", "polyline", "points", "keypoints", "ellipse", "mask", "tag"}
    )
    keeps: ClassVar[frozenset[str]] = frozenset(
        {
            "attributes", "z_order", "group", "track", "splits", "empty_images", "unused_labels", "colors",
            "keypoint_names", "label_attributes",
        }
    )  # fmt: skip
    Options: ClassVar[type[BaseOptions]] = CvatOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for XML files that begin with ``<annotations>``."""
        found = []
        for name in listing.with_suffix(".xml")[:_PROBE]:
            head = listing.head(name, _HEAD).replace(b"\0", b"")
            if b"<annotations>" in head or b"<annotations " in head:
                found.append((name, any(mark in head for mark in (b"<meta>", b"<image ", b"<track "))))
        if not found:
            return Recognition(0.0)
        sure = any(telling for _, telling in found)
        return Recognition(
            0.95 if sure else 0.7,
            tuple(f"{name} begins with <annotations>, as CVAT writes it." for name, _ in found[:5]),
        )

    def _folder(self, folder: Path) -> CvatFolder:
        """The folder, looked at once for labels and pictures."""
        fresh = CvatFolder(folder)
        known: CvatFolder | None = self.__dict__.get("_known")
        if known is None or known.folder != folder or known.stamp != fresh.stamp:
            self._known = known = fresh
        return known

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Labels in the order of the file's meta, without the parts of skeletons; then those that it does not declare."""
        return self._folder(folder).labels(report)

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures of all files in order, then the frames of their tracks."""
        yield from self._folder(folder).read(report)

    def information(self, folder: Path, *, options: BaseOptions) -> Mapping[str, Any]:
        """What the meta says of the task."""
        facts = self._folder(folder).facts()
        return {"cvat": facts} if facts else {}

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
        """Write ``annotations.xml`` and the pictures below ``images`` (frames of a video under numbers)."""
        facts = (information or {}).get("cvat")
        cls = CvatVideoWriter if _is_video(options) else CvatWriter
        with cls(folder, labels, facts=facts if isinstance(facts, Mapping) else {}, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """Polygons have one ring here: those with holes become masks, parts become objects of one group."""
        for code, text in DatasetFormat.lost(self, image, options=options):
            if code not in {"holes", "parts"}:
                yield code, text
        if _is_video(options) and image.split:
            yield "splits", "images lose their split"
        for annotation in image.annotations:
            if _is_video(options) and annotation.geometry.kind == "tag":
                yield "unsupported_tag", "tag objects are left out"
            if _is_video(options) and annotation.group:
                yield "group", "objects lose their group"
            if annotation.box is not None:
                yield "box", "key points lose the box beside them"
            if isinstance(annotation.geometry, Polygon):
                if any(part.holes for part in annotation.geometry.parts):
                    yield "holes", "polygons with holes become masks"
                elif len(annotation.geometry.parts) > 1:
                    yield "parts", "polygons of several parts become several objects of one group"


def _is_video(options: BaseOptions) -> bool:
    return isinstance(options, CvatOptions) and options.layout == "video"
