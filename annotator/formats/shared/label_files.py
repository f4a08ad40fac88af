"""Text files that belong to pictures by their names, and the lines in them."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from annotator.core.errors import FormatError
from annotator.core.records import Issue
from annotator.formats.shared.files import PictureIndex
from annotator.formats.shared.tables import text_encoding

_LONGEST_LINE = 1 << 16


class Readable:
    """Tells a set with broken files from one in which no file can be read at all."""

    def __init__(self) -> None:
        self._good = 0
        self._first: Issue | None = None

    def add(self, rows: int, bad: Issue | None) -> None:
        """Count a file by its good rows and its first bad one; a file without any row is a good one."""
        if rows or bad is None:
            self._good += 1
        elif self._first is None:
            self._first = bad

    def check(self) -> None:
        """Raise :class:`FormatError` when there are files and nothing in any of them could be read."""
        if self._first is not None and not self._good:
            first = self._first
            text = f"Nothing in this set can be read. {first.text}"
            raise FormatError(text, fields={"issue": first.code, "file": first.file, "place": first.where})


def own_file(root: Path, path: Path) -> bool:
    """Whether a file is there and really lies below ``root``: links that lead elsewhere are no files of the set."""
    return path.is_file() and path.resolve().is_relative_to(root.resolve())


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers; a line without end is cut."""
    with path.open(encoding=text_encoding(path), errors="replace") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if line.strip():
                yield number, line.rstrip("\r\n")


_KNOWN = frozenset({"label_2", "label_02", "label_3", "image_2", "image_02", "image_3", "labeltxt"})


def folder_above(path: PurePosixPath, names: tuple[str, ...]) -> PurePosixPath | None:
    """The innermost folder of a path whose name begins with one of ``names`` (lower case); well-known ones go before.

    So ``image_2/images/a.png`` lies below ``image_2``: the second folder belongs to the picture's name.
    """
    found = [parent for parent in path.parents if parent.name.lower().startswith(names)]
    return next((folder for folder in found if folder.name.lower() in _KNOWN), found[0] if found else None)


def picture_of(inside: PurePosixPath, bases: list[str], pictures: PictureIndex) -> Path | None:
    """The picture of a label file: of its own stem, in the same folder below one of ``bases``, else the only one."""
    for base in bases:
        for suffix in (".png", ".jpg", ".jpeg", ".tif", ".bmp"):
            match = pictures.find(f"{base}/{inside}{suffix}")
            if match.how == "exact":
                return match.path
    found = pictures.find(inside.as_posix(), bases).path
    return found if found and found.stem.casefold() == inside.name.casefold() else None
