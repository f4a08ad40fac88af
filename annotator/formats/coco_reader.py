"""Reading COCO instances and key points: members in any order, one bad record never fails the set.

Pictures and categories are kept in memory; of every annotation only its position in the mapped file and its picture
(24 bytes), so that memory does not grow with polygons and masks.
"""

import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import FormatError
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.checking import report_outside, settle_size, turn_all
from annotator.formats.coco_objects import objects_of
from annotator.formats.files import PictureIndex, picture_size, report_match, safe_name, unique_name
from annotator.formats.json_stream import JsonFile, decode_item
from annotator.plugins.formats import Report


class _Reference(msgspec.Struct):
    """The one field that the index needs."""

    image_id: Any = None


_REFERENCE = msgspec.json.Decoder(_Reference)


@dataclass(frozen=True, slots=True)
class CocoImage:
    """An entry of ``images``."""

    id: Any
    name: str
    size: tuple[int, int] | None


def id_key(value: Any) -> int | str | None:
    """Identifier as the key it is looked up by: 7, 7.0 and "7" are the same."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int | str) else None


def fold(name: str) -> str:
    """Label name for comparison: NFKC, outer spaces and case do not matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


@dataclass
class CocoFile:
    """One annotation file. ``bases`` are folders, relative to the root, in which its pictures should lie."""

    path: Path
    file: str
    split: str | None
    bases: tuple[str, ...] = ()
    categories: dict[Any, LabelRecord] = field(default_factory=dict)
    labels: list[LabelRecord] = field(default_factory=list)
    images: list[CocoImage] = field(default_factory=list)
    _supers: list[str] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _image_at: dict[Any, int] = field(default_factory=dict)
    _dense: dict[Any, int] = field(default_factory=dict)
    _offsets: "array[int]" = field(default_factory=lambda: array("q"))
    _lengths: "array[int]" = field(default_factory=lambda: array("q"))
    _owners: "array[int]" = field(default_factory=lambda: array("q"))

    def index(self, report: Report, *, annotations: bool = True) -> None:
        """Find everything in one pass; raises :class:`FormatError` when the file is no COCO file or cut off."""
        with JsonFile(self.path) as data:
            if data.is_array(data.start()):
                raise FormatError(
                    f"{self.file} is a list of results; it needs the file that lists its pictures.",
                    fields={"file": self.file},
                )
            for key, at in data.members():
                if not data.is_array(at):
                    continue
                if key == "annotations" and annotations:
                    for item in data.items(at):
                        self._add_position(item.offset, item.text)
                elif key == "images" and annotations:
                    for number, item in enumerate(data.items(at)):
                        self._add_image(_decoded(item.text), number, report)
                elif key == "categories":
                    for number, item in enumerate(data.items(at)):
                        self._add_category(_decoded(item.text), number, report)

    def _add_position(self, offset: int, text: bytes) -> None:
        try:
            reference = _REFERENCE.decode(text).image_id
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = _decoded(text)
            reference = found.get("image_id") if isinstance(found, dict) else None
        key = id_key(reference)
        self._offsets.append(offset)
        self._lengths.append(len(text))
        self._owners.append(self._dense.setdefault(key, len(self._dense)))

    def _add_image(self, entry: Any, number: int, report: Report) -> None:
        where = f"/images/{number}"
        if not isinstance(entry, dict) or not isinstance(entry.get("file_name"), str):
            report(Issue("missing_name", "warning", "A picture has no file name; it was left out.", self.file, where))
            return
        name, key = safe_name(entry["file_name"]), id_key(entry.get("id"))
        if name is None:
            text = f"“{entry['file_name']}” points outside the dataset; the picture was left out."
            report(Issue("unsafe_path", "warning", text, self.file, where))
            self._image_at[key] = -1
            return
        if key in self._image_at:
            report(
                Issue("duplicate_image_id", "warning", f"“{name}” repeats an id; it was left out.", self.file, where)
            )
            return
        self._image_at[key] = self._names.setdefault(name, len(self.images))
        if self._names[name] < len(self.images):
            text = f"“{name}” is listed twice; the annotations of both were joined."
            report(Issue("duplicate_file_name", "warning", text, self.file, where))
            return
        self.images.append(CocoImage(entry.get("id"), name, _size(entry)))

    def _add_category(self, entry: Any, number: int, report: Report) -> None:
        where = f"/categories/{number}"
        if not isinstance(entry, dict) or not str(entry.get("name") or "").strip():
            report(Issue("missing_label", "warning", "A category has no name; it was left out.", self.file, where))
            return
        name = str(entry["name"])
        same = next((label for label in self.labels if fold(label.name) == fold(name)), None)
        if same is not None:
            text = f"The category “{name}” repeats “{same.name}”; they were joined."
            report(Issue("duplicate_label_name", "warning", text, self.file, where))
        label = same or LabelRecord(name=name.strip(), source_id=entry.get("id"))
        self._supers.append(fold(str(entry.get("supercategory") or "")))
        if same is None:
            self.labels.append(label)
        self.categories[id_key(entry.get("id"))] = label

    def used_labels(self, report: Report) -> list[LabelRecord]:
        """The categories, less the root with id 0 that Roboflow adds above all others and never uses."""
        if len(self.labels) > 1 and self.labels[0].source_id == 0 and len(self.labels) == len(self._supers):
            root = self.labels[0]
            if all(above == fold(root.name) for above in self._supers[1:]):
                text = f"The category “{root.name}” only stands above the others; it was left out."
                report(Issue("unused_label", "info", text, self.file, "/categories/0"))
                return self.labels[1:]
        return self.labels

    def read(self, pictures: PictureIndex, taken: set[str], report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the file's order with their annotations in the file's order."""
        order, starts = self._grouped(report)
        seen_ids: set[Any] = set()
        with JsonFile(self.path) as data:
            for number, image in enumerate(self.images):
                mine = order[starts[number] : starts[number + 1]]
                texts = [data.data[self._offsets[i] : self._offsets[i] + self._lengths[i]] for i in mine.tolist()]
                yield self._record(image, texts, pictures, taken, seen_ids, report)

    def _grouped(self, report: Report) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Annotation numbers sorted by picture (file order inside), and where each picture's begin."""
        image_of_dense = np.full(len(self._dense) + 1, -2, dtype=np.int64)
        for key, dense in self._dense.items():
            image_of_dense[dense] = self._image_at.get(key, -2)
        owners = image_of_dense[np.frombuffer(self._owners, dtype=np.int64)] if self._owners else np.zeros(0, np.int64)
        for lost in np.flatnonzero(owners == -2).tolist():
            text = "An annotation belongs to a picture that is not listed; it was left out."
            report(Issue("unknown_image_id", "warning", text, self.file, f"/annotations/{lost}"))
        order = np.argsort(owners, kind="stable")
        return order, np.searchsorted(owners[order], np.arange(len(self.images) + 1))

    def _record(
        self,
        image: CocoImage,
        texts: list[bytes],
        pictures: PictureIndex,
        taken: set[str],
        seen_ids: set[Any],
        report: Report,
    ) -> ImageRecord:
        match = pictures.find(image.name, self.bases)
        report_match(match, image.name, report, self.file)
        name = unique_name(image.name, taken, self.split)
        found = picture_size(match.path) if match.path else None
        settled = settle_size(image.size, found, name=name, report=report) or (0, 0, 1)
        width, height, orientation = settled
        raster = image.size if orientation != 1 and image.size else (width, height)
        objects: list[AnnotationRecord] = []
        for text in texts:
            objects += objects_of(
                _decoded(text), self.categories, raster, file=self.file, report=report, seen_ids=seen_ids
            )
        annotations = turn_all(objects, orientation, *raster)
        if width:
            report_outside(annotations, width, height, name=name, report=report)
        source = {"coco:id": image.id}
        return ImageRecord(name, width, height, annotations, self.split, match.path, source=source)


def _decoded(text: bytes) -> Any:
    try:
        return decode_item(text)
    except ValueError:
        return None


def _size(entry: dict[str, Any]) -> tuple[int, int] | None:
    try:
        width, height = int(float(entry.get("width") or 0)), int(float(entry.get("height") or 0))
    except (TypeError, ValueError, OverflowError):
        return None
    return (width, height) if width > 0 and height > 0 else None
