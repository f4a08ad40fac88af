"""Text files that belong to pictures by their names, and the lines in them."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from annotator.formats.files import PictureIndex
from annotator.formats.tables import text_encoding

_LONGEST_LINE = 1 << 16


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers; a line without end is cut."""
    with path.open(encoding=text_encoding(path), errors="replace") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if line.strip():
                yield number, line.rstrip("\r\n")


def folder_above(path: PurePosixPath, names: tuple[str, ...]) -> PurePosixPath | None:
    """The innermost folder of a path whose name begins with one of ``names`` (lower case)."""
    return next((parent for parent in path.parents if parent.name.lower().startswith(names)), None)


def picture_of(inside: PurePosixPath, bases: list[str], pictures: PictureIndex) -> Path | None:
    """The picture of a label file: of its own stem, in the same folder below one of ``bases``, else the only one."""
    for base in bases:
        for suffix in (".png", ".jpg", ".jpeg", ".tif", ".bmp"):
            match = pictures.find(f"{base}/{inside}{suffix}")
            if match.how == "exact":
                return match.path
    found = pictures.find(inside.as_posix(), bases).path
    return found if found and found.stem.casefold() == inside.name.casefold() else None
