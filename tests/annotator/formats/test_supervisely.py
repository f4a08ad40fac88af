"""Supervisely: the contract, nothing lost on the way and back, every shape, and what is wrong in real files."""

import base64
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import bitmap_of, mask_area
from annotator.core.geometry.types import (
    Box,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.supervisely.plugin import SuperviselyFormat, SuperviselyOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract
from tests.annotator.formats import rich_sets
from tests.annotator.formats.kits import contents, write


class TestContract(DatasetFormatContract):
    plugin = SuperviselyFormat


class TestPixels(DatasetFormatContract):
    plugin = SuperviselyFormat
    options = {"rectangles": "pixels"}


Read = Callable[..., tuple[list[ImageRecord], list[str]]]
META: dict[str, Any] = {
    "classes": [
        {"title": "cat", "shape": "any", "color": "#FF0000"},
        {"title": "dog", "shape": "polygon", "color": "#00ff00", "id": 7},
    ],
    "tags": [{"name": "weather", "value_type": "any_string", "color": "#000000"}],
}


def noted(folder: Path, options: SuperviselyOptions | None = None) -> tuple[list[ImageRecord], list[Issue]]:
    issues: list[Issue] = []
    options = options or SuperviselyOptions()
    return list(SuperviselyFormat().read(folder, options=options, report=issues.append)), issues


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write one dataset with one picture of 60 × 40 and read the project."""

    def run(
        objects: Any, *, meta: Any = META, dataset: str = "ds0", options: SuperviselyOptions | None = None, **more: Any
    ) -> tuple[list[ImageRecord], list[str]]:
        base = tmp_path / "project" / dataset
        (base / "ann").mkdir(parents=True, exist_ok=True)
        (base / "img").mkdir(exist_ok=True)
        Image.new("RGB", (60, 40)).save(base / "img" / "x.png")
        content = {"size": {"width": 60, "height": 40}, "tags": [], "objects": objects, **more}
        (base / "ann" / "x.png.json").write_text(json.dumps(content))
        if meta is not None:
            (tmp_path / "project" / "meta.json").write_text(json.dumps(meta))
        images, issues = noted(tmp_path / "project", options)
        return images, sorted({issue.code for issue in issues if issue.severity != "info"})

    return run


def shape(kind: str, exterior: Any, interior: Any = (), title: str = "cat", **more: Any) -> dict[str, Any]:
    return {
        "classTitle": title,
        "geometryType": kind,
        "points": {"exterior": exterior, "interior": list(interior)},
        **more,
    }


def labels(folder: Path) -> list[LabelRecord]:
    return SuperviselyFormat().labels(folder, options=SuperviselyOptions(), report=lambda issue: None)


def only(images: list[ImageRecord]) -> AnnotationRecord:
    assert len(images) == 1
    assert len(images[0].annotations) == 1
    return images[0].annotations[0]


GOOD = shape("rectangle", [[5, 6], [12, 14]])


def png(array: Any, **more: Any) -> bytes:
    file = BytesIO()
    Image.fromarray(array).save(file, "PNG", **more)
    return file.getvalue()


def bitmap(data: bytes, origin: Any = (10, 5), kind: str = "bitmap") -> dict[str, Any]:
    text = base64.b64encode(zlib.compress(data)).decode()
    return {"classTitle": "cat", "geometryType": kind, "bitmap": {"data": text, "origin": list(origin)}}


def test_nothing_is_lost_on_the_way_and_back(tmp_path: Path) -> None:
    images = rich_sets.images(tmp_path / "in")
    write(TestContract, images, tmp_path / "out", list(rich_sets.LABELS))
    found, issues = noted(tmp_path / "out")
    assert [issue for issue in issues if issue.severity != "info"] == []
    assert labels(tmp_path / "out") == list(rich_sets.LABELS)
    for here, there in zip(found, images, strict=True):
        assert here.annotations == there.annotations
        assert here.predictions == there.predictions
        source = {key: value for key, value in here.source.items() if key != "supervisely:place"}
        assert (here.name, here.split, here.width, here.height, source) == (
            there.name, there.split, there.width, there.height, there.source,
        )  # fmt: skip


def test_what_was_read_is_written_as_it_was(tmp_path: Path) -> None:
    write(TestContract, rich_sets.images(tmp_path / "in"), tmp_path / "first", list(rich_sets.LABELS))
    for before, after in (("first", "one"), ("one", "two")):
        found, _ = noted(tmp_path / before)
        write(TestContract, found, tmp_path / after, labels(tmp_path / before))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (shape("rectangle", [[11, 22], [1, 2]]), Box(x=1, y=2, w=10, h=20)),
        (shape("line", [[1, 2], [3, 4.5]]), Polyline(points=[1, 2, 3, 4.5])),
        (shape("polyline", [[1, 2], [3, 4]]), Polyline(points=[1, 2, 3, 4])),
        (shape("point", [[1, 2]]), Points(points=[1, 2])),
        (
            shape("polygon", [[1, 1], [20, 1], [20, 20], [1, 1]], [[[5, 5], [10, 5], [10, 10]]]),
            Polygon(parts=[PolygonPart(outer=[1, 1, 20, 1, 20, 20], holes=[[5, 5, 10, 5, 10, 10]])]),
        ),
        (shape("oriented_bbox", [[10, 10], [20, 16]], angle=0.0), RotatedBox(cx=15, cy=13, w=10, h=6, angle=0)),
        (
            {"classTitle": "cat", "nodes": {"b": {"loc": [1, 2]}, "a": {"loc": [3, 4], "disabled": True}}},
            Keypoints(points=[1, 2, 2, 3, 4, 1]),
        ),
        (
            {"classTitle": "dog", "points": {"exterior": [[1, 1], [9, 1], [9, 9]], "interior": []}, "bitmap": None},
            Polygon(parts=[PolygonPart(outer=[1, 1, 9, 1, 9, 9])]),
        ),
    ],
)
def test_every_kind_of_shape(read: Read, entry: dict[str, Any], expected: Geometry) -> None:
    images, codes = read([entry])
    assert only(images).geometry == expected
    assert codes == []


def test_an_angle_is_in_radians_clockwise_about_the_centre(read: Read) -> None:
    images, _ = read([shape("oriented_bbox", [[10, 10], [20, 16]], angle=np.pi / 6)])
    geometry = only(images).geometry
    assert isinstance(geometry, RotatedBox)
    assert geometry.angle == pytest.approx(30)


def test_corners_may_be_pixels_that_belong_to_the_rectangle(read: Read) -> None:
    images, _ = read([shape("rectangle", [[1, 2], [10, 21]])], options=SuperviselyOptions(rectangles="pixels"))
    assert only(images).geometry == Box(x=1, y=2, w=10, h=20)


FIELD = np.zeros((4, 5), dtype=np.uint8)
FIELD[1:3, 1:4] = 255


@pytest.mark.parametrize(
    "data",
    [
        png(FIELD),
        png(FIELD > 0),
        png(np.dstack([FIELD, FIELD, FIELD])),
        png(np.dstack([np.full_like(FIELD, 9)] * 3 + [FIELD])),
        png(FIELD.astype(np.uint16)),
    ],
    ids=["grey", "one bit", "colours", "opacity", "16 bit"],
)
def test_bitmaps_are_cropped_pictures_at_their_origin(read: Read, data: bytes) -> None:
    images, codes = read([bitmap(data)])
    mask = only(images).geometry
    assert isinstance(mask, Mask)
    assert (mask.bbox, mask_area(mask)) == ((11, 6, 3, 2), 6)
    assert codes == []


def test_a_palette_with_a_transparent_colour(read: Read) -> None:
    picture = Image.fromarray((FIELD > 0).astype(np.uint8))
    picture.putpalette([0, 0, 0, 255, 255, 255])
    file = BytesIO()
    picture.save(file, "PNG", transparency=0)
    images, _ = read([bitmap(file.getvalue())])
    mask = only(images).geometry
    assert isinstance(mask, Mask)
    assert bitmap_of(mask).all()


def test_masks_of_opacities_are_thresholded_with_a_word(read: Read) -> None:
    images, codes = read([bitmap(png(np.dstack([FIELD, FIELD // 3])), kind="alpha_mask")])
    assert only(images).geometry.kind == "mask"
    assert codes == ["lossy_mask_thresholded"]


def test_a_bitmap_over_the_edge_is_cut(read: Read) -> None:
    images, codes = read([bitmap(png(FIELD), origin=(57, -2))])
    mask = only(images).geometry
    assert isinstance(mask, Mask)
    assert mask.bbox == (58, 0, 2, 1)
    assert codes == []


def announced(width: int, height: int) -> bytes:
    """A PNG whose header promises a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (bitmap(announced(1 << 20, 1 << 20)), "rle_size_mismatch"),
        (bitmap(bytes(1 << 27)), "rle_size_mismatch"),
        (bitmap(b"no png"), "rle_size_mismatch"),
        (bitmap(png(FIELD)[:45]), "rle_size_mismatch"),
        ({"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"data": "!!", "origin": [0, 0]}}, "rle_size_mismatch"),
        ({"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"data": "AAAA", "origin": [0, 0]}}, "rle_size_mismatch"),
        ({"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"data": 7, "origin": [0, 0]}}, "rle_size_mismatch"),
        (bitmap(png(FIELD), origin=("x", 1)), "not_finite"),
        (bitmap(png(FIELD), origin=(1e300, 1)), "not_finite"),
        (bitmap(png(FIELD), origin=(600, 1)), "zero_area"),
        (bitmap(png(FIELD * 0)), "zero_area"),
        ({"classTitle": "cat", "geometryType": "bitmap"}, "missing_geometry"),
        (shape("rectangle", [[1, 2], [1, 22]]), "zero_area"),
        (shape("rectangle", [[1, "x"], [1, 22]]), "not_finite"),
        (shape("rectangle", [[1, float("nan")], [1, 22]]), "not_finite"),
        (shape("rectangle", []), "missing_geometry"),
        (shape("rectangle", None), "missing_geometry"),
        (shape("polygon", [[1, 1], [2, 2]]), "degenerate_polygon"),
        (shape("polygon", [[1, 1], [2, 2], [3, 3]]), "degenerate_polygon"),
        (shape("line", [[1, 1]]), "degenerate_polygon"),
        (shape("cuboid", [[1, 1], [2, 2]]), "unsupported_shape"),
        ({"classTitle": "cat", "vertices": {"face1-topleft": {"loc": [1, 2]}}}, "unsupported_shape"),
        ({"classTitle": "cat", "geometryType": "graph", "nodes": {"a": {"loc": ["x"]}}}, "missing_geometry"),
        (shape("rectangle", [[1, 2], [3, 4]], title=""), "missing_label"),
        (7, "missing_label"),
        (None, "missing_label"),
    ],
)  # fmt: skip
def test_one_bad_record_costs_one_record(read: Read, bad: Any, code: str) -> None:
    images, codes = read([bad, GOOD])
    assert [a.geometry for a in images[0].annotations] == [Box(x=5, y=6, w=7, h=8)]
    assert codes == [code]


def test_a_bad_hole_costs_the_hole(read: Read) -> None:
    images, codes = read([shape("polygon", [[1, 1], [20, 1], [20, 20]], [[[1, 1]], [[5, 5], [10, 5], [10, 10]]])])
    geometry = only(images).geometry
    assert isinstance(geometry, Polygon)
    assert len(geometry.parts[0].holes) == 1
    assert codes == ["degenerate_polygon"]


def test_tags_of_objects_are_attributes_and_members_are_kept(read: Read, tmp_path: Path) -> None:
    tags = [{"name": "colour", "value": "red"}, {"name": "seen", "value": None}, {"name": "n", "value": 3}, "old"]
    twice = [{"name": "part", "value": "head"}, {"name": "part", "value": "tail"}]
    images, codes = read([{**GOOD, "id": 5, "classId": 9, "description": "", "tags": tags + twice, "instance": "u1"}])
    found = only(images)
    assert found.attributes == {
        "colour": "red", "seen": True, "n": 3, "old": True, "part": ["head", "tail"], "supervisely:classId": 9,
    }  # fmt: skip
    assert (found.id, found.group) == ("5", "u1")
    assert codes == []
    write(TestContract, images, tmp_path / "out", labels(tmp_path / "project"))
    assert noted(tmp_path / "out")[0][0].annotations == images[0].annotations
    written = json.loads((tmp_path / "out" / "ds0" / "ann" / "x.png.json").read_bytes())["objects"][0]
    assert (written["id"], written["classId"], written["instance"]) == (5, 9, "u1")


def test_tags_of_pictures_are_objects_without_a_shape(read: Read, tmp_path: Path) -> None:
    images, codes = read([GOOD], tags=[{"name": "weather", "value": "sunny"}, {"name": "checked"}])
    tags = images[0].annotations[:2]
    assert [(a.label, a.geometry, a.attributes) for a in tags] == [
        ("weather", Tag(), {"value": "sunny"}),
        ("checked", Tag(), {}),
    ]
    assert [label.name for label in labels(tmp_path / "project")] == ["cat", "dog", "weather", "checked"]
    assert codes == []


@pytest.mark.parametrize(
    ("dataset", "tags", "split"),
    [
        ("ds0", [], None),
        ("train", [], "train"),
        ("ds_valid", [], "val"),
        ("ds0", [{"name": "val"}], "val"),
        ("train", ["Test"], "test"),
    ],
)
def test_splits_come_from_tags_or_from_the_dataset(read: Read, dataset: str, tags: Any, split: str | None) -> None:
    images, _ = read([GOOD], dataset=dataset, tags=tags)
    assert images[0].split == split
    assert only(images).label == "cat"


def test_a_label_that_is_called_like_a_split_stays_a_label(tmp_path: Path) -> None:
    record = ImageRecord("a.png", 60, 40, (AnnotationRecord("test", Tag()),), "train")
    write(TestContract, [record], tmp_path / "out", [LabelRecord("test")])
    found, _ = noted(tmp_path / "out")
    assert (found[0].split, found[0].annotations) == ("train", record.annotations)


def test_datasets_in_datasets_are_folders_of_names(read: Read, tmp_path: Path) -> None:
    read([GOOD], dataset="ds0")
    read([GOOD], dataset="ds1")
    images, codes = read([GOOD], dataset="ds1/datasets/inner")
    assert [image.name for image in images] == ["ds0/x.png", "ds1/x.png", "ds1/inner/x.png"]
    assert [image.path and image.path.relative_to(tmp_path / "project").as_posix() for image in images] == [
        "ds0/img/x.png",
        "ds1/img/x.png",
        "ds1/datasets/inner/img/x.png",
    ]
    assert codes == []
    write(TestContract, images, tmp_path / "out", [LabelRecord("cat")])
    again, _ = noted(tmp_path / "out")
    assert [replace(image, path=None) for image in again] == [replace(image, path=None) for image in images]


def test_one_dataset_with_others_inside_is_not_in_the_names(read: Read) -> None:
    read([GOOD], dataset="ds1")
    images, _ = read([GOOD], dataset="ds1/datasets/inner")
    assert [image.name for image in images] == ["x.png", "inner/x.png"]


def test_a_set_of_torn_files_is_refused(read: Read, tmp_path: Path) -> None:
    read([GOOD])
    (tmp_path / "project" / "ds0" / "ann" / "x.png.json").write_bytes(b"{")
    with pytest.raises(FormatError) as caught:
        noted(tmp_path / "project")
    assert caught.value.fields["file"] == "ds0/ann/x.png.json"


def test_classes_have_colours_ids_and_key_points(read: Read, tmp_path: Path) -> None:
    config = {
        "nodes": {"n1": {"label": "nose"}, "n2": {"label": "ear"}, "n3": {"label": "tail"}},
        "edges": [{"src": "n1", "dst": "n2"}, {"src": "n2", "dst": "gone"}],
    }
    meta = {"classes": [*META["classes"], {"title": "man", "shape": "graph", "geometry_config": config}], "tags": []}
    images, codes = read(
        [{"classTitle": "man", "geometryType": "graph", "nodes": {"n3": {"loc": [1, 2]}, "n1": {"loc": [3, 4]}}}],
        meta=meta,
    )
    assert only(images).geometry == Keypoints(points=[3, 4, 2, 0, 0, 0, 1, 2, 2])
    found = labels(tmp_path / "project")
    assert [(label.name, label.color, label.source_id) for label in found] == [
        ("cat", "#ff0000", None), ("dog", "#00ff00", 7), ("man", "", None),
    ]  # fmt: skip
    assert (found[2].keypoints, found[2].skeleton) == (("nose", "ear", "tail"), ((0, 1),))
    assert codes == []


def test_a_class_that_is_not_declared_is_taken_with_a_word(read: Read, tmp_path: Path) -> None:
    images, codes = read([shape("rectangle", [[1, 2], [3, 4]], title="bird")])
    assert only(images).label == "bird"
    assert [label.name for label in labels(tmp_path / "project")] == ["cat", "dog", "bird"]
    assert codes == ["undeclared_label"]


def test_a_project_without_meta_is_read_without_a_word(read: Read, tmp_path: Path) -> None:
    images, codes = read([GOOD], meta=None)
    assert only(images).label == "cat"
    assert [label.name for label in labels(tmp_path / "project")] == ["cat"]
    assert SuperviselyFormat().recognises(Listing(tmp_path / "project")).confidence > 0.5
    assert codes == []


@pytest.mark.parametrize("name", ["x.png.json", "anything.json"])
def test_a_lone_annotation_file(tmp_path: Path, name: str) -> None:
    served = {"classTitle": "dog", "geometryType": "rectangle", "geometry": {"points": {"exterior": [[1, 2], [3, 5]]}}}
    content = {"size": {"width": 60, "height": 40}, "tags": [], "objects": [GOOD, served]}
    (tmp_path / name).write_text(json.dumps(content))
    assert SuperviselyFormat().recognises(Listing(tmp_path)).confidence > 0.5
    (image,), issues = noted(tmp_path)
    assert [(a.label, a.geometry) for a in image.annotations] == [
        ("cat", Box(x=5, y=6, w=7, h=8)),
        ("dog", Box(x=1, y=2, w=2, h=3)),
    ]
    assert (image.name, image.width) == (name.removesuffix(".json"), 60)
    assert [label.name for label in labels(tmp_path)] == ["cat", "dog"]
    assert {issue.severity for issue in issues} == {"info"}
    Image.new("RGB", (60, 40)).save(tmp_path / "x.png")
    (image,), issues = noted(tmp_path)
    assert (image.path is not None) == (name == "x.png.json")
    assert "geometry" not in " ".join(image.annotations[1].attributes)


def test_pictures_without_annotation_and_annotations_without_picture(read: Read, tmp_path: Path) -> None:
    read([GOOD])
    base = tmp_path / "project" / "ds0"
    Image.new("RGB", (30, 20)).save(base / "img" / "extra.png")
    (base / "img" / "x.png").unlink()
    images, issues = noted(tmp_path / "project")
    assert [(i.name, i.width, i.path is None, len(i.annotations)) for i in images] == [
        ("x.png", 60, True, 1),
        ("extra.png", 30, False, 0),
    ]
    assert [issue.code for issue in issues if issue.severity != "info"] == ["image_not_found"]


def test_old_annotations_are_named_without_the_ending_of_the_picture(read: Read, tmp_path: Path) -> None:
    read([GOOD])
    folder = tmp_path / "project" / "ds0" / "ann"
    (folder / "x.png.json").rename(folder / "x.json")
    images, issues = noted(tmp_path / "project")
    assert [(image.name, len(image.annotations)) for image in images] == [("x.png", 1)]
    assert [issue.code for issue in issues if issue.severity != "info"] == []


def test_what_the_server_adds_to_a_picture_comes_back(read: Read, tmp_path: Path) -> None:
    images, _ = read([GOOD], description="a cat", customBigData={"a": [1]}, imageId=4)
    assert images[0].source["supervisely:description"] == "a cat"
    write(TestContract, images, tmp_path / "out", labels(tmp_path / "project"))
    written = json.loads((tmp_path / "out" / "ds0" / "ann" / "x.png.json").read_bytes())
    assert (written["description"], written["customBigData"], written["imageId"]) == ("a cat", {"a": [1]}, 4)


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b"null", b"{", b"[" * 100_000, b"\xff\xfe\x00", b'{"objects": 7, "size": 3}']
)
def test_a_torn_file_costs_its_picture(read: Read, tmp_path: Path, damage: bytes) -> None:
    read([GOOD])
    read([GOOD], dataset="ds1")
    (tmp_path / "project" / "ds0" / "ann" / "x.png.json").write_bytes(damage)
    images, issues = noted(tmp_path / "project")
    assert [len(image.annotations) for image in images if image.annotations] == [1]
    assert {issue.code for issue in issues if issue.severity != "info"} <= {"unparsable_file"}


def test_a_torn_meta_costs_the_classes(read: Read, tmp_path: Path) -> None:
    read([GOOD])
    (tmp_path / "project" / "meta.json").write_bytes(b"{")
    images, issues = noted(tmp_path / "project")
    assert only(images).label == "cat"
    assert [issue.code for issue in issues if issue.severity != "info"] == ["unparsable_file"]


def test_a_folder_with_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        noted(tmp_path)


def test_fields_of_our_own_that_somebody_broke_are_passed_over(read: Read) -> None:
    own = {"geometry": {"type": "box", "x": float("inf")}, "z_order": "high", "parts": 1 << 60, "id": []}
    images, codes = read([{**GOOD, "marquee": own}, {**GOOD, "marquee": {"geometry": {"type": "ellipse", "cx": 1}}}])
    assert [a.geometry for a in images[0].annotations] == [Box(x=5, y=6, w=7, h=8)] * 2
    assert codes == []


def test_pictures_annotated_on_the_stored_raster_follow_exif(read: Read, tmp_path: Path) -> None:
    read([GOOD])
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "project" / "ds0" / "img" / "x.png", exif=exif)
    images, issues = noted(tmp_path / "project")
    assert (images[0].width, images[0].height) == (40, 60)
    assert only(images).geometry == Box(x=26, y=5, w=8, h=7)
    assert [issue.code for issue in issues] == ["exif_orientation"]


def test_the_bytes_do_not_change_from_run_to_run(tmp_path: Path) -> None:
    images = rich_sets.images(tmp_path / "in")
    for name in ("one", "two"):
        write(TestContract, images, tmp_path / name, list(rich_sets.LABELS))
    one, two = ((tmp_path / n / "train" / "ann" / "z.png.json").read_bytes() for n in ("one", "two"))
    assert one == two


def test_labels_of_suggestions_are_labels(read: Read, tmp_path: Path) -> None:
    images, _ = read([GOOD], marquee={"predictions": [shape("rectangle", [[1, 2], [3, 4]], title="bird")]})
    assert [a.label for a in images[0].predictions] == ["bird"]
    assert "bird" in [label.name for label in labels(tmp_path / "project")]


def test_coordinates_beyond_all_pictures_are_no_numbers(read: Read) -> None:
    images, codes = read(
        [shape("polygon", [[1e300, 0], [0, 1e300], [1, 1]]), shape("rectangle", [[-1e308, 0], [1e308, 5]])]
    )
    assert images[0].annotations == ()
    assert codes == ["not_finite"]


def test_tags_and_settings_of_the_project_come_back(read: Read, tmp_path: Path) -> None:
    tag = {"name": "coat", "value_type": "oneof_string", "values": ["red", "black"], "color": "#123456", "id": 4}
    meta = {**META, "tags": [tag], "projectSettings": {"multiView": {"enabled": False}}, "projectType": "images"}
    images, _ = read([{**GOOD, "tags": [{"name": "coat", "value": "red"}, {"name": "new", "value": 3}]}], meta=meta)
    information = SuperviselyFormat().information(tmp_path / "project", options=SuperviselyOptions())
    (tmp_path / "out").mkdir()
    SuperviselyFormat().write(
        images,
        tmp_path / "out",
        labels=labels(tmp_path / "project"),
        options=SuperviselyOptions(),
        report=lambda issue: None,
        progress=SilentProgress(),
        information=information,
    )
    written = json.loads((tmp_path / "out" / "meta.json").read_bytes())
    assert written["tags"][0] == tag
    assert [(t["name"], t["value_type"]) for t in written["tags"]] == [("coat", "oneof_string"), ("new", "any_number")]
    assert written["projectSettings"] == meta["projectSettings"]


def test_two_classes_of_one_title_are_joined_and_named(read: Read) -> None:
    images, codes = read([shape("rectangle", [[1, 2], [11, 22]])], meta={"classes": [META["classes"][0]] * 2})
    assert (only(images).label, codes) == ("cat", ["duplicate_label_name"])
