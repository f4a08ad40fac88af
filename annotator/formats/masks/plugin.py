"""Masks as pictures: semantic and instance PNG in the manners of Cityscapes, ADE20K, KITTI, CamVid, U-Net and others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.masks.layout import OWN_TABLE, MaskLayout
from annotator.formats.masks.overlaps import overlapped
from annotator.formats.masks.reader import MaskFolder, Wishes
from annotator.formats.masks.writer import MasksWriter
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing, walk_files

_AREAS = frozenset({"box", "rotated_box", "polygon", "ellipse", "mask"})
_KINDS: Mapping[str, frozenset[str]] = {
    "both": frozenset({"semantic", "instances"}),
    "semantic": frozenset({"semantic"}),
    "instances": frozenset({"instances"}),
    "colours": frozenset({"colours"}),
}


class MasksOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write masks."""

    meaning: Annotated[
        Literal["auto", "semantic", "instances"],
        msgspec.Meta(
            title="Objects",
            description="semantic: one mask a class; instances: one mask a connected area; auto: as the files tell "
            "(numbers of instances where there are any, else one mask a class).",
            extra_json_schema={"x-side": "read"},
        ),
    ] = "auto"
    write: Annotated[
        Literal["both", "semantic", "instances", "colours"],
        msgspec.Meta(
            title="Pictures to write",
            description="semantic: class numbers in masks; instances: class times 1000 plus a number, 16 bits, in "
            "instances; colours: the colours of the labels.",
            extra_json_schema={"x-side": "write"},
        ),
    ] = "both"
    table: Annotated[
        str,
        msgspec.Meta(
            title="Table of classes",
            description="The file that names numbers or colours (path inside the dataset), or cityscapes, "
            "cityscapes_train, voc, camvid. Empty: the likeliest file.",
        ),
    ] = ""
    foreground: Annotated[
        str,
        msgspec.Meta(
            title="Name of the foreground",
            description="The class of black-and-white masks.",
            min_length=1,
            extra_json_schema={"x-side": "read"},
        ),
    ] = "foreground"
    background: Annotated[
        int,
        msgspec.Meta(
            title="Number of the background",
            description="-1: 0, unless the table gives it another name.",
            ge=-1,
            le=1 << 16,
            extra_json_schema={"x-advanced": True},
        ),
    ] = -1
    ignore: Annotated[
        int,
        msgspec.Meta(
            title="Number that means nothing",
            description="Usually the border of objects; -1: none.",
            ge=-1,
            le=1 << 16,
            extra_json_schema={"x-advanced": True},
        ),
    ] = 255
    source: Annotated[
        Literal["auto", "pictures", "polygons"],
        msgspec.Meta(
            title="Cityscapes",
            description="Where there are pictures and _polygons.json: which to read (auto: pictures).",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = "auto"
    tolerance: Annotated[
        float,
        msgspec.Meta(
            title="Tolerance of colours",
            description="How far (in red, green and blue) a colour may be from one of the table to be taken for it: for "
            "masks that were scaled or smoothed.",
            ge=0,
            le=442,
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = 0
    resize: Annotated[
        bool,
        msgspec.Meta(
            title="Make masks fit",
            description="Masks of another size than their picture are scaled to it instead of being left out.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = False


class MasksFormat(DatasetFormat):
    """Pictures whose pixels are classes or instances."""

    title = "Masks (PNG)"
    description = (
        "A picture of class numbers, instances or colours for every picture. Choose it for segmentation tools; shapes "
        "become pixels, and where they overlap the upper one wins."
    )
    kinds: ClassVar[frozenset[str]] = frozenset({"mask"})
    keeps: ClassVar[frozenset[str]] = frozenset({"splits", "empty_images", "unused_labels", "colors", "holes", "parts"})
    Options: ClassVar[type[BaseOptions]] = MasksOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for files that are called or placed like masks of pictures that are here."""
        layout = MaskLayout(listing.names)
        if not layout.has_both:
            return _of_masks_alone(layout, listing)
        pairs = [subject for subject in layout.subjects if subject.picture and subject.masks]
        reason = f"{len(pairs)} of {len(layout.subjects)} pictures have masks, for example {pairs[0].masks[0].path}."
        if OWN_TABLE in listing.names:
            return Recognition(0.97, (reason, f"There is {OWN_TABLE}."))
        special = {mask.encoding for subject in pairs for mask in subject.masks} - {"plain", "instances", "object"}
        if special:
            return Recognition(0.92, (reason, "They are called like those of Cityscapes or ADE20K."))
        return Recognition(0.75 if len(pairs) * 2 >= len(layout.subjects) else 0.5, (reason,))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """The classes of the table by number; without one the numbers (or colours) that occur."""
        return _folder(folder, options).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in path order, then those of which only masks are here."""
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
        """Write ``images``, ``masks`` and ``instances`` (below them a folder a split) and a table of the classes."""
        chosen = _options(options)
        writer = MasksWriter(
            folder,
            labels,
            kinds=_KINDS[chosen.write],
            background=max(chosen.background, 0),
            ignore=chosen.ignore,
            report=report,
        )
        for done, image in enumerate(images, start=1):
            writer.add(image)
            progress.advance(done)
        writer.close()

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Shapes with an area become pixels; others cannot be painted."""
        return "become masks" if kind in _AREAS else "are left out"

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """As the family's rule; besides, a pixel has one number, and pictures of classes do not tell objects apart."""
        yield from super().lost(image, options=options)
        shapes = [a.geometry for a in image.annotations if a.geometry.kind in _AREAS]
        for _ in range(overlapped(shapes, image.width, image.height)):
            yield "overlapped_pixels", "objects share pixels with others, and only the upper one keeps them"
        if _options(options).write in {"semantic", "colours"}:
            painted = [a.label for a in image.annotations if a.geometry.kind in _AREAS]
            for _ in range(len(painted) - len(set(painted))):
                yield "instances", "objects become one with others of their class on the picture"


def _of_masks_alone(layout: MaskLayout, listing: Listing) -> Recognition:
    """Masks whose pictures are elsewhere are known by our own table or by names that nothing else has."""
    masks = [mask for subject in layout.subjects for mask in subject.masks]
    if not masks:
        return Recognition(0.6 if OWN_TABLE in listing.names else 0.0, (f"There is {OWN_TABLE}, but no mask.",))
    if OWN_TABLE in listing.names:
        return Recognition(0.95, (f"There are masks and {OWN_TABLE}; their pictures are not here.",))
    named = [mask.path for mask in masks if mask.encoding not in {"plain", "instances", "object"}]
    if named and len(named) == len(masks):
        return Recognition(
            0.8, (f"{named[0]} is called like the masks of Cityscapes or ADE20K; pictures are not here.",)
        )
    return Recognition(0.0)


def _options(options: BaseOptions) -> MasksOptions:
    return options if isinstance(options, MasksOptions) else MasksOptions()


def _folder(folder: Path, options: BaseOptions) -> MaskFolder:
    chosen = _options(options)
    files = tuple(path.relative_to(folder).as_posix() for path in walk_files(folder))
    wishes = Wishes(
        meaning=chosen.meaning,
        source=chosen.source,
        table=chosen.table,
        foreground=chosen.foreground,
        background=chosen.background,
        ignore=chosen.ignore,
        resize=chosen.resize,
        tolerance=chosen.tolerance,
    )
    return MaskFolder(folder, files, wishes)
