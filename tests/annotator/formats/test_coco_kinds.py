"""COCO's kinds of files: panoptic, joined files, captions, results; and what must come back as it was."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_of_polygon
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.types import Box, Keypoints, Polygon, PolygonPart, RotatedBox, Tag
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.coco.plugin import CocoFormat, CocoOptions
from annotator.formats.coco.tables import CAPTION_LABEL
from annotator.plugins.listing import Listing

IMAGES = [{"id": 11, "file_name": "x.jpg", "width": 60, "height": 40}]
CATEGORIES = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]
Found = tuple[list[LabelRecord], list[ImageRecord], list[str]]


def put(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def coco(*annotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"images": IMAGES, "categories": CATEGORIES, "annotations": list(annotations), **more}


def read(folder: Path, options: CocoOptions | None = None) -> Found:
    plugin, issues, chosen = CocoFormat(), list[Issue](), options or CocoOptions()
    labels = plugin.labels(folder, options=chosen, report=lambda issue: None)
    images = list(plugin.read(folder, options=chosen, report=issues.append))
    codes = sorted({issue.code for issue in issues if issue.code != "image_not_found"})
    return labels, images, codes


def write(
    folder: Path,
    images: Sequence[ImageRecord],
    labels: Sequence[LabelRecord],
    information: dict[str, Any] | None = None,
    **options: Any,
) -> list[Issue]:
    folder.mkdir(parents=True, exist_ok=True)
    issues: list[Issue] = []
    CocoFormat().write(
        images, folder, labels=labels, options=CocoOptions(**options), report=issues.append, progress=SilentProgress(),
        information=information,
    )  # fmt: skip
    return issues


def again(folder: Path, name: str = "instances_train") -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "annotations" / f"{name}.json").read_text())
    return content


def box(number: int, x: float = 1, **more: Any) -> dict[str, Any]:
    return {"id": number, "image_id": 11, "category_id": 1, "bbox": [x, 2, 3, 4], "iscrowd": 0, **more}


def test_everything_that_a_file_says_comes_back(tmp_path: Path) -> None:
    category = {
        "id": 90, "name": "zebra", "supercategory": "animal", "keypoints": ["nose", "tail"], "skeleton": [[1, 2]],
        "isthing": 0, "color": [1, 2, 255], "extra": {"a": 1},
    }  # fmt: skip
    content = {
        "info": {"year": 2017, "description": "d"},
        "licenses": [{"id": 4, "name": "CC0"}],
        "type": "instances",
        "categories": [category, {"id": 7, "name": "ant", "supercategory": "animal"}],
        "images": [
            {"id": 501, "file_name": "b.jpg", "width": 60, "height": 40, "license": 4, "coco_url": "http://h/b.jpg"},
            {"id": 3, "file_name": "sub/a.jpg", "width": 60, "height": 40},
        ],
        "annotations": [
            {"id": 9, "image_id": 501, "category_id": 90, "bbox": [1.5, 2, 3, 4], "area": 12, "iscrowd": 0, "segmentation": []},
            {
                "id": 4, "image_id": 501, "category_id": 7, "bbox": [1, 1, 9, 9], "area": 1, "iscrowd": 1, "segmentation": [],
                "attributes": {"wet": True, "n": 3}, "score": 0.5, "track_id": 8, "z_order": 2, "group_id": "g",
                "part_of": "9", "foreign": [1, {"b": None}],
            },
        ],
    }  # fmt: skip
    put(tmp_path / "in" / "annotations" / "instances_train.json", content)
    plugin = CocoFormat()
    labels, images, codes = read(tmp_path / "in")
    assert codes == []
    assert (labels[0].keypoints, labels[0].skeleton, labels[0].stuff) == (("nose", "tail"), ((0, 1),), True)
    assert (labels[0].color, labels[0].source_id) == ("#0102ff", 90)
    second = images[0].annotations[1]
    assert (second.crowd, second.score, second.track, second.z_order) == (True, 0.5, 8, 2)
    assert (second.group, second.part_of) == ("g", "9")
    assert images[0].source["id"] == 501
    information = dict(plugin.information(tmp_path / "in", options=CocoOptions()))
    write(tmp_path / "out", images, labels, information)
    written = again(tmp_path / "out")
    assert {key: written[key] for key in ("info", "licenses", "type", "images")} == {
        key: content[key] for key in ("info", "licenses", "type", "images")
    }
    assert written["categories"] == content["categories"]
    expected = [dict(entry) for entry in content["annotations"]]  # type: ignore[call-overload]
    expected[1]["area"] = 81
    assert written["annotations"] == expected


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([9, 4, 2], [9, 4, 2]),
        ([9, 9, 2], [1, 2, 3]),
        ([9, None, 2], [1, 2, 3]),
        ([None, None, None], [1, 2, 3]),
        (["a", 4, 4], [1, 2, 3]),
        ([0, 1, 2], [1, 2, 3]),
        (["7", 8, 9], [7, 8, 9]),
        ([5, 6, "later"], [1, 2, 3]),
    ],
)
def test_ids_are_kept_when_they_can_be(tmp_path: Path, ids: list[Any], expected: list[int]) -> None:
    images = [
        ImageRecord(
            f"{number}.jpg", 60, 40, (AnnotationRecord("cat", Box(1, 1, 2, 2), id=None if one is None else str(one)),),
            source={} if one is None else {"id": one},
        )
        for number, one in enumerate(ids)
    ]  # fmt: skip
    write(tmp_path, images, [LabelRecord("cat")])
    written = again(tmp_path)
    assert [entry["id"] for entry in written["annotations"]] == expected
    assert [entry["id"] for entry in written["images"]] == expected
    assert [entry["image_id"] for entry in written["annotations"]] == expected
    assert [entry["file_name"] for entry in written["images"]] == ["0.jpg", "1.jpg", "2.jpg"]


@pytest.mark.parametrize("last", ["30", "20", None])
def test_owners_follow_the_ids_of_what_they_own(tmp_path: Path, last: str | None) -> None:
    shapes = (
        AnnotationRecord("cat", Box(1, 1, 2, 2), id="20", part_of="10"),
        AnnotationRecord("cat", Box(2, 1, 2, 2), id="10"),
    )
    images = [
        ImageRecord("a.jpg", 60, 40, shapes),
        ImageRecord("b.jpg", 60, 40, (AnnotationRecord("cat", Box(1, 1, 2, 2), id=last),)),
    ]
    write(tmp_path, images, [LabelRecord("cat")])
    part, whole, _ = again(tmp_path)["annotations"]
    assert part["part_of"] == str(whole["id"])
    assert whole["id"] == (10 if last == "30" else 2)


def test_objects_without_an_id_stand_beside_owners(tmp_path: Path) -> None:
    shapes = (
        AnnotationRecord("cat", Box(1, 1, 9, 9), id="2"),
        AnnotationRecord("cat", Box(2, 1, 2, 2), part_of="2"),
        AnnotationRecord("cat", Box(3, 1, 2, 2)),
    )
    write(tmp_path, [ImageRecord("a.jpg", 60, 40, shapes)], [LabelRecord("cat")])
    whole, part, other = again(tmp_path)["annotations"]
    assert (part["part_of"], "part_of" in other) == (str(whole["id"]), False)


@pytest.mark.parametrize(
    ("source_ids", "zero", "expected"),
    [([90, 7], False, [90, 7]), ([0, 1], False, [1, 2]), ([3, 3], False, [1, 2]), ([90, 7], True, [0, 1])],
)
def test_ids_of_categories(tmp_path: Path, source_ids: list[int], zero: bool, expected: list[int]) -> None:
    labels = [LabelRecord(name, source_id=number) for name, number in zip("ab", source_ids, strict=True)]
    write(tmp_path, [], labels, zero_based=zero)
    assert [entry["id"] for entry in again(tmp_path)["categories"]] == expected


def panoptic(folder: Path, ids: Any, segments: list[dict[str, Any]]) -> None:
    value = np.asarray(ids, dtype=np.uint32)
    colours = np.stack([value & 255, value >> 8 & 255, value >> 16 & 255], axis=2).astype(np.uint8)
    categories = [{"id": 1, "name": "cat", "isthing": 1}, {"id": 9, "name": "sky", "isthing": 0}]
    entry = {"image_id": 11, "file_name": "x.png", "segments_info": segments}
    put(folder / "annotations" / "panoptic_val.json", {**coco(entry), "categories": categories})
    (folder / "annotations" / "panoptic_val").mkdir()
    Image.fromarray(colours).save(folder / "annotations" / "panoptic_val" / "x.png")


def segment(number: int, category: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "category_id": category, "area": 1, "bbox": [0, 0, 1, 1], "iscrowd": 0, **more}


def test_panoptic_both_ways(tmp_path: Path) -> None:
    ids = np.full((40, 60), 812)
    ids[:10, :20] = 70000
    ids[39] = 0
    panoptic(tmp_path / "in", ids, [segment(70000, 1, iscrowd=1, attributes={"a": 1}), segment(812, 9, foreign=3)])
    labels, images, codes = read(tmp_path / "in")
    assert codes == []
    cat, sky = images[0].annotations
    assert (cat.label, area(cat.geometry), bounds(cat.geometry), cat.crowd) == ("cat", 200, (0, 0, 20, 10), True)
    assert (sky.label, area(sky.geometry), labels[1].stuff) == ("sky", 39 * 60 - 200, True)
    assert images[0].split == "val"
    assert write(tmp_path / "out", images, labels, kind="panoptic") == []
    with Image.open(tmp_path / "out" / "annotations" / "panoptic_val" / "x.png") as picture:
        back = np.asarray(picture, dtype=np.int64) @ [1, 256, 65536]
    assert (back == ids).all()
    written = again(tmp_path / "out", "panoptic_val")
    assert written["annotations"][0]["segments_info"] == [
        segment(70000, 1, area=200, bbox=[0, 0, 20, 10], iscrowd=1, attributes={"a": 1}),
        segment(812, 9, area=2140, bbox=[0, 0, 60, 39], foreign=3),
    ]
    assert read(tmp_path / "out")[1][0].annotations == images[0].annotations


def test_panoptic_damage_is_named(tmp_path: Path) -> None:
    ids = np.zeros((40, 60), dtype=int)
    ids[0], ids[1], ids[2] = 5, 6, 7
    entries: list[Any] = [segment(5, 1), segment(6, 77), segment(99, 1), None, {"category_id": 1}]
    panoptic(tmp_path, ids, entries)
    _, images, codes = read(tmp_path)
    assert [a.id for a in images[0].annotations] == ["5"]
    assert codes == ["missing_geometry", "missing_label", "unknown_category_id", "unparsable_record"]
    (tmp_path / "annotations" / "panoptic_val" / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    assert read(tmp_path)[2] == ["unparsable_file"]
    (tmp_path / "annotations" / "panoptic_val" / "x.png").unlink()
    assert [len(image.annotations) for image in read(tmp_path)[1]] == [0]


def test_painting_puts_small_and_upper_objects_on_top(tmp_path: Path) -> None:
    shapes = (
        AnnotationRecord("cat", Box(10, 10, 4, 4), id="3"),
        AnnotationRecord("cat", Box(0, 0, 60, 40), id="4"),
        AnnotationRecord("cat", Box(20, 20, 8, 8), id="5", z_order=1),
        AnnotationRecord("cat", Box(22, 22, 2, 2), id="6"),
        AnnotationRecord("cat", Keypoints([5, 5, 2]), id="7"),
    )
    issues = write(tmp_path, [ImageRecord("a.jpg", 60, 40, shapes)], [LabelRecord("cat")], kind="panoptic")
    assert sorted(issue.code for issue in issues) == ["overlapping_pixels", "unsupported_shape"]
    info = again(tmp_path, "panoptic_train")["annotations"][0]["segments_info"]
    assert [(entry["id"], entry["area"]) for entry in info] == [(3, 16), (4, 2400 - 16 - 64), (5, 64)]
    lost = CocoFormat().losses([ImageRecord("a.jpg", 60, 40, shapes)], options=CocoOptions(kind="panoptic"))
    assert {loss.code: loss.count for loss in lost} == {"unsupported_box": 4, "unsupported_keypoints": 1}


def test_files_of_one_split_are_joined(tmp_path: Path) -> None:
    folder = tmp_path / "annotations"
    ring = [[1, 1, 9, 1, 9, 9, 1, 9]]
    person = {"id": 1, "name": "cat", "keypoints": ["nose"], "skeleton": []}
    put(folder / "instances_train2017.json", coco(box(1), box(2, segmentation=ring)))
    put(
        folder / "person_keypoints_train2017.json",
        {**coco(box(2, keypoints=[5, 5, 2], segmentation=ring, num_keypoints=1)), "categories": [person]},
    )
    put(folder / "stuff_train2017.json", {**coco(box(70, category_id=92)), "categories": [{"id": 92, "name": "sky"}]})
    put(
        folder / "captions_train2017.json",
        {"images": IMAGES, "annotations": [{"id": 5, "image_id": 11, "caption": "A cat."}]},
    )
    put(folder / "panoptic_train2017.json", coco())
    labels, images, codes = read(tmp_path)
    assert codes == ["ignored_file"]
    assert [label.name for label in labels] == ["cat", "dog", "sky", "caption"]
    assert [label.name for label in labels if label.stuff] == ["sky"]
    assert labels[0].keypoints == ("nose",)
    found = images[0].annotations
    assert [(a.id, a.label, a.geometry.kind) for a in found] == [
        ("1", "cat", "box"), ("2", "cat", "keypoints"), ("70", "sky", "box"), ("5", "caption", "tag"),
    ]  # fmt: skip
    assert found[1].box == Box(1, 2, 3, 4)
    assert found[3].attributes == {"caption": "A cat."}
    write(tmp_path / "out", images, labels)
    assert again(tmp_path / "out")["annotations"][1]["segmentation"] == ring
    assert again(tmp_path / "out")["annotations"][1]["area"] == 64
    assert again(tmp_path / "out", "captions_train")["annotations"] == [{"id": 5, "image_id": 11, "caption": "A cat."}]
    assert [label.name for label in read(tmp_path / "out")[0]] == ["cat", "dog", "sky", "caption"]
    outline = read(tmp_path, CocoOptions(prefer="outline"))[1][0].annotations[1]
    assert (outline.geometry.kind, outline.attributes.get("coco:keypoints")) == ("polygon", None)


def test_objects_with_an_outline_and_key_points(tmp_path: Path) -> None:
    put(tmp_path / "a.json", coco(box(2, keypoints=[5, 5, 2], num_keypoints=1, segmentation=[[1, 1, 9, 1, 9, 9]])))
    labels, images, _ = read(tmp_path, CocoOptions(prefer="outline"))
    assert images[0].annotations[0].geometry.kind == "polygon"
    write(tmp_path / "out", images, labels)
    written = again(tmp_path / "out")["annotations"][0]
    assert (written["keypoints"], written["num_keypoints"]) == ([5, 5, 2], 1)


def test_captions_alone(tmp_path: Path) -> None:
    captions = [{"id": 5, "image_id": 11, "caption": "One."}, {"id": 6, "image_id": 11, "caption": "Two."}]
    put(tmp_path / "captions_val.json", {"images": IMAGES, "annotations": captions})
    labels, images, codes = read(tmp_path)
    assert ([label.name for label in labels], codes) == (["caption"], [])
    assert [a.attributes["caption"] for a in images[0].annotations] == ["One.", "Two."]
    assert CocoFormat().losses(images, options=CocoOptions()) == []


@pytest.mark.parametrize("kind", ["instances", "panoptic"])
def test_tags_have_a_file_of_their_own(tmp_path: Path, kind: str) -> None:
    mask = mask_of_polygon(Polygon(parts=[PolygonPart(outer=[1, 1, 9, 1, 9, 9])]))
    assert mask is not None
    tag = AnnotationRecord("dog", Tag(), {"sure": True}, id="3", score=0.5)
    caption = AnnotationRecord("caption", Tag(), {"caption": "A cat."}, id="4")
    shapes = (caption, AnnotationRecord("cat", mask, id="8"), tag, AnnotationRecord("cat", Tag(), id="5"))
    labels = [LabelRecord("cat", source_id=1), LabelRecord("dog", source_id=2), CAPTION_LABEL]
    image = ImageRecord("a.jpg", 60, 40, shapes, "train", source={"id": 11})
    assert CocoFormat().losses([image], options=CocoOptions(kind=kind)) == []
    assert write(tmp_path, [image], labels, kind=kind) == []
    written = again(tmp_path, "labels_train")
    assert [entry["category_id"] for entry in written["annotations"]] == [2, 1]
    _, images, codes = read(tmp_path)
    assert codes == []
    assert images[0].annotations == shapes


def test_tag_files_of_others(tmp_path: Path) -> None:
    put(tmp_path / "annotations" / "labels_val.json", coco({"id": 1, "image_id": 11, "category_id": 2}))
    _, images, codes = read(tmp_path)
    assert ([(a.label, a.geometry.kind) for a in images[0].annotations], codes) == ([("dog", "tag")], [])


DETECTIONS = [
    {"image_id": 11, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.9},
    {"image_id": 11, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.1},
    {"image_id": 99, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5},
]


def test_results_belong_to_the_set_beside_them(tmp_path: Path) -> None:
    put(tmp_path / "annotations" / "instances_train.json", coco(box(1)))
    put(tmp_path / "results.json", DETECTIONS)
    labels, images, codes = read(tmp_path)
    assert codes == ["unknown_image_id"]
    assert [(a.label, a.score) for a in images[0].predictions] == [("cat", 0.9), ("dog", 0.1)]
    assert [a.id for a in images[0].annotations] == ["1"]
    write(tmp_path / "out", images, labels)
    written = json.loads((tmp_path / "out" / "annotations" / "predictions_train.json").read_text())
    assert written == [{"image_id": 11, "score": d["score"], "category_id": d["category_id"], "bbox": [1, 2, 3, 4]}
                       for d in DETECTIONS[:2]]  # fmt: skip
    assert read(tmp_path / "out")[1][0].predictions == images[0].predictions


def test_results_alone_and_by_file_name(tmp_path: Path) -> None:
    put(tmp_path / "results.json", DETECTIONS)
    assert CocoFormat().recognises(Listing(tmp_path)).confidence >= 0.9
    labels, images, codes = read(tmp_path)
    assert (labels, codes) == ([], [])
    assert [(image.name, [a.label for a in image.predictions]) for image in images] == [
        ("11", ["1", "2"]),
        ("99", ["1"]),
    ]
    put(tmp_path / "results.json", [{**DETECTIONS[0], "image_id": "x"}])
    put(tmp_path / "instances.json", coco())
    assert [a.label for a in read(tmp_path)[1][0].predictions] == ["cat"]


def test_pycocotools_takes_predictions_and_finds_equal_areas(tmp_path: Path) -> None:
    from pycocotools import mask as coco_mask
    from pycocotools.coco import COCO

    ring = [[3.5, 2.25, 40.5, 7, 30, 33.3, 8, 20]]
    far = [[-200.0, 3, 900, 5, 50, 39]]
    put(
        tmp_path / "in.json",
        coco(box(1, segmentation=ring), box(2, segmentation=[*ring, *far]), box(3, segmentation=far)),
    )
    labels, images, _ = read(tmp_path)
    write(
        tmp_path / "out",
        [ImageRecord("x.jpg", 60, 40, images[0].annotations, predictions=images[0].annotations)],
        labels,
    )
    truth = COCO(str(tmp_path / "out" / "annotations" / "instances_train.json"))
    guess = truth.loadRes(str(tmp_path / "out" / "annotations" / "predictions_train.json"))
    for entry in truth.anns.values():
        assert coco_mask.area(truth.annToRLE(entry)) == entry["area"]
    assert [a["area"] for a in guess.anns.values()] == [a["area"] for a in truth.anns.values()]


def test_rotated_boxes_and_the_rotation_of_cvat(tmp_path: Path) -> None:
    attributes = {"rotation": 30.0, "occluded": False, "track_id": 4}
    put(tmp_path / "a.json", coco(box(1, attributes=attributes), box(2, attributes={"rotation": 0.0})))
    labels, images, _ = read(tmp_path)
    turned, plain = images[0].annotations
    assert turned.geometry == RotatedBox(2.5, 4, 3, 4, 30)
    assert (turned.attributes, turned.track) == ({"occluded": False, "track_id": 4}, 4)
    assert plain.geometry == Box(1, 2, 3, 4)
    shapes = [RotatedBox(30, 20, 10, 6, angle) for angle in (0.0, 30.0, 275.5)]
    write(tmp_path / "out", [ImageRecord("a.jpg", 60, 40, tuple(AnnotationRecord("cat", s) for s in shapes))], labels)
    for here, there in zip(read(tmp_path / "out")[1][0].annotations, shapes, strict=True):
        assert isinstance(here.geometry, RotatedBox)
        assert (here.geometry.cx, here.geometry.w) == pytest.approx((there.cx, there.w))
        assert np.cos(np.radians(here.geometry.angle - there.angle)) == pytest.approx(1)
        assert "rotation" not in here.attributes


@pytest.mark.parametrize(
    ("file", "pictures", "split"),
    [
        ("annotations/instances_val2017.json", "val2017", "val"),
        ("annotations/instances_default.json", "images/default", None),
        ("annotations/instances_train.json", "images/train", "train"),
        ("valid/_annotations.coco.json", "valid", "val"),
        ("labels.json", "data", None),
        ("anything.json", ".", None),
        ("annotations/image_info_test2017.json", "test2017", "test"),
    ],
)
def test_layouts(tmp_path: Path, file: str, pictures: str, split: str | None) -> None:
    put(tmp_path / file, coco(box(1)))
    for folder in (pictures, "elsewhere"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40)).save(tmp_path / folder / "x.jpg")
    _, images, codes = read(tmp_path)
    assert codes == []
    assert [(image.name, image.split, image.path) for image in images] == [
        ("x.jpg", split, tmp_path / pictures / "x.jpg")
    ]


def test_one_torn_file_costs_its_own_pictures(tmp_path: Path) -> None:
    put(tmp_path / "annotations" / "instances_train.json", coco(box(1)))
    put(tmp_path / "annotations" / "instances_val.json", coco(box(1)))
    path = tmp_path / "annotations" / "instances_val.json"
    path.write_bytes(path.read_bytes()[:-9])
    _, images, codes = read(tmp_path)
    assert ([image.split for image in images], codes) == (["train"], ["unparsable_file"])
    (tmp_path / "annotations" / "instances_train.json").write_text("{")
    with pytest.raises(FormatError):
        read(tmp_path)


Change = Callable[[dict[str, Any]], None]


@pytest.mark.parametrize(
    ("change", "code", "objects"),
    [
        (lambda c: c["images"][0].update(width=0, height=None), "", 1),
        (lambda c: c["images"][0].update(width="60", height="40.0"), "", 1),
        (lambda c: c["images"][0].update(file_name="sub\\x.jpg"), "", 1),
        (lambda c: c["images"][0].update(file_name="https://host/a/x.jpg?size=1"), "", 1),
        (lambda c: c["images"][0].update(id="abc") or c["annotations"][0].update(image_id="abc"), "", 1),
        (lambda c: c["categories"].append({"id": 1, "name": "again"}), "duplicate_category_id", 1),
        (lambda c: c["categories"].append({"id": 3, "name": ""}), "missing_label", 1),
        (lambda c: c["categories"].append(None), "missing_label", 1),
        (lambda c: c["images"].append({"id": 11, "file_name": "y.jpg"}), "duplicate_image_id", 1),
        (lambda c: c["images"].append({"id": 12}), "missing_name", 1),
        (lambda c: c["images"][0].update(coco_url=f"http://h/val2017/{c['images'][0].pop('file_name')}"), "", 1),
        (lambda c: c["annotations"][0].update(bbox=[4, 6, -3, -4]), "negative_size_normalised", 1),
        (lambda c: c["annotations"][0].update(bbox=[1, 2, "3", 4]), "", 1),
        (lambda c: c["annotations"][0].update(bbox=[1, 2, 1e999, 4]), "not_finite", 0),
        (lambda c: c["annotations"][0].update(bbox=[-5, 2, 300, 4]), "out_of_bounds", 1),
        (lambda c: c["annotations"][0].pop("id"), "", 1),
        (lambda c: c["annotations"][0].pop("iscrowd"), "", 1),
        (lambda c: c["annotations"][0].update(category_id="1"), "", 1),
        (lambda c: c.pop("categories"), "unknown_category_id", 0),
        (lambda c: c.pop("annotations"), "", 0),
        (lambda c: c.update(annotations=None), "", 0),
    ],
)  # fmt: skip
def test_what_files_do_wrong(tmp_path: Path, change: Change, code: str, objects: int) -> None:
    content: dict[str, Any] = json.loads(json.dumps(coco(box(1))))
    change(content)
    put(tmp_path / "instances.json", content)
    labels, images, codes = read(tmp_path)
    assert codes == ([code] if code else [])
    assert sum(len(image.annotations) for image in images) == objects
    assert {a.label for image in images for a in image.annotations} <= {label.name for label in labels}
    if objects and not code:
        assert bounds(images[0].annotations[0].geometry) == (1, 2, 4, 6)


def test_plain_boxes_are_written_the_same_at_once_as_by_the_general_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [(0, 0, 1, 1), (1.0, 2.5, 3.1, 4.7), (0.1, 1e-7, 1e17, 39), (-3.0, -0.5, 9, 123456789.123)]
    boxes = [AnnotationRecord("cat", Box(*place)) for place in places]
    image = ImageRecord("a.jpg", 60, 40, (*boxes, AnnotationRecord("cat", Box(1, 1, 2, 2), crowd=True), *boxes))
    write(tmp_path / "at once", [image], [LabelRecord("cat")])
    monkeypatch.setattr("annotator.formats.coco.writer.plain_box", lambda annotation, category: None)
    write(tmp_path / "generally", [image], [LabelRecord("cat")])
    texts = [(tmp_path / n / "annotations" / "instances_train.json").read_bytes() for n in ("at once", "generally")]
    assert texts[0] == texts[1]


def test_splits_with_pictures_of_one_name_stand_before_all_names(tmp_path: Path) -> None:
    other = [*IMAGES, {"id": "-3", "file_name": "y.jpg", "width": 60, "height": 40}]
    put(tmp_path / "annotations" / "instances_train.json", coco(box(1)))
    put(tmp_path / "annotations" / "instances_val.json", coco({**box(2), "image_id": -3}, images=other))
    _, images, codes = read(tmp_path)
    assert [(i.name, i.split, len(i.annotations)) for i in images] == [
        ("train/x.jpg", "train", 1), ("val/x.jpg", "val", 0), ("val/y.jpg", "val", 1),
    ]  # fmt: skip
    assert codes == []
    write(tmp_path / "out", images, [LabelRecord("cat")])
    assert [(i.name, i.split) for i in read(tmp_path / "out")[1]] == [(i.name, i.split) for i in images]


def test_suggested_tags_are_said_to_be_lost() -> None:
    guess = AnnotationRecord("cat", Tag(), score=0.5)
    image = ImageRecord("a.png", 9, 9, (guess,), predictions=(guess, AnnotationRecord("cat", Box(0, 0, 1, 1))))
    losses = [code for code, _ in CocoFormat().lost(image, options=CocoOptions())]
    assert losses.count("predicted_tags") == 1
