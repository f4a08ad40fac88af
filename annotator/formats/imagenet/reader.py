"""Reading class folders and lists of pictures with numbers of classes."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.imagenet.layout import (
    SYNSETS,
    class_folders,
    class_lines,
    has_class_list,
    parse_listed,
    split_and_class,
    split_folders,
)
from annotator.formats.shared.files import PictureIndex, picture_size, split_of_word, unique_name
from annotator.formats.shared.named_pictures import NamedPictures, place
from annotator.formats.shared.tables import text_encoding
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

_LONGEST_LINE = 1 << 16
_NO_LISTS = ("readme", "license", "licence", "requirements", "notes", "classes", "labels")


class ClassTree:
    """A folder whose subfolders are classes, directly or inside folders named like splits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines = class_lines(folder)
        self._listed = has_class_list(folder)

    @cached_property
    def _pictures(self) -> list[tuple[Path, str, tuple[str, ...]]]:
        index = PictureIndex(self._folder)
        return [(path, name, tuple(name.split("/"))) for path in index.pictures if (name := index.relative(path))]

    @cached_property
    def _splits(self) -> frozenset[str]:
        return split_folders((parts for _, _, parts in self._pictures), self._classes, listed=self._listed)

    @cached_property
    def _classes(self) -> dict[str, str]:
        return class_folders(self._lines)

    def _label(self, folder: str) -> str:
        return self._classes.get(folder, folder)

    def labels(self) -> list[LabelRecord]:
        """Classes in the order of ``synsets.txt``; without it in alphabetical order, which decides their numbers."""
        used = {found for _, _, parts in self._pictures if (found := split_and_class(parts, self._splits)[1])}
        used |= self._empty_folders()
        names = dict.fromkeys([*self._lines, *(self._label(folder) for folder in sorted(used))])
        return [LabelRecord(name=name) for name in names]

    def _empty_folders(self) -> set[str]:
        """Class folders without a picture: classes that nobody used yet."""
        places = [self._folder / split for split in sorted(self._splits)] or [self._folder]
        return {
            path.name
            for place_ in places
            for path in place_.iterdir()
            if path.is_dir() and not path.name.startswith((".", "__MACOSX")) and not any(path.iterdir())
        }

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures, each with its class as a tag; raises :class:`FormatError` when there is no class."""
        if not self._listed and not any(split_and_class(parts, self._splits)[1] for _, _, parts in self._pictures):
            raise FormatError("No picture lies in a folder named like a class.")
        for path, name, parts in self._pictures:
            size = picture_size(path)
            if size is None:
                text = f"“{name}” cannot be opened as a picture; it was left out."
                report(Issue("unparsable_file", "error", text, name))
                continue
            split, folder = split_and_class(parts, self._splits)
            tags = (AnnotationRecord(label=self._label(folder), geometry=Tag()),) if folder else ()
            yield ImageRecord(name, size.width, size.height, tags, split, path)


class ClassLists:
    """``synsets.txt`` with a class in each line, and ``<split>.txt`` with pictures and the numbers of their classes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines = class_lines(folder)

    @cached_property
    def lists(self) -> list[Path]:
        """The lists of pictures: text files right in the folder."""
        return [
            path
            for path in walk_files(self._folder)
            if path.parent == self._folder
            and path.suffix.lower() == ".txt"
            and path.name not in SYNSETS
            and not path.stem.lower().startswith(_NO_LISTS)
        ]

    def labels(self) -> list[LabelRecord]:
        """Classes in the order of their numbers."""
        return [LabelRecord(name=name) for name in self._lines]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures list by list; raises :class:`FormatError` when there are no classes or no lists."""
        if not self._lines or not self.lists:
            raise FormatError("There is no synsets.txt with the classes, or no list of pictures beside it.")
        pictures = NamedPictures(self._folder)
        taken: set[str] = set()
        for path in self.lists:
            yield from self._read(path, pictures, taken, report)

    def _read(self, path: Path, pictures: NamedPictures, taken: set[str], report: Report) -> Iterator[ImageRecord]:
        split = split_of_word(path.stem)
        bases = [".", "images", "data", path.stem, f"images/{path.stem}"]
        seen: set[str] = set()
        with path.open(encoding=text_encoding(path), errors="replace") as file:
            number = 0
            while line := file.readline(_LONGEST_LINE):
                number += 1
                if not line.strip():
                    continue
                where = f"line {number}"
                stated, words = parse_listed(line)
                if stated in seen:
                    text = f"“{stated[:200]}” is listed twice; the first line was taken."
                    report(Issue("duplicate_file_name", "warning", text, path.name, where))
                    continue
                seen.add(stated)
                found = pictures.find(stated, bases, file=path.name, where=where, report=report)
                if found is None:
                    continue
                placed = place(found, None, report=report, says_sizes=False)
                tags = tuple(self._tags(words, path.name, where, report))
                name = unique_name(found.name, taken, split)
                yield ImageRecord(name, placed.width, placed.height, tags, split, found.path)

    def _tags(self, words: list[str], file: str, where: str, report: Report) -> Iterator[AnnotationRecord]:
        for word in dict.fromkeys(words):
            if word.isdecimal() and len(word) < 10 and int(word) < len(self._lines):
                yield AnnotationRecord(label=self._lines[int(word)], geometry=Tag())
            else:
                text = f"Class {word[:50]!r} has no line in synsets.txt; it was left out."
                report(Issue("unknown_category_id", "warning", text, file, where))


def is_list_of_pictures(name: str) -> bool:
    """Whether a file of the set, by its relative path, may be a list of pictures."""
    path = PurePosixPath(name)
    return len(path.parts) == 1 and path.name not in SYNSETS and not path.stem.lower().startswith(_NO_LISTS)
