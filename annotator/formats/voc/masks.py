"""Pascal VOC's segmentation pictures: ``SegmentationClass`` (which class) and ``SegmentationObject`` (which object)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box, Geometry, Mask
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.class_tables import ClassEntry
from annotator.formats.shared.files import picture_size
from annotator.formats.shared.index_maps import masks_by_value, values_of
from annotator.formats.shared.palettes import VOC_INDEX, Rgb, indices_of_colours, read_pixel_map
from annotator.plugins.formats import Report

CLASSES, OBJECTS = "SegmentationClass", "SegmentationObject"
VOID = 255
_FOLDERS: Mapping[str, tuple[str, ...]] = {
    CLASSES: (CLASSES, "SegmentationClassPNG", "SegmentationClassRaw", "SegmentationClassAug"),
    OBJECTS: (OBJECTS, "SegmentationObjectPNG"),
}
NAMES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
    "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
"""The classes of the challenge: index 1 is the first."""
PARTS = ("head", "hand", "foot")
"""The challenge's parts of persons, which have boxes but no index."""
_SLACK = 2.0
"""Pixels by which a mask may leave the box that is said to hold it (boxes were drawn by hand)."""


@dataclass
class VocMasks:
    """The segmentation pictures of a dataset; ``table`` names indices, ``official`` says that the challenge's names fit."""

    root: Path
    files: Sequence[str]
    table: Sequence[ClassEntry]
    official: bool

    @cached_property
    def _by_key(self) -> dict[str, dict[str, str]]:
        """For classes and objects: path below the folder without extension → file."""
        found: dict[str, dict[str, str]] = {CLASSES: {}, OBJECTS: {}}
        for kind, folders in _FOLDERS.items():
            for folder in folders:
                for name in self.files:
                    parts = name.split("/")
                    if folder in parts[:-1] and name.lower().endswith((".png", ".bmp", ".tif", ".tiff", ".gif")):
                        below = "/".join(parts[parts.index(folder) + 1 :])
                        found[kind].setdefault(PurePosixPath(below).with_suffix("").as_posix(), name)
        return found

    @property
    def keys(self) -> list[str]:
        """Paths (without extension) that have a segmentation picture."""
        return sorted({*self._by_key[CLASSES], *self._by_key[OBJECTS]})

    def __bool__(self) -> bool:
        return any(self._by_key.values())

    def size_of(self, key: str) -> tuple[int, int] | None:
        """Width and height of a picture's masks, for where nobody else says them."""
        for kind in (CLASSES, OBJECTS):
            name = self._by_key[kind].get(key)
            found = picture_size(self.root / name) if name else None
            if found:
                return found.width, found.height
        return None

    def used_names(self) -> list[str]:
        """Names of the classes that occur in the pictures of classes, by index."""
        used: set[int] = set()
        for name in self._by_key[CLASSES].values():
            values = self._values(name, None, _ignore, self._colours)
            if values is not None:
                used.update(values_of(values))
        return [self._name(index)[0] for index in sorted(used - {0, VOID})]

    @cached_property
    def _colours(self) -> Mapping[Rgb, int]:
        own = {entry.colour: entry.index for entry in self.table if entry.colour is not None}
        return own or VOC_INDEX

    @cached_property
    def _names(self) -> dict[int, str]:
        return {entry.index: entry.name for entry in self.table}

    def _name(self, index: int) -> tuple[str, bool]:
        """Name of a class, and whether a table of the dataset says so."""
        if index in self._names:
            return self._names[index], True
        if self.official and 1 <= index <= len(NAMES):
            return NAMES[index - 1], False
        return str(index), False

    def _values(
        self, name: str, size: tuple[int, int] | None, report: Report, colours: Mapping[Rgb, int]
    ) -> NDArray[Any] | None:
        found = picture_size(self.root / name)
        if found is not None and size is not None and (found.width, found.height) != size:
            text = f"It is {found.width} × {found.height}, its picture {size[0]} × {size[1]}; it was left out."
            report(Issue("mask_size_mismatch", "warning", text, file=name))
            return None
        pixels = read_pixel_map(self.root / name) if found is not None else None
        if pixels is None:
            report(Issue("unparsable_file", "error", "This is no picture that can be opened.", file=name))
            return None
        if pixels.kind == "colour":
            return indices_of_colours(pixels.values, colours, VOID)
        return pixels.values

    def shapes(
        self, key: str, size: tuple[int, int], annotations: Sequence[AnnotationRecord], report: Report
    ) -> tuple[AnnotationRecord, ...]:
        """The annotations of a picture, boxes replaced by the masks of the same objects, and masks without a box."""
        try:
            return self._shapes(key, size, annotations, report)
        except ValueError as error:
            report(Issue("unparsable_file", "error", str(error), file=self._by_key[OBJECTS].get(key) or key))
            return tuple(annotations)

    def _shapes(
        self, key: str, size: tuple[int, int], annotations: Sequence[AnnotationRecord], report: Report
    ) -> tuple[AnnotationRecord, ...]:
        class_file, object_file = self._by_key[CLASSES].get(key), self._by_key[OBJECTS].get(key)
        classes = self._values(class_file, size, report, self._colours) if class_file else None
        if object_file is None:
            masks = [] if classes is None else masks_by_value(classes, skip=(0, VOID))
            named = (AnnotationRecord(label=self._name(value)[0], geometry=mask) for value, mask in masks)
            return (*annotations, *named)
        objects = self._values(object_file, size, report, VOC_INDEX)
        if objects is None:
            return tuple(annotations)
        result, extra = list(annotations), []
        majority = {} if classes is None else _majorities(objects, classes)
        for value, mask in masks_by_value(objects, skip=(0, VOID)):
            label, sure = self._name(majority[value]) if value in majority else ("", False)
            owner = _owner(value, mask, label if sure else "", result)
            if owner is not None:
                known = result[owner]
                if isinstance(known.geometry, Box):  # else the XML file knows more than the box
                    box = None if known.geometry == _box(mask) else known.geometry
                    result[owner] = replace(known, geometry=mask, box=box)
            elif label:
                extra.append(AnnotationRecord(label=label, geometry=mask))
            else:
                text = f"Object {value} lies on no class; it was left out."
                report(Issue("missing_label", "warning", text, file=object_file, where=f"index {value}"))
        return (*result, *extra)


