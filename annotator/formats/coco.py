"""COCO: one JSON file per split, boxes, polygons, masks as run lengths and key points."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from annotator.core.errors import FormatError
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.coco_reader import CocoFile, fold
from annotator.formats.coco_writer import CocoWriter
from annotator.formats.files import PictureIndex, split_of_word
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing, walk_files

_ARRAY = re.compile(rb'"(images|annotations|categories)"\s*:\s*\[')
_HEAD = 1 << 16


class CocoOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write COCO."""

    file: Annotated[
        str,
        msgspec.Meta(
            title="Annotation file",
            description="Read only this file (path inside the dataset); empty reads all.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = ""
    zero_based: Annotated[
        bool,
        msgspec.Meta(
            title="Category ids from 0",
            description="COCO counts categories from 1; some programs want them from 0.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = False


class CocoFormat(DatasetFormat):
    """Common Objects in Context: the usual exchange format for detection and segmentation."""

    title = "COCO"
    description = "One JSON file per split. Keeps boxes, polygons, masks, key points and attributes exactly."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "polygon", "mask", "keypoints"})

    keeps: ClassVar[frozenset[str]] = frozenset(
        {"parts", "holes", "attributes", "crowd", "score", "splits", "empty_images", "unused_labels"}
    )
    Options: ClassVar[type[BaseOptions]] = CocoOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for JSON files whose beginning or end shows COCO's lists."""
        reasons: list[str] = []
        best = 0.0
        for name in listing.with_suffix(".json"):
            found = _lists(listing.head(name), listing.tail(name))
            if "images" in found or {"annotations", "categories"} <= found:
                best = max(best, 0.95 if "annotations" in found or "categories" in found else 0.6)
                reasons.append(f"{name} has the lists {', '.join(sorted(found))}.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Categories in the files' order; those of several files are joined by name."""
        labels: dict[str, LabelRecord] = {}
        for file in _files(folder, options, report):
            file.index(report, annotations=False)
            for label in file.used_labels(report):
                labels.setdefault(fold(label.name), label)
        return list(labels.values())

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield pictures file by file; all files are indexed before the first picture: a cut-off one adds nothing."""
        pictures = PictureIndex(folder)
        taken: set[str] = set()
        files = _files(folder, options, report)
        for file in files:
            file.index(report)
            file.used_labels(report)
        for file in files:
            yield from file.read(pictures, taken, report)

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
        """Write ``annotations/instances_<split>.json`` and the pictures below ``images/<split>``."""
        first = 0 if isinstance(options, CocoOptions) and options.zero_based else 1
        with CocoWriter(folder, labels, first_category=first, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)


def _json_files(folder: Path) -> Iterator[Path]:
    return (path for path in walk_files(folder) if path.suffix.lower() == ".json")


def _lists_in(path: Path) -> set[str]:
    """Which of COCO's lists show in the first and last bytes of a file."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(path.stat().st_size - _HEAD, 0))
        tail = file.read(_HEAD)
    return _lists(head, tail)


def _lists(head: bytes, tail: bytes) -> set[str]:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return set()
    return {match.decode() for match in _ARRAY.findall(head + tail)}


def _files(folder: Path, options: BaseOptions, report: Report) -> list[CocoFile]:
    """The files to read: the chosen one, or all instance files; raises :class:`FormatError` when there is none."""
    wanted = options.file if isinstance(options, CocoOptions) else ""
    paths = [path for path in _json_files(folder) if _lists_in(path)]
    if wanted:
        paths = [path for path in paths if path.relative_to(folder).as_posix() == wanted.strip("/")]
    instances = [path for path in paths if path.name.startswith("instances_")]
    for path in paths if instances else []:
        if path not in instances:
            name = path.relative_to(folder).as_posix()
            text = f"{name} was left out because there are instance files; choose it in the options to read it."
            report(Issue("ignored_file", "info", text, file=name))
    if not paths:
        raise FormatError("No COCO annotation file was found: a JSON file with the lists images and annotations.")
    return [_file(folder, path) for path in instances or paths]


def _file(folder: Path, path: Path) -> CocoFile:
    file = path.relative_to(folder)
    parent = file.parent
    split = split_of_word(path.stem) or split_of_word(parent.name)
    words = [path.stem.rpartition("_")[2], split or ""]
    root = parent.parent if parent.name in {"annotations", "labels"} else parent
    bases = [parent, *(root / "images" / word for word in words if word), root / "images", root / "data"]
    bases += [root / word for word in words if word]
    return CocoFile(path, file.as_posix(), split, tuple(base.as_posix() for base in bases))
