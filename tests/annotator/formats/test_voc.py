"""Pascal VOC: the contract, and what real files do wrong."""

from pathlib import Path
from textwrap import dedent

import pytest
from PIL import Image

from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.voc import VocFormat, VocOptions
from annotator.formats.voc_writer import VocWriter
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = VocFormat


class TestBoxesOnly(DatasetFormatContract):
    plugin = VocFormat
    options = {"polygons": False, "masks": "never"}
    kinds = frozenset({"box", "rotated_box"})


class TestCountedFromOne(DatasetFormatContract):
    plugin = VocFormat
    options = {"coordinates": "one_based"}
    kinds = frozenset({"box", "rotated_box", "polygon"})
    tolerance = 1e-9


GOOD = "<object><name>dog</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax></bndbox></object>"
SIZE = "<size><width>60</width><height>40</height><depth>3</depth></size>"


def read(
    folder: Path, xml: str, *, picture: str = "JPEGImages/a.png", **options: str
) -> tuple[list[ImageRecord], list[str]]:
    (folder / "Annotations").mkdir(exist_ok=True)
    (folder / picture).parent.mkdir(exist_ok=True, parents=True)
    Image.new("RGB", (60, 40)).save(folder / picture)
    (folder / "Annotations" / "a.xml").write_text(xml, encoding="utf-8")
    issues: list[Issue] = []
    images = list(VocFormat().read(folder, options=VocOptions(**options), report=issues.append))  # type: ignore[arg-type]
    return images, [issue.code for issue in issues]


def box(x1: object, y1: object, x2: object, y2: object) -> str:
    return dedent(
        f"<object><name>cat</name><bndbox><ymax>{y2}</ymax><xmin>{x1}</xmin><ymin>{y1}</ymin><xmax>{x2}</xmax></bndbox></object>"
    )


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (box(5, 5, 5, 9), "zero_area"),
        (box("nan", 5, 6, 9), "not_finite"),
        (box("wide", 5, 6, 9), "not_finite"),
        ("<object><name></name></object>", "missing_label"),
        ("<object><name>cat</name></object>", "missing_geometry"),
    ],
)
def test_one_bad_object_costs_one_object(tmp_path: Path, bad: str, code: str) -> None:
    images, codes = read(tmp_path, f"<annotation>{SIZE}{bad}{GOOD}</annotation>")
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert codes == [code]


def test_corners_in_any_order_and_floats(tmp_path: Path) -> None:
    images, _ = read(tmp_path, f"<annotation>{SIZE}{box(20.5, 30, 2, 3.25)}</annotation>")
    assert bounds(images[0].annotations[0].geometry) == (2, 3.25, 20.5, 30)


def test_the_challenge_counts_from_one(tmp_path: Path) -> None:
    source = "<source><database>The VOC2007 Database</database></source>"
    xml = f"<annotation>{source}{SIZE}{box(1, 1, 60, 40)}</annotation>"
    images, codes = read(tmp_path, xml)
    assert bounds(images[0].annotations[0].geometry) == (0, 0, 60, 40)
    assert codes == ["voc_one_based_detected"]
    images, codes = read(tmp_path, xml, coordinates="as_is")
    assert bounds(images[0].annotations[0].geometry) == (1, 1, 60, 40)
    images, codes = read(tmp_path, xml.replace("<xmin>1<", "<xmin>0<"))
    assert bounds(images[0].annotations[0].geometry) == (0, 1, 60, 40)


def test_entities_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "Annotations" / "evil.xml").write_text('<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>')
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>'
    (tmp_path / "Annotations" / "hidden.xml").write_text(hidden, encoding="utf-16")
    (tmp_path / "Annotations" / "torn.xml").write_text("<annotation><object>")
    images, codes = read(tmp_path, f"<annotation>{SIZE}{GOOD}</annotation>")
    assert [image.name for image in images] == ["a.png"]
    assert sorted(codes) == ["unparsable_file", "xml_doctype_refused", "xml_doctype_refused"]


