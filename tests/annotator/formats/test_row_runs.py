"""Run lengths row by row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.geometry.masks import mask_from_bitmap
from annotator.formats.shared.row_runs import mask_of_row_runs, row_runs

sizes = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))


@given(sizes, st.integers(-5, 5), st.integers(-5, 5))
def test_there_and_back(size: tuple[int, int, int], x: int, y: int) -> None:
    height, width, seed = size
    bitmap = np.random.default_rng(seed).random((height, width)) < 0.4
    filled, lengths = row_runs(bitmap)
    assert int(lengths.sum()) == height * width
    assert (filled[1:] != filled[:-1]).all()
    assert mask_of_row_runs(filled, lengths, width, x, y) == mask_from_bitmap(bitmap, x, y)


@pytest.mark.parametrize(
    ("filled", "lengths", "width"),
    [
        ([True], [5], 2),
        ([True, False], [-1, 3], 2),
        ([], [], 2),
        ([True], [4], 0),
        ([True], [1 << 40], 1 << 20),
    ],
)
def test_what_does_not_fit(filled: list[bool], lengths: list[int], width: int) -> None:
    with pytest.raises(ValueError, match=r"rows|large"):
        mask_of_row_runs(np.array(filled, dtype=bool), np.array(lengths, dtype=np.int64), width)


def test_a_small_mask_in_a_huge_picture_is_cheap() -> None:
    width = 1 << 20
    lengths = np.array([width * 1000 + 5, 3, width - 8 + width * 5000], dtype=np.int64)
    mask = mask_of_row_runs(np.array([False, True, False]), lengths, width)
    assert mask is not None
    assert mask.bbox == (5, 1000, 3, 1)
