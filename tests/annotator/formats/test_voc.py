"""Pascal VOC: the contract, and what real files do wrong."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.types import Box, Mask, Polygon, PolygonPart, RotatedBox, Tag
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.palettes import voc_palette
from annotator.formats.voc.plugin import VocFormat, VocOptions
from annotator.formats.voc.writer import VocWriter
from annotator.plugins.listing import Listing
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
    assert images[0].annotations[0].attributes == {"truncated": True, "difficult": False, "wet": "yes"}
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
    places = [(0, -0.0, 1, 1), (1.0, 2.5, 3.0, 4.0), (0.1, 0.3, 0.2, 123456789.25), (2e-3, 1 / 3, 1e-9, 1e-7)]
    boxes = [AnnotationRecord(name, Box(*place)) for name in ("cat", "dog 100% v1.0 <&>") for place in places]
    others = [AnnotationRecord("cat", Box(*place)) for place in [(-3.0, -0.5, 9, 9.0), (1e-7, 1e12, 3, 1e300)]]
    images = [
        ImageRecord("a.b/c 1.0.jpg", 60, 40, tuple(boxes), "val"),
        ImageRecord("others.jpg", 60, 40, tuple(others)),
        ImageRecord("empty", 9, 9),
    ]
    labels = [LabelRecord("cat"), LabelRecord("dog 100% v1.0 <&>")]
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
    assert any("<xmin>0</xmin>" in text and "dog 100% v1.0 &lt;&amp;&gt;" in text for text in texts[0].values())


def everything(folder: Path, **options: str) -> tuple[list[ImageRecord], list[str]]:
    issues: list[Issue] = []
    images = list(VocFormat().read(folder, options=VocOptions(**options), report=issues.append))  # type: ignore[arg-type]
    return images, [issue.code for issue in issues]


def again(images: list[ImageRecord], folder: Path, **options: str) -> list[ImageRecord]:
    """Written (to a fresh ``folder``) and read."""
    folder.mkdir()
    names = dict.fromkeys(a.label for image in images for a in image.annotations)
    VocFormat().write(
        images,
        folder,
        labels=[LabelRecord(name) for name in names],
        options=VocOptions(**options),  # type: ignore[arg-type]
        report=lambda issue: None,
        progress=SilentProgress(),
    )
    return everything(folder)[0]


def put(folder: Path, name: str, text: str = "", encoding: str = "utf-8") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in {".png", ".jpg"}:
        Image.new("RGB", (60, 40)).save(path)
    else:
        path.write_bytes(text.encode(encoding))


@pytest.mark.parametrize(
    ("xml", "picture", "name"),
    [
        ("Annotations/a.xml", "JPEGImages/a.jpg", "a.jpg"),
        ("a.xml", "a.jpg", "a.jpg"),
        ("annots/a.xml", "images/a.jpg", "a.jpg"),
        ("annotations/xmls/sub/a.xml", "images/sub/a.jpg", "sub/a.jpg"),
        ("train/annotations/a.xml", "train/images/a.jpg", "a.jpg"),
        ("Annotations/0af.xml", "JPEGImages/0AF.jpg", "0AF.jpg"),
        ("Annotations/a.v2.xml", "JPEGImages/a.v2.jpg", "a.v2.jpg"),
    ],
)
def test_places_of_files_in_the_wild(tmp_path: Path, xml: str, picture: str, name: str) -> None:
    put(tmp_path, xml, f"<annotation>{SIZE}{GOOD}</annotation>")
    put(tmp_path, picture)
    assert VocFormat().recognises(Listing(tmp_path)).confidence > 0.9
    images, codes = everything(tmp_path)
    assert [(image.name, len(image.annotations)) for image in images] == [(name, 1)]
    assert codes == []


def test_the_stem_counts_more_than_the_name_inside(tmp_path: Path) -> None:
    for stem in ("a", "b"):
        put(tmp_path, f"JPEGImages/{stem}.jpg")
        other = "b" if stem == "a" else "a"
        put(
            tmp_path,
            f"Annotations/{stem}.xml",
            f"<annotation><filename>{other}.jpg</filename>{SIZE}{GOOD}</annotation>",
        )
    put(tmp_path, "JPEGImages/odd.jpg")
    put(tmp_path, "Annotations/1.xml", f"<annotation><filename>ODD</filename>{SIZE}{GOOD}</annotation>")
    images, codes = everything(tmp_path)
    assert [(image.name, len(image.annotations)) for image in images] == [("odd.jpg", 1), ("a.jpg", 1), ("b.jpg", 1)]
    assert sorted(codes) == ["filename_case", "filename_disagrees", "filename_disagrees"]


def test_without_pictures_sizes_come_from_the_files_or_from_nobody(tmp_path: Path) -> None:
    put(tmp_path, "Annotations/sub/a.xml", f"<annotation><filename>a.jpg</filename>{SIZE}{GOOD}</annotation>")
    put(tmp_path, "Annotations/b.xml", f"<annotation><filename>../../b.jpg</filename>{GOOD}</annotation>")
    images, codes = everything(tmp_path)
    assert [(i.name, i.width, i.height, i.path) for i in images] == [("b.jpg", 0, 0, None), ("sub/a.jpg", 60, 40, None)]
    assert codes == ["image_not_found", "unsafe_path"]


def test_encodings_as_declared(tmp_path: Path) -> None:
    for number, code in enumerate(("utf-8", "utf-16", "iso-8859-1", "gb2312")):
        name = "é" if code == "iso-8859-1" else "猫"
        text = f'<?xml version="1.0" encoding="{code}"?><annotation>{SIZE}{GOOD.replace("dog", name)}</annotation>'
        put(tmp_path, f"Annotations/{number}.xml", text, code)
        put(tmp_path, f"JPEGImages/{number}.jpg")
    images, codes = everything(tmp_path)
    assert ["".join(a.label for a in image.annotations) for image in images] == ["猫", "猫", "é", "猫"]
    assert codes == []


def test_parts_actions_and_what_nobody_knows(tmp_path: Path) -> None:
    head = "<part><name>head</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></part>"
    more = "<pose>Left</pose><actions><jumping>1</jumping><reading>0</reading></actions><point><x>3</x><y>4</y></point>"
    thing = GOOD.replace("</object>", f"<occluded>1</occluded>{more}{head}</object>")
    xml = f"<annotation><owner><name>me</name></owner>{SIZE}{thing}{GOOD}</annotation>"
    images, codes = read(tmp_path, xml)
    dog, part, other = images[0].annotations
    assert codes == []
    assert dog.attributes == {
        "occluded": True, "pose": "Left", "jumping": True, "reading": False, "voc:point": {"x": "3", "y": "4"},
    }  # fmt: skip
    assert (part.label, part.part_of, other.part_of) == ("head", dog.id, None)
    (label, *_) = VocFormat().labels(tmp_path, options=VocOptions(), report=lambda issue: None)
    assert label.source == {"voc:actions": ["jumping", "reading"]}
    (found,) = again(images, tmp_path / "out")
    assert found.annotations == images[0].annotations
    assert found.source == images[0].source == {"voc:owner": {"name": "me"}}
    written = (tmp_path / "out/Annotations/a.xml").read_text()
    assert "<part>" in written
    assert "<pose>Left</pose>" in written


def test_attributes_keep_their_types(tmp_path: Path) -> None:
    values = {"text": "3", "number": 3, "ratio": 0.5, "yes": True, "list": [1, "a"], "spaces": " x "}
    shape = Box(x=1, y=2, w=3, h=4)
    image = ImageRecord("a.png", 60, 40, (AnnotationRecord("cat", shape, attributes=values),))
    (found,) = again([image], tmp_path / "out")
    assert found.annotations[0].attributes == values


def test_turned_boxes_and_outlines(tmp_path: Path) -> None:
    turned = (
        "<object><type>robndbox</type><name>cat</name><robndbox><cx>30</cx><cy>20</cy><w>10</w><h>6</h>"
        "<angle>0.5</angle></robndbox></object>"
    )
    ring = "".join(f"<x{i}>{x}</x{i}><y{i}>{y}</y{i}>" for i, (x, y) in enumerate([(1, 2), (9, 2), (9, 8), (1, 2)], 1))
    outline = GOOD.replace("</object>", f"<polygon>{ring}</polygon></object>")
    images, codes = read(tmp_path, f"<annotation>{SIZE}{turned}{outline}</annotation>")
    first, second = (a.geometry for a in images[0].annotations)
    assert isinstance(first, RotatedBox)
    assert first.angle == pytest.approx(28.6478897565)
    assert second == Polygon(parts=[PolygonPart(outer=[1, 2, 9, 2, 9, 8])])
    assert codes == []
    assert again(images, tmp_path / "out")[0].annotations == images[0].annotations


def test_files_of_the_challenge_stay_counted_from_one(tmp_path: Path) -> None:
    source = "<source><database>The VOC2007 Database</database></source>"
    images, _ = read(tmp_path, f"<annotation>{source}{SIZE}{box(1, 1, 60, 40)}</annotation>")
    (found,) = again(images, tmp_path / "out")
    assert found == replace(images[0], path=found.path)
    assert "<xmin>1</xmin>" in (tmp_path / "out/Annotations/a.xml").read_text()


def test_lists_name_splits_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a", "b", "c d", "e"):
        put(tmp_path, f"JPEGImages/{name}.jpg")
        put(tmp_path, f"Annotations/{name}.xml", f"<annotation>{SIZE}{GOOD}</annotation>")
    put(tmp_path, "ImageSets/Main/dog_test.txt", "a  1\nb -1\nc d  0\n")
    put(tmp_path, "ImageSets/Main/train.txt", "a\nJPEGImages/c d.jpg\r\nmissing\n")
    put(tmp_path, "ImageSets/Main/trainval.txt", "a\nb\ne\n")
    put(tmp_path, "ImageSets/Segmentation/val.txt", "b\na\n")
    put(tmp_path, "ImageSets/Layout/test.txt", "e 1\n")
    images, codes = everything(tmp_path)
    assert {i.name: i.split for i in images} == {"a.jpg": "train", "b.jpg": "val", "c d.jpg": "train", "e.jpg": "test"}
    assert codes == ["image_not_found"]


def test_lists_of_classes_where_there_are_no_objects(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path, f"JPEGImages/{name}.jpg")
    put(tmp_path, "Annotations/a.xml", f"<annotation>{SIZE}</annotation>")
    put(tmp_path, "ImageSets/Main/cat_train.txt", "a  1\nb -1\n")
    put(tmp_path, "ImageSets/Main/dog_train.txt", "a  0\nb  1\n")
    images, _ = everything(tmp_path)
    assert [[(a.label, a.geometry.kind) for a in i.annotations] for i in images] == [[("cat", "tag")], [("dog", "tag")]]


def draw(folder: Path, name: str, pixels: NDArray[np.uint8], *, palette: bool = True) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(pixels)
    if palette:
        picture.putpalette(voc_palette())
    picture.save(path)


def two_objects() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Classes and objects: a cat (8) of 100 pixels with a border, a person (15) of 50 whose class is 8 in a corner."""
    classes, objects = np.zeros((40, 60), np.uint8), np.zeros((40, 60), np.uint8)
    classes[4:16, 4:16] = objects[4:16, 4:16] = 255
    classes[5:15, 5:15], objects[5:15, 5:15] = 8, 2
    classes[20:25, 30:40], objects[20:25, 30:40] = 15, 1
    classes[20, 30:33] = 8
    return classes, objects


