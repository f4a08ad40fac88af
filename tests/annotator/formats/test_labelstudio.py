"""Label Studio: the contract, percentages and rotations, and what real exports hold."""

import base64
import csv
import json
import random
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.boxes import corners
from annotator.core.geometry.masks import mask_area
from annotator.core.geometry.types import Box, Ellipse, Mask, Points, Polygon, PolygonPart, Polyline, RotatedBox, Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.labelstudio.plugin import LabelStudioFormat, LabelStudioOptions
from annotator.formats.labelstudio.refs import name_of_reference
from annotator.formats.shared.rle_pack import brush_from_mask
from annotator.plugins.listing import Listing
from annotator.plugins.testing import MASK, DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = LabelStudioFormat


class TestLocalFiles(DatasetFormatContract):
    plugin = LabelStudioFormat
    options = {"prefix": "/data/local-files/?d=images/"}


def result(value: dict[str, Any], kind: str = "rectanglelabels", **more: Any) -> dict[str, Any]:
    frame = {"original_width": 1000, "original_height": 500, "image_rotation": 0}
    names = {"from_name": "label", "to_name": "image"}
    return {"id": "r1", "type": kind, **names, **frame, "value": value, **more}


def rectangle(label: str = "cat", **more: Any) -> dict[str, Any]:
    value = {"x": 30, "y": 20, "width": 30, "height": 20, "rotation": 0, "rectanglelabels": [label]}
    return result(value | more.pop("value", {}), **more)


def task(results: list[Any], image: str = "a.jpg", **more: Any) -> dict[str, Any]:
    return {"id": 1, "data": {"image": image}, "annotations": [{"id": 1, "result": results}], **more}


def read(folder: Path, content: Any, **options: Any) -> tuple[list[ImageRecord], list[Issue]]:
    folder.mkdir(exist_ok=True)
    (folder / "export.json").write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    issues: list[Issue] = []
    chosen = LabelStudioOptions(**options)
    return list(LabelStudioFormat().read(folder, options=chosen, report=issues.append)), issues


def labels(folder: Path) -> list[str]:
    found = LabelStudioFormat().labels(folder, options=LabelStudioOptions(), report=lambda issue: None)
    return [label.name for label in found]


def alarming(issues: list[Issue]) -> list[str]:
    return [issue.code for issue in issues if issue.severity != "info"]


def only(folder: Path, *results: dict[str, Any]) -> AnnotationRecord:
    images, issues = read(folder, [task(list(results))])
    assert alarming(issues) == []
    return images[0].annotations[0]


@pytest.mark.parametrize(
    ("value", "kind", "geometry"),
    [
        ({"x": 30, "y": 20, "width": 30, "height": 20}, "rectanglelabels", Box(x=300, y=100, w=300, h=100)),
        ({"x": 10, "y": 20, "radiusX": 5, "radiusY": 2, "rotation": 15}, "ellipselabels", Ellipse(cx=100, cy=100, rx=50, ry=10, rotation=15)),
        ({"x": 10, "y": 20, "width": 0.5}, "keypointlabels", Points(points=[100, 100])),
        ({"points": [[0, 0], [10, 0], [10, 10], [0, 0]]}, "polygonlabels", Polygon(parts=[PolygonPart(outer=[0, 0, 100, 0, 100, 50])])),
        ({"points": [[0, 0], [10, 0]], "closed": False}, "polygonlabels", Polyline(points=[0, 0, 100, 0])),
    ],
)  # fmt: skip
def test_percentages_of_each_axis(tmp_path: Path, value: dict[str, Any], kind: str, geometry: object) -> None:
    assert only(tmp_path, result({**value, kind: ["cat"]}, kind)).geometry == geometry


