"""Datumaro: the contract, nothing lost on the way and back, every type, and what is wrong in real files."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_area
from annotator.core.geometry.types import (
    Box,
    Ellipse,
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
from annotator.formats.datumaro.plugin import DatumaroFormat
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract
from tests.annotator.formats import rich_sets
from tests.annotator.formats.kits import contents, write


class TestContract(DatasetFormatContract):
    plugin = DatumaroFormat


Read = Callable[..., tuple[list[ImageRecord], list[str]]]
OPTIONS = DatumaroFormat.Options()
LABEL_CATEGORIES: dict[str, Any] = {
    "labels": [
        {"name": "cat", "parent": "", "attributes": ["age", "coat"]},
        {"name": "dog", "parent": "cat", "attributes": []},
        {"name": "man", "parent": "", "attributes": []},
        {"name": "nose", "parent": "man", "attributes": []},
        {"name": "ear", "parent": "man", "attributes": []},
    ],
    "label_groups": [{"name": "all", "group_type": "exclusive", "labels": ["cat", "dog"]}],
    "attributes": ["occluded"],
}
CATEGORIES: dict[str, Any] = {
    "label": LABEL_CATEGORIES,
    "mask": {"colormap": [{"label_id": 0, "r": 246, "g": 73, "b": 77}, {"label_id": 99, "r": 1, "g": 1, "b": 1}]},
    "points": {"items": [{"label_id": 2, "labels": ["nose", "ear"], "joints": [[1, 2]], "positions": []}]},
}


def noted(folder: Path) -> tuple[list[ImageRecord], list[Issue]]:
    issues: list[Issue] = []
    return list(DatumaroFormat().read(folder, options=OPTIONS, report=issues.append)), issues


def labels(folder: Path) -> list[LabelRecord]:
    return DatumaroFormat().labels(folder, options=OPTIONS, report=lambda issue: None)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write one subset with a picture of 60 × 40 and read it."""

    def run(
        annotations: Any = (), *, subset: str = "default", raw: bytes | None = None, item: Any = None, **members: Any
    ) -> tuple[list[ImageRecord], list[str]]:
        (tmp_path / "annotations").mkdir(exist_ok=True)
        (tmp_path / "images" / subset).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(tmp_path / "images" / subset / "x.png")
        plain = {"id": "x", "annotations": list(annotations), "image": {"path": "x.png", "size": [40, 60]}}
        items = [plain if item is None else {"annotations": list(annotations), **item}]
        content = {"dm_format_version": "1.0", "infos": {}, "categories": CATEGORIES, "items": items, **members}
        data = json.dumps(content).encode() if raw is None else raw
        (tmp_path / "annotations" / f"{subset}.json").write_bytes(data)
        images, issues = noted(tmp_path)
        return images, sorted({issue.code for issue in issues if issue.severity != "info"})

    return run


def one(kind: str, label_id: Any = 0, **members: Any) -> dict[str, Any]:
    return {"id": 0, "type": kind, "attributes": {}, "group": 0, "label_id": label_id, "z_order": 0, **members}


GOOD = one("bbox", 1, bbox=[5, 6, 7, 8])
TRIANGLE = [1.0, 1.0, 9.0, 1.0, 9.0, 9.0]


def only(images: list[ImageRecord]) -> AnnotationRecord:
    assert len(images) == 1
    assert len(images[0].annotations) == 1
    return images[0].annotations[0]


def test_nothing_is_lost_on_the_way_and_back(tmp_path: Path) -> None:
    images = rich_sets.images(tmp_path / "in")
    write(TestContract, images, tmp_path / "out", list(rich_sets.LABELS))
    found, issues = noted(tmp_path / "out")
    assert [issue for issue in issues if issue.severity != "info"] == []
    assert labels(tmp_path / "out") == list(rich_sets.LABELS)
    by_name = {image.name: image for image in found}
    assert [i.name for i in found if i.split == "train"] == [i.name for i in images if i.split == "train"]
    for there in images:
        here = by_name[there.name]
        assert here.annotations == there.annotations
        assert here.predictions == there.predictions
        source = {key: value for key, value in here.source.items() if key not in {"datumaro:subset", "id"}}
        assert (here.split, here.width, here.height, source) == (there.split, there.width, there.height, there.source)


