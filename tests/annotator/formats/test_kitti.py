"""KITTI: the contract, and what its label files hold."""

import random
from pathlib import Path

import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.measures import bounds
from annotator.core.progress import SilentProgress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.kitti.plugin import KittiFormat
from annotator.plugins.base import Options
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = KittiFormat


CAR = "Car 0.25 1 -1.57 1.00 2.00 11.00 22.00 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59"


def read(
    folder: Path, rows: str | bytes, picture: str = "training/image_2/000000.png"
) -> tuple[list[ImageRecord], list[str]]:
    if picture:
        (folder / picture).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(folder / picture)
    (folder / "training" / "label_2").mkdir(parents=True, exist_ok=True)
    path = folder / "training" / "label_2" / "000000.txt"
    path.write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    issues: list[Issue] = []
    images = list(KittiFormat().read(folder, options=Options(), report=issues.append))
    return images, [issue.code for issue in issues]


def write(images: list[ImageRecord], folder: Path, *names: str) -> list[str]:
    folder.mkdir()
    issues: list[Issue] = []
    labels = [LabelRecord(name) for name in names]
    KittiFormat().write(
        images, folder, labels=labels, options=Options(), report=issues.append, progress=SilentProgress()
    )
    return [issue.code for issue in issues]


def test_columns_become_attributes_and_go_back(tmp_path: Path) -> None:
    rows = f"{CAR} 0.91\nDontCare -1 -1 -10 3 4 5 6 -1 -1 -1 -1000 -1000 -1000 -10\n"
    images, issues = read(tmp_path / "in", rows)
    (car,) = images[0].annotations
    assert (car.label, bounds(car.geometry), car.score) == ("Car", (1, 2, 11, 22), 0.91)
    assert car.attributes == {
        "truncated": 0.25,
        "occluded": 1,
        "kitti:alpha": -1.57,
        "kitti:dimensions": [1.65, 1.67, 3.64],
        "kitti:location": [-0.65, 1.71, 46.7],
        "kitti:rotation_y": -1.59,
    }
    assert issues == ["ignored_label"]
    assert images[0].source == {"kitti:DontCare": [[3, 4, 5, 6]]}
    assert [loss.code for loss in KittiFormat().losses(images, options=Options())] == []
    assert write(images, tmp_path / "out", "Car") == []
    text = (tmp_path / "out/training/label_2/000000.txt").read_text()
    assert text.splitlines() == [
        f"{CAR} 0.91",
        "DontCare -1 -1 -10.00 3.00 4.00 5.00 6.00 -1.00 -1.00 -1.00 -1000.00 -1000.00 -1000.00 -10.00",
    ]
    assert [label.name for label in KittiFormat().labels(tmp_path / "in", options=Options(), report=print)] == ["Car"]


def test_coordinates_are_not_rounded(tmp_path: Path) -> None:
    images, _ = read(tmp_path / "in", CAR.replace("11.00", "11.123456789"))
    write(images, tmp_path / "out", "Car")
    again = list(KittiFormat().read(tmp_path / "out", options=Options(), report=print))
    assert again[0].annotations == images[0].annotations


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Car 0 0 0 5 5 5 9 1 1 1 1 1 1 0", "zero_area"),
        ("Car 0 0 0 nan 5 6 9 1 1 1 1 1 1 0", "not_finite"),
        ("Car 0 0 0 1 2", "unparsable_file"),
        ("Car", "unparsable_file"),
    ],
)
def test_one_bad_row_costs_one_row(tmp_path: Path, row: str, code: str) -> None:
    images, issues = read(tmp_path, f"{row}\r\n\r\n{CAR}\r\n")
    assert [a.label for a in images[0].annotations] == ["Car"]
    assert issues == [code]


def test_short_rows_words_and_corners_in_any_order(tmp_path: Path) -> None:
    images, issues = read(tmp_path, "traffic light -1 -1 -10 11 22 1 2\nMisc 0 0 0 1 2 11 22 1 1 1 1 1 1 0\n")
    first, second = images[0].annotations
    assert (first.label, bounds(first.geometry), dict(first.attributes)) == ("traffic light", (1, 2, 11, 22), {})
    assert (second.label, issues) == ("Misc", [])


def test_pictures_that_are_not_here_and_labels_that_are_not_there(tmp_path: Path) -> None:
    Image.new("RGB", (50, 30)).save(_made(tmp_path / "testing" / "image_2" / "000000.png"))
    images, issues = read(tmp_path, CAR, picture="")
    assert [(i.name, i.width, i.split, len(i.annotations), dict(i.source)) for i in images] == [
        ("training/000000.png", 0, "train", 1, {}),
        ("testing/000000.png", 50, "test", 0, {"annotated": False}),
    ]
    assert issues == ["image_not_found"]


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_lists_tell_validation_from_training(tmp_path: Path) -> None:
    (tmp_path / "ImageSets").mkdir()
    (tmp_path / "ImageSets" / "val.txt").write_text("000000\n")
    (tmp_path / "ImageSets" / "test.txt").write_text("000000\n")
    images, _ = read(tmp_path, CAR)
    assert [image.split for image in images] == ["val"]