def test_segmentation_pictures_alone(tmp_path: Path) -> None:
    classes, objects = two_objects()
    put(tmp_path, "JPEGImages/a.jpg")
    put(tmp_path, "ImageSets/Segmentation/val.txt", "a\n")
    draw(tmp_path, "SegmentationClass/a.png", classes)
    draw(tmp_path, "SegmentationObject/a.png", objects)
    assert VocFormat().recognises(Listing(tmp_path)).confidence >= 0.9
    (image,), codes = everything(tmp_path)
    assert [(a.label, area(a.geometry), bounds(a.geometry)) for a in image.annotations] == [
        ("person", 50, (30, 20, 40, 25)),
        ("cat", 100, (5, 5, 15, 15)),
    ]
    assert (image.split, codes) == ("val", [])
    labels = VocFormat().labels(tmp_path, options=VocOptions(), report=lambda issue: None)
    assert [label.name for label in labels] == ["cat", "person"]
    (tmp_path / "SegmentationObject/a.png").unlink()
    (image,), _ = everything(tmp_path)
    assert [(a.label, area(a.geometry)) for a in image.annotations] == [("cat", 103), ("person", 47)]


def test_boxes_and_masks_of_the_same_objects_are_one(tmp_path: Path) -> None:
    classes, objects = two_objects()
    put(tmp_path, "JPEGImages/a.jpg")
    person = box(30, 20, 40, 25).replace("cat", "person").replace("</object>", "<difficult>1</difficult></object>")
    away = box(50, 30, 55, 35)
    put(tmp_path, "Annotations/a.xml", f"<annotation>{SIZE}{person}{away}{box(4, 5, 15, 15)}</annotation>")
    draw(tmp_path, "SegmentationClass/a.png", classes)
    draw(tmp_path, "SegmentationObject/a.png", objects)
    (image,), _ = everything(tmp_path)
    kinds = [(a.label, a.geometry.kind, a.box) for a in image.annotations]
    assert kinds == [("person", "mask", None), ("cat", "box", None), ("cat", "mask", Box(x=4, y=5, w=11, h=10))]
    assert image.annotations[0].attributes == {"difficult": True}
    (boxes,), _ = everything(tmp_path, masks="never")
    assert {a.geometry.kind for a in boxes.annotations} == {"box"}
    (back,) = again([image], tmp_path / "out")
    assert back.annotations == image.annotations