def test_what_was_read_is_written_as_it_was(tmp_path: Path) -> None:
    write(TestContract, rich_sets.images(tmp_path / "in"), tmp_path / "first", list(rich_sets.LABELS))
    for before, after in (("first", "one"), ("one", "two")):
        write(TestContract, noted(tmp_path / before)[0], tmp_path / after, labels(tmp_path / before))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_other_programs_see_holes_parts_and_groups(tmp_path: Path) -> None:
    write(TestContract, rich_sets.images(tmp_path / "in"), tmp_path / "out", list(rich_sets.LABELS))
    content = json.loads((tmp_path / "out" / "annotations" / "train.json").read_bytes())
    found = content["items"][0]["annotations"]
    by_type = [(a["type"], a["group"], a["id"]) for a in found]
    assert by_type == [
        ("bbox", 0, 17), ("bbox", 0, 0), ("label", 0, 0), ("mask", 4, 0), ("polygon", 5, 0), ("polyline", 0, 0),
        ("points", 0, 0), ("points", 0, 0), ("points", 0, 0), ("ellipse", 0, 5), ("mask", 0, 0), ("label", 0, 0),
        ("bbox", 0, 0),
    ]  # fmt: skip
    assert found[1]["attributes"] == {"blurred": False, "seen": True, "rotation": 30}
    assert found[3]["attributes"] == {"n": 3, "is_crowd": True}
    assert found[5]["attributes"]["track_id"] == 7
    assert coco_mask.area({"size": found[3]["rle"]["size"], "counts": found[3]["rle"]["counts"].encode()}) > 0
    assert [label["parent"] for label in content["categories"]["label"]["labels"]] == ["", "animal", "", "", ""]
    assert content["categories"]["points"]["items"][0]["joints"] == [[1, 2], [2, 3]]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (one("label"), Tag()),
        (one("bbox", bbox=[1, 2, 3, 4]), Box(x=1, y=2, w=3, h=4)),
        (one("bbox", bbox=[4, 6, -3, -4]), Box(x=1, y=2, w=3, h=4)),
        (one("bbox", bbox=[1, 2, 4, 2], attributes={"rotation": 450.0}), RotatedBox(cx=3, cy=3, w=4, h=2, angle=90)),
        (one("bbox", bbox=[1, 2, 3, 4], attributes={"rotation": 0.0}), Box(x=1, y=2, w=3, h=4)),
        (one("polygon", points=[*TRIANGLE, 1.0, 1.0]), Polygon(parts=[PolygonPart(outer=TRIANGLE)])),
        (one("polyline", points=[1, 2, 3, 4]), Polyline(points=[1, 2, 3, 4])),
        (one("points", points=[1, 2, 3, 4]), Points(points=[1, 2, 3, 4])),
        (one("points", points=[1, 2, 3, 4], visibility=[2, 1]), Keypoints(points=[1, 2, 2, 3, 4, 1])),
        (one("points", 2, points=[1, 2, 3, 4]), Keypoints(points=[1, 2, 2, 3, 4, 2])),
        (one("points", points=[1, 2, 3, 4], visibility=[0, 9]), Keypoints(points=[1, 2, 0, 3, 4, 2])),
        (one("ellipse", points=[1, 2, 11, 6]), Ellipse(cx=6, cy=4, rx=5, ry=2)),
        (one("ellipse", points=[1, 2, 11, 6], attributes={"rotation": 20}), Ellipse(cx=6, cy=4, rx=5, ry=2, rotation=20)),
        (
            one("skeleton", 2, elements=[
                one("points", 4, points=[3, 4], visibility=[1]), one("points", 3, points=[1, 2], visibility=[2]),
            ]),
            Keypoints(points=[1, 2, 2, 3, 4, 1]),
        ),
        (
            one("skeleton", 2, elements=[one("points", 4, points=[3, 4], visibility=[2])]),
            Keypoints(points=[0, 0, 0, 3, 4, 2]),
        ),
        (one("skeleton", 2, points=[1.5, 2, 2, 3, 4, 1]), Keypoints(points=[1.5, 2, 2, 3, 4, 1])),
        (one("skeleton", 2, points=[7, 8, 0, 3, 4, 2]), Keypoints(points=[0, 0, 0, 3, 4, 2])),
    ],
)  # fmt: skip
def test_every_type(read: Read, entry: dict[str, Any], expected: Geometry) -> None:
    images, codes = read([entry])
    assert only(images).geometry == expected
    assert codes == []


