"""The tables of a COCO file: categories become labels, entries of ``images`` become names and sizes."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from annotator.core.records import AnnotationRecord, Issue, LabelRecord
from annotator.formats.shared.files import safe_name
from annotator.plugins.formats import Report

_HEX = re.compile("#[0-9a-fA-F]{6}")
CAPTION = "caption"
"""Label of the tags that carry the sentences of caption files."""
CAPTION_LABEL = LabelRecord(CAPTION, source={"captions": True})
PLACE = "place"
"""Member of our own in files of tags and captions: where the tag stands among the objects of its picture."""
_OF_CATEGORY = frozenset({"id", "name", "keypoints", "skeleton", "color"})
_OF_IMAGE = frozenset({"file_name", "width", "height"})


class CocoImage(NamedTuple):
    """An entry of ``images``; ``size`` is ``None`` where it is missing, ``source`` holds everything but name and size."""

    key: int | str | None
    name: str
    size: tuple[int, int] | None
    source: Mapping[str, Any]


def id_key(value: Any) -> int | str | None:
    """Identifier as the key it is looked up by: 7, 7.0 and "7" are the same."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and value.strip().removeprefix("-").isdecimal() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int | str) else None


def fold(name: str) -> str:
    """Label name for comparison: NFKC, outer spaces and case do not matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def is_caption(annotation: AnnotationRecord) -> bool:
    """Whether a tag carries a sentence that COCO's caption files have a place for."""
    return (
        annotation.geometry.kind == "tag"
        and annotation.label == CAPTION
        and isinstance(annotation.attributes.get(CAPTION), str)
    )


def name_of(entry: Any) -> tuple[int | str | None, str] | str:
    """Id and name of a picture's entry, or a sentence that says why it cannot be used."""
    if not isinstance(entry, dict):
        return "A picture has no file name; it was left out."
    given = entry.get("file_name") or entry.get("coco_url")  # LVIS names pictures by their addresses
    if not isinstance(given, str):
        return "A picture has no file name; it was left out."
    name = safe_name(given)
    if name is None:
        return f"“{given}” points outside the dataset; the picture was left out."
    return id_key(entry.get("id")), name


def is_absolute(path: str) -> bool:
    """Whether a path begins at the root of some machine's files."""
    return path.startswith(("/", "\\")) or path[1:3] in {":\\", ":/"}


def image_of(entry: Any, *, foreign: bool = False) -> CocoImage | str:
    """The entry of a picture, or a sentence that says why it cannot be used; ``foreign`` lets absolute paths stand."""
    named = name_of(entry)
    if isinstance(named, str):
        if not foreign or not isinstance(entry, dict) or not is_absolute(str(entry.get("file_name"))):
            return named
        named = id_key(entry.get("id")), entry["file_name"]
    source = {key: value for key, value in entry.items() if key not in _OF_IMAGE}
    return CocoImage(*named, stated_size(entry), source)


def stated_size(entry: Mapping[str, Any]) -> tuple[int, int] | None:
    """Width and height of an entry; ``None`` when one is missing, no number or not positive."""
    width, height = entry.get("width"), entry.get("height")
    if type(width) is not int or type(height) is not int:
        try:
            width, height = int(float(width or 0)), int(float(height or 0))
        except (TypeError, ValueError, OverflowError):
            return None
    return (width, height) if 0 < width < 1 << 31 and 0 < height < 1 << 31 else None


@dataclass
class Categories:
    """The categories of one file, in its order."""

    file: str
    stuff: bool = False
    """Whether categories that do not say whether they are things are none: those of files called ``stuff_…``."""
    labels: list[LabelRecord] = field(default_factory=list)
    by_key: dict[int | str | None, str] = field(default_factory=dict)
    """Category id → name of its label."""

    def add(self, entry: Any, number: int, report: Report) -> None:
        """Take one entry; names that come twice are one label."""
        where = f"/categories/{number}"
        if not isinstance(entry, dict) or id_key(entry.get("id")) is None:
            text = "A category is no object with an id; it was left out."
            report(Issue("missing_label", "warning", text, self.file, where))
            return
        if self.stuff and "isthing" not in entry:
            entry = {**entry, "isthing": 0}
        key = id_key(entry["id"])
        if not str(entry.get("name") or "").strip():
            text = f"The category {entry['id']!r} has no name; it is called by its id."
            report(Issue("missing_label", "warning", text, self.file, where))
            entry = {**entry, "name": str(entry["id"])}
        name = unicodedata.normalize("NFC", str(entry["name"]))
        if key in self.by_key:
            text = f"The category “{name}” repeats the id {key}; “{self.by_key[key]}” keeps it."
            report(Issue("duplicate_category_id", "warning", text, self.file, where))
            self._append(label_of(entry, name))
            return
        self.by_key[key] = name
        if any(label.name == name for label in self.labels):
            text = f"There are two categories “{name}”; they were joined."
            report(Issue("duplicate_label_name", "warning", text, self.file, where))
            return
        if any(fold(label.name) == fold(name) for label in self.labels):
            text = f"“{name}” differs from another category in spaces or case only; it was kept."
            report(Issue("duplicate_label_name", "info", text, self.file, where))
        self._append(label_of(entry, name))

    def _append(self, label: LabelRecord) -> None:
        if all(known.name != label.name for known in self.labels):
            self.labels.append(label)

    def report_root(self, report: Report) -> None:
        """Name the first category when it only stands above the others: Roboflow adds such a one with the id 0."""
        if len(self.labels) < 2 or self.labels[0].source_id != 0:
            return
        root = self.labels[0].name
        if all(label.source.get("supercategory") == root for label in self.labels[1:]):
            text = f"The category “{root}” only stands above the others; it is hardly used and can be left out."
            report(Issue("unused_label", "info", text, self.file, "/categories/0"))


def join_labels(tables: "list[Categories]") -> list[LabelRecord]:
    """Labels of several files in order of appearance; key points that only one file knows are added."""
    found: dict[str, LabelRecord] = {}
    for table in tables:
        for label in table.labels:
            known = found.setdefault(label.name, label)
            if label.keypoints and not known.keypoints:
                found[label.name] = replace(known, keypoints=label.keypoints, skeleton=label.skeleton)
    return list(found.values())


def label_of(entry: Mapping[str, Any], name: str) -> LabelRecord:
    """The label of a category; edges of skeletons count from 1 in the file and from 0 here."""
    names = entry.get("keypoints")
    points = tuple(str(item) for item in names) if isinstance(names, list) else ()
    source_id = entry.get("id")
    return LabelRecord(
        name=name,
        color=_colour(entry.get("color")),
        source_id=source_id if isinstance(source_id, int | str) else None,
        keypoints=points,
        skeleton=_edges(entry.get("skeleton"), len(points)),
        stuff=entry.get("isthing") in (0, "0", False) and "isthing" in entry,
        source={key: value for key, value in entry.items() if key not in _OF_CATEGORY},
    )


def _edges(value: Any, count: int) -> tuple[tuple[int, int], ...]:
    pairs = value if isinstance(value, list) else []
    return tuple(
        (pair[0] - 1, pair[1] - 1)
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and all(type(n) is int and 1 <= n <= count for n in pair)
    )


def _colour(value: Any) -> str:
    if isinstance(value, list) and len(value) == 3 and all(type(n) is int and 0 <= n <= 255 for n in value):
        return "#{:02x}{:02x}{:02x}".format(*value)
    if isinstance(value, str) and _HEX.fullmatch(value.strip()):
        return value.strip().lower()
    return ""
