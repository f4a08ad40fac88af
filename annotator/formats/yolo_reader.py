"""Reading YOLO rows: boxes, outlines, rotated boxes and key points, mixed as they come."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from annotator.core.errors import FormatError
from annotator.core.geometry.boxes import rotated_from_corners
from annotator.core.geometry.rings import ring_points, signed_area
from annotator.core.geometry.types import Box, Geometry, Keypoints, Polygon, PolygonPart
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.checking import dropped, report_outside, sound_box
from annotator.formats.files import picture_size, unique_name
from annotator.formats.yolo_layout import YoloLayout
from annotator.plugins.formats import Report

_FAR_OUTSIDE = 2.0
"""A normalised value above this is a pixel coordinate written by mistake."""


class YoloReader:
    """Reads every picture of a layout; ``task`` decides what nine numbers mean."""

    def __init__(self, layout: YoloLayout, task: str, report: Report) -> None:
        self._layout = layout
        self._task = task
        self._report = report
        self._names = layout.names()

    def read(self) -> Iterator[ImageRecord]:
        """Yield the pictures in path order; raises :class:`FormatError` when there is none."""
        if not self._layout.pictures:
            raise FormatError("No picture was found; YOLO needs them, because its coordinates are parts of their size.")
        configs = self._layout.configs
        if len(configs) > 1:
            others = ", ".join(path.relative_to(self._layout.folder).as_posix() for path, _ in configs[1:4])
            chosen = configs[0][0].relative_to(self._layout.folder).as_posix()
            text = f"There are several data files; {chosen} was read, not {others}. Choose another one in the options."
            self._report(Issue("several_data_files", "warning", text, file=chosen))
        taken: set[str] = set()
        for picture in self._layout.pictures:
            record = self._record(picture, taken)
            if record is not None:
                yield record

    def _record(self, picture: Path, taken: set[str]) -> ImageRecord | None:
        size = picture_size(picture)
        split = self._layout.split(picture)
        name = unique_name(self._layout.name(picture), taken, split)
        if size is None:
            text = f"“{name}” cannot be opened as a picture; it was left out."
            self._report(Issue("unreadable_picture", "error", text, file=name))
            return None
        labels = self._layout.label_file(picture)
        if labels is None:
            return ImageRecord(name, size.width, size.height, (), split, picture, source={"annotated": False})
        annotations = tuple(self._rows(labels, size.width, size.height))
        report_outside(annotations, size.width, size.height, name=name, report=self._report)
        return ImageRecord(name, size.width, size.height, annotations, split, picture)

    def _rows(self, path: Path, width: int, height: int) -> Iterator[AnnotationRecord]:
        file = path.relative_to(self._layout.folder).as_posix()
        seen: set[str] = set()
        for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
            row = " ".join(line.split())
            if not row:
                continue
            if row in seen:
                text = "A row is there twice; it was taken once."
                self._report(Issue("duplicate_row", "info", text, file, f"line {number}"))
                continue
            seen.add(row)
            record = self._row(row, width, height, file=file, where=f"line {number}")
            if record is not None:
                yield record

    def _row(self, row: str, width: int, height: int, *, file: str, where: str) -> AnnotationRecord | None:
        try:
            numbers = [float(token) for token in row.split()]
        except ValueError:
            self._report(Issue("unparsable_record", "warning", f"“{row[:60]}” is no row of numbers.", file, where))
            return None
        values = numbers[1:]
        if not all(map(math.isfinite, numbers)):
            self._report(dropped("not_finite", file=file, where=where))
            return None
        label = self._names.get(int(numbers[0])) if numbers[0] == int(numbers[0]) else None
        if label is None:
            text = f"Class {numbers[0]:g} has no name; the object was left out."
            self._report(Issue("unknown_category_id", "warning", text, file, where))
            return None
        if any(abs(value) > _FAR_OUTSIDE for value in values[:4]):
            text = "Coordinates must be parts of the picture's size (0 to 1); these are not."
            self._report(Issue("not_normalised", "warning", text, file, where))
            return None
        geometry = self._geometry(values, width, height)
        if isinstance(geometry, str):
            self._report(dropped(geometry, file=file, where=where))
            return None
        score = values[4] if len(values) == 5 and self._layout.key_points is None else None
        attributes = {"yolo:bbox": values[:4]} if isinstance(geometry, Keypoints) else {}
        return AnnotationRecord(label=label, geometry=geometry, score=score, attributes=attributes)

    def _geometry(self, values: list[float], width: int, height: int) -> Geometry | str:
        shape = self._layout.key_points
        if shape is not None and len(values) == 4 + shape[0] * shape[1] and self._task in {"auto", "pose"}:
            return _key_points(values[4:], shape[1], width, height)
        if len(values) in {4, 5}:
            return _box(values, width, height)
        if len(values) < 6 or len(values) % 2:
            return "missing_geometry"
        points = ring_points(values) * np.array([width, height], dtype=np.float64)
        if self._task == "obb" and len(points) == 4:
            return rotated_from_corners(points)
        if signed_area(points) == 0:
            return "zero_area"
        ring: list[float] = points.ravel().tolist()
        if ring[:2] == ring[-2:]:
            ring = ring[:-2]
        return Polygon(parts=[PolygonPart(outer=ring)])


def _box(values: list[float], width: int, height: int) -> Box | str:
    cx, cy, w, h = values[:4]
    return sound_box((cx - w / 2) * width, (cy - h / 2) * height, (cx + w / 2) * width, (cy + h / 2) * height)


def _key_points(values: list[float], step: int, width: int, height: int) -> Keypoints | str:
    points: list[float] = []
    for start in range(0, len(values), step):
        x, y = values[start] * width, values[start + 1] * height
        seen = values[start + 2] if step == 3 else (2.0 if (x, y) != (0.0, 0.0) else 0.0)
        points += [x, y, seen]
    return Keypoints(points=points) if any(points[2::3]) else "missing_geometry"
