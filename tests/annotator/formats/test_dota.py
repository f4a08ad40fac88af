"""DOTA: the contract, and what its label files hold."""

import random
from pathlib import Path

import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.boxes import corners
from annotator.core.geometry.types import Ellipse, Polygon, PolygonPart, RotatedBox, Tag
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.dota.plugin import DotaFormat, DotaOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = DotaFormat


TURNED = "20 10 30 20 20 30 10 20"
HEAD = "imagesource:GoogleEarth\ngsd:0.146343\n"


def put(folder: Path, files: dict[str, str | bytes], *pictures: str) -> None:
    for name in pictures:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(folder / name)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def read(folder: Path, **options: float) -> tuple[list[ImageRecord], list[str]]:
    issues: list[Issue] = []
    images = list(DotaFormat().read(folder, options=DotaOptions(**options), report=issues.append))
    return images, [issue.code for issue in issues]


def test_a_file_of_the_challenge(tmp_path: Path) -> None:
    rows = f"{HEAD}{TURNED} small-vehicle 0\n1 1 40 2 41 30 2 20 ship 1\n5 5 9 5 9 8 5 8 large vehicle\n"
    put(tmp_path, {"train/labelTxt/P1.txt": rows}, "train/images/P1.png")
    images, issues = read(tmp_path)
    assert [(i.name, i.width, i.split, dict(i.source)) for i in images] == [
        ("P1.png", 60, "train", {"dota:imagesource": "GoogleEarth", "dota:gsd": "0.146343"})
    ]
    turned, quad, upright = images[0].annotations
    assert isinstance(turned.geometry, RotatedBox)
    assert corners(turned.geometry).ravel().tolist() == pytest.approx([20, 10, 30, 20, 20, 30, 10, 20])
    assert turned.geometry.angle == pytest.approx(45)
    assert (turned.label, turned.attributes) == ("small-vehicle", {"difficult": 0})
    assert quad.geometry == Polygon(parts=[PolygonPart(outer=[1, 1, 40, 2, 41, 30, 2, 20])])
    assert (quad.label, quad.attributes) == ("ship", {"difficult": 1})
    assert upright.geometry == RotatedBox(cx=7, cy=6.5, w=4, h=3, angle=0)
    assert (upright.label, dict(upright.attributes), issues) == ("large vehicle", {}, [])


def test_corners_the_other_way_round_and_the_tolerance(tmp_path: Path) -> None:
    rows = "20 10 10 20 20 30 30 20 a 0\n10 10 30 10.4 30 20 10 20 a 0\n10 10 30 12 30 20 10 20 a 0\n"
    put(tmp_path, {"labelTxt/P1.txt": rows}, "images/P1.png")
    first, second, third = read(tmp_path)[0][0].annotations
    assert isinstance(first.geometry, RotatedBox)
    assert corners(first.geometry).ravel().tolist() == pytest.approx([20, 10, 30, 20, 20, 30, 10, 20])
    assert (second.geometry.kind, third.geometry.kind) == ("rotated_box", "polygon")
    assert [a.geometry.kind for a in read(tmp_path, tolerance=0)[0][0].annotations][1:] == ["polygon", "polygon"]
    assert [a.geometry.kind for a in read(tmp_path, tolerance=3)[0][0].annotations][2] == "rotated_box"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1 1 1 1 1 1 1 1 a 0", "zero_area"),
        ("nan 1 9 1 9 9 1 9 a 0", "not_finite"),
        ("1 1 9 1 9 9 1 9", "missing_label"),
        ("1 1 9 1 9 a 0", "unparsable_file"),
        ("hello", "unparsable_file"),
    ],
)
def test_one_bad_row_costs_one_row(tmp_path: Path, row: str, code: str) -> None:
    put(tmp_path, {"labelTxt/P1.txt": f"{row}\r\n\r\n{TURNED} a 0\r\n"}, "images/P1.png")
    images, issues = read(tmp_path)
    assert [a.label for a in images[0].annotations] == ["a"]
    assert issues == [code]


def test_several_versions_of_the_labels(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "val/labelTxt-v1.0/P1.txt": f"{TURNED} old 0\n",
        "val/labelTxt-v1.5/DOTA-v1.5_val/P2.txt": f"{TURNED} other 0\n",
        "val/labelTxt-v1.5/P1.txt": f"{TURNED} new 0\n",
        "val/labelTxt-v1.5_hbb/P1.txt": f"{TURNED} upright 0\n",
    }
    put(tmp_path, files, "val/images/P1.png", "val/images/P2.png", "test/images/P1.png")
    images, issues = read(tmp_path)
    assert [(i.name, i.split, [a.label for a in i.annotations]) for i in images] == [
        ("val/P1.png", "val", ["new"]),
        ("val/P2.png", "val", ["other"]),
        ("test/P1.png", "test", []),
    ]
    assert issues == ["ignored_file", "ignored_file"]


def test_pictures_that_are_not_here(tmp_path: Path) -> None:
    put(tmp_path, {"train/labelTxt/sub/P1.txt": f"{TURNED} a 0\n"}, "val/images/sub/P1.png")
    images, issues = read(tmp_path)
    assert [(i.name, i.width, len(i.annotations)) for i in images] == [
        ("train/sub/P1.png", 0, 1),
        ("val/sub/P1.png", 60, 0),
    ]
    assert issues == ["image_not_found"]


