"""Rotated boxes between formats that mean different things by an angle (invariant 9)."""

import json
from pathlib import Path

import numpy as np
import pytest

from annotator.core.geometry.boxes import corners
from annotator.core.geometry.types import RotatedBox
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.plugins.families import FORMATS
from annotator.services.conversion import Conversion, convert
from tests.factories.random_sets import png

ANGLES = (0.0, 10.0, 45.0, 90.0, 137.5, 180.0, 270.0, 359.0)
KEEPERS = [name for name in FORMATS.names() if FORMATS.get(name).can_write and "rotated_box" in FORMATS.get(name).kinds]


def shapes(name: str, folder: Path, **options: object) -> list[RotatedBox]:
    cls = FORMATS.get(name)
    images = list(cls().read(folder, options=cls.Options(**options), report=lambda issue: None))
    found = [a.geometry for image in images for a in image.annotations]
    assert all(isinstance(shape, RotatedBox) for shape in found)
    return [shape for shape in found if isinstance(shape, RotatedBox)]


def written(name: str, folder: Path, boxes: list[RotatedBox], **options: object) -> Path:
    picture = folder / "a.png"
    folder.mkdir()
    picture.write_bytes(png(200, 100, 1))
    annotations = tuple(AnnotationRecord("cat", box) for box in boxes)
    (folder / "out").mkdir()
    cls = FORMATS.get(name)
    cls().write(
        [ImageRecord("a.png", 200, 100, annotations, "train", picture)],
        folder / "out",
        labels=[LabelRecord("cat")],
        options=cls.Options(**options),
        report=lambda issue: None,
        progress=SilentProgress(),
    )
    return folder / "out"


BOXES = [RotatedBox(cx=100, cy=50, w=40, h=20, angle=angle) for angle in ANGLES]


@pytest.mark.parametrize("name", KEEPERS)
def test_corners_come_back_in_their_order(name: str, tmp_path: Path) -> None:
    options = {"task": "obb"} if name == "yolo" else {}
    found = shapes(name, written(name, tmp_path / "set", BOXES, **options), **options)
    for here, there in zip(found, BOXES, strict=True):
        assert np.allclose(corners(here), corners(there), atol=0.02)


def test_about_a_corner_and_about_the_centre_mean_the_same_place(tmp_path: Path) -> None:
    """Label Studio turns about the top-left corner, in percent of a picture that is not square; CVAT about the centre."""
    value = {"x": 30, "y": 20, "width": 30, "height": 20, "rotation": 90, "rectanglelabels": ["cat"]}
    size = {"original_width": 1000, "original_height": 500}
    result = [{"id": "r", "type": "rectanglelabels", "from_name": "l", "to_name": "i", "value": value, **size}]
    task = {"id": 1, "data": {"image": "a.png"}, "annotations": [{"id": 1, "result": result}]}
    source = tmp_path / "ls"
    source.mkdir()
    (source / "export.json").write_text(json.dumps([task]))
    (first,) = shapes("labelstudio", source)
    assert np.allclose(corners(first), [[300, 100], [300, 400], [200, 400], [200, 100]])
    convert(Conversion(source=source, target=tmp_path / "cvat", to_format="cvat"), SilentProgress())
    (second,) = shapes("cvat", tmp_path / "cvat")
    assert (second.cx, second.cy) == pytest.approx((250, 250), abs=0.01)
    assert np.allclose(corners(second), corners(first), atol=0.02)
    convert(Conversion(source=tmp_path / "cvat", target=tmp_path / "back", to_format="labelstudio"), SilentProgress())
    (third,) = shapes("labelstudio", tmp_path / "back")
    assert np.allclose(corners(third), corners(first), atol=0.02)
