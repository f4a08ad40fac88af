"""Smallest rotated boxes and convex hulls."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.core.geometry.boxes import corners
from annotator.core.geometry.enclosing import convex_hull, smallest_rotated_box
from annotator.core.geometry.rings import flat_ring, signed_area
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Keypoints,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)

SPOT = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


def test_shapes_that_have_one() -> None:
    turned = RotatedBox(cx=1, cy=2, w=3, h=4, angle=200)
    assert smallest_rotated_box(turned) == turned
    assert smallest_rotated_box(Box(x=1, y=2, w=4, h=6)) == RotatedBox(cx=3, cy=5, w=4, h=6, angle=0)
    assert smallest_rotated_box(Ellipse(cx=1, cy=2, rx=3, ry=4, rotation=30)) == RotatedBox(
        cx=1, cy=2, w=6, h=8, angle=30
    )


def test_shapes_that_have_none() -> None:
    assert smallest_rotated_box(Tag()) is None
    assert smallest_rotated_box(Points(points=[1, 1])) is None
    assert smallest_rotated_box(Polyline(points=[0, 0, 1, 1, 2, 2])) is None
    assert smallest_rotated_box(Keypoints(points=[0, 0, 0, 5, 5, 2])) is None


@pytest.mark.parametrize("angle", [0, 10, 30.5, 89, 135])
def test_the_outline_of_a_rotated_box_gives_it_back(angle: float) -> None:
    ring = flat_ring(corners(RotatedBox(cx=30, cy=20, w=16, h=8, angle=angle)))
    found = smallest_rotated_box(Polygon(parts=[PolygonPart(outer=ring)]))
    assert found is not None
    assert math.isclose(found.w * found.h, 128, rel_tol=1e-9)
    assert math.isclose(found.angle % 90, angle % 90, abs_tol=1e-9)
    assert (found.cx, found.cy) == pytest.approx((30, 20))


@settings(deadline=None)
@given(st.lists(SPOT, min_size=1, max_size=12))
def test_every_point_is_inside(spots: list[tuple[int, int]]) -> None:
    found = smallest_rotated_box(Points(points=[float(v) for spot in spots for v in spot]))
    hull = convex_hull(np.asarray(spots, dtype=np.float64))
    if found is None:
        assert signed_area(hull) == 0
        return
    turn = math.radians(found.angle)
    shifted = np.asarray(spots, dtype=np.float64) - (found.cx, found.cy)
    across = shifted[:, 0] * math.cos(turn) + shifted[:, 1] * math.sin(turn)
    down = shifted[:, 1] * math.cos(turn) - shifted[:, 0] * math.sin(turn)
    assert np.abs(across).max() <= found.w / 2 + 1e-9
    assert np.abs(down).max() <= found.h / 2 + 1e-9
    assert signed_area(hull) > 0
    extent = np.ptp(np.asarray(spots), axis=0)
    assert signed_area(hull) - 1e-9 <= found.w * found.h <= extent[0] * extent[1] + 1e-9
