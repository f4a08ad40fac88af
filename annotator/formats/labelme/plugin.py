"""LabelMe: one JSON file per picture; the XML of its old web tool is read, too."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from annotator.core.geometry.types import Polygon
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.labelme.reader import LabelMeFolder
from annotator.formats.labelme.writer import LabelMeWriter, is_circle
from annotator.formats.labelme.xml import is_old_labelme
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_PROBE = 20
_SHAPES = re.compile(rb'"shapes"\s*:\s*\[')
_PICTURE = re.compile(rb'"image(Path|Data|Height|Width)"\s*:')


class LabelMeOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read LabelMe."""

    unpack: Annotated[
        bool,
        msgspec.Meta(
            title="Unpack embedded pictures",
            description="Take pictures that are only inside the annotation files from there.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = True


class LabelMeFormat(DatasetFormat):
    """LabelMe's files."""

    title = "LabelMe"
    description = "One JSON file beside each picture. Keeps polygons with parts, boxes, lines, points and masks."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "polygon", "polyline", "points", "mask"})
    keeps: ClassVar[frozenset[str]] = frozenset(
        {"parts", "attributes", "score", "splits", "empty_images", "unused_labels"}
    )
    Options: ClassVar[type[BaseOptions]] = LabelMeOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for JSON files with ``shapes`` and a picture, or XML files with points of polygons."""
        names = listing.with_suffix(".json")[:_PROBE]
        found = 0
        for name in names:
            seen = listing.head(name) + listing.tail(name)
            found += bool(_SHAPES.search(seen) and _PICTURE.search(seen))
        if found:
            text = f"{found} of the first {len(names)} JSON files hold the shapes of one picture."
            return Recognition(0.95 if 2 * found >= len(names) else 0.6, (text,))
        files = listing.with_suffix(".xml")[:_PROBE]
        old = sum(is_old_labelme(listing.head(name)) for name in files)
        if old:
            text = f"{old} of the first {len(files)} XML files are of LabelMe's old web tool."
            return Recognition(0.97 if old == len(files) else 0.6, (text,))
        return Recognition(0.0)

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Names of ``labels.txt``, then as they come up, then flags of pictures."""
        return LabelMeFolder(folder, unpack=False).labels(report)

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield a picture per file, then those without one."""
        unpack = not isinstance(options, LabelMeOptions) or options.unpack
        yield from LabelMeFolder(folder, unpack=unpack).read(report)

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
        """Write ``labels.txt``, the pictures under their names and a JSON file beside each."""
        writer = LabelMeWriter(folder, labels, report)
        for done, image in enumerate(images, start=1):
            writer.add(image)
            progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Outlines stand for turned boxes and ellipses; tags are flags of a picture, without order and attributes."""
        fates = {
            "rotated_box": "become polygons",
            "ellipse": "become polygons",
            "keypoints": "become loose points",
            "tag": "become flags of their picture",
        }
        return fates.get(kind, super().fate(kind, options=options))

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """Circles are kept; polygons with holes become masks."""
        for code, text in DatasetFormat.lost(self, image, options=options):
            if code not in {"holes", "unsupported_ellipse"}:
                yield code, text
        for annotation in image.annotations:
            geometry = annotation.geometry
            if isinstance(geometry, Polygon) and any(part.holes for part in geometry.parts):
                yield "holes", "polygons with holes become masks"
            elif geometry.kind == "ellipse" and not is_circle(geometry):
                yield "unsupported_ellipse", f"ellipse objects {self.fate('ellipse', options=options)}"
