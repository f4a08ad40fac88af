"""ImageNet: classes as folders, or as numbers in lists of pictures."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, LabelRecord
from annotator.formats.imagenet.layout import SPLIT_FOLDERS, SYNSETS, looks_listed, split_and_class, split_folders
from annotator.formats.imagenet.reader import ClassLists, ClassTree, is_list_of_pictures
from annotator.formats.imagenet.writer import FolderWriter, ListWriter
from annotator.formats.shared.files import PICTURE_SUFFIXES
from annotator.formats.shared.tables import head_lines
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

_OTHER_FILES = (".json", ".jsonl", ".xml", ".csv", ".yaml", ".yml", ".parquet", ".tfrecord", ".ndjson")
_ABOUT_CLASSES = re.compile(r"^[^/]*(?:class|cat_to_name|label_?names?|synset|metadata)[^/]*\.(?:json|csv|ya?ml)$")
"""Files beside the folders that list classes or describe the set; rows about pictures would make it another format."""
_NO_CLASSES = frozenset(
    {
        "images", "image", "img", "imgs", "jpegimages", "annotations", "masks", "mask", "labels", "label", "ann",
        "labeltxt", "image_2", "label_2", "img1", "segmentationclass", "segmentationobject", "data",
    }
)  # fmt: skip


class ImageNetOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read and write ImageNet."""

    layout: Annotated[
        Literal["auto", "folders", "txt"],
        msgspec.Meta(
            title="Layout",
            description="folders: a folder for each class, which holds one class per picture; txt: lists of pictures "
            "with the numbers of all their classes. Reading finds out; writing takes “auto” for folders.",
        ),
    ] = "auto"


class ImageNetFormat(DatasetFormat):
    """ImageNet's layouts of pictures with classes."""

    title = "ImageNet"
    description = "Classes of whole pictures: a folder for each class, or lists with numbers of classes."
    kinds: ClassVar[frozenset[str]] = frozenset({"tag"})
    keeps: ClassVar[frozenset[str]] = frozenset({"splits", "empty_images", "unused_labels"})
    Options: ClassVar[type[BaseOptions]] = ImageNetOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for ``synsets.txt`` with lists, or for pictures in folders and nothing else."""
        if any(name in SYNSETS for name in listing.names):
            lists = [name for name in listing.with_suffix(".txt") if is_list_of_pictures(name)]
            listed = [name for name in lists if looks_listed(head_lines(listing.head(name))[:20])]
            found = f"there are lists of pictures: {', '.join(listed[:3])}" if listed else "pictures lie in folders"
            return Recognition(0.9, (f"There is a list of synsets, and {found}.",))
        pictures = [name.split("/") for name in listing.names if PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES]
        others = [name for name in listing.with_suffix(*_OTHER_FILES) if not _ABOUT_CLASSES.search(name.lower())]
        return _of_folders(pictures, others=bool(others))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes in the order of ``synsets.txt``, else in alphabetical order, which decides their numbers."""
        return _source(folder, options).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the order of their paths or lists, with their classes as tags."""
        yield from _source(folder, options).read(report)

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
        """Write ``synsets.txt`` and either class folders or lists and ``images``."""
        with (ListWriter if _layout(options) == "txt" else FolderWriter)(folder, labels, report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """There are no shapes."""
        return "are left out"

    def lost(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[tuple[str, str]]:
        """A picture lies in one folder only."""
        classes = {a.label for a in image.annotations if a.geometry.kind == "tag"}
        if len(classes) > 1 and _layout(options) != "txt":
            yield "several_classes", "pictures of several classes keep the first one only"
        yield from super().lost(image, options=options)


def _of_folders(pictures: Sequence[Sequence[str]], *, others: bool) -> Recognition:
    """Plain ``train`` and ``val`` with classes are what YOLO trains from, too: then this is the second guess."""
    splits = split_folders(pictures, ())
    classes = {found for parts in pictures if (found := split_and_class(parts, splits)[1])}
    if len(classes) < (1 if splits else 2) or any(name.lower() in _NO_CLASSES for name in classes):
        return Recognition(0.0)
    if all(name.lower() in SPLIT_FOLDERS for name in classes):
        return Recognition(0.0)  # pictures by split, whose labels are said elsewhere or nowhere
    reasons = [f"Pictures lie in {len(classes)} folders named like classes."]
    if others:
        return Recognition(0.3, (*reasons, "There are other files, too, that may say more."))
    nested = any(len(parts) > (3 if parts[0] in splits else 2) for parts in pictures)
    if {"train", "val"} <= splits <= {"train", "val", "test"} and not nested:
        return Recognition(0.55, tuple(reasons))
    return Recognition(0.65, tuple(reasons))


def _layout(options: BaseOptions) -> str:
    return options.layout if isinstance(options, ImageNetOptions) else "auto"


def _source(folder: Path, options: BaseOptions) -> ClassTree | ClassLists:
    layout, lists = _layout(options), ClassLists(folder)
    if layout == "txt" or (layout == "auto" and _has_lists(lists)):
        return lists
    return ClassTree(folder)


def _has_lists(lists: ClassLists) -> bool:
    for path in lists.lists if lists.labels() else ():
        with path.open("rb") as file:
            if looks_listed(head_lines(file.read(1 << 16))[:20]):
                return True
    return False
