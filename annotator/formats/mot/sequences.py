"""The sequences of a MOTChallenge set: their folders, ``seqinfo.ini``, pictures and names."""

import configparser
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from annotator.core.records import Issue
from annotator.formats.mot.rows import MOST_FRAMES
from annotator.formats.shared.files import PICTURE_SUFFIXES, SPLIT_WORDS, safe_name, split_of_word
from annotator.formats.shared.label_files import own_file, text_lines
from annotator.formats.shared.tables import number_of, read_rows
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

NAMES = "frames.csv"
_LARGEST_INFO = 1 << 16
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,7}$")


@dataclass
class Sequence:
    """One video as numbered pictures."""

    root: Path
    folder: PurePosixPath
    """Relative to the set."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.root / self.folder

    @cached_property
    def info(self) -> dict[str, str]:
        """``seqinfo.ini``; empty when it is missing or damaged."""
        path = self.path / "seqinfo.ini"
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        try:
            if own_file(self.root, path) and path.stat().st_size <= _LARGEST_INFO:
                parser.read_string(path.read_text(encoding="utf-8-sig", errors="replace"))
        except configparser.Error:
            return {}
        return dict(parser["Sequence"]) if parser.has_section("Sequence") else {}

    def check_info(self, report: Report) -> None:
        """Say when ``seqinfo.ini`` is there and says nothing."""
        if own_file(self.root, self.path / "seqinfo.ini") and not self.info:
            file = (self.folder / "seqinfo.ini").as_posix()
            report(Issue("unparsable_file", "error", "This is no file of a section [Sequence].", file))

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of its pictures as ``seqinfo.ini`` says."""
        width, height = (number_of(self.info.get(key, "")) for key in ("imWidth", "imHeight"))
        return (int(width), int(height)) if 0 < width < 1e9 and 0 < height < 1e9 else None

    @property
    def length(self) -> int:
        """Frames as ``seqinfo.ini`` says; 0 when it does not."""
        length = number_of(self.info.get("seqLength", ""))
        return int(length) if 0 < length <= MOST_FRAMES else 0

    @property
    def split(self) -> str | None:
        """From the folders around it; its own name must be nothing but the word."""
        own = SPLIT_WORDS.get(self.folder.name.lower())
        return own or next((found for part in self.folder.parts[-2::-1] if (found := split_of_word(part))), None)

    @cached_property
    def pictures(self) -> dict[int, Path]:
        """Frame → picture; names that only end in a number are counted from 1 where theirs begin with 0 (CVAT's)."""
        name = safe_name(self.info.get("imDir", "img1")) or "img1"
        found: dict[int, Path] = {}
        ending: dict[int, Path] = {}
        for path in walk_files(self.path / name):
            if not found and not ending and not own_file(self.root, path):  # the folder is a link that leads elsewhere
                break
            number = _NUMBER.search(path.stem) if path.suffix.lower() in PICTURE_SUFFIXES else None
            if number is not None:
                (found if number.start() == 0 else ending).setdefault(int(number.group()), path)
        if found or not ending:
            return found
        first = 1 if 0 in ending else 0
        return {frame + first: path for frame, path in sorted(ending.items())}

    @cached_property
    def _names(self) -> dict[int, str]:
        """Frame → name, where we wrote a list of them."""
        path = self.path / NAMES
        if not own_file(self.root, path):
            return {}
        rows = read_rows(path, file=NAMES, report=_ignore, delimiter=",")
        pairs = ((row.cells[0], safe_name(row.cells[1])) for row in rows if len(row.cells) == 2)
        return {int(frame): name for frame, name in pairs if frame.isdecimal() and len(frame) < 8 and name}

    @property
    def named_frames(self) -> set[int]:
        """Frames in the list of names."""
        return set(self._names)

    def name_of(self, frame: int) -> str:
        """The picture's name: of the list, else its path without the split's folder and the folder of pictures."""
        if frame in self._names:
            return self._names[frame]
        suffix = self.info.get("imExt", ".jpg").lower()
        ending = suffix if suffix in PICTURE_SUFFIXES else ".jpg"
        file = self.pictures[frame].name if frame in self.pictures else f"{frame:06d}{ending}"
        parts = self.folder.parts
        if parts and split_of_word(parts[0]) and len(parts) > 1:
            parts = parts[1:]
        return unicodedata.normalize("NFC", "/".join([*parts, file]))

    def classes(self) -> list[str]:
        """``gt/labels.txt``, a class in each line; empty when there is none."""
        path = self.path / "gt" / "labels.txt"
        return list(dict.fromkeys(line.strip() for _, line in text_lines(path))) if own_file(self.root, path) else []


def sequences_of(root: Path) -> list[Sequence]:
    """Folders with ``gt/gt.txt``, ``det/det.txt`` or ``seqinfo.ini``, in the order of their paths."""
    found: dict[PurePosixPath, None] = {}
    for path in walk_files(root):
        relative = PurePosixPath(path.relative_to(root).as_posix())
        folder = sequence_folder(relative)
        if folder is not None:
            found[folder] = None
    return [Sequence(root, folder) for folder in sorted(found)]


def sequence_folder(relative: PurePosixPath) -> PurePosixPath | None:
    """The sequence that a file speaks for."""
    if relative.name == "seqinfo.ini":
        return relative.parent
    if relative.name in {"gt.txt", "det.txt"}:
        return relative.parent.parent if relative.parent.name == relative.stem else relative.parent
    return None


def _ignore(issue: Issue) -> None:
    """Our own list of names is not worth a report."""
