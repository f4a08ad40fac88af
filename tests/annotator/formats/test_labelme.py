"""LabelMe: the contract, JSON and old XML, embedded pictures, groups."""

import base64
import gc
import json
import random
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.masks import bitmap_of
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Keypoints,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.labelme.plugin import LabelMeFormat, LabelMeOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = LabelMeFormat


def png(pixels: Any) -> str:
    file = BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8) * 255).convert("1").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def shape(points: Any, kind: str | None = "polygon", label: str = "cat", **more: Any) -> dict[str, Any]:
    found = {"label": label, "points": points, "group_id": None, "description": "", "flags": {}, **more}
    return found if kind is None else {**found, "shape_type": kind}


def content(*shapes: Any, **more: Any) -> dict[str, Any]:
    size = {"imageHeight": 40, "imageWidth": 60}
    return {
        "version": "5.4.1",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": "a.png",
        "imageData": None,
        **size,
        **more,
    }


def read(
    folder: Path, value: Any = None, name: str = "a.json", **options: Any
) -> tuple[list[ImageRecord], list[Issue]]:
    if value is not None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    issues: list[Issue] = []
    return list(LabelMeFormat().read(folder, options=LabelMeOptions(**options), report=issues.append)), issues


def labels(folder: Path) -> list[str]:
    found = LabelMeFormat().labels(folder, options=LabelMeOptions(), report=lambda issue: None)
    return [label.name for label in found]


def alarming(issues: list[Issue]) -> list[str]:
    return [issue.code for issue in issues if issue.severity != "info"]


TRIANGLE = [[1, 1], [20, 1], [20, 20]]


@pytest.mark.parametrize(
    ("given", "geometry"),
    [
        (shape([[11, 22], [1, 2]], "rectangle"), Box(x=1, y=2, w=10, h=20)),
        (shape([[1, 2], [11, 2], [11, 22], [1, 22]], "rectangle"), Box(x=1, y=2, w=10, h=20)),
        (shape([[20, 20], [23, 24]], "circle"), Ellipse(cx=20, cy=20, rx=5, ry=5)),
        (shape(TRIANGLE, None), Polygon(parts=[PolygonPart(outer=[1, 1, 20, 1, 20, 20])])),
        (shape([*TRIANGLE, [1, 1]]), Polygon(parts=[PolygonPart(outer=[1, 1, 20, 1, 20, 20])])),
        (shape([[0, 0], [5, 5]], "line"), Polyline(points=[0, 0, 5, 5])),
        (shape([[0, 0], [5, 5], [9, 1]], "linestrip"), Polyline(points=[0, 0, 5, 5, 9, 1])),
        (shape([[3, 4]], "point"), Points(points=[3, 4])),
        (shape([[3, 4], [5, 6]], "points"), Points(points=[3, 4, 5, 6])),
    ],
)
def test_every_kind_of_shape(tmp_path: Path, given: dict[str, Any], geometry: object) -> None:
    images, issues = read(tmp_path, content(given))
    assert ([a.geometry for a in images[0].annotations], alarming(issues)) == ([geometry], [])