def test_rotation_about_the_top_left_corner_in_pixels(tmp_path: Path) -> None:
    shape = only(tmp_path, rectangle(value={"rotation": 90})).geometry
    assert isinstance(shape, RotatedBox)
    assert corners(shape).ravel().tolist() == pytest.approx([300, 100, 300, 400, 200, 400, 200, 100])
    back = only(tmp_path, rectangle(value={"rotation": -90})).geometry
    assert corners(back).ravel().tolist() == pytest.approx([300, 100, 300, -200, 400, -200, 400, 100])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("turned", "geometry"),
    [
        # 1000 × 500 seen turned is 500 × 1000; the box covers the top-left tenth of what is seen
        (90, Box(x=0, y=450, w=100, h=50)),
        (180, Box(x=900, y=450, w=100, h=50)),
        (270, Box(x=900, y=0, w=100, h=50)),
    ],
)
def test_pictures_that_were_turned_in_the_browser(tmp_path: Path, turned: int, geometry: Box) -> None:
    shape = rectangle(value={"x": 0, "y": 0, "width": 10, "height": 10}, image_rotation=turned)
    assert only(tmp_path, shape).geometry == geometry


def test_brushes(tmp_path: Path) -> None:
    assert isinstance(MASK, Mask)
    rle = list(brush_from_mask(MASK, 60, 40))
    frame = {"original_width": 60, "original_height": 40}
    brush = result({"format": "rle", "rle": rle, "brushlabels": ["cat"]}, "brushlabels", **frame)
    assert only(tmp_path, brush).geometry == MASK
    images, issues = read(tmp_path, [task([{**brush, "original_width": 61}])])
    assert (images[0].annotations, alarming(issues)) == ((), ["rle_size_mismatch"])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (rectangle(value={"x": float("nan")}), "not_finite"),
        (rectangle(value={"x": None}), "not_finite"),
        (rectangle(value={"width": 0}), "zero_area"),
        (rectangle(value={"rectanglelabels": []}), "missing_label"),
        (result({"x": 1, "y": 1, "rectanglelabels": ["cat"]}), "missing_geometry"),
        (result({"points": [[1, 1], [2, 2]], "polygonlabels": ["cat"]}, "polygonlabels"), "degenerate_polygon"),
        (result({"points": [[1, 1], [2, "x"], [3, 3]], "polygonlabels": ["c"]}, "polygonlabels"), "not_finite"),
        (result({"polygonlabels": ["c"]}, "polygonlabels"), "missing_geometry"),
        (result({"x": 1, "y": 1, "radiusX": 0, "radiusY": 1, "ellipselabels": ["c"]}, "ellipselabels"), "zero_area"),
        (result({"rle": [300], "brushlabels": ["c"]}, "brushlabels"), "rle_size_mismatch"),
        (result({"rle": "AAAA", "brushlabels": ["c"]}, "brushlabels"), "rle_size_mismatch"),
        (result({"brushlabels": ["c"]}, "brushlabels"), "missing_geometry"),
        (result({"sequence": [], "labels": ["c"]}, "videorectangle"), "unsupported_shape"),
        (result({"vertices": [], "vectorlabels": ["c"]}, "vectorlabels"), "unsupported_shape"),
    ],
)
def test_one_bad_region_costs_one_region(tmp_path: Path, bad: dict[str, Any], code: str) -> None:
    images, issues = read(tmp_path, [task([{**bad, "id": "bad"}, rectangle("dog")])])
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert alarming(issues) == [code]
    where = next(issue.where for issue in issues if issue.code == code)
    assert where == "task 1, result bad"


def test_regions_with_labels_attributes_and_parents_of_one_id(tmp_path: Path) -> None:
    box = {"x": 30, "y": 20, "width": 30, "height": 20}
    results = [
        result({**box, "labels": ["cat"]}, "labels", id="p"),
        result(box, "rectangle", id="p"),
        result({**box, "choices": ["red"]}, "choices", id="p", from_name="colour"),
        result({**box, "choices": ["a", "b"]}, "choices", id="p", from_name="many"),
        result({**box, "text": ["hello"]}, "textarea", id="p", from_name="note"),
        result({**box, "rating": 4}, "rating", id="p", from_name="stars"),
        result({**box, "taxonomy": [["x", "y"]]}, "taxonomy", id="p", from_name="kind"),
        rectangle("dog", id="c", parentID="p", score=0.25, meta={"text": ["odd"]}, origin="manual"),
        {"type": "relation", "from_id": "c", "to_id": "p", "direction": "right"},
    ]
    images, issues = read(tmp_path, [task(results)])
    assert alarming(issues) == []
    cat, dog = images[0].annotations
    assert (cat.label, cat.id, cat.geometry) == ("cat", "p", Box(x=300, y=100, w=300, h=100))
    assert cat.attributes == {"colour": "red", "many": ["a", "b"], "note": "hello", "stars": 4, "kind": "x/y"}
    assert (dog.part_of, dog.score, dog.attributes) == ("p", 0.25, {"labelstudio:meta": {"text": ["odd"]}})
    assert dog.source == {"origin": "manual"}
    assert images[0].source["labelstudio:relations"] == [{"from_id": "c", "to_id": "p", "direction": "right"}]