@pytest.mark.parametrize("compressed", [True, False])
def test_masks_are_run_lengths_over_the_picture(read: Read, compressed: bool) -> None:
    field = np.zeros((40, 60), dtype=np.uint8)
    field[5:35, 5:55] = 1
    field[15:25, 20:40] = 0
    counts: Any = coco_mask.encode(np.asfortranarray(field))["counts"].decode()
    if not compressed:
        edges = np.flatnonzero(np.diff(field.T.ravel())) + 1
        counts = np.diff(np.concatenate(([0], edges, [field.size]))).tolist()
    images, codes = read([one("mask", rle={"counts": counts, "size": [40, 60]})])
    mask = only(images).geometry
    assert isinstance(mask, Mask)
    assert (mask.bbox, mask_area(mask)) == ((5, 5, 50, 30), 1300)
    assert codes == []


def test_fields_and_attributes(read: Read) -> None:
    attributes = {"occluded": True, "is_crowd": True, "score": 0.5, "track_id": 3, "rotation": 0.0, "coat": "réd"}
    images, codes = read([{**GOOD, "id": 5, "group": 2, "z_order": 7, "attributes": attributes, "object_id": 4}])
    found = only(images)
    assert (found.id, found.group, found.z_order, found.crowd, found.score, found.track) == ("5", "2", 7, True, 0.5, 3)
    assert found.attributes == {"occluded": True, "rotation": 0.0, "coat": "réd", "datumaro:object_id": 4}
    assert codes == []


def test_what_only_the_file_knows_comes_back(read: Read, tmp_path: Path) -> None:
    caption = {"id": 0, "type": "caption", "attributes": {}, "group": 0, "caption": "a cat"}
    elements = [one("points", 3, points=[1, 2], visibility=[2], attributes={"seen": "no"})]
    item = {"id": "x", "attr": {"frame": 3}, "image": {"path": "x.png"}, "extra": [1]}
    images, codes = read(
        [GOOD, {**one("skeleton", 2), "elements": elements}, caption], item=item, infos={"author": "me"}
    )
    assert images[0].source["datumaro:attr"] == {"frame": 3}
    assert images[0].source["datumaro:captions"] == [caption]
    assert images[0].source["id"] == "x"
    assert codes == []
    information = DatumaroFormat().information(tmp_path, options=OPTIONS)
    assert information == {"info": {"author": "me"}, "label_groups": LABEL_CATEGORIES["label_groups"]}
    (tmp_path / "out").mkdir()
    DatumaroFormat().write(
        images,
        tmp_path / "out",
        labels=labels(tmp_path),
        options=OPTIONS,
        report=lambda issue: None,
        progress=SilentProgress(),
        information=information,
    )
    content = json.loads((tmp_path / "out" / "annotations" / "default.json").read_bytes())
    assert content["infos"] == {"author": "me"}
    assert content["categories"]["label"]["label_groups"] == LABEL_CATEGORIES["label_groups"]
    assert content["items"][0]["attr"] == {"frame": 3}
    assert content["items"][0]["extra"] == [1]
    assert content["items"][0]["annotations"][-1] == caption
    again, _ = noted(tmp_path / "out")
    assert [replace(image, path=None) for image in again] == [replace(image, path=None) for image in images]


