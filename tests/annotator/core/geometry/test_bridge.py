"""Many rings as one: the same area, however they are nested."""

import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import arrays

from annotator.core.geometry import bridge
from annotator.core.geometry.bridge import single_ring
from annotator.core.geometry.masks import mask_from_bitmap, polygon_of_mask
from annotator.core.geometry.rings import Points, signed_area
from annotator.core.geometry.types import Polygon


@given(arrays(bool, (8, 9)))
def test_the_area_is_kept(bitmap: np.ndarray) -> None:
    mask = mask_from_bitmap(bitmap)
    if mask is not None:
        assert signed_area(single_ring(polygon_of_mask(mask))) == bitmap.sum()


def test_no_part_is_nothing() -> None:
    assert single_ring(Polygon(parts=[])).shape == (0, 2)


def test_the_nearest_pair_is_found_in_blocks() -> None:
    rng = np.random.default_rng(0)
    one: Points = rng.random((1500, 2))
    other: Points = rng.random((900, 2)) + np.array([0.5, 0.0])
    here, there = bridge._nearest(one, other)
    distance = ((one[:, None] - other[None]) ** 2).sum(axis=2)
    assert distance[here, there] == distance.min()
