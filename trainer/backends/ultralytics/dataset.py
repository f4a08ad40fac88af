"""Lays a dataset out the way Ultralytics reads it: linked pictures, label files, ``data.yaml``. Every run has its own.

Read-only stores stay untouched (the library writes caches beside the labels) and parallel runs never meet.
"""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from annotator.core.errors import Conflict
from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Geometry, Mask
from annotator.core.records import SPLITS, ImageRecord
from trainer.core.manifest import read_records
from trainer.core.outlines import simplified
from trainer.core.records import DatasetFolder, ModelTask
from trainer.core.rings import single_ring

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}
_SMALLEST = 1.0
"""Objects narrower or lower than this many pixels cannot be learnt and upset the loss."""


@dataclass(slots=True)
class Layout:
    """What was laid out: the file or folder to train on, images per split, what was left out and why."""

    data: Path
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def lay_out(dataset: DatasetFolder, root: Path) -> Layout:
    """Write the dataset below ``root`` (ours, made anew); raises :class:`Conflict` when there is nothing to learn."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    classify = dataset.task is ModelTask.CLASSIFY
    place = _place_in_class_folder(dataset, root) if classify else _place_with_labels(dataset, root)
    layout = Layout(root)
    skipped = 0
    for record in read_records(dataset.manifest):
        split = record.split if record.split in SPLITS else "train"
        if record.path is None or not record.path.is_file() or not place(record, str(split)):
            skipped += 1
            continue
        layout.counts[str(split)] = layout.counts.get(str(split), 0) + 1
    if skipped:
        layout.notes.append(f"{skipped} images were left out: their file or their class is missing.")
    _complete(dataset, layout)
    return layout


def _complete(dataset: DatasetFolder, layout: Layout) -> None:
    if not layout.counts.get("train"):
        raise Conflict(
            "The dataset version has no training images with a label. Label some images and freeze a new version."
        )
    if not layout.counts.get("val"):
        layout.notes.append(
            "There are no validation images: the model is judged by the images it learnt from, which flatters it."
        )
    if dataset.task is ModelTask.CLASSIFY:
        if not layout.counts.get("val"):
            shutil.copytree(layout.data / "train", layout.data / "val", symlinks=True)
        return
    val = "val" if layout.counts.get("val") else "train"
    document = {
        "path": str(layout.data),
        "train": "images/train",
        "val": f"images/{val}",
        "names": dict(enumerate(dataset.labels)),
    }
    layout.data = layout.data / "data.yaml"
    layout.data.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _link(record: ImageRecord, folder: Path) -> Path:
    """Link the picture into ``folder`` under its id, so that equal names in different folders cannot clash."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix = Path(record.name).suffix.lower()
    link = folder / f"{record.id}{suffix if suffix in _SUFFIXES else '.jpg'}"
    assert record.path is not None  # noqa: S101 -- checked by the caller
    try:
        link.symlink_to(record.path.resolve())
    except OSError:  # a file system or a user without links
        shutil.copyfile(record.path, link)
    return link


def _place_with_labels(dataset: DatasetFolder, root: Path) -> Callable[[ImageRecord, str], bool]:
    classes = {name: index for index, name in enumerate(dataset.labels)}
    line = _outline_line if dataset.task is ModelTask.SEGMENT else _box_line

    def place(record: ImageRecord, split: str) -> bool:
        link = _link(record, root / "images" / split)
        objects = [a for a in record.annotations if a.label in classes and not a.crowd]
        lines = [text for a in objects if (text := line(classes[a.label], a.geometry, record))]
        labels = root / "labels" / split / f"{link.stem}.txt"
        labels.parent.mkdir(parents=True, exist_ok=True)
        labels.write_text("".join(f"{text}\n" for text in lines))
        return True

    return place


def _box_line(index: int, geometry: Geometry, record: ImageRecord) -> str:
    """``class cx cy w h`` in parts of the picture, cut at its border; empty for what has no visible extent."""
    found = bounds(geometry)
    if found is None:
        return ""
    x1, x2 = (min(max(value, 0.0), record.width) for value in (found[0], found[2]))
    y1, y2 = (min(max(value, 0.0), record.height) for value in (found[1], found[3]))
    if x2 - x1 < _SMALLEST or y2 - y1 < _SMALLEST:
        return ""
    values = (
        (x1 + x2) / 2 / record.width,
        (y1 + y2) / 2 / record.height,
        (x2 - x1) / record.width,
        (y2 - y1) / record.height,
    )
    return f"{index} {_numbers(values)}"


def _outline_line(index: int, geometry: Geometry, record: ImageRecord) -> str:
    """``class x1 y1 x2 y2 …`` of the object's outline as one ring; empty for what has no area."""
    polygon = to_polygon(geometry)
    if polygon is None or not polygon.parts or not _box_line(index, geometry, record):
        return ""
    ring = single_ring(simplified(polygon, 0.5) if isinstance(geometry, Mask) else polygon)
    if len(ring) < 3:
        return ""
    ring = (ring / (record.width, record.height)).clip(0.0, 1.0)
    return f"{index} {_numbers(ring.ravel().tolist())}"


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _place_in_class_folder(dataset: DatasetFolder, root: Path) -> Callable[[ImageRecord, str], bool]:
    """Folders are named by class index, so that their order is ours; :func:`class_index` reads them back."""
    classes = {name: index for index, name in enumerate(dataset.labels)}

    def place(record: ImageRecord, split: str) -> bool:
        index = next((classes[a.label] for a in record.annotations if a.label in classes), None)
        if index is None:
            return False
        _link(record, root / split / f"{index:05d}")
        return True

    return place


def class_index(folder_name: str) -> int:
    """Class index of a folder name of a classification dataset."""
    return int(folder_name)