def test_labels_have_parents_attributes_colours_and_key_points(read: Read, tmp_path: Path) -> None:
    read([GOOD])
    found = labels(tmp_path)
    assert [label.name for label in found] == ["cat", "dog", "man"]  # nose and ear are parts of the skeleton
    assert (found[0].color, found[0].parent, [a.name for a in found[0].attributes]) == (
        "#f6494d",
        None,
        ["age", "coat"],
    )
    assert (found[1].parent, found[2].keypoints, found[2].skeleton) == ("cat", ("nose", "ear"), ((0, 1),))


@pytest.mark.parametrize(
    ("joints", "edges"), [([[0, 1]], ((0, 1),)), ([[1, 2]], ((0, 1),)), ([[1, 9]], ()), ([["x"], 7, [None, 1]], ())]
)
def test_edges_count_from_one_unless_a_zero_shows(read: Read, tmp_path: Path, joints: Any, edges: Any) -> None:
    points = {"items": [{"label_id": 2, "labels": ["nose", "ear"], "joints": joints}]}
    read([GOOD], categories={**CATEGORIES, "points": points})
    assert labels(tmp_path)[2].skeleton == edges


def test_polygons_of_one_id_and_group_are_parts_of_one_object(read: Read) -> None:
    first, second = one("polygon", points=TRIANGLE), one("polygon", points=[v + 20 for v in TRIANGLE])
    images, _ = read([{**first, "id": 7, "group": 3}, {**second, "id": 7, "group": 3}, {**first, "group": 3}])
    assert [len(a.geometry.parts) for a in images[0].annotations if isinstance(a.geometry, Polygon)] == [2, 1]
    images, _ = read([first, second, {**first, "id": 1, "group": 3}, {**second, "id": 2, "group": 3}])
    assert len(images[0].annotations) == 4


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (one("bbox", bbox=[1, 2, 0, 4]), "zero_area"),
        (one("bbox", bbox=[1, float("nan"), 3, 4]), "not_finite"),
        (one("bbox", bbox=[1, "wide", 3, 4]), "not_finite"),
        (one("bbox", bbox=[1, 2, 3]), "missing_geometry"),
        (one("bbox"), "missing_geometry"),
        (one("bbox", bbox="1234"), "not_finite"),
        (one("polygon", points=[1, 1, 2, 2]), "degenerate_polygon"),
        (one("polygon", points=[1, 1, 2, 2, 3, 3]), "degenerate_polygon"),
        (one("polygon", points=[1, 1, 2]), "missing_geometry"),
        (one("polyline", points=[1, 1]), "degenerate_polygon"),
        (one("points", points=[]), "missing_geometry"),
        (one("points", points=[1, 2], visibility=[0]), "missing_geometry"),
        (one("ellipse", points=[1, 2, 1, 4]), "zero_area"),
        (one("mask"), "missing_geometry"),
        (one("mask", rle={"counts": "x", "size": [40, 60]}), "rle_size_mismatch"),
        (one("mask", rle={"counts": [1, 2], "size": [40, 60]}), "rle_size_mismatch"),
        (one("mask", rle={"counts": [0, 1 << 62], "size": [1 << 31, 1 << 31]}), "rle_size_mismatch"),
        (one("mask", rle={"counts": [2400], "size": [40, 60]}), "zero_area"),
        (one("mask", rle={"counts": [[1]], "size": "big"}), "rle_size_mismatch"),
        (one("skeleton", 2, elements=[]), "missing_geometry"),
        (one("skeleton", 2, points=[1, 2, 2, 3]), "missing_geometry"),
        (one("cuboid_3d", position=[1, 2, 3]), "unsupported_shape"),
        (one("cuboid_2d", points=[[1, 2]] * 8), "unsupported_shape"),
        (one("hologram", points=[1, 2]), "unsupported_shape"),
        (one("bbox", 99, bbox=[1, 2, 3, 4]), "unknown_category_id"),
        (one("bbox", -1, bbox=[1, 2, 3, 4]), "unknown_category_id"),
        (one("bbox", "cat", bbox=[1, 2, 3, 4]), "unknown_category_id"),
        (one("bbox", None, bbox=[1, 2, 3, 4]), "missing_label"),
        (7, "missing_label"),
        (None, "missing_label"),
    ],
)
def test_one_bad_record_costs_one_record(read: Read, bad: Any, code: str) -> None:
    images, codes = read([bad, GOOD])
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert codes == [code]


