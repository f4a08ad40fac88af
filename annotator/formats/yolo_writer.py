"""Writing YOLO for Ultralytics: nothing that its loader would refuse."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import yaml

from annotator.core.geometry.bridge import single_ring
from annotator.core.geometry.clip import clip
from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.rings import Points, ring_points, signed_area
from annotator.core.geometry.types import Box, Geometry, Polygon
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.files import FolderMaker, name_below_split, place_picture
from annotator.formats.yolo_layout import MARK
from annotator.plugins.formats import Report

DEFAULT_SPLIT = "train"
_SMALLEST = 1e-6
"""Sizes below would be written as 0.000000."""


class YoloWriter:
    """Adds pictures one by one; ``outlines`` writes polygons instead of boxes."""

    def __init__(self, folder: Path, names: Sequence[str], *, outlines: bool, multipart: str, report: Report) -> None:
        self._folder = folder
        self._names = list(names)
        self._index = {name: index for index, name in enumerate(names)}
        self._outlines = outlines
        self._multipart = multipart
        self._report = report
        self._stems: set[str] = set()
        self._folders = FolderMaker()
        self._splits: dict[str, None] = {}

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its label file, which is empty for a background."""
        split = image.split or DEFAULT_SPLIT
        self._splits[split] = None
        name = self._free_name(split, name_below_split(image, split), image.name)
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / split / name)
        target = self._folders.make_for((self._folder / "labels" / split / name).with_suffix(".txt"))
        rows: dict[str, None] = {}
        for annotation in image.annotations:
            for row in self._rows(annotation, image):
                if row in rows:
                    text = "Two objects have the same place and label; one row was written."
                    self._report(Issue("duplicate_row", "info", text, image.name, annotation.id))
                rows[row] = None
        target.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")

    def _free_name(self, split: str, name: str, full_name: str) -> str:
        """A label file belongs to a stem, so a.jpg and a.png cannot both stay."""
        path, number = PurePosixPath(name), 2
        free = path
        while f"{split}/{free.with_suffix('')}".casefold() in self._stems:
            free = path.with_stem(f"{path.stem}-{number}")
            number += 1
        self._stems.add(f"{split}/{free.with_suffix('')}".casefold())
        if free != path:
            text = f"“{full_name}” was renamed to “{free}”, because its label file would have been another picture's."
            self._report(Issue("renamed", "info", text, file=full_name))
        return free.as_posix()

    def _rows(self, annotation: AnnotationRecord, image: ImageRecord) -> list[str]:
        index = self._index.get(annotation.label)
        if index is None or annotation.geometry.kind == "tag":
            code = "undeclared_label" if index is None else "unsupported_shape"
            text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as a row; it was left out."
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return []
        geometry = clip(annotation.geometry, image.width, image.height)
        found = self._outline_rows(geometry, image) if self._outlines else _box_rows(geometry, image)
        if not found:
            text = f"A {annotation.geometry.kind} “{annotation.label}” has no area inside the picture; it was left out."
            self._report(Issue("zero_area", "warning", text, image.name, annotation.id))
        return [f"{index} {row}" for row in found]

    def _outline_rows(self, geometry: Geometry | None, image: ImageRecord) -> list[str]:
        polygon = to_polygon(geometry) if geometry is not None else None
        if polygon is None:
            return []
        if self._multipart == "largest":
            polygon = Polygon(parts=[max(polygon.parts, key=lambda p: area(Polygon(parts=[p])))])
        pieces = [Polygon(parts=[part]) for part in polygon.parts] if self._multipart == "rows" else [polygon]
        rings = [single_ring(piece) for piece in pieces]
        if self._multipart != "bridge":
            rings = [ring_points(piece.parts[0].outer) for piece in pieces]
        return [_numbers(ring, image) for ring in rings if len(ring) >= 3 and abs(signed_area(ring)) > 0]

    def close(self) -> None:
        """Write ``data.yaml``; a split that training needs and that is empty points to another one, and says so."""
        splits = list(self._splits) or [DEFAULT_SPLIT]
        content: dict[str, object] = {}
        for split in ("train", "val", "test"):
            if split in splits:
                content[split] = f"images/{split}"
            elif split != "test":
                stand_in = next(name for name in (DEFAULT_SPLIT, *splits) if name in splits)
                content[split] = f"images/{stand_in}"
                text = f"There are no {split} pictures; data.yaml names the {stand_in} pictures for it."
                self._report(Issue("split_missing", "warning", text, file="data.yaml"))
        content["nc"] = len(self._names)
        content["names"] = dict(enumerate(self._names))
        content[MARK] = True
        for split in splits:
            (self._folder / "images" / split).mkdir(parents=True, exist_ok=True)
            (self._folder / "labels" / split).mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (self._folder / "data.yaml").write_text(text, encoding="utf-8")


def _box_rows(geometry: Geometry | None, image: ImageRecord) -> list[str]:
    found = bounds(geometry) if geometry is not None else None
    if found is None:
        return []
    box = clip(Box(x=found[0], y=found[1], w=found[2] - found[0], h=found[3] - found[1]), image.width, image.height)
    if not isinstance(box, Box) or box.w <= 0 or box.h <= 0:
        return []
    centre = np.array([[box.x + box.w / 2, box.y + box.h / 2], [box.w, box.h]])
    if box.w / image.width < _SMALLEST or box.h / image.height < _SMALLEST:
        return []
    return [_numbers(centre, image)]


def _numbers(points: Points, image: ImageRecord) -> str:
    scaled = np.clip(points / np.array([image.width, image.height]), 0, 1)
    return " ".join(f"{value:.6f}" for value in scaled.ravel())
