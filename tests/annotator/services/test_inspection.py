"""Inspection: the plain vocabulary, one line per image."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord, LabelRecord
from annotator.plugins.testing import MASK
from annotator.services.inspection import annotation_as_plain, inspect_dataset
from tests.annotator.services.test_conversion import BOX, coco

HOLE = PolygonPart(outer=[0, 0, 10, 0, 10, 10, 0, 10], holes=[[2, 2, 2, 4, 4, 4, 4, 2]])


def lines_of(source: Path, **options: Any) -> tuple[bool | None, list[Any]]:
    output = io.BytesIO()
    settings = {"from_format": "", "options": {}} | options
    clean = inspect_dataset(source, output=output, progress=SilentProgress(), **settings)
    return clean, [json.loads(line) for line in output.getvalue().splitlines()]


def plain(geometry: Geometry, label: LabelRecord | None = None, **fields: Any) -> dict[str, Any]:
    return annotation_as_plain(AnnotationRecord("cat", geometry, **fields), label or LabelRecord("cat"), "cvat")


def test_a_header_and_a_line_per_image(tmp_path: Path) -> None:
    clean, (header, *images) = lines_of(coco(tmp_path, BOX, {**BOX, "id": 2, "bbox": [1, 1, 0, 5]}))
    assert clean is False
    assert {key: header[key] for key in ("format", "rejected", "labels")} == {
        "format": "coco", "rejected": False, "labels": ["cat"],
    }  # fmt: skip
    assert [(i["code"], i["severity"], i["n"]) for i in header["issues"]] == [("zero_area", "warning", 1)]
    assert [(image["image"], image["w"], image["h"], image["split"]) for image in images] == [
        ("1.png", 60, 40, "train"), ("2.png", 60, 40, "train"),
    ]  # fmt: skip
    assert (images[0]["anns"][0]["type"], images[0]["anns"][0]["bbox"]) == ("bbox", [1, 2, 3, 4])
    assert images[1]["anns"] == images[1]["predictions"] == []


def test_a_refused_set_has_a_header_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "instances.json").write_text('{"images": [{"id": 1,')
    clean, lines = lines_of(tmp_path, from_format="coco")
    assert clean is None
    (header,) = lines
    assert (header["rejected"], header["labels"]) == (True, [])
    assert header["issues"][0]["severity"] == "fatal"


def test_a_clean_set_is_clean(tmp_path: Path) -> None:
    assert lines_of(coco(tmp_path, BOX))[0] is True


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (Box(x=1, y=2, w=3, h=4), {"type": "bbox", "bbox": [1, 2, 3, 4], "area": 12}),
        (
            RotatedBox(cx=20, cy=20, w=10, h=4, angle=90),
            {"type": "rotated_bbox", "w": 10, "angle": 90, "aabb": [18, 15, 4, 10], "bbox": [18, 15, 4, 10]},
        ),
        (Polygon(parts=[HOLE, HOLE]), {"type": "polygon", "parts": 2, "holes": 2, "bbox": [0, 0, 10, 10], "area": 192}),
        (Polyline(points=[0, 0, 5, 5]), {"type": "polyline", "points": [[0, 0], [5, 5]]}),
        (Points(points=[3, 4]), {"type": "points", "points": [[3, 4]]}),
        (Ellipse(cx=5, cy=6, rx=3, ry=2, rotation=180), {"type": "ellipse", "rx": 3, "theta_rad": 3.141592653589793}),
        (Tag(), {"type": "tag", "label": "cat"}),
    ],
)
def test_the_vocabulary_of_shapes(geometry: Geometry, expected: dict[str, Any]) -> None:
    found = plain(geometry)
    for key, value in expected.items():
        assert found[key] == pytest.approx(value) if not isinstance(value, str | list) else found[key] == value


def test_masks_have_area_and_holes() -> None:
    assert MASK is not None
    found = plain(MASK)
    assert (found["type"], found["area"], found["holes"], found["bbox"]) == ("mask", 16 * 16 - 36, 1, [8, 8, 16, 16])


def test_keypoints_by_name_and_with_their_own_box() -> None:
    label = LabelRecord("cat", keypoints=("nose", "tail"))
    found = plain(Keypoints(points=[1, 2, 2, 0, 0, 0]), label, box=Box(x=0, y=0, w=9, h=9))
    assert found["points"] == [[1, 2, 2], [0, 0, 0]]
    assert found["points_by_name"] == {"nose": [1, 2, 2], "tail": [0, 0, 0]}
    assert found["bbox"] == [0, 0, 9, 9]


def test_everything_else_that_is_known_of_an_object() -> None:
    fields = {"score": 0.5, "group": "g", "z_order": 2, "track": 0, "part_of": "7", "crowd": True, "id": "3"}
    attributes = {"colour": "red", "cvat:source": "manual", "cvat:occluded": True}
    found = plain(Tag(), LabelRecord("cat", stuff=True), attributes=attributes, **fields)
    assert {key: found[key] for key in fields} == fields
    assert found["attributes"] == {"colour": "red", "occluded": True}
    assert (found["source"], found["stuff"]) == ("manual", True)
    assert plain(Tag()) == {"label": "cat", "type": "tag"}


@pytest.mark.parametrize(("group", "shown"), [("4", 4), ("g", "g"), ("007", "007"), ("²", "²"), (None, None)])
def test_groups_that_are_numbers_are_shown_as_such(group: str | None, shown: int | str | None) -> None:
    assert plain(Box(1, 2, 3, 4), group=group).get("group") == shown