def test_a_mask_of_another_size_is_kept_with_a_word(read: Read) -> None:
    images, codes = read([one("mask", rle={"counts": [0, 6], "size": [2, 3]})])
    assert only(images).geometry.kind == "mask"
    assert codes == ["mask_size_mismatch"]


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"id": "x", "image": {"path": "x.png"}}, "x.png"),
        ({"id": "x", "image": {"path": "/home/somebody/elsewhere/x.png", "size": [40, 60]}}, "x.png"),
        ({"id": "x", "image": {"path": "C:\\pictures\\x.png"}}, "x.png"),
        ({"id": "x.png", "image": {"path": "x.png"}}, "x.png"),
        ({"id": "x", "media": {"path": "x.png"}}, "x.png"),
        ({"id": "x"}, "x.png"),
        ({"id": "x", "image": {"path": "", "size": None}}, "x.png"),
        ({"id": "sub/y", "image": {"path": "x.png"}}, "sub/y.png"),
        ({"image": {"path": "x.png"}}, "x.png"),
        ({"id": "x", "video_frame": {"video_path": "v.mp4", "frame_index": 3}}, "x.png"),
    ],
)
def test_names_are_ids_with_the_ending_of_their_picture(read: Read, item: dict[str, Any], name: str) -> None:
    images, codes = read([GOOD], item=item)
    assert [(i.name, i.width, i.path is not None) for i in images] == [(name, 60, True)]
    assert codes == []


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"id": "../../etc/passwd"}, "unsafe_path"),
        ({"id": "c", "point_cloud": {"path": "c.pcd"}}, "unsupported_shape"),
        ({"id": "c", "video": {"path": "c.mp4"}}, "unsupported_shape"),
        ({"annotations": [GOOD]}, "image_not_found"),
        (7, "unparsable_file"),
        (None, "unparsable_file"),
    ],
)
def test_one_bad_item_costs_one_item(read: Read, item: Any, code: str) -> None:
    good = {"id": "x", "annotations": [GOOD], "image": {"path": "x.png"}}
    images, codes = read(items=[item, good])
    assert [image.name for image in images] == ["x.png"]
    assert codes == [code]


def test_a_picture_that_is_not_here_keeps_its_size(read: Read) -> None:
    images, codes = read([GOOD], item={"id": "gone", "image": {"path": "gone.jpg", "size": [30, 20]}})
    assert [(i.name, i.width, i.height, i.path) for i in images] == [("gone.jpg", 20, 30, None)]
    assert codes == ["image_not_found"]


def test_subsets_are_splits_and_one_name_in_two_of_them(read: Read, tmp_path: Path) -> None:
    read([GOOD], subset="train")
    images, codes = read([GOOD], subset="validation")
    assert [(i.name, i.split) for i in images] == [("train/x.png", "train"), ("val/x.png", "val")]
    assert [i.path and i.path.parent.name for i in images] == ["train", "validation"]
    assert codes == []
    write(TestContract, images, tmp_path / "out", labels(tmp_path))
    assert {path.stem for path in (tmp_path / "out" / "annotations").iterdir()} == {"train", "validation"}


def test_members_in_any_order_a_byte_order_mark_and_an_old_name(read: Read) -> None:
    item = {"image": {"size": [40, 60], "path": "x.png"}, "annotations": [GOOD], "id": "x"}
    content = {"items": [item], "info": {"a": 1}, "categories": CATEGORIES}
    images, codes = read(raw=b"\xef\xbb\xbf" + json.dumps(content, indent=2).encode())
    assert only(images).label == "dog"
    assert codes == []


