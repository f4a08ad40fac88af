"""VIA: the contract in each layout, both versions, tables, and which attribute is the class."""

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from annotator.core.errors import AnnotatorError, FormatError
from annotator.core.geometry.types import Box, Ellipse, Points, Polygon, PolygonPart, Polyline, RotatedBox, Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.via.plugin import ViaFormat, ViaOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import MASK, DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = ViaFormat


class TestTable(DatasetFormatContract):
    plugin = ViaFormat
    options = {"layout": "csv"}


RECT = {"name": "rect", "x": 1, "y": 2, "width": 10, "height": 20}
BOX = Box(x=1, y=2, w=10, h=20)


def region(shape: Any = None, **attributes: Any) -> dict[str, Any]:
    return {"shape_attributes": RECT if shape is None else shape, "region_attributes": attributes}


def entry(*regions: Any, name: str = "a.jpg", **about: Any) -> dict[str, Any]:
    return {"filename": name, "size": -1, "regions": list(regions), "file_attributes": about}


def project(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    data = {f"{item['filename']}-1": item for item in entries}
    return {"_via_settings": {}, "_via_img_metadata": data, "_via_attributes": {"region": {}, "file": {}}, **more}


def read(
    folder: Path, value: Any = None, name: str = "via.json", **options: Any
) -> tuple[list[ImageRecord], list[Issue]]:
    if value is not None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    issues: list[Issue] = []
    return list(ViaFormat().read(folder, options=ViaOptions(**options), report=issues.append)), issues


def labels(folder: Path, **options: Any) -> list[str]:
    found = ViaFormat().labels(folder, options=ViaOptions(**options), report=lambda issue: None)
    return [label.name for label in found]


def alarming(issues: list[Issue]) -> list[str]:
    return [issue.code for issue in issues if issue.severity != "info"]


@pytest.mark.parametrize(
    ("shape", "geometry"),
    [
        (RECT, BOX),
        ({"name": "rect", "x": 11, "y": 22, "width": -10, "height": -20}, BOX),
        ({"name": "circle", "cx": 20, "cy": 20, "r": 5.5}, Ellipse(cx=20, cy=20, rx=5.5, ry=5.5)),
        ({"name": "ellipse", "cx": 30, "cy": 20, "rx": 10, "ry": 5}, Ellipse(cx=30, cy=20, rx=10, ry=5)),
        (
            {"name": "ellipse", "cx": 30, "cy": 20, "rx": 10, "ry": 5, "theta": math.pi / 6},
            Ellipse(cx=30, cy=20, rx=10, ry=5, rotation=30),
        ),
        (
            {"name": "polygon", "all_points_x": [1, 20, 20, 1], "all_points_y": [1, 1, 20, 1]},
            Polygon(parts=[PolygonPart(outer=[1, 1, 20, 1, 20, 20])]),
        ),
        ({"name": "polyline", "all_points_x": [0, 5], "all_points_y": [0, 5]}, Polyline(points=[0, 0, 5, 5])),
        ({"name": "point", "cx": 3, "cy": 4}, Points(points=[3, 4])),
    ],
)
def test_every_kind_of_shape(tmp_path: Path, shape: dict[str, Any], geometry: object) -> None:
    images, issues = read(tmp_path, project(entry(region(shape, label="cat"))))
    assert [a.geometry for a in images[0].annotations] == [geometry]
    assert alarming(issues) == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({**RECT, "width": 0}, "zero_area"),
        ({**RECT, "x": "wide"}, "not_finite"),
        ({**RECT, "x": None}, "not_finite"),
        ({"name": "rect", "x": 1}, "missing_geometry"),
        ({}, "missing_geometry"),
        ({"name": "star"}, "unsupported_shape"),
        ({"name": "circle", "cx": 1, "cy": 1, "r": -1}, "zero_area"),
        ({"name": "ellipse", "cx": 1, "cy": 1, "rx": 1, "ry": 0}, "zero_area"),
        ({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1, 2]}, "degenerate_polygon"),
        ({"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1, 2]}, "missing_geometry"),
        ({"name": "polygon", "all_points_x": "123", "all_points_y": "123"}, "missing_geometry"),
        ({"name": "polygon", "all_points_x": [1, [], 3], "all_points_y": [1, 2, 3]}, "not_finite"),
        ({"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1, 2, 3]}, "degenerate_polygon"),
        ({"name": "polyline", "all_points_x": [1], "all_points_y": [1]}, "degenerate_polygon"),
        ({"name": "point", "cx": 1}, "missing_geometry"),
    ],
)
def test_one_bad_region_costs_one_region(tmp_path: Path, bad: dict[str, Any], code: str) -> None:
    images, issues = read(tmp_path, project(entry(region(bad, label="cat"), region(label="dog"))))
    assert [a.label for a in images[0].annotations] == ["dog"]
    found = [(issue.code, issue.file, issue.where) for issue in issues if issue.severity != "info"]
    assert found == [(code, "via.json", "/a.jpg-1/regions/0")]


def test_version_1_numbers_its_regions(tmp_path: Path) -> None:
    regions = {"10": region(label="c"), "2": region(label="b"), "0": region(label="a")}
    old = {"a.jpg9": {"fileref": "", "base64_img_data": "", **entry(), "regions": regions}, "junk": 3}
    images, issues = read(tmp_path, old)
    assert [a.label for a in images[0].annotations] == ["a", "b", "c"]
    assert ViaFormat().recognises(Listing(tmp_path)).confidence >= 0.9
    assert alarming(issues) == []


@pytest.mark.parametrize(
    ("rows", "options", "expected"),
    [
        ([{"animal": "cat"}, {"animal": "dog"}], {}, "animal"),
        ([{"id": "1", "Class": "cat"}, {"id": "2", "Class": "dog"}], {}, "Class"),
        ([{"class": "x", "label": "cat"}], {}, "label"),
        ([{"n": "1", "what": "cat"}, {"n": "2", "what": "cat"}], {}, "what"),
        ([{"n": "1", "label": "cat"}], {"label_attribute": "n"}, "n"),
        ([{"label": "", "what": "cat"}], {}, "what"),
    ],
)
def test_which_attribute_is_the_class(
    tmp_path: Path, rows: list[dict[str, str]], options: dict[str, str], expected: str
) -> None:
    images, issues = read(tmp_path, project(entry(*(region(**row) for row in rows))), **options)
    assert [a.label for a in images[0].annotations] == [row[expected] for row in rows]
    rest = [{name: value for name, value in row.items() if name != expected} for row in rows]
    assert [a.attributes for a in images[0].annotations] == rest
    guessed = [issue for issue in issues if issue.code == "label_attribute_guessed"]
    assert [expected in issue.text for issue in guessed] == ([] if options else [True])
    assert alarming(issues) == []


def test_regions_without_a_class(tmp_path: Path) -> None:
    images, issues = read(tmp_path, project(entry(region(), region())))
    assert [a.label for a in images[0].annotations] == ["object", "object"]
    assert ([i.code for i in issues if i.code != "image_not_found"], alarming(issues)) == (
        ["label_missing_default_used"],
        [],
    )
    assert labels(tmp_path, default_label="thing") == ["thing"]
    images, issues = read(tmp_path, project(entry(region(label="cat"), region())))
    assert ([a.label for a in images[0].annotations], labels(tmp_path)) == (["cat", "object"], ["cat", "object"])
    assert alarming(issues) == ["label_missing_default_used"]


def test_ticked_options_and_declared_ones(tmp_path: Path) -> None:
    options = {"region": {"label": {"type": "checkbox", "options": {"zebra": "Z", "cat": "C", "unused": ""}}}}
    one = region(label={"cat": True, "zebra": False, "dog": True}, state={"wet": True, "old": True}, free="x")
    images, _ = read(tmp_path, project(entry(one), _via_attributes=options))
    record = images[0].annotations[0]
    assert (record.label, record.attributes) == ("cat", {"state": ["wet", "old"], "free": "x", "via:labels": ["dog"]})
    assert labels(tmp_path) == ["zebra", "cat", "unused"]


def test_about_files(tmp_path: Path) -> None:
    about: dict[str, Any] = {
        "scene": "x",
        "quality": {"good": True},
        "tags": {"night": True, "day": False},
        "split": "valid",
    }
    images, _ = read(tmp_path, project(entry(region(label="cat"), **about, width=60, height=40)))
    image = images[0]
    assert (image.width, image.height, image.split) == (60, 40, "val")
    assert image.source == {"via:scene": "x", "via:quality": ["good"]}
    assert [(a.label, a.geometry.kind) for a in image.annotations] == [("cat", "box"), ("night", "tag")]
    assert labels(tmp_path) == ["cat", "night"]


def test_the_table(tmp_path: Path) -> None:
    head = "#filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
    row = '"{}",12,"{{}}",{},{},"{}","{}"\n'
    shape = json.dumps(RECT).replace('"', '""')
    text = (
        head
        + row.format("b.jpg", 2, 0, shape, '{""label"":""dog, ""}')
        + row.format("b.jpg", 2, 1, shape, '{""label"":""cat""}')
    )
    text += row.format("c, d.jpg", 1, 0, shape, '{""label"":""cat""}').replace('"c, d.jpg"', "c, d.jpg")
    text += row.format("empty.jpg", 0, 0, "{}", "{}") + row.format("bad.jpg", 1, 0, "{", "{}") + "\n"
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "via.csv").write_text(text, encoding=encoding)
        assert ViaFormat().recognises(Listing(tmp_path)).confidence >= 0.95
        images, issues = read(tmp_path)
        assert [(i.name, [a.label for a in i.annotations]) for i in images] == [
            ("b.jpg", ["dog,", "cat"]),
            ("c, d.jpg", ["cat"]),
            ("empty.jpg", []),
        ]
        assert [(i.code, i.where) for i in issues if i.severity != "info"] == [("unparsable_file", "line 6")]


def test_pictures_order_and_splits(tmp_path: Path) -> None:
    for folder in ("train", "val", "val/pics"):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (60, 40)).save(tmp_path / folder / "a.png")
    read(tmp_path, project(entry(region(label="c"), name="a.png")), "train/via.json")
    more = {
        "_via_settings": {"core": {"default_filepath": "pics/"}},
        "_via_image_id_list": ["http://x/y/z.png-1", "a.png-1", "gone"],
    }
    second = project(
        entry(name="a.png"), entry(name="../../x.png"), entry(name="http://x/y/z.png"), entry(name=""), **more
    )
    images, issues = read(tmp_path, second, "val/via.json")
    assert [(i.name, i.split, i.path and i.path.relative_to(tmp_path).as_posix(), i.width) for i in images] == [
        ("train/a.png", "train", "train/a.png", 60),
        ("val/z.png", "val", None, 0),
        ("val/a.png", "val", "val/pics/a.png", 60),
    ]
    assert sorted(alarming(issues)) == ["image_not_found", "missing_name", "unsafe_path"]
    twice = {"a.png1": entry(name="a.png"), "a.png2": entry(name="a.png")}
    images, issues = read(tmp_path / "train", twice)
    assert (len(images), "duplicate_file_name" in alarming(issues)) == (2, True)


