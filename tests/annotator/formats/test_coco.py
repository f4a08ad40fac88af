"""COCO: the contract, and what real files do wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from annotator.core.errors import FormatError
from annotator.core.geometry.measures import area, bounds
from annotator.core.records import ImageRecord, Issue
from annotator.formats.coco.plugin import CocoFormat, CocoOptions
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract


class TestContract(DatasetFormatContract):
    plugin = CocoFormat


BASE: dict[str, Any] = {
    "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
    "images": [{"id": 1, "file_name": "x.png", "width": 60, "height": 40}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 0}],
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[list[ImageRecord], list[str]]]:
    """Write a COCO file (text or object) beside its picture and read it."""

    def run(content: Any, options: CocoOptions | None = None) -> tuple[list[ImageRecord], list[str]]:
        (tmp_path / "images" / "train").mkdir(parents=True, exist_ok=True)
        (tmp_path / "annotations").mkdir(exist_ok=True)
        Image.new("RGB", (60, 40)).save(tmp_path / "images" / "train" / "x.png")
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / "annotations" / "instances_train.json").write_bytes(data)
        issues: list[Issue] = []
        images = list(CocoFormat().read(tmp_path, options=options or CocoOptions(), report=issues.append))
        return images, sorted({issue.code for issue in issues})

    return run


def with_annotations(*annotations: dict[str, Any]) -> dict[str, Any]:
    return {**BASE, "annotations": [{"image_id": 1, "category_id": 1, **a} for a in annotations]}


Reader = Callable[..., tuple[list[ImageRecord], list[str]]]
GOOD = {"id": 9, "category_id": 2, "bbox": [5, 6, 7, 8]}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"bbox": [1, 1, 0, 5]}, "zero_area"),
        ({"bbox": [1, float("nan"), 2, 5]}, "not_finite"),
        ({"image_id": 77, "bbox": [1, 1, 2, 2]}, "unknown_image_id"),
        ({"category_id": 77, "bbox": [1, 1, 2, 2]}, "unknown_category_id"),
        ({"segmentation": [[1, 1, 2, 2]]}, "degenerate_polygon"),
        ({}, "missing_geometry"),
        ({"segmentation": {"size": [40, 60], "counts": [1, 2]}}, "rle_size_mismatch"),
        ({"segmentation": {"size": [40, 60], "counts": "\x01"}}, "rle_size_mismatch"),
        ({"segmentation": {"counts": None}}, "rle_size_mismatch"),
        ({"segmentation": {"size": [10**9, 10**9], "counts": [0, 10**18]}}, "rle_size_mismatch"),
        ({"segmentation": {"size": [40, 60], "counts": [2**63]}}, "rle_size_mismatch"),
        ({"bbox": "wide"}, "missing_geometry"),
    ],
)
def test_one_bad_record_costs_one_record(read: Reader, bad: dict[str, Any], code: str) -> None:
    images, codes = read(with_annotations({"id": 1, **bad}, GOOD))
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert code in codes


@pytest.mark.parametrize("value", [None, 7, "text", [1], True])
def test_an_annotation_that_is_no_object(read: Reader, value: object) -> None:
    content = with_annotations(GOOD)
    content["annotations"].insert(0, value)
    images, _ = read(content)
    assert [a.label for a in images[0].annotations] == ["dog"]


def test_two_points_fall_back_to_the_box(read: Reader) -> None:
    images, codes = read(with_annotations({"bbox": [1, 1, 3, 4], "segmentation": [[1, 1, 4, 5]]}))
    assert [a.geometry.kind for a in images[0].annotations] == ["box"]
    assert codes == ["degenerate_polygon"]


def test_members_in_any_order_a_byte_order_mark_and_text_ids(read: Reader) -> None:
    content = with_annotations({**GOOD, "image_id": "1", "category_id": "2"})
    reordered = {key: content[key] for key in ("annotations", "images", "categories")}
    images, codes = read(b"\xef\xbb\xbf" + json.dumps(reordered, indent=3).encode())
    assert [a.label for a in images[0].annotations] == ["dog"]
    assert codes == []


def test_ids_from_zero_gaps_and_order(read: Reader) -> None:
    content = {
        "categories": [{"id": 90, "name": "zebra"}, {"id": 0, "name": "ant"}],
        "images": [{"id": 5, "file_name": "b.png", "width": 9, "height": 9}, {**BASE["images"][0], "id": 0}],
        "annotations": [
            {"id": 3, "image_id": 0, "category_id": 0, "bbox": [1, 1, 1, 1]},
            {"id": 2, "image_id": 5, "category_id": 90, "bbox": [2, 1, 1, 1]},
            {"id": 1, "image_id": 0, "category_id": 90, "bbox": [3, 1, 1, 1]},
        ],
    }
    images, _ = read(content)
    assert [image.name for image in images] == ["b.png", "x.png"]
    assert [[(a.label, a.id) for a in image.annotations] for image in images] == [
        [("zebra", "2")],
        [("ant", "3"), ("zebra", "1")],
    ]


def test_masks_with_holes_and_parts(read: Reader) -> None:
    field = np.zeros((40, 60), dtype=bool)
    field[5:35, 5:55] = True
    field[15:25, 20:40] = False
    flat = field.T.ravel()
    edges = np.flatnonzero(np.diff(flat.astype(int))) + 1
    counts = np.diff(np.concatenate(([0], edges, [flat.size]))).tolist()
    two_parts = [[1, 1, 5, 1, 5, 5, 1, 5], [10, 10, 14, 10, 14, 14, 10, 14]]
    images, codes = read(
        with_annotations({"segmentation": {"size": [40, 60], "counts": counts}}, {"segmentation": two_parts})
    )
    mask, polygon = (a.geometry for a in images[0].annotations)
    assert (mask.kind, area(mask), bounds(mask)) == ("mask", 1300, (5, 5, 55, 35))
    assert (polygon.kind, area(polygon)) == ("polygon", 32)
    assert codes == []


def test_unsafe_names_and_repeated_names(read: Reader) -> None:
    content = {
        **BASE,
        "images": [
            {"id": 3, "file_name": "../../etc/passwd", "width": 60, "height": 40},
            *BASE["images"],
            {"id": 2, "file_name": "x.png", "width": 60, "height": 40},
        ],
        "annotations": [{"image_id": i, "category_id": 1, "bbox": [i, 1, 2, 2]} for i in (1, 2, 3)],
    }
    images, codes = read(content)
    assert [(image.name, len(image.annotations)) for image in images] == [("x.png", 2)]
    assert {"unsafe_path", "duplicate_file_name"} <= set(codes)


def test_the_root_category_of_roboflow_is_named(read: Reader, tmp_path: Path) -> None:
    names = [("cells", "none"), ("cat", "cells"), ("dog", "cells")]
    categories = [{"id": i, "name": n, "supercategory": s} for i, (n, s) in enumerate(names)]
    read({**BASE, "categories": categories})
    issues: list[Issue] = []
    labels = CocoFormat().labels(tmp_path, options=CocoOptions(), report=issues.append)
    assert [label.name for label in labels] == ["cells", "cat", "dog"]
    assert [(issue.code, issue.severity) for issue in issues] == [("unused_label", "info")]


def test_a_file_cut_off_anywhere_adds_nothing(read: Reader) -> None:
    data = json.dumps(with_annotations(GOOD, GOOD)).encode()
    for end in range(1, len(data) - 1, 7):
        with pytest.raises(FormatError):
            read(data[:end])


def test_annotations_on_the_raster_follow_exif(read: Reader, tmp_path: Path) -> None:
    read(BASE)
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "images" / "train" / "x.png", exif=exif)
    issues: list[Issue] = []
    images = list(CocoFormat().read(tmp_path, options=CocoOptions(), report=issues.append))
    assert (images[0].width, images[0].height) == (40, 60)
    assert bounds(images[0].annotations[0].geometry) == (34, 1, 38, 4)
    assert [issue.code for issue in issues] == ["exif_orientation"]


def test_what_is_unknown_survives_the_way_back(read: Reader, tmp_path: Path) -> None:
    entry = {"id": 1, "bbox": [5, 6, 7, 8], "track": 7, "attributes": {"wet": True}, "iscrowd": "1"}
    images, _ = read(with_annotations(entry))
    assert images[0].annotations[0].attributes == {"wet": True, "coco:track": 7}
    assert images[0].annotations[0].crowd
    TestContract().write(images, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "annotations" / "instances_train.json").read_text())
    found = written["annotations"][0]
    assert (found["track"], found["attributes"], found["iscrowd"]) == (7, {"wet": True}, 1)


def test_pycocotools_loads_what_we_write(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    kit = TestContract()
    images = kit.sample(tmp_path / "in")
    kit.write(images, tmp_path / "out")
    coco = COCO(str(tmp_path / "out" / "annotations" / "instances_train.json"))
    assert len(coco.imgs) == 2
    masks = [a for a in coco.anns.values() if isinstance(a["segmentation"], dict)]
    assert [coco.annToRLE(a)["size"] for a in masks] == [[40, 60]] * 2
    from pycocotools import mask as coco_mask

    for annotation in masks:
        assert coco_mask.area(coco.annToRLE(annotation)) == annotation["area"]


TRIANGLE = [1, 1, 20, 1, 20, 20]


@pytest.mark.parametrize(
    ("rings", "codes"),
    [
        ([[[1, 1], [20, 1], [20, 20]]], []),
        ([[1, 1], [20, 1], [20, 20]], ["flat_segmentation"]),
        (TRIANGLE, ["flat_segmentation"]),
        ([list(map(str, TRIANGLE))], []),
    ],
)
def test_rings_however_they_are_nested(read: Reader, rings: Any, codes: list[str]) -> None:
    images, found = read(with_annotations({**GOOD, "segmentation": rings}))
    assert [bounds(a.geometry) for a in images[0].annotations] == [(1, 1, 20, 20)]
    assert images[0].annotations[0].geometry.kind == "polygon"
    assert found == codes


@pytest.mark.parametrize("size", [[10, 10], [60, 40]])
def test_masks_of_another_size_fall_back_to_the_box(read: Reader, size: list[int]) -> None:
    counts = [0, 50, size[0] * size[1] - 50]
    images, codes = read(with_annotations({**GOOD, "segmentation": {"size": size, "counts": counts}}))
    assert bounds(images[0].annotations[0].geometry) == (5, 6, 12, 14)
    assert codes == ["rle_size_mismatch"]


def test_scores_as_text(read: Reader) -> None:
    images, _ = read(with_annotations({**GOOD, "score": "0.5"}))
    assert images[0].annotations[0].score == 0.5


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("/home/bob/set/images/train/x.png", "x.png"),
        ("C:\\data\\x.png", "x.png"),
        ("/etc/passwd", None),
        ("/home/bob/../x.png", None),
        ("/home/bob/other.png", None),
    ],
)
def test_paths_of_another_machine_mean_a_picture_here_or_nothing(read: Reader, given: str, name: str | None) -> None:
    content = {**BASE, "images": [{**BASE["images"][0], "file_name": given}]}
    images, codes = read(content)
    assert [image.name for image in images] == ([name] if name else [])
    assert codes == ["unsafe_path"]
    assert all(len(image.annotations) == 1 for image in images)


def test_a_picture_listed_twice_with_one_id(read: Reader) -> None:
    images, codes = read({**BASE, "images": BASE["images"] * 2})
    assert [len(image.annotations) for image in images] == [1]
    assert codes == ["duplicate_file_name"]


def test_files_in_utf_16(read: Reader, tmp_path: Path) -> None:
    images, codes = read(
        json.dumps(with_annotations({**GOOD, "attributes": {"n": "ü😀"}}), ensure_ascii=False).encode("utf-16")
    )
    assert [a.attributes for a in images[0].annotations] == [{"n": "ü😀"}]
    assert codes == []
    assert CocoFormat().recognises(Listing(tmp_path)).confidence > 0.9


@pytest.mark.parametrize(("given", "color"), [("#F6494D", "#f6494d"), ([1, 2, 3], "#010203"), ("red", ""), ([1], "")])
def test_colours_as_text_or_numbers(read: Reader, tmp_path: Path, given: object, color: str) -> None:
    read({**BASE, "categories": [{"id": 1, "name": "cat", "color": given}]})
    labels = CocoFormat().labels(tmp_path, options=CocoOptions(), report=lambda issue: None)
    assert [label.color for label in labels] == [color]


def test_pictures_without_an_id_are_kept_without_objects(read: Reader) -> None:
    images, codes = read(
        {
            **BASE,
            "images": [
                {"file_name": "x.png", "width": 60, "height": 40},
                {"file_name": "y.png", "width": 9, "height": 9},
            ],
            "annotations": [{"id": 1, "image_id": None, "category_id": 1, "bbox": [1, 2, 3, 4]}],
        }
    )
    assert [(image.name, len(image.annotations)) for image in images] == [("x.png", 0), ("y.png", 0)]
    assert codes == ["image_not_found", "unknown_image_id"]


@pytest.mark.parametrize(
    ("given", "codes"), [(None, []), ({"1": {"id": 1}}, ["unparsable_file"]), ("", ["unparsable_file"])]
)
def test_lists_that_are_none(read: Reader, given: object, codes: list[str]) -> None:
    images, found = read({**BASE, "annotations": given})
    assert ([len(image.annotations) for image in images], found) == ([0], codes)
