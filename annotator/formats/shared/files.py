"""What all formats need around their files: safe names, pictures by name, sizes from headers, pictures put in place."""

import os
import re
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Literal, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from annotator.core.names import readable
from annotator.core.records import ImageRecord, Issue
from annotator.formats.shared.headers import HEAD, jpeg_header, read_header
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_names

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".jfif", ".mpo"}
)
_ORIENTATION = 274
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}").fullmatch
"""Names that cannot mean anything but themselves: most are like that."""
SPLIT_WORDS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "dev": "val", "test": "test", "testing": "test",
}  # fmt: skip


class PictureSize(NamedTuple):
    """Displayed size and the EXIF orientation that leads to it."""

    width: int
    height: int
    orientation: int


_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_LONGEST_NAME = 255
"""Bytes that file systems allow for a name."""


_RECENT: dict[str, PictureSize | None] = {}
"""Sizes that a reader asked for and that the writer behind it will ask for next."""
_KEPT = 256


def picture_size(path: Path) -> PictureSize | None:
    """Displayed size from the header alone; ``None`` when the file is no picture that we can open."""
    text = str(path)
    size = _size_of(text)
    if len(_RECENT) > _KEPT:
        _RECENT.clear()
    _RECENT[text] = size
    return size


def _size_of(path: str) -> PictureSize | None:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))  # half the time of open() for most pictures
        try:
            header = jpeg_header(os.read(handle, HEAD))
        finally:
            os.close(handle)
        if header is None:
            with open(path, "rb") as file:  # noqa: PTH123
                header = read_header(file)
                if header is None:
                    file.seek(0)
                    header = _unusual_header(file)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    width, height, orientation = header
    if 5 <= orientation <= 8:
        width, height = height, width
    return PictureSize(width, height, orientation if 1 <= orientation <= 8 else 1)


def _unusual_header(file: IO[bytes]) -> tuple[int, int, int]:
    with Image.open(file) as picture:
        return (*picture.size, int(picture.getexif().get(_ORIENTATION, 1) or 1))


def safe_name(text: str) -> str | None:
    """A file's name as relative POSIX path in NFC; ``None`` when it points outside or is no name at all."""
    if _PLAIN_NAME(text):
        return text
    name = unicodedata.normalize("NFC", text.replace("\\", "/"))
    if "\0" in name or name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return None
    if "://" in name:
        name = name.partition("?")[0].rpartition("/")[2]
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if not parts or ".." in parts:
        return None
    try:
        fits = all(len(part.encode()) <= _LONGEST_NAME for part in parts)
    except UnicodeEncodeError:
        return None
    return "/".join(parts) if fits else None


def split_of_word(text: str) -> str | None:
    """The split that a file or folder name speaks of (``valid``, ``train2017``, ``instances_val``), if any."""
    lowered = text.lower().rstrip("0123456789")
    for word in reversed(lowered.replace("-", "_").replace(".", "_").split("_")):
        if word in SPLIT_WORDS:
            return SPLIT_WORDS[word]
    return None


def is_picture(path: Path) -> bool:
    """Whether the name says that the file is a picture."""
    return path.suffix.lower() in PICTURE_SUFFIXES


class Match(NamedTuple):
    """A picture found for a name, and on which rung of the ladder."""

    path: Path | None
    how: Literal["exact", "case", "stem", "basename", "ambiguous", "missing", "absent"]
    """``missing``: others are here; ``absent``: the set came without any picture."""