def test_paths_of_another_machine_mean_a_picture_here_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.jpg", "sub/b.jpg"):
        Image.new("RGB", (60, 40)).save(tmp_path / name)
    given = ("C:\\set\\a.jpg", "/home/bob/sub/b.jpg", "/etc/passwd", "/home/bob/c.jpg")
    images, issues = read(tmp_path, project(*(entry(region(label="cat"), name=name) for name in given)))
    assert [(image.name, len(image.annotations)) for image in images] == [("a.jpg", 1), ("sub/b.jpg", 1)]
    assert alarming(issues) == ["unsafe_path"] * 4


def test_version_3_is_named(tmp_path: Path) -> None:
    value = {
        "project": {"pid": "x", "vid_list": []},
        "config": {},
        "attribute": {},
        "file": {},
        "metadata": {},
        "view": {},
    }
    with pytest.raises(FormatError, match="VIA 3"):
        read(tmp_path, value)
    assert ViaFormat().recognises(Listing(tmp_path)).confidence >= 0.5


def test_broken_files_cost_themselves(tmp_path: Path) -> None:
    good = json.dumps(project(entry(region(label="cat"))))
    for text in (good[:-1], good[:40], "[" * 100_000, '{"a":' * 100_000, "{}", "[]", '{"a": {"b": 1}}', ""):
        with pytest.raises(FormatError):
            read(tmp_path, text)
    images, issues = read(tmp_path, good, "second.json")
    assert (len(images), alarming(issues)) == (1, ["unparsable_file"])