def test_parts_of_the_challenge_do_not_hide_its_classes(tmp_path: Path) -> None:
    classes, objects = two_objects()
    put(tmp_path, "JPEGImages/a.jpg")
    part = "<part><name>head</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part>"
    put(
        tmp_path,
        "Annotations/a.xml",
        f"<annotation>{SIZE}{box(5, 5, 15, 15).replace('</object>', part)}</object></annotation>",
    )
    draw(tmp_path, "SegmentationClass/a.png", classes)
    draw(tmp_path, "SegmentationObject/a.png", objects)
    (image,), codes = everything(tmp_path)
    assert [(a.label, a.geometry.kind) for a in image.annotations] == [
        ("cat", "mask"),
        ("head", "box"),
        ("person", "mask"),
    ]
    labels = VocFormat().labels(tmp_path, options=VocOptions(), report=lambda issue: None)
    assert ([label.name for label in labels], codes) == (["cat", "head", "person"], [])


def test_colours_of_the_class_table(tmp_path: Path) -> None:
    put(tmp_path, "JPEGImages/a.jpg")
    put(
        tmp_path,
        "labelmap.txt",
        "# label:color_rgb:parts:actions\nbackground:0,0,0::\nroof:10,20,30::\ntree:40,50,60:leaf:\n",
    )
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[0, :7], pixels[1, :5] = (40, 50, 60), (10, 20, 30)
    draw(tmp_path, "SegmentationClass/a.png", pixels, palette=False)
    (image,), codes = everything(tmp_path)
    assert [(a.label, area(a.geometry)) for a in image.annotations] == [("roof", 5), ("tree", 7)]
    assert codes == []
    labels = VocFormat().labels(tmp_path, options=VocOptions(), report=lambda issue: None)
    assert [(label.name, label.color) for label in labels] == [("roof", "#0a141e"), ("tree", "#28323c")]