@dataclass
class PictureIndex:
    """All pictures of a folder, found by the names that annotation files give them.

    The ladder: exact path > ignoring case > without extension > unique base name. Several candidates on a rung are
    ambiguous and never guessed.
    """

    root: Path
    without: tuple[str, ...] = ()
    """Folders (relative, with a slash at the end) whose pictures are annotations and never the picture of a name."""
    names: list[str] = field(default_factory=list)
    """Relative POSIX paths, as the file system spells them."""
    _by_path: dict[str, str] = field(default_factory=dict)
    _folders: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = [
            name
            for name in walk_names(self.root)
            if _suffix(name) in PICTURE_SUFFIXES and not (self.without and name.startswith(self.without))
        ]
        self._by_path = {name if name.isascii() else _spelled(name): name for name in self.names}

    @property
    def pictures(self) -> list[Path]:
        """Where the pictures lie; a new list."""
        return [self.root / name for name in self.names]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Base name without regard to case → relative paths; most sets never need it."""
        found: dict[str, list[str]] = {}
        for name in self._by_path:
            found.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
        return found

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, paths in self._by_name.items():
            found.setdefault(PurePosixPath(name).stem, []).extend(paths)
        return found

    def relative(self, path: Path) -> str:
        """Name of a picture relative to the root, POSIX and NFC."""
        return _spelled(path.relative_to(self.root).as_posix())

    def find(self, name: str, bases: Sequence[str] = ()) -> Match:
        """The picture called ``name``; paths below one of ``bases`` (relative to the root) win."""
        if not name.isascii() or not "".join(bases).isascii():
            name, bases = _spelled(name), [_spelled(base) for base in bases]
        for base in (*bases, ""):
            exact = self._by_path.get(name if base in {"", "."} else f"{base}/{name}")
            if exact is not None:
                return Match(self._path(exact), "exact")
        if not self.names:
            return Match(None, "absent")
        base_name = PurePosixPath(name).name.casefold()
        same_name = self._by_name.get(base_name, [])
        same_stem = [] if same_name else [*self._by_stem.get(PurePosixPath(base_name).stem, [])]
        if not same_name and not same_stem:
            same_stem = self._by_stem.get(base_name, [])  # the name was given without an extension
        return self._choose(name, bases, same_name, same_stem)

    def of_stem(self, stem: str) -> list[str]:
        """Relative paths of the pictures that have a name (without ending, in lower case) in any folder."""
        return [*self._by_stem.get(stem, [])]

    def name_of_foreign(self, path: str, bases: Sequence[str] = ()) -> str | None:
        """The end of a path on another machine under which a picture is here, relative to its base; ``None`` for none.

        In a set without any picture it is the file's bare name.
        """
        parts = [part for part in unicodedata.normalize("NFC", path.replace("\\", "/")).split("/") if part]
        if not parts or ".." in parts or not is_picture(Path(parts[-1])):
            return None
        if not self.names:
            return safe_name(parts[-1])
        known = [f"{base}/" if base not in {"", "."} else "" for base in dict.fromkeys((*bases, ""))]
        for at in range(len(parts)):
            end = "/".join(parts[at:])
            if any(f"{base}{end}" in self._by_path for base in known):
                inside = max((base for base in known if end.startswith(base)), key=len)
                return safe_name(end.removeprefix(inside))
        return safe_name(parts[-1]) if self.find(parts[-1], bases).path else None

    def _path(self, name: str) -> Path:
        """Where a picture lies; a path made below its folder's costs half of one made from text."""
        head, _, tail = name.rpartition("/")
        folder = self._folders.get(head)
        if folder is None:
            folder = self._folders[head] = self.root / head
        return folder / tail

    def _choose(self, name: str, bases: Sequence[str], same_name: list[str], same_stem: list[str]) -> Match:
        inside = [path for path in same_name if _ends_with(path, name)]
        for rung, how in ((inside, "exact"), (same_name, "case"), (same_stem, "stem")):
            found = [path for path in rung if path.startswith(tuple(f"{base}/" for base in bases if base))] or rung
            if len(found) == 1:
                return Match(self.root / self._by_path[found[0]], _rung(found[0], name, how))
            if found:
                return Match(None, "ambiguous")
        return Match(None, "missing")


def _spelled(name: str) -> str:
    """A name of the file system as everybody else writes it."""
    return unicodedata.normalize("NFC", readable(name))


def _rung(path: str, name: str, how: str) -> Literal["exact", "case", "stem", "basename"]:
    if how == "stem":
        return "stem"
    if path.endswith(name):
        return "exact"
    return "case" if _ends_with(path, name) else "basename"


