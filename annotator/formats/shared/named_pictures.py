"""Pictures that a table calls by name: found on disc, given a safe name inside the set, measured."""

import posixpath
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from annotator.core.records import Issue
from annotator.formats.shared.checking import settle_size
from annotator.formats.shared.files import Match, PictureIndex, picture_size, report_match, safe_name
from annotator.plugins.formats import Report


@dataclass(slots=True)
class NamedPicture:
    """A picture by the name that a file gave it; ``path`` is ``None`` when it is not here."""

    name: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """Displayed size (0 × 0 when nobody says it) and the orientation by which shapes must be turned (1 = not)."""

    width: int
    height: int
    orientation: int


class NamedPictures:
    """Finds pictures of a folder by what tables call them."""

    def __init__(self, folder: Path) -> None:
        self.index = PictureIndex(folder)

    def find(self, stated: str, bases: Sequence[str], *, file: str, where: str, report: Report) -> NamedPicture | None:
        """The picture called ``stated``, looked for below ``bases`` first; ``None`` for a path that leads outside.

        A path of another machine is cut down to what lies here, or to its last part. Without an extension the name
        gets the one of the picture that was found.
        """
        text = stated.replace("\\", "/").strip()
        name = _inside(text, bases)
        if name is None:
            issue = f"“{stated[:200]}” leads outside of the dataset; it was left out."
            report(Issue("unsafe_path", "warning", issue, file, where))
            return None
        match = self._match(name, bases)
        if match.path is not None and _is_absolute(text):
            return NamedPicture(self.index.relative(match.path), match.path)
        if _is_absolute(text):
            name = PurePosixPath(name).name
        if match.path is not None and match.path.stem.casefold() == PurePosixPath(name).name.casefold():
            return NamedPicture(name + unicodedata.normalize("NFC", match.path.suffix), match.path)
        report_match(match, name, report, file)
        return NamedPicture(name, match.path)

    def _match(self, name: str, bases: Sequence[str]) -> Match:
        parts = name.split("/")
        match = self.index.find(name, bases)
        for start in range(1, len(parts)):
            if match.how in {"exact", "case"}:
                break
            shorter = self.index.find("/".join(parts[start:]), bases)
            if shorter.how == "exact":
                return Match(shorter.path, "basename" if match.path is None else match.how)
        return match


def _is_absolute(text: str) -> bool:
    return text.startswith(("/", "file:")) or text[1:2] == ":"


def _inside(text: str, bases: Sequence[str]) -> str | None:
    """The stated path as a safe relative one; ``..`` may lead from the table's folder to another one of the set."""
    if _is_absolute(text):
        text = text.removeprefix("file:").lstrip("/")
        return safe_name(text[2:].lstrip("/") if text[1:2] == ":" else text)
    if ".." not in text.split("/") or not bases:
        return safe_name(text)
    return safe_name(posixpath.normpath(f"{bases[0]}/{text}"))


def place(
    picture: NamedPicture, stated: tuple[int, int] | None, *, report: Report, says_sizes: bool = True
) -> PlacedPicture:
    """Size of a picture from its header or, when it is not here, from the file; formats without sizes say so."""
    found = picture_size(picture.path) if picture.path else None
    if stated is None and not says_sizes:
        return PlacedPicture(found.width, found.height, 1) if found else PlacedPicture(0, 0, 1)
    settled = settle_size(stated, found, name=picture.name, report=report)
    return PlacedPicture(*settled) if settled else PlacedPicture(0, 0, 1)