def _ignore(issue: Issue) -> None:
    """What is wrong with a picture is said when it is read."""
    del issue


def _majorities(objects: NDArray[Any], classes: NDArray[Any]) -> dict[int, int]:
    """For every object index the class most of its pixels have (void and background do not count)."""
    if objects.shape != classes.shape:
        return {}
    inside = (objects > 0) & (objects != VOID) & (classes > 0) & (classes != VOID)
    pairs, counts = np.unique(objects[inside].astype(np.int64) << 20 | classes[inside], return_counts=True)
    best: dict[int, tuple[int, int]] = {}
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        index, value = pair >> 20, pair & 0xFFFFF
        best[index] = max(best.get(index, (0, 0)), (count, -value))
    return {index: -value for index, (_, value) in best.items()}


def _owner(number: int, mask: Mask, label: str, annotations: Sequence[AnnotationRecord]) -> int | None:
    """Position of the box that the object with this index belongs to: the one of that number, else the smallest around."""
    own = [place for place, a in enumerate(annotations) if a.part_of is None]
    if number <= len(own) and _holds(annotations[own[number - 1]], mask, label):
        return own[number - 1]
    boxes = (place for place in own if isinstance(annotations[place].geometry, Box))
    around: Iterable[int] = (place for place in boxes if _holds(annotations[place], mask, label))
    return min(around, key=lambda place: _area(annotations[place].geometry), default=None)


def _holds(annotation: AnnotationRecord, mask: Mask, label: str) -> bool:
    around = bounds(annotation.geometry)
    if around is None or (label and label != annotation.label):
        return False
    x, y, w, h = mask.bbox
    across = around[0] - _SLACK <= x and x + w <= around[2] + _SLACK
    return across and around[1] - _SLACK <= y and y + h <= around[3] + _SLACK


def _area(geometry: Geometry) -> float:
    return geometry.w * geometry.h if isinstance(geometry, Box) else 0.0


def _box(mask: Mask) -> Box:
    x, y, w, h = mask.bbox
    return Box(x=x, y=y, w=w, h=h)
