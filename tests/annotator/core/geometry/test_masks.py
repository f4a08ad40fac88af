"""Bitmaps, polygons and the exact ways between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from annotator.core.geometry import masks, rle
from annotator.core.geometry.rings import flat_ring, ring_points, signed_area
from annotator.core.geometry.types import Mask, Polygon, PolygonPart

BITMAPS = st.tuples(st.integers(1, 14), st.integers(1, 14)).flatmap(lambda shape: arrays(bool, shape))


@given(BITMAPS, st.integers(0, 30), st.integers(0, 30))
def test_pixel_edges_rasterise_to_the_same_pixels(bitmap: np.ndarray, x: int, y: int) -> None:
    mask = masks.mask_from_bitmap(bitmap, x, y)
    if mask is None:
        assert not bitmap.any()
        return
    polygon = masks.polygon_of_mask(mask)
    assert masks.mask_of_polygon(polygon) == mask
    area = sum(
        signed_area(ring_points(p.outer)) + sum(signed_area(ring_points(h)) for h in p.holes) for p in polygon.parts
    )
    assert area == bitmap.sum()
    for part in polygon.parts:
        for ring in [part.outer, *part.holes]:
            points = [tuple(p) for p in ring_points(ring)]
            assert len(set(points)) == len(points), "a ring touches itself"


def test_a_donut_keeps_its_hole() -> None:
    bitmap = np.ones((30, 50), dtype=bool)
    bitmap[10:20, 15:35] = False
    mask = masks.mask_from_bitmap(bitmap, 5, 5)
    assert mask is not None
    assert masks.mask_area(mask) == 1300
    polygon = masks.polygon_of_mask(mask)
    assert [len(part.holes) for part in polygon.parts] == [1]
    assert sorted(polygon.parts[0].holes[0][::2]) == [20.0, 20.0, 40.0, 40.0]


@given(st.lists(st.tuples(st.floats(1, 38), st.floats(1, 28)), min_size=3, max_size=9))
def test_polygons_follow_the_rule_of_the_coco_api(points: list[tuple[float, float]]) -> None:
    ring = [value for point in points for value in point]
    counts = coco_mask.frPyObjects([ring], 30, 40)[0]["counts"].decode()
    expected = rle.bitmap_from_runs(rle.runs_from_text(counts), 30, 40)
    mask = masks.mask_of_polygon(Polygon(parts=[PolygonPart(outer=ring)]), 40, 30)
    window = masks.Window(0, 0, 40, 30)
    found = np.zeros((30, 40), dtype=bool) if mask is None else masks.bitmap_in(mask, window)
    assert np.array_equal(found, expected)


def test_a_square_has_its_area_and_no_half_pixel_ring() -> None:
    mask = masks.mask_of_polygon(Polygon(parts=[PolygonPart(outer=[2, 2, 8, 2, 8, 8, 2, 8])]))
    assert mask is not None
    assert mask.bbox == (2, 2, 6, 6)
    assert masks.mask_area(mask) == 36


def test_far_vertices_cost_nothing_when_the_picture_is_known() -> None:
    ring = [-1e12, -1e12, 1e12, -1e12, 1e12, 1e12, -1e12, 1e12]
    mask = masks.mask_of_polygon(Polygon(parts=[PolygonPart(outer=ring)]), 20, 10)
    assert mask is not None
    assert mask.bbox == (0, 0, 20, 10)
    assert masks.mask_area(mask) == 200
    with pytest.raises(ValueError, match="too large"):
        masks.mask_of_polygon(Polygon(parts=[PolygonPart(outer=ring)]))


@given(BITMAPS, st.integers(-4, 20), st.integers(-4, 20))
def test_a_mask_over_a_picture_and_back(bitmap: np.ndarray, x: int, y: int) -> None:
    mask = masks.mask_from_bitmap(bitmap, x, y)
    if mask is None:
        return
    runs = masks.runs_over_picture(mask, 20, 18)
    expected = np.pad(bitmap, 40)[40 - y : 58 - y, 40 - x : 60 - x]
    assert np.array_equal(rle.bitmap_from_runs(runs, 18, 20), expected)
    assert masks.mask_from_full(runs, 20, 18) == masks.mask_from_bitmap(expected) == masks.clip_mask(mask, 20, 18)


def test_overlap_in_pixels() -> None:
    first = masks.mask_from_bitmap(np.ones((4, 4), dtype=bool))
    second = masks.mask_from_bitmap(np.ones((4, 4), dtype=bool), 2, 0)
    far = masks.mask_from_bitmap(np.ones((4, 4), dtype=bool), 9, 9)
    assert first is not None
    assert second is not None
    assert far is not None
    assert masks.mask_iou(first, second) == pytest.approx(8 / 24)
    assert masks.mask_iou(first, far) == 0


def test_size_and_run_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="sum"):
        masks.bitmap_of(Mask(bbox=(0, 0, 3, 3), counts=rle.runs_to_text(np.array([0, 8]))))
    with pytest.raises(ValueError, match="sum"):
        masks.mask_from_full(np.array([3, 3]), 4, 4)


def test_flat_ring_is_the_inverse_of_ring_points() -> None:
    assert flat_ring(ring_points([1, 2, 3, 4, 5, 6])) == [1, 2, 3, 4, 5, 6]