def test_turned_rectangles_and_masks(tmp_path: Path) -> None:
    mask = shape([[10.2, 5], [12, 6]], "mask", mask=png([[0, 1, 1], [0, 1, 0]]))
    turned = shape([[10, 10], [14, 13], [11, 17], [7, 14]], "rotation")
    images, issues = read(tmp_path, content(mask, turned))
    found, box = (a.geometry for a in images[0].annotations)
    assert isinstance(found, Mask)
    assert (found.bbox, bitmap_of(found).astype(int).tolist()) == ((11, 5, 2, 2), [[1, 1], [1, 0]])
    assert isinstance(box, RotatedBox)
    assert (box.w, box.h, alarming(issues)) == (5, 5, [])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (shape([[1, 1], [2, 2]]), "degenerate_polygon"),
        (shape([[1, 1], [2, 2], [3, 3]]), "degenerate_polygon"),
        (shape([[1, 1]], "linestrip"), "degenerate_polygon"),
        (shape([[1, 1], [1, 9]], "rectangle"), "zero_area"),
        (shape([[1, 1]], "rectangle"), "missing_geometry"),
        (shape([[1, 1], [1, 1]], "circle"), "zero_area"),
        (shape([[1, 1]], "circle"), "missing_geometry"),
        (shape([], "polygon"), "missing_geometry"),
        (shape(None, "polygon"), "missing_geometry"),
        (shape([[1, "x"], [2, 2], [3, 3]]), "not_finite"),
        (shape([[1, float("nan")], [2, 2], [3, 3]]), "not_finite"),
        (shape([1, 2, 3]), "not_finite"),
        (shape(TRIANGLE, label=""), "missing_label"),
        (shape(TRIANGLE, "cube"), "unsupported_shape"),
        (shape([[1, 1]], "mask", mask="AAAA"), "rle_size_mismatch"),
        (shape([[1, 1]], "mask", mask=7), "rle_size_mismatch"),
        (shape([[1, 1]], "mask"), "missing_geometry"),
        (shape([[1, 1]], "mask", mask=png([[0, 0]])), "zero_area"),
        (shape([[1e30, 1]], "mask", mask=png([[1]])), "not_finite"),
        (shape([[1, 1]] * 4, "rotation"), "zero_area"),
        (5, "missing_label"),
    ],
)
def test_one_bad_shape_costs_one_shape(tmp_path: Path, bad: Any, code: str) -> None:
    images, issues = read(tmp_path, content(bad, shape(TRIANGLE, label="dog")))
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert [(i.code, i.file, i.where) for i in issues if i.severity != "info"] == [(code, "a.json", "/shapes/0")]


def test_polygons_of_one_group_and_label_are_one_object(tmp_path: Path) -> None:
    images, _ = read(
        tmp_path,
        content(
            shape(TRIANGLE, group_id=1, flags={"wet": True}),
            shape(TRIANGLE, label="dog", group_id=2),
            shape([[30, 30], [40, 30], [40, 39]], group_id=1),
            shape([[0, 0], [5, 5]], "rectangle", group_id=2),
            shape(TRIANGLE, group_id=2),
            shape(TRIANGLE, group_id=2),
            shape(TRIANGLE),
            shape(TRIANGLE),
        ),
    )
    found = [(a.label, a.geometry.kind, a.group, len(getattr(a.geometry, "parts", []))) for a in images[0].annotations]
    assert found == [
        ("cat", "polygon", None, 2), ("dog", "polygon", "2", 1), ("cat", "box", "2", 0),
        ("cat", "polygon", "2", 2), ("cat", "polygon", None, 1), ("cat", "polygon", None, 1),
    ]  # fmt: skip
    assert images[0].annotations[0].attributes == {"wet": True}


def test_flags_are_tags_and_other_fields_stay(tmp_path: Path) -> None:
    one = shape(
        TRIANGLE, description="big", flags={"wet": False}, attributes={"n": 3}, difficult=True, score=0.5, extra=[1]
    )
    images, issues = read(tmp_path, content(one, flags={"night": True, "rain": False}, author="me"))
    record, tag = images[0].annotations
    assert record.attributes == {
        "wet": False,
        "n": 3,
        "difficult": True,
        "labelme:description": "big",
        "labelme:extra": [1],
    }
    assert (record.score, tag.label, tag.geometry) == (0.5, "night", Tag())
    assert images[0].source == {"labelme:author": "me", "labelme:flags": {"rain": False}}
    assert (labels(tmp_path), alarming(issues)) == (["cat", "night"], [])


def test_labels_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("__ignore__\n_background_\nzebra\ncat\n")
    images, issues = read(
        tmp_path, content(shape(TRIANGLE, label="__ignore__"), shape(TRIANGLE, label="_background_"), shape(TRIANGLE))
    )
    assert [a.label for a in images[0].annotations] == ["cat"]
    assert [i.code for i in issues if i.code != "image_not_found"] == ["ignored_label", "ignored_label"]
    assert (labels(tmp_path), alarming(issues)) == (["zebra", "cat"], [])
    assert len(images[0].source["labelme:ignored"]) == 2


