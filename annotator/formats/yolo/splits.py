"""Which split a picture of a YOLO dataset is in: by the data file's folders and lists, else by words in its path."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.records import Issue
from annotator.formats.shared.files import split_of_word
from annotator.plugins.formats import Report

KEYS = {"train": "train", "val": "val", "validation": "val", "valid": "val", "test": "test"}


@dataclass
class Splits:
    """``config`` is the data file (or Darknet's obj.data) in ``base``, a folder relative to ``root``; all names relative."""

    root: Path
    base: str
    config: Mapping[str, Any]
    files: frozenset[str]
    pictures: Sequence[str]

    @cached_property
    def _values(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        for key, split in KEYS.items():
            value = self.config.get(key)
            entries = value if isinstance(value, list) else [value]
            pairs += [(split, entry.replace("\\", "/")) for entry in entries if isinstance(entry, str) and entry]
        return pairs

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(parent.as_posix() for name in self.files for parent in PurePosixPath(name).parents)

    @cached_property
    def _bases(self) -> list[str]:
        stated = self.config.get("path")
        inner = PurePosixPath(stated).as_posix().strip("/") if isinstance(stated, str) and stated else "."
        places = [inner, "."] if self.base in {"", "."} else [f"{self.base}/{inner}", self.base, "."]
        return [PurePosixPath(place).as_posix() for place in dict.fromkeys(places)]

    def _found(self, value: str, among: frozenset[str]) -> str | None:
        """The folder or list that a value means, dropping leading parts (``..``, folders of another machine)."""
        parts = [part for part in PurePosixPath(value).parts if part not in {"/", ".", ".."}]
        while parts:
            for base in self._bases:
                place = PurePosixPath(base, *parts).as_posix()
                if place in among:
                    return place
            parts = parts[1:]
        return None

    @cached_property
    def _split_folders(self) -> list[tuple[str, str]]:
        """(folder, split), the deepest first; of several splits in one folder that of its name has it, else the first."""
        found: dict[str, str] = {}
        for split, value in self._values:
            if not value.endswith(".txt"):
                place = self._found(value, self._folders)
                if (
                    place is not None
                    and place != "."
                    and (place not in found or split_of_word(place.rpartition("/")[2]) == split)
                ):
                    found[place] = split
        return sorted(found.items(), key=lambda item: (-item[0].count("/"), -len(item[0]), item[0]))

    @cached_property
    def _listed(self) -> dict[str, str]:
        """Split by picture, from text files that list pictures (Darknet, ``train: train.txt``)."""
        lists: dict[str, str] = {}
        for split, value in self._values:
            if value.endswith(".txt") and (place := self._found(value, self.files)):
                lists.setdefault(place, split)
        if not self.config:
            lists |= {f"{key}.txt": split for key, split in KEYS.items() if f"{key}.txt" in self.files}
        listed: dict[str, str] = {}
        by_name: dict[str, list[str]] = {}
        for picture in self.pictures if lists else ():
            by_name.setdefault(_nfc(picture.rpartition("/")[2]), []).append(picture)
        for place, split in lists.items():
            for line in (self.root / place).read_text(encoding="utf-8-sig", errors="replace").splitlines():
                tail = [
                    part for part in _nfc(line.strip().replace("\\", "/")).split("/") if part not in {"", ".", ".."}
                ]
                for picture in _ending(tail, by_name):
                    listed.setdefault(picture, split)
        return listed

    def of(self, picture: str) -> str | None:
        """The split of a picture, if anything says one."""
        if picture in self._listed:
            return self._listed[picture]
        for folder, split in self._split_folders:
            if picture.startswith(f"{folder}/"):
                return split
        return next((word for part in picture.split("/")[:-1] if (word := split_of_word(part))), None)

    def report_absent(self, file: str, report: Report) -> None:
        """Say (once) that the data file names places that are not here."""
        stated = self.config.get("path")
        absent = [value for _, value in self._values if not self._found(value, self._folders | self.files)]
        if isinstance(stated, str) and (PurePosixPath(stated).is_absolute() or ":" in stated):
            absent.insert(0, stated)
        if absent:
            text = f"“{absent[0]}” is not here; pictures were looked for in this folder."
            report(Issue("yaml_path_not_here", "info", text, file=file))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _ending(tail: list[str], by_name: Mapping[str, list[str]]) -> list[str]:
    """Pictures whose path ends like ``tail`` (or the only one of that name)."""
    same = by_name.get(tail[-1], []) if tail else []
    if len(same) == 1:
        return same
    found = []
    for picture in same:
        parts = _nfc(picture).split("/")
        size = min(len(parts), len(tail))
        if parts[-size:] == tail[-size:]:
            found.append(picture)
    return found
