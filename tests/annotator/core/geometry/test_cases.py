"""The cases with known answers that the canvas reads too: both languages must agree."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.core.geometry import masks, rle
from annotator.core.geometry.boxes import corners
from annotator.core.geometry.clip import clip
from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.measures import area, bounds, iou
from annotator.core.geometry.rings import ring_contains, ring_points
from annotator.core.geometry.types import Box, Ellipse, Geometry, Polygon, PolygonPart, RotatedBox

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[3] / "assets" / "geometry_cases.json").read_text(encoding="utf-8")
)


def cases(name: str) -> Any:
    return pytest.mark.parametrize("case", CASES[name], ids=lambda case: json.dumps(case)[:60])


def box(values: list[float]) -> Box:
    return Box(x=values[0], y=values[1], w=values[2], h=values[3])


def polygon(case: dict[str, Any]) -> Polygon:
    return Polygon(parts=[PolygonPart(outer=case["outer"], holes=case.get("holes", []))])


def as_xywh(geometry: Geometry) -> tuple[float, ...]:
    found = bounds(geometry)
    assert found is not None
    return found[0], found[1], found[2] - found[0], found[3] - found[1]


def contains(shape: Polygon, x: float, y: float) -> bool:
    return any(
        ring_contains(ring_points(p.outer), x, y) and not any(ring_contains(ring_points(h), x, y) for h in p.holes)
        for p in shape.parts
    )


@cases("box_iou")
def test_box_iou(case: dict[str, Any]) -> None:
    assert iou(box(case["a"]), box(case["b"])) == pytest.approx(case["expected"], abs=1e-6)


@cases("box_clip")
def test_box_clip(case: dict[str, Any]) -> None:
    found = clip(box(case["box"]), case["width"], case["height"])
    assert found == (None if case["expected"] is None else box(case["expected"]))


@cases("polygon_area")
def test_polygon_area(case: dict[str, Any]) -> None:
    assert area(polygon(case)) == pytest.approx(case["expected"], abs=1e-6)


@cases("polygon_bounds")
def test_polygon_bounds(case: dict[str, Any]) -> None:
    assert as_xywh(polygon(case)) == pytest.approx(tuple(case["expected"]), abs=1e-6)


@cases("point_in_polygon")
def test_point_in_polygon(case: dict[str, Any]) -> None:
    assert contains(polygon(case), *case["point"]) is case["expected"]


@cases("rotated_box_bounds")
def test_rotated_box(case: dict[str, Any]) -> None:
    shape = RotatedBox(**{key: case[key] for key in ("cx", "cy", "w", "h", "angle")})
    assert as_xywh(shape) == pytest.approx(tuple(case["expected"]), abs=1e-6)
    assert corners(shape).ravel().tolist() == pytest.approx(np.ravel(case["corners"]).tolist(), abs=1e-6)


@cases("rotated_box_contains")
def test_rotated_box_contains(case: dict[str, Any]) -> None:
    shape = to_polygon(RotatedBox(**{key: case[key] for key in ("cx", "cy", "w", "h", "angle")}))
    assert shape is not None
    assert contains(shape, *case["point"]) is case["expected"]


@cases("ellipse_area")
def test_ellipse_area(case: dict[str, Any]) -> None:
    assert area(Ellipse(cx=0, cy=0, rx=case["rx"], ry=case["ry"])) == pytest.approx(case["expected"], abs=1e-6)
    assert case["expected"] == pytest.approx(math.pi * case["rx"] * case["ry"])


@cases("ellipse_bounds")
def test_ellipse_bounds(case: dict[str, Any]) -> None:
    shape = Ellipse(**{key: case[key] for key in ("cx", "cy", "rx", "ry", "rotation")})
    assert as_xywh(shape) == pytest.approx(tuple(case["expected"]), abs=1e-5)


def bitmap(case: dict[str, Any]) -> np.ndarray:
    return np.array([c == "1" for c in case["pixels"]], dtype=bool).reshape(case["h"], case["w"])


@cases("rle")
def test_run_lengths(case: dict[str, Any]) -> None:
    runs = rle.runs_from_text(case["counts"])
    assert np.array_equal(rle.bitmap_from_runs(runs, case["h"], case["w"]), bitmap(case))
    assert rle.runs_to_text(rle.runs_from_bitmap(bitmap(case))) == case["counts"]
    assert rle.area_of_runs(runs) == case["area"]


@cases("rle_invalid")
def test_invalid_run_lengths(case: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="un"):
        rle.bitmap_from_runs(rle.runs_from_text(case["counts"]), case["h"], case["w"])


@cases("polygon_pixels")
def test_polygon_pixels(case: dict[str, Any]) -> None:
    mask = masks.mask_of_polygon(polygon(case), case["w"], case["h"])
    assert mask is not None
    assert np.array_equal(masks.bitmap_in(mask, masks.Window(0, 0, case["w"], case["h"])), bitmap(case))
