"""Every YOLO export is accepted by the library as it is: no picture is dropped, no row is lost."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.geometry.boxes import corners
from annotator.core.geometry.masks import mask_of_polygon
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Points,
    Polygon,
    PolygonPart,
    RotatedBox,
    Tag,
)
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.yolo.plugin import YoloFormat, YoloOptions

W, H = 64, 48
RING = PolygonPart(outer=[10, 10, 40, 10, 40, 40, 10, 40], holes=[[20, 20, 20, 30, 30, 30, 30, 20]])
MASK = mask_of_polygon(Polygon(parts=[RING, PolygonPart(outer=[50, 5, 60, 5, 60, 15])]))
assert MASK is not None
SHAPES: tuple[Geometry, ...] = (
    Box(x=5, y=5, w=20, h=10),
    Box(x=5, y=5, w=20, h=10),
    Box(x=-9, y=-9, w=200, h=20),
    Box(x=63.999, y=0, w=50, h=50),
    Box(x=200, y=0, w=5, h=5),
    RotatedBox(cx=30, cy=20, w=16, h=8, angle=30),
    RotatedBox(cx=2, cy=2, w=16, h=8, angle=130),
    Polygon(parts=[RING]),
    MASK,
    Ellipse(cx=60, cy=40, rx=20, ry=9, rotation=20),
    Keypoints(points=[5, 5, 2]),
    Keypoints(points=[5, 5, 2, 70, 5, 2, 9, 30, 1]),
    Points(points=[3, 3]),
    Tag(),
)
LABELS = (
    LabelRecord("unused"),
    LabelRecord("left eye"),
    LabelRecord("right: [eye]", keypoints=("left", "right"), source={"yolo:flip_idx": [1, 0]}),
)


def export(root: Path, **options: Any) -> None:
    """Two splits, three pictures: one with everything, one in a folder called ``images``, one background."""
    (root / "in").mkdir()
    Image.new("RGB", (W, H)).save(root / "in/a.png")
    everything = tuple(AnnotationRecord(LABELS[1 + n % 2].name, shape) for n, shape in enumerate(SHAPES))
    everything += (AnnotationRecord("left eye", SHAPES[0]),)
    images = [
        ImageRecord("a.png", W, H, everything, "train", root / "in/a.png"),
        ImageRecord("x/images/a.png", W, H, everything, "train", root / "in/a.png"),
        ImageRecord("empty.png", W, H, (), "val", root / "in/a.png"),
    ]
    (root / "out").mkdir()
    YoloFormat().write(
        images,
        root / "out",
        labels=LABELS,
        options=YoloOptions(**options),
        report=lambda issue: None,
        progress=SilentProgress(),
    )


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The library's check of a data file, without the fonts that it would fetch for drawings."""
    from ultralytics.data import utils

    monkeypatch.setattr(utils, "check_font", lambda *args, **kwargs: None)
    return utils.check_det_dataset


@pytest.mark.parametrize(
    ("task", "multipart"),
    [("detect", "bridge"), ("segment", "bridge"), ("segment", "rows"), ("segment", "largest"), ("obb", "bridge"),
     ("pose", "bridge")],
)  # fmt: skip
def test_the_library_takes_every_picture_and_row(tmp_path: Path, checked: Any, task: str, multipart: str) -> None:
    from ultralytics.data.utils import img2label_paths, verify_image_label

    export(tmp_path, task=task, multipart=multipart)
    data = checked(tmp_path / "out/data.yaml")
    assert data["names"] == {0: "unused", 1: "left eye", 2: "right: [eye]"}
    pictures = sorted((tmp_path / "out/images").rglob("*.png"))
    assert len(pictures) == 3
    count, size = data.get("kpt_shape", (0, 0))
    for picture, labels in zip(pictures, img2label_paths([str(p) for p in pictures]), strict=True):
        rows = Path(labels).read_text().splitlines()
        found = verify_image_label((str(picture), labels, "", task == "pose", data["nc"], count, size, False))
        missing, present, empty, corrupt, message = found[5:]
        assert (missing, present, corrupt, message) == (0, 1, 0, "")
        assert empty == (picture.name == "empty.png")
        assert len(found[1]) == len(rows)
        assert found[1].min(initial=0) >= 0
        assert found[1][:, 1:].max(initial=0) <= 1


def test_its_data_set_holds_the_shapes(tmp_path: Path, checked: Any) -> None:
    from ultralytics.data.dataset import YOLODataset

    export(tmp_path, task="obb")
    data = checked(tmp_path / "out/data.yaml")
    found = YOLODataset(img_path=data["train"], data=data, task="obb", augment=False, rect=False)
    assert len(found) == 2
    expected = corners(SHAPES[5]) / (W, H)  # type: ignore[arg-type]
    segments = found.labels[0]["segments"]
    assert any(np.abs(np.asarray(quad) - expected).max() < 1e-5 for quad in segments)


def test_key_points_and_their_mirror_images(tmp_path: Path, checked: Any) -> None:
    export(tmp_path, task="pose")
    data = checked(tmp_path / "out/data.yaml")
    assert data["kpt_shape"] == [3, 3]
    row = (tmp_path / "out/labels/train/a.txt").read_text().splitlines()
    assert all(len(line.split()) == 5 + 3 * 3 for line in row)


def test_folders_of_classes(tmp_path: Path) -> None:
    from ultralytics.cfg import get_cfg
    from ultralytics.data.dataset import ClassificationDataset

    export(tmp_path, task="classify")
    settings: Any = get_cfg()
    found = ClassificationDataset(str(tmp_path / "out/train"), args=settings)
    assert [Path(sample[0]).relative_to(tmp_path / "out/train").parts[0] for sample in found.samples] == [
        "right: [eye]",
        "right: [eye]",
    ]