def test_masks_of_another_size_and_torn_ones(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path, f"JPEGImages/{name}.jpg")
        put(tmp_path, f"Annotations/{name}.xml", f"<annotation>{SIZE}{GOOD}</annotation>")
    draw(tmp_path, "SegmentationClass/a.png", np.ones((10, 10), np.uint8))
    put(tmp_path, "SegmentationObject/b.bmp", "torn")
    images, codes = everything(tmp_path)
    assert [len(image.annotations) for image in images] == [1, 1]
    assert codes == ["mask_size_mismatch", "unparsable_file"]


def test_more_objects_than_a_palette_has_numbers(tmp_path: Path) -> None:
    def dot(number: int) -> Mask:
        found = mask_from_bitmap(np.ones((1, 2), dtype=bool), 2 * (number % 30), number // 30)
        assert found is not None
        return found

    many = tuple(AnnotationRecord("cat", dot(number)) for number in range(300))
    (found,) = again([ImageRecord("a.png", 60, 40, many)], tmp_path / "out")
    assert found.annotations == many


def test_holes_become_masks_and_are_told(tmp_path: Path) -> None:
    ring = Polygon(parts=[PolygonPart(outer=[2, 2, 20, 2, 20, 20, 2, 20], holes=[[8, 8, 8, 12, 12, 12, 12, 8]])])
    image = ImageRecord("a.png", 60, 40, (AnnotationRecord("cat", ring),))
    losses = {loss.code for loss in VocFormat().losses([image], options=VocOptions())}
    assert losses == {"polygon_as_mask"}
    (found,) = again([image], tmp_path / "out")
    assert [(a.geometry.kind, area(a.geometry)) for a in found.annotations] == [("mask", 18 * 18 - 16)]
    assert {loss.code for loss in VocFormat().losses([image], options=VocOptions(masks="never"))} == {
        "unsupported_polygon"
    }


def test_the_old_labelme_is_left_to_its_own_format(tmp_path: Path) -> None:
    old = "<annotation><object><name>a</name><deleted>0</deleted><polygon><pt><x>1</x><y>2</y></pt></polygon></object></annotation>"
    put(tmp_path, "a.xml", old)
    assert VocFormat().recognises(Listing(tmp_path)).confidence < 0.5
    (tmp_path / "a.xml").write_text("<annotations><image/></annotations>")
    assert VocFormat().recognises(Listing(tmp_path)).confidence == 0


def test_a_set_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "JPEGImages/a.jpg")
    put(tmp_path, "Annotations/a.xml", "<!DOCTYPE x><annotation/>")
    put(tmp_path, "Annotations/b.xml", "<annotation>")
    with pytest.raises(FormatError, match="None of the 2 XML files") as raised:
        everything(tmp_path)
    assert raised.value.fields == {"issue": "xml_doctype_refused", "file": "Annotations/a.xml"}
    put(tmp_path, "Annotations/c.xml", "<annotation/>")
    assert len(everything(tmp_path)[0]) == 2


