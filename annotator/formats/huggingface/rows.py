"""A row of ``metadata.jsonl``: a picture, its labels and its objects."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.core.geometry.types import Box, Tag
from annotator.core.records import AnnotationRecord
from annotator.formats.huggingface.features import NESTED
from annotator.formats.shared.checking import dropped, sound_box
from annotator.plugins.formats import Report

NAME_KEYS = ("file_name", "image_file_name", "image", "filename", "path")
LABEL_KEYS = ("label", "labels", "class", "category")
BOX_KEYS = ("bbox", "bboxes", "box", "boxes")
CLASS_KEYS = ("categories", "category", "labels", "label", "class", "classes", "category_id", "name")
CROWD_KEYS = ("iscrowd", "is_crowd", "crowd")
_ID_KEYS = ("image_id", "id")
_SIZE_KEYS = ("width", "height")
Row = Mapping[str, Any]
Names = Mapping[str, Sequence[str]]


def name_of(row: Row) -> str | None:
    """What the row calls its picture."""
    for key in NAME_KEYS:
        value = row.get(key)
        if isinstance(value, Mapping):
            value = value.get("path")
        if isinstance(value, str) and value.strip():
            return value
    return None


def size_of(row: Row) -> tuple[int, int] | None:
    """Width and height where the row says them."""
    width, height = (row.get(key) for key in _SIZE_KEYS)
    sound = all(isinstance(v, int | float) and not isinstance(v, bool) and 0 < v < 1e9 for v in (width, height))
    return (int(width), int(height)) if sound else None  # type: ignore[arg-type]


def id_of(row: Row) -> str | None:
    """The picture's id where the row says one."""
    return next((str(row[key]) for key in _ID_KEYS if isinstance(row.get(key), str | int)), None)


def rest_of(row: Row, names: Names) -> dict[str, Any]:
    """Everything else (captions, prompts, …), kept for the way back."""
    name = next((key for key in NAME_KEYS if key in row), "")
    used = {name, *_SIZE_KEYS, *_ID_KEYS, *_label_keys(row, names), *NESTED}
    return {f"huggingface:{key}": value for key, value in row.items() if key not in used and value is not None}


def _label_keys(row: Row, names: Names) -> list[str]:
    return [key for key in row if key in LABEL_KEYS or key in names]


def class_name(value: Any, names: Sequence[str] | None) -> str | None:
    """The name of a class by its number or its name; ``None`` for nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and names and value.isdecimal() and value not in names:
        value = int(value) if len(value) < 10 else value
    if isinstance(value, int) and not isinstance(value, bool) and names is not None:
        return names[value] if 0 <= value < len(names) else (None if value == -1 else str(value))
    if isinstance(value, Mapping | list) or value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value).strip() or None


def tags_of(row: Row, names: Names) -> list[str]:
    """Classes of the whole picture."""
    found: dict[str, None] = {}
    for key in _label_keys(row, names):
        value = row[key]
        for item in value if isinstance(value, list) else [value]:
            if (name := class_name(item, names.get(key))) is not None:
                found[name] = None
    return list(found)


def objects_of(row: Row, names: Names) -> Iterator[tuple[str | None, Any, dict[str, Any]]]:
    """Class, box as it stands and the other fields of each object: lists side by side, or a list of objects."""
    for nested in sorted(NESTED):
        value = row.get(nested)
        if isinstance(value, Mapping):
            yield from _side_by_side(value, names)
        elif isinstance(value, list):
            for entry in value:
                yield _object(entry if isinstance(entry, Mapping) else {}, names)


def _side_by_side(lists: Mapping[str, Any], names: Names) -> Iterator[tuple[str | None, Any, dict[str, Any]]]:
    columns = {key: value for key, value in lists.items() if isinstance(value, list)}
    boxes = next((columns[key] for key in BOX_KEYS if key in columns), None)
    length = len(boxes) if boxes is not None else max(map(len, columns.values()), default=0)
    for place in range(length):
        yield _object({key: values[place] for key, values in columns.items() if place < len(values)}, names)


def _object(entry: Mapping[str, Any], names: Names) -> tuple[str | None, Any, dict[str, Any]]:
    box = next((entry[key] for key in BOX_KEYS if key in entry), None)
    key = next((key for key in CLASS_KEYS if key in entry), "")
    table = names.get(f"objects.{key}") or next((names[k] for k in names if k.startswith("objects.")), None)
    rest = {k: v for k, v in entry.items() if k not in {key, *BOX_KEYS, "area"} and v is not None}
    return class_name(entry.get(key), table or names.get(key)), box, rest


def records_of(
    row: Row, names: Names, *, corners: bool, file: str, where: str, report: Report
) -> Iterator[AnnotationRecord]:
    """Tags, then objects; an object that cannot be used is reported."""
    for name in tags_of(row, names):
        yield AnnotationRecord(label=name, geometry=Tag())
    for number, (label, box, rest) in enumerate(objects_of(row, names)):
        place = f"{where}, object {number + 1}"
        geometry = _box(box, corners=corners)
        if label is None or isinstance(geometry, str):
            report(dropped(geometry if isinstance(geometry, str) else "missing_label", file=file, where=place))
            continue
        crowd = any(bool(rest.pop(key)) for key in CROWD_KEYS if key in rest)
        identity = rest.pop("id", None)
        yield AnnotationRecord(
            label=label,
            geometry=geometry,
            attributes={f"huggingface:{key}": value for key, value in rest.items()},
            id=None if identity is None else str(identity),
            crowd=crowd,
        )


def _box(value: Any, *, corners: bool) -> Box | str:
    """A box of [x, y, w, h], or of two corners, or the code of what is wrong with it."""
    if not isinstance(value, list) or len(value) != 4:
        return "missing_geometry"
    try:
        x, y, w, h = (float(number) for number in value)
    except (TypeError, ValueError, OverflowError):
        return "not_finite"
    if corners:
        return sound_box(x, y, w, h)
    return sound_box(x, y, x + w, y + h) if not (w <= 0 or h <= 0) else "zero_area"