@pytest.mark.parametrize(
    ("file", "stated", "picture", "name"),
    [
        ("a.json", "a.png", "a.png", "a.png"),
        ("ann/a.json", "..\\img\\a.png", "img/a.png", "img/a.png"),
        ("train/a.json", "a.png", "train/a.png", "train/a.png"),
        ("a.json", "../elsewhere/a.png", None, "elsewhere/a.png"),
        ("a.json", "../../a.png", "a.png", "a.png"),
        ("a.json", "C:\\Users\\me\\a.png", "a.png", "a.png"),
        ("a.json", "/home/me/a.png", None, "a.png"),
        ("b.json", "", "b.jpg", "b.jpg"),
        ("a.json", None, None, "a.jpg"),
    ],
)
def test_names_are_relative_to_the_file(
    tmp_path: Path, file: str, stated: str | None, picture: str | None, name: str
) -> None:
    if picture:
        (tmp_path / picture).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(tmp_path / picture)
    images, issues = read(tmp_path, content(imagePath=stated), file)
    assert [(image.name, image.path is not None) for image in images] == [(name, picture is not None)]
    assert images[0].split == ("train" if file.startswith("train") else None)
    assert alarming(issues) == []


def test_embedded_pictures_are_unpacked_while_they_are_needed(tmp_path: Path) -> None:
    file = BytesIO()
    Image.new("RGB", (60, 40)).save(file, "JPEG")
    inside = base64.b64encode(file.getvalue()).decode()
    value = content(shape(TRIANGLE), imageData=inside, imageHeight=None, imageWidth=None)
    images, issues = read(tmp_path, value)
    assert (images[0].width, images[0].height, alarming(issues)) == (60, 40, [])
    path = images[0].path
    assert path is not None
    where = str(path)
    assert path.read_bytes() == file.getvalue()
    del images, path
    gc.collect()
    assert not Path(where).parent.exists()
    images, issues = read(tmp_path, value, unpack=False)
    assert (images[0].path, images[0].width, alarming(issues)) == (None, 60, [])
    images, issues = read(tmp_path, {**value, "imageData": inside[:40]})
    assert (images[0].path, images[0].width, alarming(issues)) == (None, 0, ["image_not_found"])
    for number in range(3):
        read(tmp_path, value, f"{number}.json")
    plugin = LabelMeFormat()
    for image in plugin.read(tmp_path, options=LabelMeOptions(), report=lambda issue: None):
        assert image.path is None or image.path.exists()


def test_a_renamed_picture_is_found_beside_its_file(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40)).save(tmp_path / "a.png")
    images, issues = read(tmp_path, content(shape(TRIANGLE), imagePath="before.jpg"))
    assert [(image.name, len(image.annotations)) for image in images] == [("a.png", 1)]
    assert [issue.code for issue in issues] == ["filename_disagrees"]