def _ends_with(path: str, name: str) -> bool:
    return f"/{path}".casefold().endswith(f"/{name}".casefold())


def _suffix(name: str) -> str:
    """Last suffix of a file name in lower case, with its dot."""
    return name[name.rfind(".") :].lower()


def report_match(match: Match, name: str, report: Report, file: str) -> None:
    """Say how a picture was found when that was not plain."""
    if match.how == "exact":
        return
    issues = {
        "missing": ("image_not_found", "warning", f"The picture “{name}” is not here, others are."),
        "absent": ("image_not_found", "info", f"The set came without pictures; “{name}” is not here."),
        "ambiguous": ("ambiguous_image_match", "warning", f"Several pictures could be “{name}”; none was taken."),
        "case": ("filename_case", "info", f"“{name}” was found in another spelling: {match.path and match.path.name}."),
        "stem": (
            "filename_disagrees",
            "info",
            f"“{name}” was found with another ending: {match.path and match.path.name}.",
        ),
        "basename": ("filename_disagrees", "info", f"“{name}” was found in another folder."),
    }
    if match.how in issues:
        code, severity, text = issues[match.how]
        report(Issue(code, "warning" if severity == "warning" else "info", text, file=file))


def unique_name(name: str, taken: set[str], prefix: str | None) -> str:
    """``name``, or the name below ``prefix`` (a split) or with a number when it is taken; remembers the answer."""
    if name not in taken:
        taken.add(name)
        return name
    free = f"{prefix}/{name}" if prefix else name
    if free in taken:
        path = PurePosixPath(name)
        base, ending = path.with_suffix("").as_posix(), path.suffix
        free = f"{base}-{_free_number(base, ending, taken)}{ending}"
    taken.add(free)
    return free


def _free_number(base: str, ending: str, taken: set[str]) -> int:
    """A number from 2 that is free, found by halving: a hundred thousand pictures of one name take no time."""
    used, free = 1, 2
    while f"{base}-{free}{ending}" in taken:
        used, free = free, 2 * free
    while free - used > 1:
        middle = (used + free) // 2
        used, free = (middle, free) if f"{base}-{middle}{ending}" in taken else (used, middle)
    return free


def name_below_split(image: ImageRecord, split: str) -> str:
    """The image's path inside a folder that already says ``split``."""
    return image.name.removeprefix(f"{split}/")


class FolderMaker:
    """Makes folders once: asking the file system before every file costs more than the file."""

    def __init__(self) -> None:
        self._made: set[Path] = set()

    def make_for(self, file: Path) -> Path:
        """Make the folder of ``file`` and return ``file``."""
        if file.parent not in self._made:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(file.parent)
        return file


def write_small(path: str, data: bytes) -> None:
    """Write a whole file, one of thousands: its folder is made only when it turns out to be missing."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags, 0o666)  # half the time of Path.write_bytes
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, flags, 0o666)
    try:
        rest = memoryview(data)
        while len(rest) > 0:
            rest = rest[os.write(handle, rest) :]
    finally:
        os.close(handle)


def stem_of(name: str) -> str:
    """A relative POSIX path without the last suffix of its file name (as ``PurePosixPath.with_suffix("")``)."""
    dot = name.rfind(".")
    return name[:dot] if name.rfind("/") + 1 < dot < len(name) - 1 else name


def place_picture(source: Path, target: Path | str) -> None:
    """Put a picture at ``target``: a hard link where possible, else a copy; turned pixels where EXIF says so.

    Annotations are on the displayed picture, and not every program that reads the export honours EXIF.
    """
    text = str(source)
    size = _RECENT.pop(text, None) or _size_of(text)
    if size is not None and size.orientation != 1:
        target = Path(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(source) as picture:
            ImageOps.exif_transpose(picture).save(target, format=picture.format, quality=95)
        return
    try:
        os.link(source, target)
    except FileNotFoundError:  # asking for the folder every time costs more than the link
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        _copy(source, Path(target))
    except OSError:
        _copy(source, Path(target))


def _copy(source: Path, target: Path) -> None:
    """A copy that never writes through what is there already: it may be a link to another picture."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