def test_labels_of_whole_pictures_keep_their_places_and_get_lists(tmp_path: Path) -> None:
    shape = Box(x=1, y=2, w=3, h=4)
    mixed = (AnnotationRecord("sea/side", Tag()), AnnotationRecord("cat", shape), AnnotationRecord("night", Tag()))
    images = [ImageRecord("a.png", 60, 40, mixed, "train"), ImageRecord("b.png", 60, 40, (), "train")]
    found = again(images, tmp_path / "out")
    assert [image.annotations for image in found] == [mixed, ()]
    assert (tmp_path / "out/ImageSets/Main/night_train.txt").read_text() == "a  1\nb -1\n"
    assert len(list((tmp_path / "out/ImageSets/Main").iterdir())) == 2


def test_letters_of_windows_that_nobody_declared(tmp_path: Path) -> None:
    put(tmp_path, "Annotations/a.xml", f"<annotation>{SIZE}{GOOD.replace('dog', 'façade')}</annotation>", "cp1252")
    images, codes = everything(tmp_path)
    assert [a.label for a in images[0].annotations] == ["façade"]
    assert "unparsable_file" not in codes


def test_decimal_commas(tmp_path: Path) -> None:
    images, codes = read(tmp_path, f"<annotation>{SIZE}{box('1,5', '2,0', '11', '22')}</annotation>")
    assert bounds(images[0].annotations[0].geometry) == (1.5, 2, 11, 22)
    assert codes == []