def test_any_bytes_are_survived(tmp_path: Path) -> None:
    polygon = {"name": "polygon", "all_points_x": [1, 20, 20], "all_points_y": [1, 1, 20]}
    value = project(entry(region(label="cat"), region(polygon, label={"a": True}), tags={"x": True}))
    shapes = (
        AnnotationRecord("cat", BOX),
        AnnotationRecord("cat", Polygon(parts=[PolygonPart(outer=[1, 1, 20, 1, 20, 20])])),
    )
    table = TestTable()
    table.write([ImageRecord("a.png", 60, 40, shapes)], tmp_path / "table")
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "via.json").write_text(json.dumps(value))
    luck = random.Random(11)
    for path in (tmp_path / "json" / "via.json", tmp_path / "table" / "via_export.csv"):
        good = path.read_bytes()
        for _ in range(300):
            at = luck.randrange(len(good))
            junk = luck.choice(
                [b"null", b"[]", b"{}", b"1e999", b"-1", b'"', b"NaN", b"true", b"\xff", luck.randbytes(2), b","]
            )
            path.write_bytes(good[:at] + junk + good[at + luck.choice([0, 1, len(junk), 12]) :])
            try:
                ViaFormat().recognises(Listing(path.parent))
                read(path.parent)
                labels(path.parent)
            except AnnotatorError:
                continue


