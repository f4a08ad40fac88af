"""Run lengths against the COCO API, both ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from annotator.core.geometry import rle

BITMAPS = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda shape: arrays(bool, shape))


@given(BITMAPS)
def test_text_is_the_one_of_the_coco_api(bitmap: np.ndarray) -> None:
    runs = rle.runs_from_bitmap(bitmap)
    expected = coco_mask.encode(np.asfortranarray(bitmap.astype(np.uint8)))["counts"].decode()
    assert rle.runs_to_text(runs) == expected
    assert rle.runs_from_text(expected).tolist() == runs.tolist()
    assert np.array_equal(rle.bitmap_from_runs(runs, *bitmap.shape), bitmap)
    assert rle.area_of_runs(runs) == bitmap.sum()


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=30))
def test_any_run_lengths_survive_the_text(values: list[int]) -> None:
    runs = np.asarray(values, dtype=np.int64)
    assert rle.runs_from_text(rle.runs_to_text(runs)).tolist() == values


@given(BITMAPS, st.integers(-3, 12), st.integers(-3, 12), st.integers(1, 9), st.integers(1, 9))
def test_strokes_crop_like_bitmaps(bitmap: np.ndarray, x: int, y: int, w: int, h: int) -> None:
    height, width = bitmap.shape
    segments = rle.segments_of_runs(rle.runs_from_bitmap(bitmap), height)
    again = rle.runs_of_segments(segments, height, width)
    assert np.array_equal(rle.bitmap_from_runs(again, height, width), bitmap)
    field = np.pad(bitmap, 25)[25 + y : 25 + y + h, 25 + x : 25 + x + w]
    cropped = rle.runs_of_segments(rle.crop_segments(segments, x, y, w, h), h, w)
    assert np.array_equal(rle.bitmap_from_runs(cropped, h, w), field)


@pytest.mark.parametrize("text", ["é", "~", "\x10", "o" * 20 + "0", "P", "0O"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="un"):
        rle.runs_from_text(text)


def test_sizes_that_would_take_all_memory_are_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        rle.check_sum(np.array([0, 2**60]), 2**30, 2**30)
    with pytest.raises(ValueError, match="do not sum"):
        rle.check_sum(np.array([2**62, 2**62, 2**62, 2**62 + 12]), 3, 4)
    rle.check_sum(np.array([], dtype=np.int64), 0, 0)


def test_wrong_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="the 4 × 3 pixels"):
        rle.bitmap_from_runs(np.array([5, 5]), 3, 4)