def test_classes_without_a_name_and_twice(read: Read, tmp_path: Path) -> None:
    described = {"labels": [{"name": "cat"}, {"name": ""}, {"name": "cat"}, "dog"]}
    images, codes = read([{**GOOD, "label_id": 3}, {**GOOD, "label_id": 2}], categories={"label": described})
    assert [a.label for a in images[0].annotations] == ["dog", "cat"]
    assert [label.name for label in labels(tmp_path)] == ["cat", "dog"]
    assert codes == ["duplicate_label_name", "missing_label"]


def test_a_file_cut_off_anywhere_adds_nothing(read: Read, tmp_path: Path) -> None:
    read([GOOD, one("polygon", points=TRIANGLE)])
    data = (tmp_path / "annotations" / "default.json").read_bytes()
    for end in range(1, len(data) - 1, 17):
        with pytest.raises(FormatError):
            read(raw=data[:end])


@pytest.mark.parametrize(
    "bomb",
    [b"", b"[]", b'{"categories": {}, "items": 3}', b'{"categories": {}, "items": [' + b'{"a":' * 100_000,
     b'{"categories": ' + b"[" * 100_000 + b', "items": [1]}'],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(read: Read, bomb: bytes) -> None:
    with pytest.raises(FormatError):
        read(raw=bomb)


def test_a_torn_subset_costs_itself(read: Read) -> None:
    read([GOOD], subset="train")
    images, codes = read(subset="val", raw=b'{"categories": {}, "items": [{"id": "')
    assert [image.split for image in images] == ["train"]
    assert codes == ["unparsable_file"]


@pytest.mark.parametrize(
    "foreign",
    [
        {"images": [], "annotations": [], "categories": []},
        {"items": [1, 2, 3]},
        {"categories": {"a": 1}},
        [{"items": [], "categories": {}}],
    ],
)
def test_other_files_are_not_taken_for_it(tmp_path: Path, foreign: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(foreign))
    assert DatumaroFormat().recognises(Listing(tmp_path)).confidence == 0


def test_a_polygon_with_holes_on_a_picture_of_unknown_size(tmp_path: Path) -> None:
    hole = PolygonPart(outer=[1, 1, 21, 1, 21, 21, 1, 21], holes=[[5, 5, 10, 5, 10, 10]])
    record = ImageRecord("a.png", 0, 0, (AnnotationRecord("cat", Polygon(parts=[hole])),))
    far = PolygonPart(outer=[1, 1, 1e6, 1, 1e6, 1e6], holes=hole.holes)
    other = ImageRecord("b.png", 0, 0, (AnnotationRecord("cat", Polygon(parts=[far])),))
    write(TestContract, [record, other], tmp_path / "out", [LabelRecord("cat")])
    found, _ = noted(tmp_path / "out")
    assert [image.annotations[0].geometry for image in found] == [Polygon(parts=[hole]), Polygon(parts=[far])]


def test_negative_sizes_are_turned_round(read: Read, tmp_path: Path) -> None:
    images, _ = read([one("bbox", 1, bbox=[12, 14, -7, -8])])
    assert only(images).geometry == Box(x=5, y=6, w=7, h=8)
    assert [issue.code for issue in noted(tmp_path)[1]] == ["negative_size_normalised"]


def test_two_pictures_of_one_stem_in_two_subsets_keep_their_names(tmp_path: Path) -> None:
    images = [
        ImageRecord("a.png", 60, 40, (), "train", rich_sets.picture(tmp_path / "in", "a.png")),
        ImageRecord("a.bmp", 60, 40, (), "val", rich_sets.picture(tmp_path / "in", "a.bmp")),
    ]
    write(TestContract, images, tmp_path / "out", [])
    assert [(i.name, i.split) for i in noted(tmp_path / "out")[0]] == [("a.png", "train"), ("a.bmp", "val")]
