"""YOLO: the contract for every task, and what real files do wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.measures import bounds, iou
from annotator.core.geometry.types import Box, Polygon, PolygonPart, RotatedBox
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.yolo import YoloFormat, YoloOptions
from annotator.plugins.testing import LABELS, DatasetFormatContract


class TestDetect(DatasetFormatContract):
    plugin = YoloFormat
    options = {"task": "detect"}
    kinds = frozenset({"box"})
    tolerance = 1e-4


class TestSegment(DatasetFormatContract):
    plugin = YoloFormat
    options = {"task": "segment"}
    kinds = frozenset({"polygon"})
    tolerance = 1e-4


class TestRotatedBoxes(DatasetFormatContract):
    plugin = YoloFormat
    options = {"task": "obb"}
    kinds = frozenset({"rotated_box"})
    tolerance = 1e-3


class TestPose(DatasetFormatContract):
    plugin = YoloFormat
    options = {"task": "pose"}
    kinds = frozenset({"keypoints", "box"})
    tolerance = 1e-3


class TestDarknet(DatasetFormatContract):
    plugin = YoloFormat
    options = {"task": "detect", "layout": "darknet"}
    kinds = frozenset({"box"})
    tolerance = 1e-4


class TestClassify(DatasetFormatContract):
    plugin = YoloFormat
    options = {"task": "classify"}
    kinds = frozenset({"tag"})
    keeps_names = False


Reader = Callable[..., tuple[list[ImageRecord], list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Write rows for one picture of 100 × 50 and read them."""

    def run(
        rows: str, task: str = "auto", config: str = "names: [cat, dog]\ntrain: images/train"
    ) -> tuple[list[ImageRecord], list[str]]:
        for folder in ("images", "labels"):
            (tmp_path / folder / "train").mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 50)).save(tmp_path / "images" / "train" / "a.png")
        (tmp_path / "labels" / "train" / "a.txt").write_text(rows)
        (tmp_path / "data.yaml").write_text(config)
        issues: list[Issue] = []
        options = YoloOptions(task=task)  # type: ignore[arg-type]
        return list(YoloFormat().read(tmp_path, options=options, report=issues.append)), [i.code for i in issues]

    return run


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("7 .5 .5 .2 .2", "unknown_category_id"),
        ("0.5 .5 .5 .2 .2", "unknown_category_id"),
        ("0 .5 .5 0 .2", "zero_area"),
        ("0 nan .5 .2 .2", "not_finite"),
        ("0 .5 .5", "missing_geometry"),
        ("0 50 20 10 10", "not_normalised"),
        ("cat .5 .5 .2 .2", "unparsable_record"),
        ("0 .1 .1 .1 .1 .1 .1", "zero_area"),
        ("1 .2 .5 .2 .4", "duplicate_row"),
    ],
)
def test_one_bad_row_costs_one_row(read: Reader, bad: str, code: str) -> None:
    images, codes = read(f"1 .2 .5 .2 .4\r\n\r\n{bad}\n")
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert bounds(images[0].annotations[0].geometry) == pytest.approx((10, 15, 30, 35))
    assert codes == [code]


def test_nine_numbers_are_what_the_task_says(read: Reader) -> None:
    row = "0 .1 .2 .5 .2 .5 .6 .1 .6"
    assert isinstance(read(row)[0][0].annotations[0].geometry, Polygon)
    turned = read(row, "obb")[0][0].annotations[0].geometry
    assert isinstance(turned, RotatedBox)
    assert (turned.cx, turned.cy, turned.w, turned.h, turned.angle) == pytest.approx((30, 20, 40, 20, 0))


def test_key_points_and_scores(read: Reader) -> None:
    points = read("0 .5 .5 .2 .4 .45 .4 0 0", config="names: [cat]\nkpt_shape: [2, 2]")[0][0].annotations[0]
    assert points.geometry.kind == "keypoints"
    assert points.geometry.points == pytest.approx([45, 20, 2, 0, 0, 0])  # type: ignore[union-attr]
    assert read("0 .5 .5 .2 .4 .75")[0][0].annotations[0].score == 0.75


def test_names_by_index_not_by_order(read: Reader, tmp_path: Path) -> None:
    images, _ = read("10 .5 .5 .2 .2\n2 .5 .5 .1 .1", config="names:\n  10: ten\n  2: two\n  1: one\n")
    assert [a.label for a in images[0].annotations] == ["ten", "two"]
    labels = YoloFormat().labels(tmp_path, options=YoloOptions(), report=lambda issue: None)
    assert [label.name for label in labels] == ["one", "two", "ten"]