def test_two_shapes_of_one_id_are_two_objects(tmp_path: Path) -> None:
    images, issues = read(tmp_path, [task([rectangle("cat"), rectangle("dog", value={"x": 1})])])
    assert [a.label for a in images[0].annotations] == ["cat", "dog"]
    assert [issue.code for issue in issues if issue.code != "image_not_found"] == ["duplicate_annotation_id"]


def test_choices_are_tags_and_never_shift_the_labels_of_shapes(tmp_path: Path) -> None:
    choice = result({"choices": ["sunny", "windy"]}, "choices", id="x", from_name="weather")
    rating = result({"rating": 3}, "rating", id="y", from_name="quality")
    tree = result({"taxonomy": [["plant", "tree"]]}, "taxonomy", id="z", from_name="what")
    images, _ = read(tmp_path, [task([choice, rating, tree, rectangle("cat"), rectangle("ant", id="r2")])])
    assert labels(tmp_path) == ["cat", "ant", "sunny", "windy", "plant/tree"]
    tags = [a.label for a in images[0].annotations if isinstance(a.geometry, Tag)]
    assert tags == ["sunny", "windy", "plant/tree"]
    assert images[0].source["labelstudio:quality"] == 3


def test_labels_in_the_order_of_the_configuration(tmp_path: Path) -> None:
    view = (
        '<View><Image name="image" value="$photo"/><RectangleLabels name="label" toName="image">'
        '<Label value="zebra" background="#00ff00"/><Label value="Cat" alias="cat"/><Label value="unused"/>'
        '</RectangleLabels><Choices name="c" toName="image"><Choice value="sunny"/></Choices></View>'
    )
    (tmp_path / "label_config.xml").write_text(view)
    images, issues = read(
        tmp_path, [{"id": 1, "data": {"x": "no.jpg", "photo": "b.jpg"}, "annotations": [{"result": [rectangle()]}]}]
    )
    assert labels(tmp_path) == ["zebra", "cat", "unused"]
    assert (images[0].name, alarming(issues)) == ("b.jpg", [])
    numbered = view.replace('value="zebra"', 'value="zebra" category="2"').replace(
        'alias="cat"', 'alias="cat" category="0"'
    )
    (tmp_path / "label_config.xml").write_text(numbered.replace('value="unused"', 'value="unused" category="1"'))
    assert labels(tmp_path) == ["cat", "unused", "zebra"]
    first = view.replace('value="unused"', 'value="unused" category="0"')  # the others take the free places
    (tmp_path / "label_config.xml").write_text(first)
    assert labels(tmp_path) == ["unused", "zebra", "cat"]
    _, issues = read(tmp_path, [task([rectangle("new")])])
    assert alarming(issues) == ["undeclared_label"]
    (tmp_path / "label_config.xml").write_text("<!DOCTYPE x>" + view)
    assert labels(tmp_path) == ["new"]


def test_several_annotations_of_a_task(tmp_path: Path) -> None:
    done = [
        {"id": 1, "result": [rectangle("cancelled")], "was_cancelled": True},
        {"id": 2, "result": [rectangle("first")]},
        {"id": 3, "result": [rectangle("truth")], "ground_truth": True},
        {"id": 4, "result": [rectangle("last")]},
    ]
    content = [{"id": 1, "data": {"image": "a.jpg"}, "annotations": done}]
    for which, expected in {
        "auto": ["truth"],
        "first": ["first"],
        "last": ["last"],
        "all": ["first", "truth", "last"],
    }.items():
        images, issues = read(tmp_path, content, annotation=which)
        assert [a.label for a in images[0].annotations] == expected
        assert alarming(issues) == ["several_annotations_per_task"]
    content[0]["annotations"] = done[:2]
    images, issues = read(tmp_path, content)
    assert ([a.label for a in images[0].annotations], alarming(issues)) == (["first"], [])