@pytest.mark.parametrize("layout", ["project", "annotations", "csv"])
def test_everything_comes_back(tmp_path: Path, layout: str) -> None:
    image = ImageRecord(
        "d/a b.png", 60, 40,
        (
            AnnotationRecord("dog é 猫", BOX, {"wet": True, "n": 2.5, "note": 'a "b", c', "list": ["x", "y"]}),
            AnnotationRecord("cat", Ellipse(cx=30, cy=20, rx=10, ry=6, rotation=20), {"via:labels": ["dog é 猫"]}),
            AnnotationRecord("cat", Points(points=[1.5, 2.5])),
            AnnotationRecord("never used", Tag()),
        ),
        "test",
        source={"via:scene": "x", "via:many": ["a", "b"]},
    )  # fmt: skip
    kit = type("Kit", (TestContract,), {"options": {"layout": layout}})()
    kit.write([image, ImageRecord("empty.png", 5, 6)], tmp_path / "out")
    found, empty = kit.read(tmp_path / "out")[0]
    assert found.annotations == image.annotations
    assert (found.name, found.width, found.height, found.split, found.source) == (
        image.name,
        60,
        40,
        "test",
        image.source,
    )
    assert (empty.name, empty.width, empty.height) == ("empty.png", 5, 6)
    if layout == "project":
        assert labels(tmp_path / "out") == ["cat", "dog é 猫", "never used"]


def test_losses_are_named(tmp_path: Path) -> None:
    square = [2.0, 2, 12, 2, 12, 12, 2, 12]
    holed = Polygon(
        parts=[PolygonPart(outer=square, holes=[[4, 4, 4, 8, 8, 8, 8, 4]]), PolygonPart(outer=[20, 20, 30, 20, 30, 30])]
    )
    assert MASK is not None
    shapes = (
        holed,
        MASK,
        RotatedBox(cx=20, cy=20, w=8, h=4, angle=30),
        Points(points=[1, 1, 2, 2]),
        Points(points=[1, 1]),
    )
    image = ImageRecord("a.png", 60, 40, tuple(AnnotationRecord("cat", one) for one in shapes))
    losses = ViaFormat().losses([image], options=ViaOptions())
    counted = {(loss.code, loss.count) for loss in losses}
    kinds = {(f"unsupported_{kind}", 1) for kind in ("mask", "rotated_box", "points")}
    assert counted == {("holes", 1), ("parts", 1), *kinds}
    assert sum(loss.count for loss in losses if loss.code == "holes") == 2
    kit = TestContract()
    kit.write([image], tmp_path / "out")
    found = kit.read(tmp_path / "out")[0][0]
    assert [a.geometry.kind for a in found.annotations] == ["polygon"] * 4 + ["points"] * 3


def test_negative_sizes_are_turned_round(tmp_path: Path) -> None:
    images, issues = read(tmp_path, project(entry(region({**RECT, "x": 11, "width": -10}, label="cat"))))
    assert [a.geometry for a in images[0].annotations] == [BOX]
    assert "negative_size_normalised" in [issue.code for issue in issues]
