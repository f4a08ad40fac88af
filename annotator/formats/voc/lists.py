"""The split lists of Pascal VOC: ``ImageSets/{Main,Segmentation,Layout,Action}/<split>.txt``."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from annotator.formats.shared.files import PICTURE_SUFFIXES, SPLIT_WORDS, safe_name

_MARKED = re.compile(r"^(.*\S)\s+-?\d+(?:\s+-?\d+)?$")
_CLASS_LINE = re.compile(r"^(.*\S)\s+([+-]?\d)$")
_ORDER = ("Main", "Segmentation", "Action", "Layout")


class SplitLists:
    """Which split a picture is in, by the lists of a dataset (paths relative to ``root``)."""

    def __init__(self, root: Path, files: Sequence[str]) -> None:
        self._root = root
        self._files = [name for name in files if name.endswith(".txt") and "ImageSets" in name.split("/")]

    @cached_property
    def listed(self) -> dict[str, str]:
        """Split by listed name (path without extension); lists of one class (``cat_train.txt``) say no split."""
        found: dict[str, str] = {}
        marked: dict[str, str] = {}
        for name in sorted(self._files, key=_rank):
            split = SPLIT_WORDS.get(PurePosixPath(name).stem.lower())
            if split is None:
                continue
            for line in (self._root / name).read_text(encoding="utf-8-sig", errors="replace").splitlines():
                entry = _entry(line)
                if entry is None:
                    continue
                found.setdefault(entry, split)
                if match := _MARKED.match(entry):  # lists of Layout and Action go on with numbers
                    marked.setdefault(match[1], split)
        return {**marked, **found}

    def absent(self, known: set[str]) -> list[str]:
        """Listed names that are not ``known`` (paths without extension), neither whole nor by their last part."""
        last = {name.rpartition("/")[2] for name in known}
        found = []
        for entry in self.listed:
            match = _MARKED.match(entry)
            names = (entry, match[1]) if match else (entry,)
            if not any(name in known or name.rpartition("/")[2] in last for name in names):
                found.append(entry)
        return found

    @cached_property
    def classes(self) -> dict[str, list[str]]:
        """Classes by listed name, from lists of one class (``cat_train.txt``: ``a  1``); 0 and -1 are none."""
        found: dict[str, list[str]] = {}
        for name in sorted(self._files):
            label, _, split = PurePosixPath(name).stem.rpartition("_")
            if (
                not label
                or split.lower() not in {*SPLIT_WORDS, "trainval"}
                or PurePosixPath(name).parent.name != "Main"
            ):
                continue
            for line in (self._root / name).read_text(encoding="utf-8-sig", errors="replace").splitlines():
                match = _CLASS_LINE.match(line.strip())
                entry = _entry(match[1]) if match and match[2] == "1" else None
                if entry is not None and label not in found.setdefault(entry, []):
                    found[entry].append(label)
        return found

    def split_of(self, name: str) -> str | None:
        """By path without extension or any of its ends (``sub/a``, ``a``)."""
        parts = unicodedata.normalize("NFC", name).split("/")
        for index in range(len(parts)):
            split = self.listed.get("/".join(parts[index:]))
            if split is not None:
                return split
        return None


def _entry(line: str) -> str | None:
    """What a line lists, as a path below the folder of pictures, without a picture's extension."""
    text = line.strip().replace("\\", "/")
    entry = safe_name(text.rpartition("JPEGImages/")[2]) if text else None
    path = PurePosixPath(entry or "")
    return path.with_suffix("").as_posix() if path.suffix.lower() in PICTURE_SUFFIXES else entry


def _rank(name: str) -> tuple[int, str]:
    parent = PurePosixPath(name).parent.name
    return (_ORDER.index(parent) if parent in _ORDER else len(_ORDER), name)