def test_predictions_and_old_completions(tmp_path: Path) -> None:
    guess = {"model_version": "m1", "score": 0.5, "result": [rectangle("dog"), rectangle("cat", id="r2", score=0.9)]}
    content = [
        {"id": 1, "data": {"image": "a.jpg"}, "completions": [{"result": [rectangle("old")]}], "predictions": [guess]},
        {"id": 2, "data": {"image": "b.jpg"}, "annotations": [], "predictions": []},
        {"id": 3, "data": {"image": "c.jpg"}, "annotations": [{"result": []}]},
    ]
    images, issues = read(tmp_path, content)
    assert [a.label for a in images[0].annotations] == ["old"]
    assert [(a.label, a.score) for a in images[0].predictions] == [("dog", 0.5), ("cat", 0.9)]
    assert images[0].predictions[0].source == {"model_version": "m1"}
    assert [image.source.get("annotated", True) for image in images] == [True, False, True]
    assert (labels(tmp_path), alarming(issues)) == (["old", "dog", "cat"], [])


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("/data/upload/1/8aab-a.jpg", "8aab-a.jpg"),
        ("/data/upload/12/sub/0123abcd-a%20b.jpg", "sub/0123abcd-a b.jpg"),
        ("upload/3/a.jpg", "a.jpg"),
        ("/data/local-files/?d=set/a/1.jpg", "set/a/1.jpg"),
        ("/data/local-files/?d=set%2Fb%20c%2F1.jpg", "set/b c/1.jpg"),
        ("http://host:8080/data/local-files/?d=x/1.jpg", "x/1.jpg"),
        ("s3://bucket/deep/er/a.jpg", "deep/er/a.jpg"),
        ("gs://bucket/a.jpg", "a.jpg"),
        ("https://host/some/a.jpg?token=1", "some/a.jpg"),
        ("http://host/data/upload/7/x.png", "x.png"),
        ("/tasks/1/presign/?fileuri=" + base64.urlsafe_b64encode(b"s3://b/p/a.jpg").decode(), "p/a.jpg"),
        ("images\\a.jpg", "images/a.jpg"),
        ("/mnt/a.jpg", "mnt/a.jpg"),
        ("/data/local-files/?d=../../etc/passwd", None),
        ("../a.jpg", None),
        ("http://[broken/a.jpg", None),
    ],
)
def test_names_of_references(reference: str, name: str | None) -> None:
    assert name_of_reference(reference) == name


def test_upload_digits_and_queries_are_dropped_where_a_picture_is_found(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for name in ("a.png", "0123abcd-b.png"):
        Image.new("RGB", (60, 40)).save(tmp_path / "images" / name)
    content = [
        task([], "/data/upload/1/deadbeef-a.png"),
        task([], "/data/upload/1/0123abcd-b.png"),
        task([], "/data/upload/1/deadbeef-gone.png"),
        task([rectangle()], "images/a.png?x=1"),
        task([], "/image7", file_upload="cafebabe-c.png"),
    ]
    Image.new("RGB", (60, 40)).save(tmp_path / "images" / "c.png")
    images, issues = read(tmp_path, content)
    assert [(i.name, i.width, i.path is not None) for i in images] == [
        ("a.png", 60, True),
        ("0123abcd-b.png", 60, True),
        ("deadbeef-gone.png", 0, False),
        ("images/a.png", 60, True),
        ("c.png", 60, True),
    ]
    assert sorted(alarming(issues)) == ["image_not_found", "size_disagrees_with_image"]


def test_sizes_may_be_missing_and_tasks_may_be_odd(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40)).save(tmp_path / "a.png")
    bare = {k: v for k, v in rectangle().items() if not k.startswith("original")}
    content = [
        task([bare], "a.png"),
        task([bare], "gone.png"),
        {"id": 3, "data": {"text": "no picture"}, "annotations": []},
        7,
        {"id": 4, "data": {"image": "../x.png"}, "annotations": [{"result": [1, {"value": 3}, {"type": "choices"}]}]},
        task([], "a.png"),
    ]
    images, issues = read(tmp_path, content)
    assert [(i.name, len(i.annotations)) for i in images] == [("a.png", 1), ("gone.png", 0), ("a-2.png", 0)]
    assert images[0].annotations[0].geometry == Box(x=18, y=8, w=18, h=8)
    assert alarming(issues) == [
        "image_not_found", "missing_geometry", "missing_name", "unparsable_record", "unsafe_path", "duplicate_file_name",
    ]  # fmt: skip


