"""What the numbers in masks are called: by a table of the dataset, a well-known one, or by themselves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.records import LabelRecord
from annotator.formats.masks.known import KNOWN
from annotator.formats.masks.layout import OWN_TABLE
from annotator.formats.shared.class_tables import ClassEntry, read_class_table
from annotator.formats.shared.palettes import Rgb, hex_colour, packed

_TABLES = (
    OWN_TABLE, "labelmap.txt", "class_dict.csv", "classes.csv", "_classes.csv", "label_colors.txt", "labels.csv",
    "objectinfo150.txt", "class_names.txt", "classes.txt", "labels.txt", "classes.json", "labels.json", "colors.json",
    "palette.json", "label_map.json", "codes.txt", "labelmap.csv", "label_map.csv", "dataset_meta.json",
    "class_dict_seg.csv", "class_dict.json", "config.yaml", "data.yaml", "classes.yaml", "config.json",
    "config_v1.2.json", "config_v2.0.json",
)  # fmt: skip
_NO_CLASS = frozenset(
    {"background", "_background_", "__background__", "bg", "void", "unlabeled", "unlabelled", "ignore", "ignored",
     "__ignore__"}
)  # fmt: skip
_NO_FIRST_CLASS = frozenset({"none", "_", "other", "others"})
_LINES = frozenset({"classes.txt", "labels.txt", "codes.txt"})


COLOUR = 1 << 32
"""Added to a packed colour that stands for itself, so that it is no other number."""
UNKNOWN = COLOUR - 1
"""The number of colours that a table does not have."""
BLACK = COLOUR - 2
"""The number of black where a table of colours does not speak of it: nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """Classes by number, colours by packed value. ``file`` is empty for a well-known table."""

    entries: tuple[ClassEntry, ...]
    file: str = ""
    divisor: int = 0
    """By what our own instance numbers are divided to give classes; 0 when the table does not say."""

    def colours(self) -> dict[Rgb, int]:
        """Number by colour; of two classes with one colour the first has it."""
        found: dict[Rgb, int] = {}
        for entry in self.entries:
            if entry.colour is not None:
                found.setdefault(entry.colour, entry.index)
        return found

    @property
    def plain_lines(self) -> bool:
        """Whether it is a mere list of names, which may or may not begin with the background."""
        return PurePosixPath(self.file).name.lower() in _LINES


def find_table(root: Path, files: Sequence[str], masks: Sequence[str], wanted: str) -> Table | None:
    """The wanted table (a well-known name or a path in the dataset), else the likeliest among ``files``."""
    if wanted:
        known = KNOWN.get(wanted.lower())
        return Table(tuple(known)) if known else _read(root, wanted.strip("/")) if wanted in files else None
    first = masks[0].split("/") if masks else []

    def nearness(name: str) -> tuple[int, int, int]:
        folders = name.split("/")[:-1]
        shared = sum(1 for _ in _common(folders, first))
        return -shared, len(folders) - shared, _TABLES.index(PurePosixPath(name).name.lower())

    for name in sorted((n for n in files if PurePosixPath(n).name.lower() in _TABLES), key=nearness):
        table = _read(root, name)
        if table is not None:
            return table
    return None


def _common(first: Iterable[str], second: Iterable[str]) -> Iterable[str]:
    for here, there in zip(first, second, strict=False):
        if here != there:
            return
        yield here


def _read(root: Path, name: str) -> Table | None:
    entries = tuple(read_class_table(root / name))
    base = PurePosixPath(name).name.lower()
    if not entries or (base.startswith("config") and base.endswith(".json") and not any(e.colour for e in entries)):
        return None  # settings of some program
    divisor = 0
    if PurePosixPath(name).name == OWN_TABLE:
        content = json.loads((root / name).read_text(encoding="utf-8-sig", errors="replace"))
        given = content.get("divisor") if isinstance(content, dict) else None
        divisor = given if isinstance(given, int) and 1 < given <= 1 << 16 else 0
    return Table(entries, name, divisor)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the numbers of one kind of mask are called, and which of them are nothing."""

    names: Mapping[int, str]
    colours: Mapping[int, str] = field(default_factory=dict)
    skip: frozenset[int] = frozenset({0, 255})
    closed: bool = True
    """Whether other numbers are errors (there is a table) or called like themselves."""

    def name(self, number: int) -> str | None:
        """The class of a number; ``None`` when the table does not know it."""
        return self.names.get(number) or (None if self.closed else str(number))

    def labels(self) -> list[LabelRecord]:
        """The classes by number, less those that are nothing."""
        names = {number: name for number, name in sorted(self.names.items()) if number not in self.skip}
        unique = {name: number for number, name in reversed(names.items())}
        return [
            LabelRecord(name=name, color=self.colours.get(unique[name], ""), source_id=unique[name])
            for name in dict.fromkeys(names.values())
        ]


def is_nothing(name: str, number: int) -> bool:
    """Whether a class name says that there is no class (some names do so for number 0 only)."""
    folded = name.strip().lower()
    return folded in _NO_CLASS or (number == 0 and folded in _NO_FIRST_CLASS)


def numbering_of(table: Table, *, background: int, ignore: int, used: Iterable[int]) -> Numbering:
    """Numbers by a table; ``background`` < 0: 0 is nothing unless the table calls it something.

    A mere list of names that does not begin with the background counts from 1 when the masks use one number more.
    """
    entries = list(table.entries)
    highest = max((value for value in used if value != ignore), default=0)
    if table.plain_lines and entries and not is_nothing(entries[0].name, 0) and highest == len(entries):
        entries = [ClassEntry(e.name, e.index + 1, e.colour) for e in entries]
    names = {entry.index: entry.name for entry in entries}
    skip = {number for number, name in names.items() if is_nothing(name, number)} | {BLACK}
    skip |= {background} if background >= 0 else {0} - names.keys()
    skip |= {ignore} - names.keys() if ignore >= 0 else set()
    colours = {entry.index: hex_colour(entry.colour) for entry in entries if entry.colour is not None}
    return Numbering(names, colours, frozenset(skip))


def numbering_without_table(
    used: Iterable[int],
    *,
    background: int,
    ignore: int,
    foreground: str,
    colours: Iterable[int] = (),
    names: Mapping[int, str] | None = None,
) -> Numbering:
    """Numbers called like themselves (or by ``names``); 255 alone is the foreground of binary masks; colours are called by their code."""
    found = set(used)
    nothing = max(background, 0)
    if found - {nothing} == {255} or (found - {nothing} and found <= {nothing, 255}):
        called, skip = {255: foreground}, {nothing}
    else:
        skip = {nothing, ignore}
        called = {number: str(number) for number in found - skip} | dict(names or {})
    seen: dict[int, Any] = {value: hex_colour((value >> 16 & 255, value >> 8 & 255, value & 255)) for value in colours}
    black, white = packed((0, 0, 0)), packed((255, 255, 255))
    if seen.keys() - {black} == {white}:
        seen = {white: foreground}
    seen.pop(black, None)
    offset = {COLOUR + value: name for value, name in seen.items()}
    shown = {COLOUR + value: name for value, name in seen.items() if name.startswith("#")}
    return Numbering({**called, **offset}, shown, frozenset(skip | {COLOUR + black}), closed=False)
