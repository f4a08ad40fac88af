"""One mask a number, one a connected region: against the plain way to do it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from annotator.core.geometry.masks import Window, bitmap_in, mask_area
from annotator.core.geometry.types import Mask
from annotator.formats.shared.index_maps import components, masks_by_value, values_of

PICTURES = arrays(
    st.sampled_from([np.uint8, np.uint16, np.int64]),
    array_shapes(min_dims=2, max_dims=2, max_side=9),
    elements=st.integers(0, 3),
)


def pixels(mask: Mask, picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return bitmap_in(mask, Window(0, 0, picture.shape[1], picture.shape[0]))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(picture=PICTURES)
def test_masks_are_the_pixels_of_their_value(picture: NDArray[np.uint8]) -> None:
    found = masks_by_value(picture, skip=(0,))
    assert [value for value, _ in found] == [v for v in values_of(picture) if v]
    for value, mask in found:
        assert (pixels(mask, picture) == (picture == value)).all()


def flooded(picture: NDArray[np.uint8]) -> set[tuple[int, frozenset[tuple[int, int]]]]:
    """Connected regions by walking from pixel to pixel."""
    height, width = picture.shape
    left = {(y, x) for y in range(height) for x in range(width) if picture[y, x]}
    regions = set()
    while left:
        start = left.pop()
        region, waiting = {start}, [start]
        while waiting:
            y, x = waiting.pop()
            around = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            touching = {place for place in around if picture[place] == picture[start]}
            left -= touching
            region |= touching
            waiting += touching
        regions.add((int(picture[start]), frozenset(region)))
    return regions


@settings(max_examples=60, deadline=None, derandomize=True)
@given(picture=PICTURES)
def test_components_are_connected_regions(picture: NDArray[np.uint8]) -> None:
    found = components(picture)
    assert [value for value, _ in found] == sorted(value for value, _ in found)
    regions = {
        (value, frozenset((int(y), int(x)) for y, x in np.argwhere(pixels(mask, picture)))) for value, mask in found
    }
    assert len(regions) == len(found)
    assert regions == flooded(picture)


def test_a_spiral_is_one_region() -> None:
    picture = np.zeros((41, 41), dtype=np.uint8)
    y = x = 20
    dy, dx, length = 0, 2, 1
    while 0 <= y < 41 and 0 <= x < 41:
        for _ in range(2):
            for _ in range(length):
                for step in range(2):
                    if 0 <= y < 41 and 0 <= x < 41:
                        picture[y, x] = 7
                    y, x = y + dy // 2, x + dx // 2
                    del step
            dy, dx = dx, -dy
        length += 1
    ((value, mask),) = components(picture)
    assert (value, mask_area(mask)) == (7, int((picture == 7).sum()))


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_no_pixels_no_masks(shape: tuple[int, int]) -> None:
    picture = np.zeros(shape, dtype=np.uint8)
    assert masks_by_value(picture) == components(picture) == []


def test_noise_is_refused_before_it_costs_anything() -> None:
    noise = np.arange(1, 70001, dtype=np.int64).reshape(70, 1000)
    for find in (masks_by_value, components):
        with pytest.raises(ValueError, match="noise"):
            find(noise)