def test_bitmasks(tmp_path: Path) -> None:
    pixels = np.zeros((40, 60, 4), dtype=np.uint8)
    pixels[5:15, 10:30, 3] = 255
    address = f"data:image/png;base64,{png_text(pixels)}"
    small = f"data:image/png;base64,{png_text(pixels[:20])}"
    results = [
        {"id": name, "type": "bitmasklabels", "original_width": 60, "original_height": 40, "value": value}
        for name, value in (
            ("good", {"imageDataURL": address, "bitmasklabels": ["cat"]}),
            ("small", {"imageDataURL": small, "bitmasklabels": ["cat"]}),
            ("torn", {"imageDataURL": address[:60], "bitmasklabels": ["cat"]}),
            ("none", {"bitmasklabels": ["cat"]}),
        )
    ]
    images, issues = read(tmp_path, [task(results, "a.png")])
    (mask,) = [a.geometry for a in images[0].annotations]
    assert isinstance(mask, Mask)
    assert (mask.bbox, mask_area(mask)) == ((10, 5, 20, 10), 200)
    assert alarming(issues) == ["mask_size_mismatch", "mask_size_mismatch", "missing_geometry"]


def png_text(pixels: Any) -> str:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_tasks_about_films_are_named(tmp_path: Path) -> None:
    film = {"id": 9, "data": {"video": "/data/upload/1/film.mp4?x=1"}, "annotations": []}
    images, issues = read(tmp_path, [film, task([rectangle()], "a.png")])
    assert [image.name for image in images] == ["a.png"]
    assert alarming(issues) == ["unsupported_shape"]


def test_flattened_exports_and_single_tasks(tmp_path: Path) -> None:
    flat = {
        "x": 30,
        "y": 20,
        "width": 30,
        "height": 20,
        "rotation": 0,
        "rectanglelabels": ["cat"],
        "original_width": 1000,
        "original_height": 500,
    }
    content = [{"id": 5, "image": "/data/upload/1/a.jpg", "label": [flat, {**flat, "rectanglelabels": ["dog"]}],
                "weather": {"choices": ["sunny"]}, "annotator": 1, "annotation_id": 9, "lead_time": 2.5}]  # fmt: skip
    images, issues = read(tmp_path, content)
    assert LabelStudioFormat().recognises(Listing(tmp_path)).confidence >= 0.9
    assert [(a.label, a.geometry.kind) for a in images[0].annotations] == [
        ("cat", "box"),
        ("dog", "box"),
        ("sunny", "tag"),
    ]
    assert (images[0].name, alarming(issues)) == ("a.jpg", [])
    images, issues = read(
        tmp_path, [{"id": 5, "image": "/data/upload/1/a.jpg", "choice": "dog", "annotator": 1, "lead_time": 2}]
    )
    assert [(a.label, a.geometry.kind) for a in images[0].annotations] == [("dog", "tag")]
    one = {"id": 9, "result": [rectangle()], "task": {"id": 1, "data": {"image": "b.jpg"}}}
    for content_of_file in (one, task([rectangle()], "b.jpg")):
        images, issues = read(tmp_path, content_of_file)
        assert ([(i.name, len(i.annotations)) for i in images], alarming(issues)) == ([("b.jpg", 1)], [])
        assert LabelStudioFormat().recognises(Listing(tmp_path)).confidence >= 0.5


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_flattened_exports_as_tables(tmp_path: Path, delimiter: str) -> None:
    frame = {"original_width": 1000, "original_height": 500}
    shapes = [{"x": 30, "y": 20, "width": 30, "height": 20, "rotation": 0, "rectanglelabels": ["cat"], **frame}]
    brush = [{"format": "rle", "rle": list(range(100)) * 600, "brushlabels": ["b"], **frame}]
    columns = ("image", "id", "label", "note", "annotator", "annotation_id", "lead_time")
    rows = [
        ("/data/upload/1/a.jpg", 1, json.dumps(shapes), "a, b", 1, 7, 2.5),
        ("b.jpg", 2, json.dumps(brush), "[odd", 1, 8, 1),
        ("c.jpg", 3, "", "", 1, 9, 1),
    ]
    with (tmp_path / "export.csv").open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([columns, *rows])
    assert LabelStudioFormat().recognises(Listing(tmp_path)).confidence >= 0.9
    issues: list[Issue] = []
    images = list(LabelStudioFormat().read(tmp_path, options=LabelStudioOptions(), report=issues.append))
    assert [(i.name, [a.geometry for a in i.annotations]) for i in images] == [
        ("a.jpg", [Box(x=300, y=100, w=300, h=100)]),
        ("b.jpg", []),
        ("c.jpg", []),
    ]
    assert (images[0].source["labelstudio:note"], alarming(issues)) == ("a, b", ["rle_size_mismatch"])