@pytest.mark.parametrize(
    "value",
    ["/home/somebody/data/images/train", "../images/train", "images/train", "./images/train/", "[images/train]"],
)
def test_splits_of_other_machines(read: Reader, value: str) -> None:
    images, _ = read("", config=f"names: [cat]\nval: {value}")
    assert [image.split for image in images] == ["val"]


def test_background_and_pictures_without_a_file(read: Reader, tmp_path: Path) -> None:
    read("")
    Image.new("RGB", (30, 20)).save(tmp_path / "images" / "train" / "b.png")
    images = list(YoloFormat().read(tmp_path, options=YoloOptions(), report=lambda issue: None))
    assert [(i.name, dict(i.source)) for i in images] == [("train/a.png", {}), ("train/b.png", {"annotated": False})]


def test_no_pictures_is_said(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("names: [cat]")
    with pytest.raises(FormatError, match="No picture"):
        list(YoloFormat().read(tmp_path, options=YoloOptions(), report=lambda issue: None))


def write(folder: Path, annotations: list[AnnotationRecord], **options: str) -> list[str]:
    kit = TestDetect()
    issues: list[Issue] = []
    image = kit.picture(folder / "in", "a.png", tuple(annotations), "train")
    (folder / "out").mkdir()
    YoloFormat().write(
        [image],
        folder / "out",
        labels=LABELS,
        options=YoloOptions(**options),  # type: ignore[arg-type]
        report=issues.append,
        progress=SilentProgress(),
    )
    return [issue.code for issue in issues]


def test_rows_that_ultralytics_would_refuse_are_not_written(tmp_path: Path) -> None:
    shapes = [
        Box(x=-10, y=-10, w=20, h=20),
        Box(x=-10, y=-10, w=20, h=20),
        Box(x=70, y=0, w=5, h=5),
        Box(x=5, y=5, w=1e-9, h=5),
    ]
    codes = write(tmp_path, [AnnotationRecord(label="cat", geometry=shape) for shape in shapes])
    assert (tmp_path / "out/labels/train/a.txt").read_text() == "0 0.083333 0.125000 0.166667 0.250000\n"
    assert codes == [
        "out_of_bounds",
        "out_of_bounds",
        "duplicate_row",
        "zero_area",
        "zero_area",
        "split_missing",
    ]
    content = yaml.safe_load((tmp_path / "out/data.yaml").read_text())
    assert (content["train"], content["val"]) == ("images/train", "images/train")


def test_holes_and_parts_become_one_outline(tmp_path: Path) -> None:
    hole = [20.0, 10, 20, 20, 30, 20, 30, 10]
    polygon = Polygon(
        parts=[
            PolygonPart(outer=[10, 5, 40, 5, 40, 30, 10, 30], holes=[hole]),
            PolygonPart(outer=[45, 5, 55, 5, 55, 15, 45, 15]),
        ]
    )
    write(tmp_path, [AnnotationRecord(label="cat", geometry=polygon)], task="segment")
    images = list(YoloFormat().read(tmp_path / "out", options=YoloOptions(), report=lambda issue: None))
    (found,) = images[0].annotations
    assert iou(found.geometry, polygon) > 0.999


def test_two_pictures_of_one_stem_are_kept_apart(tmp_path: Path) -> None:
    kit = TestDetect()
    box = (AnnotationRecord(label="cat", geometry=Box(x=1, y=1, w=9, h=9)),)
    images = [kit.picture(tmp_path / "in", "a.png", box, "train"), kit.picture(tmp_path / "in", "a.bmp", (), "train")]
    issues = kit.write(images, tmp_path / "out")
    assert [issue.code for issue in issues if issue.code == "renamed"] == ["renamed"]
    found, _ = kit.read(tmp_path / "out")
    assert [(image.name, len(image.annotations)) for image in found] == [("a-2.bmp", 0), ("a.png", 1)]


def test_names_that_repeat_themselves_stay_small(read: Reader) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, here in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{here}: &{here} [{', '.join([f'*{before}'] * 10)}]\n"
    images, _ = read("0 .5 .5 .2 .2", config=f"{bomb}names: [*i, dog]")
    assert [a.label for a in images[0].annotations] == ["0"]