def test_pictures_without_a_file_are_not_annotated(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        Image.new("RGB", (60, 40)).save(tmp_path / name)
    images, issues = read(tmp_path, content())
    assert [(i.name, i.source.get("annotated", True)) for i in images] == [("a.png", True), ("b.png", False)]
    assert alarming(issues) == []


def test_broken_files_cost_themselves(tmp_path: Path) -> None:
    good = json.dumps(content(shape(TRIANGLE)))
    for text in (good[:-1], "[" * 200_000, '{"a":' * 100_000, "{}", "[]", "nul", ""):
        with pytest.raises(FormatError):
            read(tmp_path, text)
    with pytest.raises(FormatError) as error:
        read(tmp_path, good[:50])
    assert error.value.fields["file"] == "a.json"
    images, issues = read(tmp_path, good, "b.json")
    assert (len(images), alarming(issues)) == (1, ["unparsable_file"])


OLD = """<annotation><filename>
a.png
</filename><folder>street</folder><source><sourceImage>x</sourceImage></source>{}
<imagesize><nrows>40</nrows><ncols>60</ncols></imagesize></annotation>"""
POINT = "<pt><x>{}</x><y>{}</y></pt>"


def old(name: str, points: list[tuple[int, int]], more: str = "", deleted: int = 0) -> str:
    outline = "".join(POINT.format(x, y) for x, y in points)
    polygon = f"<polygon><username>me</username>{outline}</polygon>" if points else ""
    return f"<object><name>\n{name}\n</name><deleted>{deleted}</deleted>{more}{polygon}</object>"


THREE = [(1, 1), (9, 1), (9, 9)]


def test_old_xml(tmp_path: Path) -> None:
    parts = "<parts><hasparts>{}</hasparts><ispartof>{}</ispartof></parts><id>{}</id>"
    body = (
        old(
            "car",
            THREE,
            "<occluded>yes</occluded><attributes>red, doors=4, wet=true</attributes>" + parts.format("1", "", "0"),
        )
        + old("wheel", THREE, parts.format("", "0", "1"))
        + old("gone", THREE, deleted=1)
        + old("box", [(1, 2), (11, 2), (11, 22), (1, 22)], "<type>bounding_box</type>")
        + old("line", THREE[:2])
        + old("dot", THREE[:1])
        + old("", THREE)
        + old("empty", [])
    )
    (tmp_path / "Images" / "street").mkdir(parents=True)
    Image.new("RGB", (60, 40)).save(tmp_path / "Images" / "street" / "a.png")
    images, issues = read(tmp_path, OLD.format(body), "Annotations/street/a.xml")
    assert LabelMeFormat().recognises(Listing(tmp_path)).confidence > 0.95
    assert [(i.name, i.width, i.height) for i in images] == [("street/a.png", 60, 40)]
    found = images[0].annotations
    assert [(a.label, a.geometry.kind) for a in found] == [
        ("car", "polygon"), ("wheel", "polygon"), ("box", "box"), ("line", "polyline"), ("dot", "points"),
    ]  # fmt: skip
    assert found[0].attributes == {"occluded": True, "red": True, "doors": "4", "wet": True}
    assert (found[0].id, found[1].part_of, found[2].geometry) == ("0", "0", Box(x=1, y=2, w=10, h=20))
    assert found[0].source == {"username": "me"}
    assert alarming(issues) == ["missing_label", "missing_geometry"]
    assert labels(tmp_path) == ["car", "wheel", "box", "line", "dot", "empty"]


def test_old_masks(tmp_path: Path) -> None:
    pixels = np.zeros((40, 60), dtype=np.uint8)
    pixels[5:7, 10:13] = 255
    (tmp_path / "Masks").mkdir()
    Image.fromarray(pixels).save(tmp_path / "Masks" / "a_mask_0.png")
    segment = "<segm><box><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax></box><mask>{}</mask></segm>"
    body = "".join(old(name, [], segment.format(mask)) for name, mask in {"m": "a_mask_0.png", "n": "gone.png"}.items())
    images, issues = read(tmp_path, OLD.format(body), "a.xml")
    assert len(images) == 1
    mask, box = (a.geometry for a in images[0].annotations)
    assert isinstance(mask, Mask)
    assert (mask.bbox, box) == ((10, 5, 3, 2), Box(x=1, y=2, w=10, h=20))
    assert set(alarming(issues)) == {"image_not_found"}


def test_old_xml_of_others_and_with_entities(tmp_path: Path) -> None:
    voc = "<annotation><object><name>a</name><bndbox><xmin>1</xmin></bndbox></object></annotation>"
    with pytest.raises(FormatError):
        read(tmp_path, voc, "a.xml")
    assert LabelMeFormat().recognises(Listing(tmp_path)).confidence == 0
    with pytest.raises(FormatError) as error:
        read(tmp_path, "<!DOCTYPE annotation [<!ENTITY a 'b'>]>" + OLD.format(""), "a.xml")
    assert error.value.fields["issue"] == "xml_doctype_refused"
    with pytest.raises(FormatError):
        read(tmp_path, OLD.format("")[:-5], "a.xml")


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    mask = shape([[10, 5], [12, 6]], "mask", mask=png([[0, 1, 1], [0, 1, 0]]))
    file = BytesIO()
    Image.new("RGB", (60, 40)).save(file, "PNG")
    value = content(
        mask,
        shape(TRIANGLE, group_id=1),
        shape([[1, 2], [3, 4]], "circle"),
        imageData=base64.b64encode(file.getvalue()).decode(),
    )
    luck = random.Random(7)
    for name, good in {"a.json": json.dumps(value).encode(), "a.xml": OLD.format(old("car", THREE)).encode()}.items():
        for _ in range(300):
            at = luck.randrange(len(good))
            junk = luck.choice(
                [b"null", b"[]", b"{}", b"1e999", b"-1", b'"', b"NaN", b"true", b"\xff", luck.randbytes(2), b"<x>"]
            )
            (tmp_path / name).write_bytes(good[:at] + junk + good[at + luck.choice([0, 1, len(junk), 12]) :])
            try:
                LabelMeFormat().recognises(Listing(tmp_path))
                read(tmp_path)
                labels(tmp_path)
            except AnnotatorError:
                continue
        (tmp_path / name).unlink()


def test_everything_comes_back(tmp_path: Path) -> None:
    parts = Polygon(parts=[PolygonPart(outer=[1, 1, 9, 1, 9, 9]), PolygonPart(outer=[20, 20, 29, 20, 29, 29])])
    single = Polygon(parts=parts.parts[:1])
    image = ImageRecord(
        "d/a.png", 60, 40,
        (
            AnnotationRecord("cat", parts, {"wet": True, "n": 2, "labelme:description": "x"}, score=0.5),
            AnnotationRecord("cat", single, group="7"),
            AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4), group="red"),
            AnnotationRecord("dog é 猫", Ellipse(cx=9, cy=9, rx=4, ry=4), group="red"),
            AnnotationRecord("cat", single),
        ),
        "val",
        source={"labelme:author": "me", "labelme:flags": {"rain": False}, "labelme:ignored": [shape(TRIANGLE, label="__ignore__")]},
    )  # fmt: skip
    kit = TestContract()
    kit.write([image], tmp_path / "out")
    found = kit.read(tmp_path / "out")[0][0]
    assert [(a.label, a.geometry, a.attributes, a.score) for a in found.annotations] == [
        (a.label, a.geometry, a.attributes, a.score) for a in image.annotations
    ]
    assert [a.group for a in found.annotations] == [None, "7", "2", "2", None]
    assert (found.split, found.source) == ("val", image.source)