def test_a_broken_file_gives_nothing(tmp_path: Path) -> None:
    good = json.dumps([task([rectangle()]), task([rectangle()], "b.jpg")])
    for at in range(0, len(good), 7):
        with pytest.raises(FormatError):
            read(tmp_path, good[:at])
    for text in ("[" * 100_000, '[{"data":' * 20_000, "{}", "[1]", "null", '[{"image": "a.jpg"}]', good + "]"):
        with pytest.raises(FormatError):
            read(tmp_path, text)
    (tmp_path / "more.json").write_text(good)
    images, issues = read(tmp_path, good[:50])
    assert (len(images), alarming(issues)) == (2, ["unparsable_file"])


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    assert isinstance(MASK, Mask)
    brush = result(
        {"rle": list(brush_from_mask(MASK, 60, 40)), "brushlabels": ["c"]},
        "brushlabels",
        original_width=60,
        original_height=40,
    )
    polygon = result({"points": [[0, 0], [1, 0], [1, 1]], "polygonlabels": ["c"]}, "polygonlabels", id="2")
    content = [task([rectangle(), brush, polygon], predictions=[{"score": 1, "result": [rectangle()]}])]
    good = json.dumps(content).encode()
    luck = random.Random(5)
    path = tmp_path / "export.json"
    for _ in range(500):
        at = luck.randrange(len(good))
        junk = luck.choice(
            [b"null", b"[]", b"{}", b"1e999", b"-1", b'"', b"NaN", b"true", b"\xff", luck.randbytes(2), b'"\\ud800"']
        )
        path.write_bytes(good[:at] + junk + good[at + luck.choice([0, 1, len(junk), 12]) :])
        try:
            LabelStudioFormat().recognises(Listing(tmp_path))
            list(LabelStudioFormat().read(tmp_path, options=LabelStudioOptions(), report=lambda issue: None))
            labels(tmp_path)
        except AnnotatorError:
            continue


def test_everything_comes_back(tmp_path: Path) -> None:
    image = ImageRecord(
        "d/a b.png", 60, 40,
        (
            AnnotationRecord("cat", Box(x=1, y=2, w=3.25, h=4), {"wet": True, "n": 2.5, "note": "a <b>", "list": ["x", "y"]}, id="p", score=0.5),
            AnnotationRecord("dog é 猫", RotatedBox(cx=30, cy=20, w=10, h=5, angle=30), {"labelstudio:labels": ["cat"]}, part_of="p"),
            AnnotationRecord("cat", Points(points=[1.5, 2.5]), source={"width": 0.5}),
        ),
        "test",
        predictions=(AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4), score=0.75, id="g", source={"model_version": "m"}),),
        source={"labelstudio:relations": [{"from_id": "r2", "to_id": "p", "direction": "left"}], "labelstudio:note": 7},
    )  # fmt: skip
    kit = TestContract()
    kit.write([image], tmp_path / "out")
    found = kit.read(tmp_path / "out")[0][0]
    assert [(a.label, a.attributes, a.part_of, a.score) for a in found.annotations] == [
        (a.label, a.attributes, a.part_of, a.score) for a in image.annotations
    ]
    assert found.annotations[0].geometry == image.annotations[0].geometry
    assert [a.id for a in found.annotations] == ["p", "r2", "r3"]
    assert found.predictions == image.predictions
    assert (found.split, found.name) == ("test", "d/a b.png")
    assert {k: v for k, v in found.source.items() if k.startswith("labelstudio:")} == image.source