def test_sizes_that_are_missing_or_wrong(tmp_path: Path) -> None:
    images, codes = read(tmp_path, f"<annotation>{GOOD}</annotation>")
    assert (images[0].width, images[0].height, codes) == (60, 40, ["size_missing_read_from_image"])
    swapped = "<size><width>40</width><height>60</height></size>"
    images, codes = read(tmp_path, f"<annotation>{swapped}{GOOD}</annotation>")
    assert (images[0].width, images[0].height, codes) == (60, 40, ["size_disagrees_with_image"])


def test_xml_beside_the_pictures_and_a_wrong_filename(tmp_path: Path) -> None:
    folder = tmp_path / "train"
    folder.mkdir()
    Image.new("RGB", (60, 40)).save(folder / "IMG_1.png")
    Image.new("RGB", (60, 40)).save(folder / "IMG_2.png")
    (folder / "IMG_1.xml").write_text(f"<annotation><filename>IMG_2.jpg</filename>{SIZE}{GOOD}</annotation>")
    images = list(VocFormat().read(tmp_path, options=VocOptions(), report=lambda issue: None))
    assert [(i.name, i.split, len(i.annotations)) for i in images] == [
        ("train/IMG_1.png", "train", 1),
        ("train/IMG_2.png", "train", 0),
    ]
    assert images[1].source == {"annotated": False}


def test_flags_and_attributes_survive_the_way_back(tmp_path: Path) -> None:
    wet = "<attributes><attribute><name>wet</name><value>yes</value></attribute></attributes>"
    extra = f"<truncated>1</truncated><difficult>0</difficult>{wet}"
    thing = box(1, 1, 9, 9).replace("</object>", f"{extra}</object>")
    images, _ = read(tmp_path, f"<annotation>{SIZE}{thing}</annotation>")
    assert images[0].annotations[0].attributes == {"truncated": True, "wet": "yes"}
    TestContract().write(images, tmp_path / "out")
    again = list(VocFormat().read(tmp_path / "out", options=VocOptions(), report=lambda issue: None))
    assert again[0].annotations == images[0].annotations


def test_two_pictures_of_one_stem(tmp_path: Path) -> None:
    kit = TestContract()
    first, second = (kit.sample(tmp_path / "in")[0].annotations[i : i + 1] for i in (0, -2))
    images = [
        kit.picture(tmp_path / "in", "a.png", first, "train"),
        kit.picture(tmp_path / "in", "a.bmp", second, "val"),
    ]
    kit.write(images, tmp_path / "out")
    found, _ = kit.read(tmp_path / "out")
    assert {image.name: [a.label for a in image.annotations] for image in found} == {
        "a.png": ["cat"],
        "a.bmp": ["dog é 猫"],
    }


def test_plain_boxes_are_written_the_same_at_once_as_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [(0, 0, 1, 1), (1.0, 2.5, 3.0, 4.0), (0.1, 1e-7, 1e7, 123456789.25), (-3.0, -0.5, 9, 9.0)]
    boxes = [AnnotationRecord(name, Box(*place)) for name in ("cat", "dog v1.0 <&>") for place in places]
    images = [ImageRecord("a.b/c 1.0.jpg", 60, 40, tuple(boxes), "val"), ImageRecord("empty", 9, 9)]
    labels = [LabelRecord("cat"), LabelRecord("dog v1.0 <&>")]
    for name in ("at once", "one by one"):
        (tmp_path / name).mkdir()
        VocFormat().write(
            images,
            tmp_path / name,
            labels=labels,
            options=VocOptions(),
            report=lambda issue: None,
            progress=SilentProgress(),
        )
        monkeypatch.setattr(VocWriter, "_plain_objects", lambda self, image: None)
    texts = [
        {path.relative_to(tmp_path / name): path.read_text() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("at once", "one by one")
    ]
    assert texts[0] == texts[1]
    assert any("<xmin>0</xmin>" in text and "dog v1.0 &lt;&amp;&gt;" in text for text in texts[0].values())
