"""What a shape may be."""

from typing import Any

import pytest

from annotator.core.geometry.validate import GeometryLimits, InvalidGeometry, parse_geometry

LIMITS = GeometryLimits(vertices=5, runs=4, mask_characters=100)
NAN, INF = float("nan"), float("inf")


def parse(value: Any) -> Any:
    return parse_geometry(value, width=10, height=8, limits=LIMITS)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "box", "x": -3, "y": 2.5, "w": 30, "h": 4},
        {"type": "rotated_box", "cx": 1, "cy": 2, "w": 3, "h": 4, "angle": -720.5},
        {"type": "polygon", "parts": [{"outer": [0, 0, 1, 0, 1, 1]}]},
        {"type": "polyline", "points": [0, 0, 1, 1]},
        {"type": "keypoints", "points": [0, 0, 2, 1, 1, 0]},
        {"type": "ellipse", "cx": 1, "cy": 2, "rx": 3, "ry": 4},
        {"type": "mask", "bbox": [8, 6, 2, 2], "counts": "04"},
        {"type": "tag"},
    ],
)
def test_every_kind_can_be_good(value: dict[str, Any]) -> None:
    assert parse(value).kind == value["type"]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "object"),
        ("box", "object"),
        ({}, "cannot be read"),
        ({"type": "star"}, "cannot be read"),
        ({"type": "box", "x": 0, "y": 0, "w": 1}, "`h`"),
        ({"type": "box", "x": 0, "y": 0, "w": 1, "h": 1, "z": 1}, "`z`"),
        ({"type": "box", "x": "0", "y": 0, "w": 1, "h": 1}, "cannot be read"),
        ({"type": "box", "x": NAN, "y": 0, "w": 1, "h": 1}, "finite"),
        ({"type": "box", "x": 0, "y": INF, "w": 1, "h": 1}, "finite"),
        ({"type": "box", "x": 1e9, "y": 0, "w": 1, "h": 1}, "far outside"),
        ({"type": "box", "x": 10**400, "y": 0, "w": 1, "h": 1}, "cannot be read"),
        ({"type": "box", "x": 0, "y": 0, "w": 0, "h": 1}, "no width"),
        ({"type": "box", "x": 0, "y": 0, "w": 1, "h": -1}, "no width"),
        ({"type": "rotated_box", "cx": 0, "cy": 0, "w": 1, "h": 1, "angle": NAN}, "finite"),
        ({"type": "ellipse", "cx": 0, "cy": 0, "rx": 0, "ry": 1}, "no width"),
        ({"type": "polygon", "parts": []}, "no part"),
        ({"type": "polygon", "parts": [{"outer": [0, 0, 1, 0]}]}, "at least 3"),
        ({"type": "polygon", "parts": [{"outer": [0, 0, 1, 0, 1, 1], "holes": [[0, 0]]}]}, "at least 3"),
        ({"type": "polygon", "parts": [{"outer": [0, 0, 1, 0, 1, 1, 2]}]}, "without its y"),
        ({"type": "polygon", "parts": [{"outer": [0, 0, 1, 0, 1, 1]}] * 2}, "at most 5"),
        ({"type": "polyline", "points": [0, 0]}, "at least 2"),
        ({"type": "polyline", "points": [0] * 12}, "at most 5"),
        ({"type": "keypoints", "points": []}, "triples"),
        ({"type": "keypoints", "points": [0, 0]}, "triples"),
        ({"type": "keypoints", "points": [0, 0, 3]}, "visibility"),
        ({"type": "keypoints", "points": [0, 0, 1] * 6}, "at most 5"),
        ({"type": "mask", "bbox": [0, 0, 0, 2], "counts": ""}, "empty"),
        ({"type": "mask", "bbox": [9, 0, 2, 2], "counts": "04"}, "out of its picture"),
        ({"type": "mask", "bbox": [-1, 0, 2, 2], "counts": "04"}, "out of its picture"),
        ({"type": "mask", "bbox": [0, 0, 2, 2], "counts": "05"}, "cover 5"),
        ({"type": "mask", "bbox": [0, 0, 2, 2], "counts": "4"}, "empty"),
        ({"type": "mask", "bbox": [0, 0, 2, 2], "counts": "é"}, "cannot be read"),
        ({"type": "mask", "bbox": [0, 0, 2, 2], "counts": "0" * 101}, "too many runs"),
        ({"type": "mask", "bbox": [0, 0, 5, 1], "counts": "11111"}, "runs|cover"),
    ],
)
def test_bad_shapes_are_refused_with_a_sentence(value: Any, sentence: str) -> None:
    with pytest.raises(InvalidGeometry, match=sentence):
        parse(value)