def test_what_is_written(tmp_path: Path) -> None:
    quad = Polygon(parts=[PolygonPart(outer=[1, 1, 40, 2, 41, 30, 2, 20])])
    annotations = (
        AnnotationRecord("cat", quad, {"difficult": True}),
        AnnotationRecord("dog é 猫", Ellipse(cx=30, cy=20, rx=10, ry=5, rotation=90)),
        AnnotationRecord("cat", Tag()),
    )
    image = TestContract().picture(tmp_path / "in", "a.png", annotations, None)
    source = {"dota:imagesource": "x", "dota:gsd": "null"}
    image = ImageRecord(image.name, 60, 40, annotations, None, image.path, source=source)
    issues = TestContract().write([image], tmp_path / "out")
    assert [issue.code for issue in issues] == ["unsupported_shape"]
    lines = (tmp_path / "out/labelTxt/a.txt").read_text().splitlines()
    assert lines[:3] == ["imagesource:x", "gsd:null", "1.00 1.00 40.00 2.00 41.00 30.00 2.00 20.00 cat 1"]
    (again,), _ = read(tmp_path / "out")
    assert again.source == image.source
    assert (again.annotations[0].geometry, again.annotations[0].attributes) == (quad, {"difficult": 1})
    assert again.annotations[1].label == "dog é 猫"
    assert again.annotations[1].geometry.kind == "rotated_box"


def test_how_sure_it_is(tmp_path: Path) -> None:
    put(tmp_path / "named", {"labelTxt/a.txt": f"{TURNED} a 0\n"})
    put(tmp_path / "plain", {"a.txt": f"{HEAD}{TURNED} a 0\n"})
    put(tmp_path / "yolo", {"labels/a.txt": "0 0.1 0.1 0.5 0.1 0.5 0.5 0.1 0.5\n"})
    assert DotaFormat().recognises(Listing(tmp_path / "named")).confidence == 0.95
    assert DotaFormat().recognises(Listing(tmp_path / "plain")).confidence == 0.85
    assert DotaFormat().recognises(Listing(tmp_path / "yolo")).confidence == 0


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    chance = random.Random(4)
    for number in range(150):
        data = bytearray(f"{HEAD}{TURNED} a 0\n".encode() if number % 2 else chance.randbytes(100))
        for _ in range(5):
            data[chance.randrange(len(data))] = chance.choice(b"\x00\xff \n-.e9")
        put(tmp_path, {"labelTxt/a.txt": bytes(data[: chance.randrange(len(data))])})
        try:
            read(tmp_path)
            DotaFormat().recognises(Listing(tmp_path))
        except AnnotatorError:
            pass


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        read(tmp_path)


def test_key_points_of_yolo_are_not_its_own(tmp_path: Path) -> None:
    put(tmp_path, {"labels/a.txt": "0 0.1 0.1 0.5 0.1 0.5 0.5 2 0.5 0.6 2\n"})
    assert DotaFormat().recognises(Listing(tmp_path)).confidence == 0


def test_bad_rows_do_not_hide_the_format_and_only_bad_rows_are_refused(tmp_path: Path) -> None:
    put(tmp_path, {"labelTxt/a.txt": f"{HEAD}{TURNED} a 0\nbad row\n{TURNED} a 0\nnan\n{TURNED} a 0\n"})
    assert DotaFormat().recognises(Listing(tmp_path)).confidence == 0.95
    put(tmp_path, {"labelTxt/a.txt": "bad row\n"})
    with pytest.raises(FormatError) as error:
        read(tmp_path)
    assert error.value.fields == {"issue": "unparsable_file", "file": "labelTxt/a.txt", "place": "line 1"}


def test_pictures_of_one_name_in_two_splits_go_back_to_their_places(tmp_path: Path) -> None:
    put(
        tmp_path / "in",
        {f"{s}/labelTxt/P1.txt": f"{TURNED} a 0\n" for s in ("train", "val")},
        "train/images/P1.png",
        "val/images/P1.png",
    )
    images, _ = read(tmp_path / "in")
    (tmp_path / "out").mkdir()
    DotaFormat().write(
        images,
        tmp_path / "out",
        labels=[LabelRecord("a")],
        options=DotaOptions(),
        report=print,
        progress=SilentProgress(),
    )
    assert (tmp_path / "out/train/images/P1.png").exists()
    assert [image.name for image in read(tmp_path / "out")[0]] == ["train/P1.png", "val/P1.png"]


def test_a_bad_row_among_two_is_told_by_its_line(tmp_path: Path) -> None:
    put(tmp_path, {"labelTxt/P1.txt": f"{TURNED} plane 0\nno row at all\n"}, "images/P1.png")
    assert DotaFormat().recognises(Listing(tmp_path)).confidence > 0.9
    images, issues = read(tmp_path)
    assert ([a.label for a in images[0].annotations], issues) == (["plane"], ["unparsable_file"])


def test_classes_that_are_numbers_are_told_from_yolo_by_their_pixels(tmp_path: Path) -> None:
    for folder, row in (("dota", "10 10 50 10 50 30 10 30 7 0"), ("yolo", "0 0.1 0.1 0.5 0.1 0.5 0.3 0.1 0.3")):
        (tmp_path / folder / "labelTxt").mkdir(parents=True)
        (tmp_path / folder / "labelTxt" / "a.txt").write_text(f"{row}\n")
    assert DotaFormat().recognises(Listing(tmp_path / "dota")).confidence == 0.95
    assert DotaFormat().recognises(Listing(tmp_path / "yolo")).confidence == 0
