"""Writing YOLO for Ultralytics or Darknet: nothing that a loader would refuse."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.files import FolderMaker, name_below_split, place_picture, stem_of, write_small
from annotator.formats.yolo.config import darknet_files, data_file, split_of
from annotator.formats.yolo.shapes import SMALLEST, RowMaker
from annotator.plugins.formats import Report

_SMALLEST_PICTURE = 10
"""Ultralytics refuses pictures whose side is shorter."""


class YoloWriter:
    """Adds pictures one by one. ``darknet`` puts label files beside the pictures and writes ``obj.data``."""

    def __init__(
        self,
        folder: Path,
        labels: Sequence[LabelRecord],
        *,
        task: str,
        multipart: str,
        darknet: bool,
        information: Mapping[str, Any],
        report: Report,
    ) -> None:
        self._folder = folder
        self._labels = list(labels)
        self._index = {label.name: index for index, label in enumerate(labels)}
        self._rows = RowMaker(task, multipart)
        self._darknet = darknet
        self._information = information
        self._report = report
        self._stems: set[str] = set()
        self._folders = FolderMaker()
        self._splits: dict[str, list[str]] = {}
        self._points = max((len(label.keypoints) for label in labels), default=0)
        if task == "pose":
            self._points = max(self._points, 1)  # the library wants a shape even where nobody has drawn a point
        self._shortest: dict[Path, int] = {}
        """Numbers in the shortest row of label files with key points: rows are filled up when another object has more."""

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its label file, which is empty for a background."""
        split = split_of(image)
        name = self._free_name(split, name_below_split(image, split), image.name)
        place = f"obj_{split}_data/{name}" if self._darknet else f"images/{split}/{name}"
        listed = self._splits.setdefault(split, [])
        if self._darknet:
            listed.append(place)
        if image.path is not None:
            place_picture(image.path, f"{self._folder}/{place}")
        if image.width and min(image.width, image.height) < _SMALLEST_PICTURE:
            text = f"“{image.name}” is {image.width} × {image.height}; Ultralytics leaves pictures below 10 pixels out."
            self._report(Issue("small_picture", "info", text, image.name))
        target = f"{self._folder}/{self._label_place(place)}"
        rows = self._rows_of(image)
        write_small(target, "".join([f"{row}\n" for row in rows]).encode())
        if rows and self._rows.task == "pose":
            self._points = max(self._points, self._rows.points)
            self._shortest[Path(target)] = min(len(row.split()) for row in rows)

    def _label_place(self, place: str) -> str:
        """Where loaders look: beside the picture, or with the last ``images`` of the path turned into ``labels``."""
        path = f"{stem_of(place)}.txt"
        if self._darknet:
            return path
        before, _, after = f"/{path}".rpartition("/images/")
        return f"{before}/labels/{after}".lstrip("/")

    def _rows_of(self, image: ImageRecord) -> dict[str, None]:
        rows: dict[str, None] = {}
        self._rows.begin(self._points)
        for annotation in image.annotations:
            plain = self._plain_row(annotation, image)
            for row in self._rows_of_object(annotation, image) if plain is None else (plain,):
                if row in rows:
                    text = "Two objects have the same place and label; one row was written."
                    self._report(Issue("duplicate_row", "warning", text, image.name, annotation.id))
                rows[row] = None
        return rows

    def _plain_row(self, annotation: AnnotationRecord, image: ImageRecord) -> str | None:
        """The row of a box that lies inside the picture, as most objects do; ``None`` for everything else."""
        box, index, width, height = annotation.geometry, self._index.get(annotation.label), image.width, image.height
        if type(box) is not Box or index is None or self._rows.task != "detect" or annotation.box is not None:
            return None
        x1, y1, x2, y2 = box.x, box.y, box.x + box.w, box.y + box.h
        if not (x1 >= 0 <= y1 and x2 <= width and y2 <= height) or not width or not height:
            return None
        w, h = (x2 - x1) / width, (y2 - y1) / height
        if w < SMALLEST or h < SMALLEST:
            return None
        return f"{index} {(x1 + x2) / 2 / width:.6f} {(y1 + y2) / 2 / height:.6f} {w:.6f} {h:.6f}"

    def _rows_of_object(self, annotation: AnnotationRecord, image: ImageRecord) -> list[str]:
        index, kind = self._index.get(annotation.label), annotation.geometry.kind
        if index is None or not self._rows.takes(kind) or not image.width or not image.height:
            code = "undeclared_label" if index is None else "unsupported_shape"
            why = (
                "the picture has no size" if index is not None and self._rows.takes(kind) else "there is no row for it"
            )
            text = f"A {kind} “{annotation.label}” was left out: {why}."
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return []
        found = self._rows.rows(annotation, image.width, image.height)
        if not found:
            text = f"A {kind} “{annotation.label}” has no area inside the picture; it was left out."
            self._report(Issue("zero_area", "warning", text, image.name, annotation.id))
        elif self._rows.moved:
            text = f"A {kind} “{annotation.label}” leaves the picture; it was cut at the border."
            self._report(Issue("out_of_bounds", "info", text, image.name, annotation.id))
        return [f"{index} {row}" for row in found]

    def _free_name(self, split: str, name: str, full_name: str) -> str:
        """A label file belongs to a stem, so a.jpg and a.png cannot both stay."""
        key = f"{split}/{stem_of(name)}".casefold()
        if key not in self._stems:
            self._stems.add(key)
            return name
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

    def close(self) -> None:
        """Write the data file; in the task pose, fill up rows that have fewer points than the longest."""
        whole = 5 + 3 * self._points
        for path, shortest in self._shortest.items():
            if shortest < whole:
                rows = dict.fromkeys(_filled(line, whole) for line in path.read_text(encoding="utf-8").splitlines())
                path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        if self._darknet:
            for place, text in darknet_files(self._labels, self._splits).items():
                self._folders.make_for(self._folder / place).write_text(text, encoding="utf-8")
            return
        for split in self._splits or {"train": []}:
            for kind in ("images", "labels"):
                (self._folder / kind / split).mkdir(parents=True, exist_ok=True)
        points = self._points if self._rows.task == "pose" else 0
        text, stand_ins = data_file(self._labels, list(self._splits), points, self._rows.task, self._information)
        for missing, other in stand_ins:
            why = f"There are no {missing} pictures; data.yaml names the {other} pictures for it."
            self._report(Issue("split_missing", "info", why, file="data.yaml"))
        (self._folder / "data.yaml").write_text(text, encoding="utf-8")


def _filled(row: str, whole: int) -> str:
    """A row with unlabelled key points up to ``whole`` numbers."""
    return f"{row}{' 0' * (whole - len(row.split()))}"
