"""VIA, the VGG Image Annotator, versions 1 and 2: projects, annotations in JSON and tables."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.types import Mask, Points, Polygon
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.shared.tables import head_lines
from annotator.formats.via.files import is_via_header
from annotator.formats.via.reader import ViaFolder
from annotator.formats.via.writer import ViaWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 50
_PROJECT = re.compile(rb'"_via_(img_metadata|settings)"\s*:')
_REGIONS = re.compile(rb'"(shape_attributes|region_attributes)"\s*:')
_ENTRY = re.compile(rb'"file_attributes"\s*:')
_VIA3 = (re.compile(rb'"project"\s*:\s*\{'), re.compile(rb'"(vid_list|pid)"\s*:'), re.compile(rb'"attribute"\s*:'))


class ViaOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write VIA."""

    label_attribute: Annotated[
        str,
        msgspec.Meta(
            title="Attribute with the class",
            description="Name of the attribute of regions that is the class; empty: the only one, one called label, "
            "class, name, type, category or object, or the one with the fewest values.",
        ),
    ] = ""
    default_label: Annotated[
        str,
        msgspec.Meta(
            title="Class of regions without one",
            min_length=1,
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = "object"
    layout: Annotated[
        Literal["project", "annotations", "csv"],
        msgspec.Meta(
            title="File to write",
            description="A project of VIA 2, its annotations alone, or a table.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = "project"


class ViaFormat(DatasetFormat):
    """VGG Image Annotator."""

    title = "VIA"
    description = (
        "A JSON project or table with regions of every picture. Keeps boxes, polygons, lines, circles, ellipses."
    )
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "polygon", "polyline", "ellipse"})
    keeps: ClassVar[frozenset[str]] = frozenset({"attributes", "splits", "empty_images"})
    Options: ClassVar[type[BaseOptions]] = ViaOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for VIA's own words in JSON files and heads of tables."""
        reasons: list[str] = []
        best = 0.0
        for name in listing.with_suffix(".json")[:_PROBE]:
            seen = listing.head(name) + listing.tail(name)
            if _PROJECT.search(seen):
                best = max(best, 0.97)
                reasons.append(f"{name} is a project of VIA 2.")
            elif _ENTRY.search(seen) and (_REGIONS.search(seen) or b'"regions"' in seen):
                best = max(best, 0.95)
                reasons.append(f"{name} holds regions with file_attributes, as VIA writes them.")
            elif all(mark.search(seen) for mark in _VIA3):
                best = max(best, 0.9)
                reasons.append(f"{name} is a project of VIA 3, which cannot be read.")
        for name in listing.with_suffix(".csv")[:_PROBE]:
            lines = head_lines(listing.head(name), 1)
            if lines and is_via_header(lines[0]):
                best = max(best, 0.97)
                reasons.append(f"{name} has the columns of VIA's table.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Declared values of the class attribute, then as they come up, then tags."""
        return _folder(folder, options).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the files' order."""
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
        """Write one file and the pictures below ``images``."""
        layout = options.layout if isinstance(options, ViaOptions) else "project"
        with ViaWriter(folder, labels, layout=layout, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Outlines stand for what is not known."""
        fates = {
            "rotated_box": "become polygons",
            "mask": "become polygons along their pixels",
            "points": "of several points become single points",
            "keypoints": "become single points",
            "tag": "become attributes of their file",
        }
        return fates.get(kind, super().fate(kind, options=options))

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """Single points are kept; holes of masks go, too."""
        for code, text in DatasetFormat.lost(self, image, options=options):
            if code != "unsupported_points":
                yield code, text
        for annotation in image.annotations:
            geometry = annotation.geometry
            if isinstance(geometry, Points) and len(geometry.points) > 2:
                yield "unsupported_points", f"points objects {self.fate('points', options=options)}"
            elif isinstance(geometry, Mask) and _has_holes(to_polygon(geometry)):
                yield "holes", "masks lose their holes"


def _has_holes(polygon: Polygon | None) -> bool:
    return polygon is not None and any(part.holes for part in polygon.parts)


def _folder(folder: Path, options: BaseOptions) -> ViaFolder:
    chosen = options if isinstance(options, ViaOptions) else ViaOptions()
    return ViaFolder(folder, chosen.label_attribute, chosen.default_label)