def test_images_without_a_picture_are_kept(tmp_path: Path) -> None:
    box = AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4))
    images = [
        ImageRecord("a.png", 60, 40, (box,), source={"annotated": False}),  # a field of COCO Annotator's
        ImageRecord("b.png", 60, 40, source={"annotated": False}),
    ]
    kit = TestContract()
    kit.write(images, tmp_path / "out")
    found = kit.read(tmp_path / "out")[0]
    assert [(image.name, len(image.annotations)) for image in found] == [("a.png", 1), ("b.png", 0)]


def test_losses_are_named(tmp_path: Path) -> None:
    square = [2.0, 2, 12, 2, 12, 12, 2, 12]
    holed = Polygon(parts=[PolygonPart(outer=square, holes=[[4, 4, 4, 8, 8, 8, 8, 4]])])
    shapes = (
        holed,
        Ellipse(cx=20, cy=20, rx=5, ry=3),
        RotatedBox(cx=20, cy=20, w=8, h=4, angle=30),
        Keypoints(points=[1, 2, 2, 0, 0, 0]),
        Tag(),
    )
    image = ImageRecord("a.png", 60, 40, tuple(AnnotationRecord("cat", one) for one in shapes))
    losses = LabelMeFormat().losses([image], options=LabelMeOptions())
    assert {loss.code for loss in losses} == {
        "holes",
        "unsupported_ellipse",
        "unsupported_rotated_box",
        "unsupported_keypoints",
        "unsupported_tag",
    }
    kit = TestContract()
    kit.write([image], tmp_path / "out")
    found = kit.read(tmp_path / "out")[0][0]
    assert [a.geometry.kind for a in found.annotations] == ["mask", "polygon", "polygon", "points", "tag"]
