"""Writing class folders, or lists of pictures with numbers of classes."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TextIO

from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.imagenet.layout import class_folders
from annotator.formats.shared.files import name_below_split, place_picture, unique_name
from annotator.plugins.formats import Report

UNLISTED = "unsplit"
"""The list of pictures that belong to no split."""


class _Writer:
    """What both layouts share: the classes, and what of a picture can be written."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], report: Report) -> None:
        self._folder = folder
        self._names = list(dict.fromkeys(label.name for label in labels))
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self._report = report
        self._open = ExitStack()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _write_classes(self) -> None:
        lines = "".join(f"{' '.join(name.split())}\n" for name in self._names)
        (self._folder / "synsets.txt").write_text(lines, encoding="utf-8")

    def _tags(self, image: ImageRecord) -> list[str]:
        """Names of the picture's classes; everything else is reported."""
        found: dict[str, None] = {}
        for annotation in image.annotations:
            if annotation.label not in self._numbers or annotation.geometry.kind != "tag":
                code = "unsupported_shape" if annotation.label in self._numbers else "undeclared_label"
                text = f"A {annotation.geometry.kind} “{annotation.label}” is no class of the picture; it was left out."
                self._report(Issue(code, "warning", text, image.name, annotation.id))
            else:
                found[annotation.label] = None
        return list(found)


class FolderWriter(_Writer):
    """``<split>/<class>/picture``; a picture without a class lies right in its split."""

    def __enter__(self) -> "FolderWriter":
        self._write_classes()
        self._folders = {name: folder for folder, name in reversed(class_folders(self._names).items())}
        self._taken: set[str] = set()
        return self

    def add(self, image: ImageRecord) -> None:
        """Put the picture into the folder of its first class."""
        tags = self._tags(image)
        if len(tags) > 1:
            text = f"“{image.name}” has {len(tags)} classes; only “{tags[0]}” was written."
            self._report(Issue("several_classes", "warning", text, image.name))
        below = name_below_split(image, image.split) if image.split else image.name
        place = PurePosixPath(image.split or "")
        if tags:
            folder = self._folders[tags[0]]
            below = below.removeprefix(f"{folder}/")
            place /= folder
        elif "/" in below:
            text = (
                f"“{image.name}” has no class, and a folder would be taken for one; it was written without its folders."
            )
            self._report(Issue("renamed", "info", text, image.name))
            below = PurePosixPath(below).name
        target = unique_name((place / below).as_posix(), self._taken, None)
        if image.path is not None:
            place_picture(image.path, self._folder / target)


class ListWriter(_Writer):
    """``synsets.txt``, ``<split>.txt`` and the pictures below ``images``."""

    def __enter__(self) -> "ListWriter":
        self._write_classes()
        self._lists: dict[str, TextIO] = {}
        return self

    def add(self, image: ImageRecord) -> None:
        """Write the picture's line with the numbers of all its classes."""
        split = image.split or UNLISTED
        if split not in self._lists:
            path = self._folder / f"{split}.txt"
            self._lists[split] = self._open.enter_context(path.open("w", encoding="utf-8", newline="\n"))
        numbers = (str(self._numbers[name]) for name in self._tags(image))
        self._lists[split].write(" ".join([image.name, *numbers]) + "\n")
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / image.name)
