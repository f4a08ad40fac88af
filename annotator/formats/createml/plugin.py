"""Create ML: one JSON list per folder of pictures, boxes by their centres."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from annotator.core.geometry.measures import bounds
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.createml.places import Anchor, Origin, Places, Units
from annotator.formats.createml.reader import CreateMlFile
from annotator.formats.shared.files import name_below_split, place_picture
from annotator.formats.shared.json_writing import ArrayFile
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.several_files import read_each
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing, walk_files

FILE = "_annotations.createml.json"
_NOTHING = "No Create ML file was found: a JSON list of pictures with their annotations."
_PICTURE = re.compile(rb'^\s*\[\s*\{[^{}\[\]]*"(?:image|imagefilename)"\s*:\s*"')
_PICTURE_LATER = re.compile(rb'"(?:image|imagefilename)"\s*:\s*"')
_OBJECTS = re.compile(rb'"annotations?"\s*:\s*(?:\[|\{|")')
_CENTRE = re.compile(rb'"coordinates"\s*:\s*\{')


class CreateMlOptions(BaseOptions, frozen=True, kw_only=True):
    """What Create ML's trainer is told of the boxes; the files do not say it."""

    anchor: Annotated[
        Anchor,
        msgspec.Meta(
            title="Anchor",
            description="The point of a box that x and y are. Create ML and Roboflow mean its centre.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "center"
    origin: Annotated[
        Origin,
        msgspec.Meta(
            title="Origin",
            description="The corner of the picture from which y is counted.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "top_left"
    units: Annotated[
        Units,
        msgspec.Meta(
            title="Units",
            description="Pixels, or parts of the picture's size from 0 to 1. “auto” decides by the largest number of a "
            "file; it writes pixels.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = "auto"


class CreateMlFormat(DatasetFormat):
    """Apple's format for training object detectors and image classifiers, as Create ML and Roboflow write it."""

    title = "Create ML"
    description = "One JSON list per split. Keeps boxes and image tags; everything else becomes its bounding box."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset({"score", "splits", "empty_images"})
    Options: ClassVar[type[BaseOptions]] = CreateMlOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for JSON lists of objects with a picture and annotations with centres."""
        found = [(_likeness(name, listing.head(name)), name) for name in listing.with_suffix(".json")]
        best = max((likeness for likeness, _ in found), default=0.0)
        names = [name for likeness, name in found if likeness]
        return Recognition(best, tuple(f"{name} is a list of pictures with their annotations." for name in names[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Names in order of appearance: the format has no list of them."""
        names: dict[str, None] = {}
        for file in _files(folder, options, report):
            names |= dict.fromkeys(file.labels())
        return [LabelRecord(name=name) for name in names]

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the listed pictures file by file; all files are walked before the first picture."""
        files = _files(folder, options, report)
        placer = Placer(folder, report)
        apart = _share_names(files)
        for file in files:
            yield from file.read(placer, report, apart=apart)

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
        """Write a folder per split: pictures and ``_annotations.createml.json`` beside them."""
        known = {label.name for label in labels}
        places = _places(options)
        files: dict[str, ArrayFile] = {}
        with ExitStack() as stack:
            for done, image in enumerate(images, start=1):
                split = image.split or ""
                if split not in files:
                    files[split] = stack.enter_context(ArrayFile(folder / split / FILE))
                name = name_below_split(image, split)
                if image.path is not None:
                    place_picture(image.path, folder / split / name)
                written = [_entry(annotation, image, known, places, report) for annotation in image.annotations]
                files[split].add({"image": name, "annotations": [entry for entry in written if entry is not None]})
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Everything with an extent becomes a box."""
        return "become their bounding boxes (those without an extent are left out)"


def _likeness(name: str, head: bytes) -> float:
    """How sure the first bytes of a file make it that the file is one of these."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if not head.lstrip().startswith(b"["):
        return 0.0
    if name.lower().endswith(".createml.json"):
        return 0.95
    if _PICTURE_LATER.search(head) and _OBJECTS.search(head) and _CENTRE.search(head):
        return 0.95
    first = _PICTURE.match(head) or (_PICTURE_LATER.search(head) and b'"label"' in head)
    return 0.6 if first and _OBJECTS.search(head) and b'"result"' not in head else 0.0


def _share_names(files: Sequence[CreateMlFile]) -> bool:
    """Whether several splits have pictures of one name: then all get their split before it."""
    seen: dict[str, str | None] = {}
    return any(seen.setdefault(name, file.split) != file.split for file in files for name in file.names)


def _given(options: BaseOptions) -> CreateMlOptions:
    return options if isinstance(options, CreateMlOptions) else CreateMlOptions()


def _places(options: BaseOptions) -> Places:
    """How boxes are written."""
    given = _given(options)
    return Places(given.anchor, given.origin, given.units == "normalised")


def _files(folder: Path, options: BaseOptions, report: Report) -> list[CreateMlFile]:
    def opened(path: Path) -> CreateMlFile:
        file = path.relative_to(folder).as_posix()
        return CreateMlFile(path, file, report, places=_places(options), units=_given(options).units)

    return read_each(_paths(folder), opened, root=folder, report=report, nothing=_NOTHING)


def _paths(folder: Path) -> Iterator[Path]:
    for path in walk_files(folder):
        if path.suffix.lower() == ".json":
            with path.open("rb") as file:
                if _likeness(path.name, file.read(1 << 16)):
                    yield path


def _entry(
    annotation: AnnotationRecord, image: ImageRecord, known: set[str], places: Places, report: Report
) -> dict[str, Any] | None:
    if annotation.label not in known:
        text = f"The label “{annotation.label}” is not in the list; its object was left out."
        report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
        return None
    own = {key[9:]: value for key, value in annotation.attributes.items() if key.startswith("createml:")}
    entry: dict[str, Any] = {"label": annotation.label}
    if annotation.geometry.kind != "tag":
        found = bounds(annotation.geometry)
        lost = places.need_size and not (image.width and image.height)
        if lost or found is None or found[2] <= found[0] or found[3] <= found[1]:
            why = "lies on a picture of unknown size" if lost else "has no extent"
            text = f"A {annotation.geometry.kind} “{annotation.label}” {why}; it was left out."
            report(Issue("unsupported_shape", "warning", text, image.name, annotation.id))
            return None
        entry["coordinates"] = places.coordinates(found, (image.width, image.height))
    if annotation.score is not None:
        entry["confidence"] = annotation.score
    return own | entry
