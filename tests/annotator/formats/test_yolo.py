"""YOLO: the contract for every task, and what real files do wrong."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.measures import bounds, iou
from annotator.core.geometry.types import Box, Keypoints, Polygon, PolygonPart, RotatedBox
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.yolo.plugin import YoloFormat, YoloOptions
from annotator.formats.yolo.writer import YoloWriter
from annotator.plugins.listing import Listing
from annotator.plugins.testing import LABELS, MASK, SAMPLES, DatasetFormatContract


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
        ("cat .5 .5 .2 .2", "unparsable_file"),
        ("0 .1 .1 .1 .1 .1 .1", "degenerate_polygon"),
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


def test_label_files_without_pictures_are_recognised(tmp_path: Path) -> None:
    (tmp_path / "obj.names").write_text("cat\n")
    (tmp_path / "obj.data").write_text("classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n")
    (tmp_path / "train.txt").write_text("data/obj_train_data/a.jpg\n")
    assert YoloFormat().recognises(Listing(tmp_path)).confidence == 0
    (tmp_path / "obj_train_data").mkdir()
    (tmp_path / "obj_train_data" / "a.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    assert YoloFormat().recognises(Listing(tmp_path)).confidence >= 0.5


def test_folders_of_splits_are_no_classes(tmp_path: Path) -> None:
    for name in ("train/a.png", "valid/b.png"):
        (tmp_path / name).parent.mkdir()
        Image.new("RGB", (30, 20)).save(tmp_path / name)
    assert YoloFormat().recognises(Listing(tmp_path)).confidence == 0


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


def put(folder: Path, name: str, text: str = "") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() in {".png", ".jpg"}:
        Image.new("RGB", (100, 50)).save(path)
    else:
        path.write_text(text, encoding="utf-8")


def everything(folder: Path, **options: str) -> tuple[list[ImageRecord], list[str]]:
    issues: list[Issue] = []
    images = list(YoloFormat().read(folder, options=YoloOptions(**options), report=issues.append))  # type: ignore[arg-type]
    return images, [issue.code for issue in issues]


def labels_of(folder: Path, **options: str) -> list[LabelRecord]:
    return YoloFormat().labels(folder, options=YoloOptions(**options), report=lambda issue: None)  # type: ignore[arg-type]


ROW = "1 .5 .5 .2 .4\n"


@pytest.mark.parametrize(
    ("picture", "labels", "config", "name", "split"),
    [
        ("images/train/a.jpg", "labels/train/a.txt", "train: images/train", "train/a.jpg", "train"),
        ("train/images/a.jpg", "train/labels/a.txt", "train: ../train/images", "train/a.jpg", "train"),
        ("valid/images/a.jpg", "valid/labels/a.txt", "val: valid/images", "valid/a.jpg", "val"),
        ("images/a.jpg", "labels/a.txt", "train: images\nval: images", "a.jpg", "train"),
        ("images/a.JPG", "labels/a.TXT", "path: /home/x/data\ntrain: images", "a.JPG", "train"),
        ("images/b/a.jpg", "labels/b/a.txt", "path: ../datasets/x\nval: [images/b]", "b/a.jpg", "val"),
        ("images/x/images/a.jpg", "images/x/labels/a.txt", "test: images/x", "x/images/a.jpg", "test"),
        ("a.jpg", "a.txt", "train: .", "a.jpg", None),
        ("images/train.jpg", "labels/train.txt", "train: images", "train.jpg", "train"),
        ("obj/val.jpg", "obj/val.txt", "", "obj/val.jpg", None),
        ("Images/a.jpg", "Labels/a.txt", "train: Images", "a.jpg", "train"),
        ("set/images/train/a.jpg", "labels/train/a.txt", "train: set/images/train", "set/train/a.jpg", "train"),
    ],
)
def test_places_of_files_in_the_wild(
    tmp_path: Path, picture: str, labels: str, config: str, name: str, split: str | None
) -> None:
    put(tmp_path, picture)
    put(tmp_path, labels, ROW)
    put(tmp_path, "data.yaml", f"names: [cat, dog]\n{config}\n")
    assert YoloFormat().recognises(Listing(tmp_path)).confidence > 0.9
    images, codes = everything(tmp_path)
    assert [(i.name, i.split, [a.label for a in i.annotations]) for i in images] == [(name, split, ["dog"])]
    assert set(codes) <= {"yaml_path_not_here"}


def test_data_files_of_other_machines_are_told(tmp_path: Path) -> None:
    put(tmp_path, "images/train/a.jpg")
    put(tmp_path, "labels/train/a.txt", ROW)
    put(tmp_path, "data.yaml", "path: C:/Users/x/data\ntrain: images/train\nval: images/val\nnames: [cat, dog]")
    issues: list[Issue] = []
    list(YoloFormat().read(tmp_path, options=YoloOptions(), report=issues.append))
    assert [(issue.code, issue.severity) for issue in issues] == [("yaml_path_not_here", "info")]


def test_lists_of_pictures_name_splits(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path, f"images/{number}.jpg")
        put(tmp_path, f"labels/{number}.txt", ROW)
    put(tmp_path, "data.yaml", "names: [cat, dog]\ntrain: lists/train.txt\nval: lists/val.txt")
    put(tmp_path, "lists/train.txt", "./images/0.jpg\n")
    put(tmp_path, "lists/val.txt", "/home/me/data/images/2.jpg\r\n")
    images, _ = everything(tmp_path)
    assert [image.split for image in images] == ["train", None, "val"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("data.yaml", "names: [cat, dog]"),
        ("data.yaml", "names: {1: dog, 0: cat}"),
        ("data.yaml", "names: {'1': dog, '0': cat}\nnc: 2"),
        ("classes.txt", "cat\ndog\n"),
        ("labels/classes.txt", "cat\ndog\n"),
        ("obj.names", "cat\ndog\n"),
        ("notes.json", '{"categories": [{"id": 1, "name": "dog"}, {"id": 0, "name": "cat"}], "info": {}}'),
    ],
)
def test_names_wherever_they_are(tmp_path: Path, file: str, text: str) -> None:
    put(tmp_path, "images/a.jpg")
    put(tmp_path, "labels/a.txt", ROW)
    put(tmp_path, file, text)
    assert [(label.name, label.source_id) for label in labels_of(tmp_path)] == [("cat", 0), ("dog", 1)]
    assert [a.label for a in everything(tmp_path)[0][0].annotations] == ["dog"]


def test_no_names_only_numbers(tmp_path: Path) -> None:
    put(tmp_path, "images/a.jpg")
    put(tmp_path, "labels/a.txt", "7.0 .5 .5 .2 .4\n3 .5 .5 .1 .1\n")
    assert [label.name for label in labels_of(tmp_path)] == ["3", "7"]
    put(tmp_path, "data.yaml", "nc: 8\ntrain: images")
    assert [label.name for label in labels_of(tmp_path)] == [str(number) for number in range(8)]
    put(tmp_path, "data.yaml", "nc: 1000000000000\ntrain: images")
    assert [label.name for label in labels_of(tmp_path)] == ["3", "7"]


def test_two_classes_of_one_name_are_one(tmp_path: Path) -> None:
    put(tmp_path, "images/a.jpg")
    put(tmp_path, "labels/a.txt", "0 .5 .5 .2 .2\n2 .5 .5 .3 .3")
    put(tmp_path, "data.yaml", "names: [cat, dog, cat]")
    issues: list[Issue] = []
    found = YoloFormat().labels(tmp_path, options=YoloOptions(), report=issues.append)
    assert [label.name for label in found] == ["cat", "dog"]
    assert [issue.code for issue in issues] == ["duplicate_label_name"]
    assert [a.label for a in everything(tmp_path)[0][0].annotations] == ["cat", "cat"]


def test_outlines_and_boxes_mixed_and_confidences(read: Reader) -> None:
    images, codes = read("0 .1 .1 .5 .1 .5 .5\n1 .5 .5 .2 .2\n")
    assert [a.geometry.kind for a in images[0].annotations] == ["polygon", "box"]
    images, codes = read("0 .1 .1 .5 .1 .5 .5 .75\n1 .5 .5 .2 .2 .5\n")
    assert [(a.geometry.kind, a.score) for a in images[0].annotations] == [("polygon", 0.75), ("box", 0.5)]
    assert codes == []
    images, codes = read("0 .1 .1 .5 .1 .5 .5 .75\n1 .5 .5 .2 .2\n")
    assert [(a.geometry.kind, a.score) for a in images[0].annotations] == [("box", None)]
    assert codes == ["missing_geometry"]
    images, _ = read("0 .1 .1 .5 .1 .5 .5 .1 .5 .9\n", "obb")
    assert [(a.geometry.kind, a.score) for a in images[0].annotations] == [("rotated_box", 0.9)]


def test_signs_and_borders(read: Reader) -> None:
    images, codes = read("0 .5 .5 -.2 .4\n1 .95 .5 .14 .2\n")
    first, second = (bounds(a.geometry) for a in images[0].annotations)
    assert first == pytest.approx((40, 15, 60, 35))
    assert second == pytest.approx((88, 20, 102, 30))
    assert codes == ["negative_size_normalised", "out_of_bounds"]


def test_turned_rectangles_are_found(tmp_path: Path) -> None:
    shape = RotatedBox(cx=50, cy=25, w=30, h=10, angle=200)
    kit = TestRotatedBoxes()
    image = ImageRecord("a.png", 100, 50, (AnnotationRecord("cat", shape),), "train", None)
    put(tmp_path, "in/a.png")
    kit.write([replace(image, path=tmp_path / "in/a.png")], tmp_path / "out")
    text = (tmp_path / "out/data.yaml").read_text().replace("task: obb\n", "")
    (tmp_path / "out/data.yaml").write_text(text)
    images, codes = everything(tmp_path / "out")
    (found,) = images[0].annotations
    assert isinstance(found.geometry, RotatedBox)
    assert (found.geometry.angle, found.geometry.w, found.geometry.h) == pytest.approx((200, 30, 10), abs=1e-3)
    assert codes == ["task_guessed"]
    assert everything(tmp_path / "out", task="segment")[0][0].annotations[0].geometry.kind == "polygon"


def test_corners_against_the_clock(read: Reader) -> None:
    images, _ = read("0 .1 .2 .1 .6 .5 .6 .5 .2", "obb")
    found = images[0].annotations[0].geometry
    assert bounds(found) == pytest.approx((10, 10, 50, 30))
    assert isinstance(found, RotatedBox)
    assert (found.angle, found.w, found.h) == pytest.approx((0, 40, 20))


def test_key_points_keep_their_names_boxes_and_mirror_images(tmp_path: Path) -> None:
    config = (
        "names: [face]\ntrain: images\nkpt_shape: [3, 3]\nflip_idx: [1, 0, 2]\nkpt_names: {0: [left, right, nose]}\n"
        "license: CC0\nroboflow: {project: faces, version: 2}\n"
    )
    put(tmp_path, "images/a.png")
    put(
        tmp_path,
        "labels/a.txt",
        "0 .5 .5 .4 .4 .4 .4 2 .6 .4 1 0 0 0\n0 .5 .5 .2 .2 0 0 0 0 0 0 0 0 0\n0 .1 .2 .1 .1\n",
    )
    put(tmp_path, "data.yaml", config)
    (label,) = labels_of(tmp_path)
    assert (label.keypoints, label.source) == (("left", "right", "nose"), {"yolo:flip_idx": [1, 0, 2]})
    images, codes = everything(tmp_path)
    posed, whole, short = images[0].annotations
    assert posed.geometry == Keypoints(points=[40, 20, 2, 60, 20, 1, 0, 0, 0])
    assert posed.box is not None
    assert bounds(posed.box) == pytest.approx((30, 15, 70, 35))
    assert (whole.geometry.kind, short.geometry.kind, codes) == ("box", "box", [])
    information = YoloFormat().information(tmp_path, options=YoloOptions())
    (tmp_path / "out").mkdir()
    YoloFormat().write(
        images,
        tmp_path / "out",
        labels=[label],
        options=YoloOptions(task="pose"),
        report=lambda issue: None,
        progress=SilentProgress(),
        information=information,
    )
    back, _ = everything(tmp_path / "out")
    assert back[0].annotations[0].geometry == posed.geometry
    assert labels_of(tmp_path / "out") == [label]
    content = yaml.safe_load((tmp_path / "out/data.yaml").read_text())
    assert (content["license"], content["roboflow"]["version"]) == ("CC0", 2)


def test_labels_lie_where_the_library_looks(tmp_path: Path) -> None:
    kit = TestDetect()
    box = (AnnotationRecord(label="cat", geometry=Box(x=1, y=1, w=9, h=9)),)
    image = kit.picture(tmp_path / "in", "x/images/y/a.png", box, "train")
    kit.write([image], tmp_path / "out")
    assert (tmp_path / "out/images/train/x/labels/y/a.txt").is_file()
    found, _ = kit.read(tmp_path / "out")
    assert [(i.name, len(i.annotations)) for i in found] == [("x/images/y/a.png", 1)]


def test_darknet_is_written_with_its_lists(tmp_path: Path) -> None:
    kit = TestDarknet()
    kit.write(kit.sample(tmp_path / "in"), tmp_path / "out")
    assert (tmp_path / "out/train.txt").read_text() == "data/obj_train_data/b 1.png\ndata/obj_train_data/a.png\n"
    assert "valid = data/val.txt" in (tmp_path / "out/obj.data").read_text()
    assert (tmp_path / "out/obj_train_data/a.txt").read_text() == ""


def test_label_files_without_pictures_are_told(read: Reader, tmp_path: Path) -> None:
    put(tmp_path, "labels/train/lost.txt", ROW)
    images, codes = read(ROW)
    assert (len(images), codes) == (1, ["image_not_found"])


@pytest.mark.parametrize(
    ("task", "kind", "told"),
    [
        ("auto", "polygon", "become their bounding boxes"),
        ("segment", "keypoints", "are left out"),
        ("segment", "mask", "become outlines"),
        ("obb", "polygon", "become boxes of four corners"),
        ("pose", "box", ""),
        ("classify", "box", "are left out"),
    ],
)
def test_losses_say_what_becomes_of_shapes(task: str, kind: str, told: str) -> None:
    shape = MASK if kind == "mask" else SAMPLES[kind]
    assert shape is not None
    image = ImageRecord("a.png", 60, 40, (AnnotationRecord("cat", shape),))
    losses = YoloFormat().losses([image], options=YoloOptions(task=task))  # type: ignore[arg-type]
    assert [told in loss.text for loss in losses if loss.code == f"unsupported_{kind}"] == ([True] if told else [])


def test_text_files_of_other_kinds_are_not_taken_for_rows(tmp_path: Path) -> None:
    put(tmp_path, "images/a.png")
    put(
        tmp_path, "labels/a.txt", "Car 0.00 0 -1.57 599.41 156.40 629.75 189.25 2.85 2.63 12.34 0.47 1.49 69.44 -1.56\n"
    )
    assert YoloFormat().recognises(Listing(tmp_path)).confidence == 0


def test_a_data_file_and_label_files_are_enough_to_be_recognised(tmp_path: Path) -> None:
    put(tmp_path, "images/a.png")
    put(tmp_path, "labels/a.txt", "cat nan 900 1 1 1\n")
    assert YoloFormat().recognises(Listing(tmp_path)).confidence < 0.5
    put(tmp_path, "data.yaml", "names: [cat]")
    assert YoloFormat().recognises(Listing(tmp_path)).confidence > 0.9


def test_plain_boxes_are_written_the_same_at_once_as_by_the_general_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [
        (0, 0, 1, 1),
        (1.0, 2.5, 3.1, 4.7),
        (0.1, 1e-7, 59.9, 39),
        (-3.0, -0.5, 9, 9.0),
        (59, 39, 5, 5),
        (1, 1, 1e-9, 9),
    ]
    boxes = tuple(AnnotationRecord(name, Box(*place)) for name in ("cat", "unknown") for place in places)
    texts = []
    for name in ("at once", "generally"):
        (tmp_path / name).mkdir()
        YoloFormat().write(
            [ImageRecord("a.b/c 1.0.jpg", 60, 40, boxes, "val")], tmp_path / name, labels=[LabelRecord("cat")],
            options=YoloOptions(), report=lambda issue: None, progress=SilentProgress(),
        )  # fmt: skip
        texts.append((tmp_path / name / "labels" / "val" / "a.b" / "c 1.0.txt").read_text())
        monkeypatch.setattr(YoloWriter, "_plain_row", lambda self, annotation, image: None)
    assert texts[0] == texts[1]
    assert texts[0].count("\n") == 5


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("[no, yes, on]", ["no", "yes", "on"]),
        ("{0: 007, 1: 12:30, 2: 2024-01-01, 3: null}", ["007", "12:30", "2024-01-01", "null"]),
        ("[a]\nbase: &b {x: 1}\n<<: *b", ["a"]),
        ("&n [a, b]\nother: *n", ["a", "b"]),
    ],
)
def test_names_are_text_whatever_yaml_makes_of_it(tmp_path: Path, names: str, expected: list[str]) -> None:
    put(tmp_path, "images/train/a.png")
    put(tmp_path, "labels/train/a.txt", "0 .5 .5 .2 .4\n")
    put(tmp_path, "data.yaml", f"train: images/train\nnames: {names}\n")
    assert [label.name for label in labels_of(tmp_path)] == expected


def test_data_files_of_windows(tmp_path: Path) -> None:
    put(tmp_path, "images/train/a.png")
    put(tmp_path, "labels/train/a.txt", "0 .5 .5 .2 .4\n")
    (tmp_path / "data.yaml").write_bytes("train: images/train\r\nnames: [çat]\r\n".encode("cp1252"))
    assert [label.name for label in labels_of(tmp_path)] == ["çat"]


def test_names_that_come_twice_are_told_when_reading(tmp_path: Path) -> None:
    put(tmp_path, "images/train/a.png")
    put(tmp_path, "labels/train/a.txt", "1 .5 .5 .2 .4\n")
    put(tmp_path, "data.yaml", "train: images/train\nnames: [cat, cat]\n")
    images, codes = everything(tmp_path)
    assert [a.label for a in images[0].annotations] == ["cat"]
    assert codes.count("duplicate_label_name") == 1


def test_label_files_in_another_spelling_are_told(tmp_path: Path) -> None:
    put(tmp_path, "images/train/A.png")
    put(tmp_path, "labels/train/a.txt", ROW)
    put(tmp_path, "data.yaml", "train: images/train\nnames: [cat, dog]\n")
    images, codes = everything(tmp_path)
    assert ([len(image.annotations) for image in images], codes) == ([1], ["filename_case"])


POSE = "0 .5 .5 .4 .4 .45 .4 2 .6 .5 1 0 0 0\n"


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        (POSE, ["keypoints"]),
        (POSE * 2 + POSE.replace(".45", ".5"), ["keypoints", "keypoints"]),
        (POSE.replace(".45 .4", ".95 .4"), []),  # beside its box: an odd number of values that is no outline, either
        (POSE.replace("0 0 0", "0 0 .5"), []),
        ("0 .1 .1 .2 .1 .3 .2 .3 .4 .2 .5 .1 .4 .05 .2 .05 .1\n", ["polygon"]),
    ],
)
def test_key_points_that_no_data_file_speaks_of(tmp_path: Path, rows: str, kinds: list[str]) -> None:
    put(tmp_path, "images/train/a.png")
    put(tmp_path, "labels/train/a.txt", rows)
    put(tmp_path, "labels/train/b.txt", "0 .5 .5 .2 .2\n")  # its picture is not here: it says nothing
    images, codes = everything(tmp_path)
    found = [a.geometry.kind for a in images[0].annotations]
    assert ("task_guessed" in codes) is ("keypoints" in kinds)
    assert found == kinds or (not kinds and "keypoints" not in found)


def test_names_that_are_merged_in(tmp_path: Path) -> None:
    put(tmp_path, "images/train/a.png")
    put(tmp_path, "labels/train/a.txt", "0 .5 .5 .2 .4\n")
    put(tmp_path, "data.yaml", "base: &b\n  names: [cat]\n<<: *b\ntrain: images/train\n")
    assert [label.name for label in labels_of(tmp_path)] == ["cat"]
