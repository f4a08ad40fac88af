"""Bounds, areas and overlaps of every kind, and the cases shared with the canvas."""

import math

import pytest

from annotator.core.geometry.boxes import corners, pairwise_iou, rotated_from_corners
from annotator.core.geometry.clip import clip
from annotator.core.geometry.convert import to_mask, to_polygon
from annotator.core.geometry.measures import area, bounding_box, bounds, iou
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Keypoints,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)

SQUARE = Box(x=10, y=10, w=20, h=10)
TURNED = RotatedBox(cx=20, cy=15, w=20, h=10, angle=90)
DONUT = Polygon(parts=[PolygonPart(outer=[0, 0, 10, 0, 10, 10, 0, 10], holes=[[2, 2, 2, 4, 4, 4, 4, 2]])])


def test_bounds_and_area_of_every_kind() -> None:
    assert bounds(SQUARE) == (10, 10, 30, 20)
    assert bounds(TURNED) == pytest.approx((15, 5, 25, 25))
    assert area(TURNED) == 200
    assert area(DONUT) == 96
    ellipse = Ellipse(cx=0, cy=0, rx=3, ry=4, rotation=90)
    assert bounds(ellipse) == pytest.approx((-4, -3, 4, 3))
    assert area(ellipse) == pytest.approx(math.pi * 12)
    assert bounds(Keypoints(points=[5, 6, 2, 0, 0, 0, 7, 9, 1])) == (5, 6, 7, 9)
    assert bounds(Keypoints(points=[0, 0, 0])) is None
    assert bounds(Polyline(points=[3, 4, 1, 9])) == (1, 4, 3, 9)
    assert bounds(Tag()) is None
    assert bounding_box(Tag()) is None
    assert area(Tag()) == 0


def test_overlap_is_exact_for_boxes_and_in_pixels_for_others() -> None:
    assert iou(SQUARE, Box(x=20, y=10, w=20, h=10)) == pytest.approx(1 / 3)
    assert iou(SQUARE, TURNED) == pytest.approx(100 / 300)
    assert iou(SQUARE, RotatedBox(cx=20, cy=15, w=20, h=10, angle=180)) == pytest.approx(1)
    assert iou(DONUT, Box(x=2, y=2, w=2, h=2)) == 0
    assert iou(DONUT, Box(x=0, y=0, w=10, h=10)) == pytest.approx(0.96)
    assert iou(Tag(), SQUARE) == 0
    assert iou(Polyline(points=[0, 0, 50, 50]), SQUARE) == 0


def test_ellipse_as_polygon_is_close_to_its_area() -> None:
    polygon = to_polygon(Ellipse(cx=50, cy=50, rx=30, ry=10, rotation=30))
    assert polygon is not None
    assert area(polygon) == pytest.approx(math.pi * 300, rel=0.01)
    assert to_mask(Tag()) is None


def test_corners_and_back_keep_the_full_angle() -> None:
    for angle in (0.0, 37.0, 90.0, 200.0, 359.0):
        box = RotatedBox(cx=5, cy=7, w=4, h=2, angle=angle)
        again = rotated_from_corners(corners(box))
        assert (again.cx, again.cy, again.w, again.h, again.angle) == pytest.approx((5, 7, 4, 2, angle))


def test_clipping_every_kind() -> None:
    assert clip(Box(x=-5, y=-5, w=10, h=10), 100, 50) == Box(x=0, y=0, w=5, h=5)
    assert clip(Box(x=100, y=0, w=10, h=10), 100, 50) is None
    assert clip(SQUARE, 100, 50) is SQUARE
    half = clip(Polygon(parts=[PolygonPart(outer=[-10, 0, 10, 0, 10, 10, -10, 10])]), 100, 50)
    assert half is not None
    assert area(half) == 100
    assert clip(Keypoints(points=[5, 5, 2, 500, 5, 2]), 100, 50) == Keypoints(points=[5, 5, 2, 0, 0, 0])
    assert clip(Polyline(points=[5, 5, 500, 5]), 100, 50) == Polyline(points=[5, 5, 100, 5])
    assert clip(Tag(), 100, 50) == Tag()
    edge = RotatedBox(cx=0, cy=0, w=10, h=10, angle=45)
    assert clip(edge, 100, 50) is edge
    whole = to_mask(Box(x=-5, y=0, w=10, h=10))
    assert whole is not None
    cut = clip(whole, 100, 50)
    assert cut is not None
    assert area(cut) == 50


def test_overlaps_of_many_boxes_at_once() -> None:
    import numpy as np

    first = np.array([[0.0, 0, 2, 2], [5, 5, 5, 5]])
    second = np.array([[1.0, 0, 3, 2], [0, 0, 2, 2], [5, 5, 5, 5]])
    assert pairwise_iou(first, second).round(4).tolist() == [[0.3333, 1, 0], [0, 0, 0]]
