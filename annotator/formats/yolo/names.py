"""Class names and key points of a YOLO dataset, wherever its kind keeps them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.records import Issue, LabelRecord
from annotator.plugins.formats import Report

NAME_FILES = ("classes.txt", "obj.names", "predefined_classes.txt", "_darknet.labels")
NOTES = "notes.json"
_LARGEST = 1 << 22
_MANY = 100_000
"""More classes than anybody has: ``nc: 1e12`` must not fill the memory."""


@dataclass(frozen=True, slots=True)
class KeyPoints:
    """``kpt_shape``: how many points an object has, how many numbers each; their names and mirror images where known."""

    count: int
    size: int
    names: tuple[str, ...] = ()
    mirrored: tuple[int, ...] = ()


def key_points_of(config: Mapping[str, Any]) -> KeyPoints | None:
    """What the data file says of key points; ``None`` when it has no usable ``kpt_shape``."""
    shape = config.get("kpt_shape")
    if not isinstance(shape, list | tuple) or len(shape) != 2 or not all(isinstance(value, int) for value in shape):
        return None
    count, size = shape
    if not 1 <= count <= 10_000 or size not in {2, 3}:
        return None
    given = config.get("kpt_names") or config.get("keypoint_names")
    if isinstance(given, dict):  # {class: [names]}: all classes share one shape
        given = next((value for value in given.values() if isinstance(value, list)), None)
    names = tuple(str(name) for name in given) if isinstance(given, list) and len(given) == count else ()
    flips = config.get("flip_idx")
    whole = isinstance(flips, list) and len(flips) == count and all(isinstance(value, int) for value in flips)
    return KeyPoints(count, size, names, tuple(flips) if whole and isinstance(flips, list) else ())


def configured_names(config: Mapping[str, Any]) -> dict[int, str]:
    """Names by index, in order of index, as a data file gives them; empty when it gives none."""
    given = config.get("names")
    if isinstance(given, dict):
        numbered = {int(key): _name(value, key) for key, value in given.items() if str(key).strip().isdecimal()}
        return dict(sorted(numbered.items()))
    if isinstance(given, list):
        return {index: _name(name, index) for index, name in enumerate(given)}
    return {}


def counted_names(config: Mapping[str, Any]) -> dict[int, str]:
    """Numbers as names, for a data file that only says how many classes there are."""
    count = config.get("nc")
    if isinstance(count, bool) or not isinstance(count, int) or not 0 < count <= _MANY:
        return {}
    return {index: str(index) for index in range(count)}


def listed_names(root: Path, files: Sequence[str]) -> dict[int, str]:
    """Names of ``classes.txt``, ``obj.names`` (a name a line) or Label Studio's ``notes.json``, those nearest to the root."""
    near = sorted(files, key=lambda name: (name.count("/"), name))
    for name in near:
        path = PurePosixPath(name)
        if path.name.lower() in NAME_FILES or path.suffix.lower() == ".names":
            if (root / name).stat().st_size > _LARGEST:
                continue
            lines = (root / name).read_text(encoding="utf-8-sig", errors="replace").splitlines()
            found = {index: line.strip() for index, line in enumerate(lines) if line.strip()}
            if found:
                return found
    for name in near:
        if PurePosixPath(name).name == NOTES and (found := _noted(root / name)):
            return found
    return {}


def _noted(path: Path) -> dict[int, str]:
    try:
        content = json.loads(path.read_bytes()) if path.stat().st_size <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return {}
    entries = content.get("categories") if isinstance(content, dict) else None
    found: dict[int, str] = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("id"), int) and isinstance(entry.get("name"), str):
            found[entry["id"]] = entry["name"]
    return dict(sorted(found.items()))


def label_records(names: Mapping[int, str], points: KeyPoints | None, report: Report, file: str) -> list[LabelRecord]:
    """Labels in order of index; a name that comes twice is one label."""
    source = {"yolo:flip_idx": list(points.mirrored)} if points and points.mirrored else {}
    records: dict[str, LabelRecord] = {}
    for index, name in names.items():
        if name in records:
            text = f"Classes {records[name].source_id} and {index} are both called “{name}”; they were joined."
            report(Issue("duplicate_label_name", "warning", text, file=file))
            continue
        records[name] = LabelRecord(name=name, source_id=index, keypoints=points.names if points else (), source=source)
    return list(records.values())


def _name(value: Any, index: Any) -> str:
    """A class name; anything nested is none (and may be huge: YAML can repeat itself)."""
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    return text or str(index)
