"""Classification by folders: ``<split>/<class>/picture``, as Ultralytics and ImageNet have it."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.shared.files import (
    PICTURE_SUFFIXES,
    SPLIT_WORDS,
    is_picture,
    name_below_split,
    picture_size,
    place_picture,
    split_of_word,
    unique_name,
)
from annotator.plugins.formats import Recognition, Report
from annotator.plugins.listing import walk_files

DEFAULT_SPLIT = "train"


class ClassFolders:
    """A folder whose subfolders are classes, directly or inside folders named like splits."""

    def __init__(self, folder: Path, files: tuple[str, ...] | None = None) -> None:
        self._folder = folder
        self._given = files

    @cached_property
    def _names(self) -> list[str]:
        """Relative paths of all pictures."""
        if self._given is not None:
            return [name for name in self._given if PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES]
        return [p.relative_to(self._folder).as_posix() for p in walk_files(self._folder) if is_picture(p)]

    @cached_property
    def _pictures(self) -> list[tuple[Path, str | None, str]]:
        """(picture, split, class); pictures that lie in no class folder are left out."""
        found: list[tuple[Path, str | None, str]] = []
        for name in self._names:
            parts, picture = unicodedata.normalize("NFC", name).split("/"), self._folder / name
            split = split_of_word(parts[0]) if len(parts) > 2 else None
            folders = parts[1:-1] if split else parts[:-1]
            if folders:
                found.append((picture, split, folders[0]))
        return found

    @cached_property
    def names(self) -> list[str]:
        """Class names in alphabetical order, which is the order of class indices in Ultralytics."""
        return sorted({name for _, _, name in self._pictures})

    def recognise(self) -> Recognition:
        """Folders of pictures and nothing that speaks of another format."""
        if not self._pictures or (len(self.names) < 2 and not any(split for _, split, _ in self._pictures)):
            return Recognition(0.0)
        if {"images", "jpegimages", "annotations", "masks", "labels"} & {name.lower() for name in self.names}:
            return Recognition(0.0)
        if all(name.lower() in SPLIT_WORDS for name in self.names):
            return Recognition(0.0)  # pictures by split, whose labels are said elsewhere or nowhere
        reason = f"Pictures lie in {len(self.names)} folders named like classes."
        splits = {name.split("/")[0] for name in self._names}
        flat = all(name.count("/") == 2 for name in self._names)
        if flat and "train" in splits and len(splits) > 1 and splits <= {"train", "val", "test"}:
            return Recognition(0.65, (reason, "These lie in train, val or test, as Ultralytics wants them."))
        return Recognition(0.5, (reason,))

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures, each with its class as a tag."""
        if not self._pictures:
            raise FormatError("No picture lies in a folder named like a class.")
        taken: set[str] = set()
        for picture, split, label in self._pictures:
            name = unique_name(unicodedata.normalize("NFC", picture.relative_to(self._folder).as_posix()), taken, None)
            size = picture_size(picture)
            if size is None:
                text = f"“{name}” cannot be opened as a picture; it was left out."
                report(Issue("unreadable_picture", "error", text, file=name))
                continue
            tags = (AnnotationRecord(label=label, geometry=Tag()),)
            yield ImageRecord(name, size.width, size.height, tags, split, picture)


class ClassWriter:
    """Adds pictures one by one to the folder of their first tag."""

    def __init__(self, folder: Path, names: Sequence[str], report: Report) -> None:
        self._folder = folder
        self._names = set(names)
        self._report = report
        self._taken: set[str] = set()
        self._splits: set[str] = set()
        self._used: set[str] = set()

    def add(self, image: ImageRecord) -> None:
        """Put the picture into its class; one without a tag cannot be represented."""
        tags = [a.label for a in image.annotations if a.geometry.kind == "tag" and a.label in self._names]
        if not tags:
            text = f"“{image.name}” has no class; it was left out."
            self._report(Issue("missing_label", "warning", text, file=image.name))
            return
        if len(tags) > 1:
            text = f"“{image.name}” has {len(tags)} classes; only “{tags[0]}” was written."
            self._report(Issue("several_classes", "warning", text, file=image.name))
        split = image.split or DEFAULT_SPLIT
        label = tags[0].replace("/", "_")
        self._splits.add(split)
        self._used.add(label)
        below = PurePosixPath(name_below_split(image, split).removeprefix(f"{label}/"))
        target = unique_name((PurePosixPath(split) / label / below).as_posix(), self._taken, None)
        if image.path is not None:
            place_picture(image.path, self._folder / target)

    def close(self) -> None:
        """Make every class folder in every split, so that class indices agree between them."""
        for split in self._splits:
            for label in self._used:
                (self._folder / split / label).mkdir(parents=True, exist_ok=True)
        if "train" in self._splits and "val" not in self._splits:
            text = "There are no validation pictures; training with Ultralytics wants a folder val."
            self._report(Issue("split_missing", "info", text))