def test_losses_are_named(tmp_path: Path) -> None:
    square = [2.0, 2, 12, 2, 12, 12, 2, 12]
    holed = Polygon(parts=[PolygonPart(outer=square, holes=[[4, 4, 4, 8, 8, 8, 8, 4]])])
    parts = Polygon(parts=[PolygonPart(outer=square), PolygonPart(outer=[20, 20, 30, 20, 30, 30])])
    shapes = (holed, parts, Points(points=[1, 1, 2, 2]), Points(points=[1, 1]))
    image = ImageRecord("a.png", 60, 40, tuple(AnnotationRecord("cat", shape) for shape in shapes))
    losses = LabelStudioFormat().losses([image], options=LabelStudioOptions())
    assert {loss.code: loss.count for loss in losses} == {"holes": 1, "parts": 1, "unsupported_points": 1}
    tag = ImageRecord("b.png", 60, 40, (AnnotationRecord("cat", Tag(), {"n": 1}), AnnotationRecord("cat", Tag())))
    assert [(loss.code, loss.count) for loss in LabelStudioFormat().losses([tag], options=LabelStudioOptions())] == [
        ("attributes", 1)
    ]
    kit = TestContract()
    kit.write([image], tmp_path / "out")
    found = kit.read(tmp_path / "out")[0][0]
    assert [a.geometry.kind for a in found.annotations] == ["mask", "polygon", "polygon", "points", "points", "points"]


def test_the_configuration_lists_every_label_with_its_colour(tmp_path: Path) -> None:
    kit = TestContract()
    kit.write([], tmp_path / "out")
    assert labels(tmp_path / "out") == ["cat", "dog é 猫", "never used"]
    tag = ImageRecord("a.png", 60, 40, (AnnotationRecord("b", Tag()),))
    plugin = LabelStudioFormat()
    (tmp_path / "tags").mkdir()
    names = [LabelRecord("a", "#010203"), LabelRecord("b")]
    plugin.write(
        [tag], tmp_path / "tags", labels=names, options=LabelStudioOptions(), report=lambda i: None, progress=_Silent()
    )
    found = plugin.labels(tmp_path / "tags", options=LabelStudioOptions(), report=lambda issue: None)
    assert [(label.name, label.color) for label in found] == [("a", "#010203"), ("b", "")]


class _Silent:
    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Nobody listens."""


def test_lists_with_small_faults_are_read_item_by_item(tmp_path: Path) -> None:
    good = json.dumps([task([rectangle()]), task([rectangle("dog")], "b.jpg")])
    for text in ("\ufeff" + good, good.replace('"x": 30', '"x": NaN', 1), good.replace('"cat"', '"\\ud800"')):
        images, _ = read(tmp_path, text)
        assert [image.name for image in images] == ["a.jpg", "b.jpg"]
        assert images[1].annotations[0].label == "dog"


def test_a_plugin_notices_that_a_file_changed(tmp_path: Path) -> None:
    plugin, found = LabelStudioFormat(), []
    for name in ("cat", "longer name"):
        (tmp_path / "a.json").write_text(json.dumps([task([rectangle(name)])]))
        found.append([x.name for x in plugin.labels(tmp_path, options=LabelStudioOptions(), report=lambda issue: None)])
    assert found == [["cat"], ["longer name"]]


def test_negative_sizes_are_turned_round(tmp_path: Path) -> None:
    images, issues = read(tmp_path, [task([rectangle(value={"x": 60, "width": -30})])])
    assert [a.geometry for a in images[0].annotations] == [Box(x=300, y=100, w=300, h=100)]
    assert "negative_size_normalised" in [issue.code for issue in issues]
