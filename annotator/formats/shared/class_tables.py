"""Tables that name classes: labelmap.txt, classes.txt, class_dict.csv, colour lists in JSON or YAML."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.formats.shared.palettes import Rgb, rgb_of_hex

_LARGEST = 1 << 20
_NAME_KEYS = ("name", "class", "label", "class_name", "title")
_INDEX_KEYS = ("index", "id", "idx", "value", "class_id", "trainid", "pixel")
_SPLIT_KEYS = frozenset({"train", "val", "test"})


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """One class: its number in index pictures and its colour in colour pictures, where the table says them."""

    name: str
    index: int
    colour: Rgb | None = None
    parts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


def read_class_table(path: Path) -> list[ClassEntry]:
    """The classes of a table, whatever its kind; empty when it holds none (never raises)."""
    try:
        if path.stat().st_size > _LARGEST:
            return []
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return []
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _json_entries(text)
    if suffix in {".yaml", ".yml"}:
        return _yaml_entries(text)
    labelmap = path.stem.lower() in {"labelmap", "label_colors", "label_map"}
    if suffix in {".csv", ".tsv"} or (not labelmap and "\t" in text.partition("\n")[0]):
        return list(_csv_entries(text))
    if labelmap or _has_colons(text):
        return list(_labelmap_entries(text))
    return list(_line_entries(text))


def _has_colons(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return bool(lines) and all(line.count(":") >= 1 for line in lines)


def _numbers(cells: Iterable[Any]) -> Rgb | None:
    try:
        values = [int(float(cell)) for cell in cells]
    except (TypeError, ValueError, OverflowError):
        return None
    return (values[0], values[1], values[2]) if len(values) == 3 and all(0 <= v <= 255 for v in values) else None


def _labelmap_entries(text: str) -> Iterator[ClassEntry]:
    """``name:r,g,b:parts:actions`` (VOC as CVAT writes it), ``r g b<tab>name`` (CamVid's label_colors.txt) or ``1: name``."""
    index = 0
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words = line.split(maxsplit=3)
        colour = _numbers(words[:3]) if len(words) == 4 else None
        if colour is not None:
            yield ClassEntry(words[3].strip(), index, colour)
        else:
            cells = [cell.strip() for cell in line.rsplit(":", 3)]  # names may have colons, the other cells have none
            cells += [""] * (4 - len(cells))
            if not cells[0]:
                continue
            if cells[0].isdecimal() and cells[1] and _numbers(cells[1].split(",")) is None:
                yield ClassEntry(cells[1], int(cells[0]))
                continue
            parts, actions = (tuple(word.strip() for word in c.split(",") if word.strip()) for c in cells[2:4])
            yield ClassEntry(cells[0], index, _numbers(cells[1].split(",")), parts, actions)
        index += 1


def _line_entries(text: str) -> Iterator[ClassEntry]:
    """A name a line; the number is the line's (from 0)."""
    for index, line in enumerate(text.splitlines()):
        if line.strip():
            yield ClassEntry(line.strip(), index)


def _csv_entries(text: str) -> Iterator[ClassEntry]:
    first = text.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    if not rows:
        return
    header = [cell.lower() for cell in rows[0]]
    name_at = next((header.index(key) for key in _NAME_KEYS if key in header), None)
    if name_at is None:
        yield from _headless_entries(rows)
        return
    index_at = next((header.index(key) for key in _INDEX_KEYS if key in header), None)
    colour_at = next(([header.index(k) for k in keys] for keys in _COLOUR_KEYS if set(keys) <= set(header)), [])
    hex_at = next((header.index(key) for key in ("color", "colour", "hex") if key in header), None)
    for number, row in enumerate(rows[1:]):
        if len(row) > name_at and row[name_at]:
            colour = _numbers(row[i] for i in colour_at if i < len(row)) if colour_at else None
            if colour is None and hex_at is not None and hex_at < len(row):
                colour = rgb_of_hex(row[hex_at])
            yield ClassEntry(row[name_at], _index(row, index_at, number), colour)


_COLOUR_KEYS = (("r", "g", "b"), ("red", "green", "blue"))


def _index(row: list[str], at: int | None, otherwise: int) -> int:
    try:
        return int(row[at]) if at is not None and at < len(row) else otherwise
    except ValueError:
        return otherwise


def _headless_entries(rows: list[list[str]]) -> Iterator[ClassEntry]:
    """``name``, ``0,name``, ``name,r,g,b`` or ``0,name,r,g,b`` without a first line of titles."""
    for number, row in enumerate(rows):
        cells = list(row)
        index = int(cells.pop(0)) if len(cells) > 1 and cells[0].isdecimal() else number
        if cells and cells[0]:
            yield ClassEntry(cells[0], index, _numbers(cells[1:4]))


def _json_entries(text: str) -> list[ClassEntry]:
    try:
        return list(_entries_of(json.loads(text)))
    except (ValueError, RecursionError):
        return []


def _yaml_entries(text: str) -> list[ClassEntry]:
    import yaml  # noqa: PLC0415 -- few sets have such a table, and every conversion would wait for the import

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(text, Loader=loader)  # noqa: S506 -- a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    return list(_entries_of(content)) if isinstance(content, dict) else []


def _entries_of(content: Any) -> Iterator[ClassEntry]:
    """A list of classes, or a mapping of numbers, names or colours to each other, or either below a telling key."""
    if isinstance(content, dict):
        if isinstance(content.get("label_map"), dict):
            yield from _datumaro_entries(content)
            return
        for key in ("classes", "names", "labels", "categories", "label", "items"):
            if isinstance(content.get(key), list | dict):
                yield from _entries_of(content[key])
                return
        if _SPLIT_KEYS & {str(key) for key in content}:
            return
        for number, (key, value) in enumerate(content.items()):
            yield from _pair(key, value, number)
    elif isinstance(content, list):
        for number, item in enumerate(content):
            if isinstance(item, str) and item:
                yield ClassEntry(item, number)
            elif isinstance(item, dict):
                yield from _described(item, number)


def _datumaro_entries(content: dict[str, Any]) -> Iterator[ClassEntry]:
    """Datumaro's ``dataset_meta.json``: names by number, and colours in the same order."""
    given = content.get("segmentation_colors")
    colours = [_colour(value) for value in given] if isinstance(given, list) else []
    for place, (number, name) in enumerate(content["label_map"].items()):
        if str(number).isdecimal() and isinstance(name, str) and name:
            yield ClassEntry(name, int(number), colours[place] if place < len(colours) else None)


def _pair(key: Any, value: Any, number: int) -> Iterator[ClassEntry]:
    colour = _colour(value)
    if str(key).strip().lstrip("-").isdecimal() and isinstance(value, str | int) and value != "":
        yield ClassEntry(str(value), int(key))
    elif colour is not None:
        yield ClassEntry(str(key), number, colour)
    elif isinstance(key, str) and (found := rgb_of_hex(key)) and key.startswith("#") and isinstance(value, str):
        yield ClassEntry(value, number, found)
    elif isinstance(key, str) and isinstance(value, int) and not isinstance(value, bool):
        yield ClassEntry(key, value)
    elif isinstance(value, dict):
        yield from _described({"name": key, **value}, number)


def _described(item: dict[Any, Any], number: int) -> Iterator[ClassEntry]:
    name = next((item[key] for key in _NAME_KEYS if isinstance(item.get(key), str) and item[key]), None)
    index = next((item[k] for k in _INDEX_KEYS if isinstance(item.get(k), int)), number)
    colour = next((c for k in ("color", "colour", "rgb") if (c := _colour(item.get(k)))), None)
    if name is not None:
        yield ClassEntry(name, int(index), colour)


def _colour(value: Any) -> Rgb | None:
    if isinstance(value, str):
        return rgb_of_hex(value) if value.startswith("#") else None
    return _numbers(value) if isinstance(value, list | tuple) and len(value) == 3 else None
