"""The files of a dataset, listed once for all formats that are asked whether it is theirs."""

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

JUNK_FOLDERS = frozenset({"__MACOSX", ".git", ".ipynb_checkpoints"})
JUNK_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
HEAD = 1 << 16
UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""Marks at the beginning of files as some shells of Windows write them."""


def walk_files(root: Path) -> Iterator[Path]:
    """Regular files below ``root`` in a stable order; links and the rubbish of operating systems are left out."""
    return map(root.joinpath, walk_names(root))


def walk_names(root: Path) -> Iterator[str]:
    """The same as relative POSIX paths: making a ``Path`` of each costs more than finding it."""
    return _walk(str(root), "")


def _walk(folder: str, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=_name_of)
    except OSError:
        return
    folders = []
    for entry in entries:
        name = entry.name
        if name.startswith("._") or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            if name not in JUNK_FOLDERS:
                folders.append(name)
        elif name not in JUNK_FILES and entry.is_file(follow_symlinks=False):
            yield prefix + name
    for name in folders:
        yield from _walk(f"{folder}/{name}", f"{prefix}{name}/")


def suffix_of(name: str) -> str:
    """Last suffix of a relative path's file name in lower case with its dot, as ``PurePath.suffix``, but ten times faster."""
    dot = name.rfind(".")
    return name[dot:].lower() if name.rfind("/") + 1 < dot < len(name) - 1 else ""


def _name_of(entry: "os.DirEntry[str]") -> str:
    return entry.name


class Listing:
    """Names of all files below ``root`` and the first and last bytes of those that a format wants to look into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._heads: dict[str, bytes] = {}
        self._tails: dict[str, bytes] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Relative POSIX paths in a stable order."""
        return tuple(walk_names(self.root))

    @cached_property
    def by_suffix(self) -> dict[str, list[str]]:
        """Lower-case suffix (with its dot; empty for none) → relative paths."""
        found: dict[str, list[str]] = {}
        for name in self.names:
            found.setdefault(suffix_of(name), []).append(name)
        return found

    @cached_property
    def folders(self) -> frozenset[str]:
        """Relative POSIX paths of all folders that hold a file somewhere."""
        direct = {name.rpartition("/")[0] for name in self.names}
        return frozenset(
            folder.as_posix() for name in direct for folder in (PurePosixPath(name), *PurePosixPath(name).parents)
        )

    def with_suffix(self, *suffixes: str) -> list[str]:
        """Files that end in one of ``suffixes`` (lower case, with the dot), in stable order per suffix."""
        return [name for suffix in suffixes for name in self.by_suffix.get(suffix, [])]

    def path(self, name: str) -> Path:
        """Where a listed file lies."""
        return self.root / name

    def head(self, name: str, size: int = HEAD) -> bytes:
        """The first bytes of a file (at most 64 KiB), read once; empty when it cannot be read."""
        if name not in self._heads:
            self._heads[name] = part_of(self.root / name, tail=False)
        return self._heads[name][:size]

    def tail(self, name: str) -> bytes:
        """The last bytes of a file (at most 64 KiB), read once."""
        if name not in self._tails:
            self._tails[name] = part_of(self.root / name, tail=True)
        return self._tails[name]


def part_of(path: Path, *, tail: bool) -> bytes:
    """The first or last 64 KiB of a file, as UTF-8 where it begins with the mark of UTF-16; empty when it is not readable."""
    try:
        with path.open("rb") as file:
            mark = file.read(2)
            start = max(path.stat().st_size - HEAD, 0) & ~1 if tail else 0
            file.seek(start)
            data = file.read(HEAD)
    except OSError:
        return b""
    if mark not in UTF16:
        return data
    text = data.removeprefix(mark).decode(UTF16[mark], errors="replace")
    return text.encode(errors="replace")