def test_two_pictures_of_one_stem(tmp_path: Path) -> None:
    kit = TestContract()
    first, second = (kit.sample(tmp_path / "in")[0].annotations[i : i + 1] for i in (0, 1))
    images = [
        kit.picture(tmp_path / "in", "a.png", first, "train"),
        kit.picture(tmp_path / "in", "a.bmp", second, "val"),
    ]
    assert [issue.code for issue in kit.write(images, tmp_path / "out")] == ["renamed"]
    found, _ = kit.read(tmp_path / "out")
    assert {i.name: [a.label for a in i.annotations] for i in found} == {"a.png": ["cat"], "a-2.bmp": ["dog é 猫"]}


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    chance = random.Random(3)
    for number in range(150):
        data = bytearray(f"{CAR}\n".encode() * 2 if number % 2 else chance.randbytes(100))
        for _ in range(5):
            data[chance.randrange(len(data))] = chance.choice(b"\x00\xff \n-.e9")
        try:
            read(tmp_path, bytes(data[: chance.randrange(len(data))]), picture="")
            KittiFormat().recognises(Listing(tmp_path))
        except AnnotatorError:
            pass


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        list(KittiFormat().read(tmp_path, options=Options(), report=print))


def test_outlines_of_yolo_are_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text("0 " + " ".join(["0.5"] * 14) + "\n")
    assert KittiFormat().recognises(Listing(tmp_path)).confidence == 0


def test_bad_rows_do_not_hide_the_format_and_only_bad_rows_are_refused(tmp_path: Path) -> None:
    read(tmp_path, f"{CAR}\nbad row\n{CAR}\nnan\n{CAR}\n")
    assert KittiFormat().recognises(Listing(tmp_path)).confidence == 0.95
    with pytest.raises(FormatError) as error:
        read(tmp_path, "bad row\nnan\n")
    assert error.value.fields == {"issue": "unparsable_file", "file": "training/label_2/000000.txt", "place": "line 1"}


def test_pictures_of_one_number_in_both_folders(tmp_path: Path) -> None:
    Image.new("RGB", (50, 30)).save(_made(tmp_path / "in" / "testing" / "image_2" / "000000.png"))
    images, _ = read(tmp_path / "in", CAR)
    assert [(image.name, image.split) for image in images] == [
        ("training/000000.png", "train"),
        ("testing/000000.png", "test"),
    ]
    write(images, tmp_path / "out", "Car")
    assert (tmp_path / "out/training/image_2/000000.png").exists()
    again = list(KittiFormat().read(tmp_path / "out", options=Options(), report=print))
    assert {image.name for image in again} == {image.name for image in images}


def test_folders_of_names_may_be_called_like_those_of_the_format(tmp_path: Path) -> None:
    for name in ("training/image_2/images/a.png", "training/image_2/label_0/b.png"):
        (tmp_path / name).parent.mkdir(parents=True)
        Image.new("RGB", (60, 40)).save(tmp_path / name)
    for name in ("training/label_2/images/a.txt", "training/label_2/label_0/b.txt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(CAR)
    images = list(KittiFormat().read(tmp_path, options=Options(), report=lambda issue: None))
    assert [(i.name, len(i.annotations)) for i in images] == [("images/a.png", 1), ("label_0/b.png", 1)]


def test_splits_may_lie_below_the_folders_of_labels_and_pictures(tmp_path: Path) -> None:
    for split in ("train", "val"):
        for folder in ("label_2", "image_2"):
            (tmp_path / folder / split).mkdir(parents=True)
        (tmp_path / "label_2" / split / "000000.txt").write_text(CAR)
        Image.new("RGB", (60, 40)).save(tmp_path / "image_2" / split / "000000.png")
    images = list(KittiFormat().read(tmp_path, options=Options(), report=lambda issue: None))
    assert [(i.name, i.split, len(i.annotations)) for i in images] == [
        ("train/000000.png", "train", 1),
        ("val/000000.png", "val", 1),
    ]


def test_a_set_without_a_row_is_recognised_beside_a_readme(tmp_path: Path) -> None:
    read(tmp_path, "")
    (tmp_path / "README.txt").write_text("Nothing was found on these pictures.\n")
    assert KittiFormat().recognises(Listing(tmp_path)).confidence == 0.7


def test_a_bad_row_among_two_is_told_by_its_line(tmp_path: Path) -> None:
    images, issues = read(tmp_path, f"{CAR}\nCar 1 2\n")
    assert KittiFormat().recognises(Listing(tmp_path)).confidence > 0.9
    assert ([a.label for a in images[0].annotations], issues) == (["Car"], ["unparsable_file"])


def test_folders_whose_rows_are_all_bad_are_still_these(tmp_path: Path) -> None:
    (tmp_path / "training" / "label_2").mkdir(parents=True)
    (tmp_path / "training" / "label_2" / "1.txt").write_text("no row\n")
    assert KittiFormat().recognises(Listing(tmp_path)).confidence == 0.6


def test_pictures_of_the_other_camera_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "training" / "image_3").mkdir(parents=True)
    Image.new("RGB", (60, 40)).save(tmp_path / "training" / "image_3" / "000000.png")
    images, _ = read(tmp_path, f"{CAR}\n")
    assert [(image.name, len(image.annotations)) for image in images] == [("000000.png", 1)]
    assert images[0].path == tmp_path / "training" / "image_2" / "000000.png"