def test_outlines_that_are_none_fall_back_to_the_box(tmp_path: Path) -> None:
    flat = "<polygon><x1>1</x1><y1>2</y1><x2>9</x2><y2>9</y2></polygon></object>"
    images, codes = read(tmp_path, f"<annotation>{SIZE}{GOOD.replace('</object>', flat)}</annotation>")
    assert bounds(images[0].annotations[0].geometry) == (1, 2, 11, 22)
    assert codes == ["degenerate_polygon"]


def test_a_picture_in_another_spelling_than_its_file(tmp_path: Path) -> None:
    put(tmp_path, "0AF.jpg")
    put(tmp_path, "0af.xml", f"<annotation><filename>0AF.jpg</filename>{SIZE}{GOOD}</annotation>")
    images, codes = everything(tmp_path)
    assert [(image.name, len(image.annotations)) for image in images] == [("0AF.jpg", 1)]
    assert codes == ["filename_case"]


def test_pictures_beside_the_folder_of_pictures_are_none_of_the_set(tmp_path: Path) -> None:
    for name in ("images/a.jpg", "images/b.jpg", "annotations/trimaps/a.png", "annotations/trimaps/b.png"):
        put(tmp_path, name)
    put(tmp_path, "annotations/xmls/a.xml", f"<annotation><filename>a.jpg</filename>{SIZE}{GOOD}</annotation>")
    images, _ = everything(tmp_path)
    assert [(image.name, len(image.annotations)) for image in images] == [("a.jpg", 1), ("b.jpg", 0)]


def test_folders_stand_before_names_that_they_share(tmp_path: Path) -> None:
    for split in ("train", "val"):
        put(tmp_path, f"{split}/JPEGImages/a.jpg")
        put(tmp_path, f"{split}/Annotations/a.xml", f"<annotation>{SIZE}{GOOD}</annotation>")
    images, _ = everything(tmp_path)
    assert [(image.name, image.split) for image in images] == [("train/a.jpg", "train"), ("val/a.jpg", "val")]


def test_classes_that_the_table_does_not_list_are_added_and_told_once(tmp_path: Path) -> None:
    part = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></part>"
    objects = f"{GOOD}{GOOD}{GOOD.replace('dog', 'person').replace('</object>', part + '</object>')}"
    put(tmp_path, "JPEGImages/a.jpg")
    put(tmp_path, "Annotations/a.xml", f"<annotation><filename>a.jpg</filename>{SIZE}{objects}</annotation>")
    put(tmp_path, "labelmap.txt", "# label:color_rgb:parts:actions\nbackground:0,0,0::\nperson:1,2,3:head:\n")
    images, codes = everything(tmp_path)
    assert [a.label for a in images[0].annotations] == ["dog", "dog", "person", "head"]
    assert codes == ["undeclared_label"]
    labels = VocFormat().labels(tmp_path, options=VocOptions(), report=lambda issue: None)
    assert [label.name for label in labels] == ["person", "dog", "head"]
