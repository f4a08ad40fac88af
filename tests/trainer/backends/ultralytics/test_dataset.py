"""Datasets are laid out as the library reads them."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from annotator.core.errors import Conflict
from annotator.core.geometry.types import Box, Ellipse, Keypoints, Polygon, PolygonPart, Tag
from annotator.core.records import AnnotationRecord, ImageRecord
from trainer.backends.ultralytics.dataset import Layout, lay_out
from trainer.core.manifest import write_records
from trainer.core.records import DatasetFolder, ModelTask

LABELS = ("cat", "dog")


def dataset(tmp_path: Path, task: ModelTask, *images: ImageRecord) -> DatasetFolder:
    write_records(tmp_path / "manifest.jsonl", images)
    return DatasetFolder(tmp_path, tmp_path / "manifest.jsonl", LABELS, task)


def lay_out_of(folder: DatasetFolder) -> Layout:
    return lay_out(folder, folder.root / "dataset")


def image(tmp_path: Path, name: str, split: str, *annotations: AnnotationRecord) -> ImageRecord:
    path = tmp_path / f"blob-{name}"
    path.write_bytes(name.encode())
    return ImageRecord(f"folder/{name}.PNG", 100, 50, annotations, split, path, name)


def lines(path: Path) -> list[list[float]]:
    return [[float(value) for value in line.split()] for line in path.read_text().splitlines()]


def test_boxes_are_normalised_and_cut_at_the_border(tmp_path: Path) -> None:
    shapes = (
        AnnotationRecord("dog", Box(10.0, 10.0, 20.0, 20.0)),
        AnnotationRecord("cat", Box(-10.0, 40.0, 30.0, 30.0)),
        AnnotationRecord("cat", Box(99.5, 0.0, 20.0, 20.0)),
        AnnotationRecord("cat", Tag()),
        AnnotationRecord("bird", Box(0.0, 0.0, 9.0, 9.0)),
        AnnotationRecord("cat", Box(0.0, 0.0, 9.0, 9.0), crowd=True),
    )
    layout = lay_out_of(
        dataset(tmp_path, ModelTask.DETECT, image(tmp_path, "a", "train", *shapes), image(tmp_path, "b", "val"))
    )
    assert layout.counts == {"train": 1, "val": 1}
    assert layout.notes == []
    root = tmp_path / "dataset"
    assert lines(root / "labels/train/a.txt") == [[1, 0.2, 0.4, 0.2, 0.4], [0, 0.1, 0.9, 0.2, 0.2]]
    assert lines(root / "labels/val/b.txt") == [], "a picture without objects is an example, too"
    assert (root / "images/train/a.png").read_bytes() == b"a"
    document = yaml.safe_load(layout.data.read_text())
    assert (document["names"], document["val"]) == ({0: "cat", 1: "dog"}, "images/val")


def test_outlines_of_every_shape_with_an_area(tmp_path: Path) -> None:
    square = [0.0, 0.0, 50.0, 0.0, 50.0, 50.0, 0.0, 50.0]
    shapes = (
        AnnotationRecord("cat", Polygon([PolygonPart(outer=square)])),
        AnnotationRecord("dog", Box(10.0, 10.0, 20.0, 20.0)),
        AnnotationRecord("dog", Ellipse(50.0, 25.0, 10.0, 10.0)),
        AnnotationRecord("dog", Keypoints([1.0, 1.0, 2.0])),
    )
    layout = lay_out_of(dataset(tmp_path, ModelTask.SEGMENT, image(tmp_path, "a", "train", *shapes)))
    rows = lines(tmp_path / "dataset/labels/train/a.txt")
    assert rows[0] == [0, 0.0, 0.0, 0.5, 0.0, 0.5, 1.0, 0.0, 1.0]
    assert len(rows) == 3
    ring = np.array(rows[2][1:]).reshape(-1, 2) * (100, 50)
    assert np.allclose(np.hypot(*(ring - (50, 25)).T), 10, atol=1e-3)
    assert layout.notes == [
        "There are no validation images: the model is judged by the images it learnt from, which flatters it."
    ]
    assert yaml.safe_load(layout.data.read_text())["val"] == "images/train"


def test_classes_become_folders_in_index_order(tmp_path: Path) -> None:
    images = [
        image(tmp_path, "a", "train", AnnotationRecord("dog", Tag())),
        image(tmp_path, "b", "train", AnnotationRecord("cat", Tag())),
        image(tmp_path, "c", "train"),
    ]
    layout = lay_out_of(dataset(tmp_path, ModelTask.CLASSIFY, *images))
    assert layout.counts == {"train": 2}
    assert (tmp_path / "dataset/train/00001/a.png").exists()
    assert (tmp_path / "dataset/val/00000/b.png").exists(), "without validation images training ones stand in"
    assert layout.notes[0] == "1 images were left out: their file or their class is missing."


def test_nothing_to_train_on(tmp_path: Path) -> None:
    gone = ImageRecord("x.png", 10, 10, (), "train", tmp_path / "missing", "x")
    with pytest.raises(Conflict, match="no training images"):
        lay_out_of(dataset(tmp_path, ModelTask.DETECT, gone))


def test_a_second_layout_replaces_the_first(tmp_path: Path) -> None:
    lay_out_of(dataset(tmp_path, ModelTask.DETECT, image(tmp_path, "a", "train"), image(tmp_path, "b", "train")))
    lay_out_of(dataset(tmp_path, ModelTask.DETECT, image(tmp_path, "a", "train")))
    assert [path.name for path in (tmp_path / "dataset/images/train").iterdir()] == ["a.png"]
