"""The brush's run lengths against a slow reading of their description."""

import random
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.core.geometry.masks import bitmap_of, mask_from_bitmap
from annotator.formats.shared.rle_pack import BrokenRunLengthsError, brush_from_mask, mask_from_brush


def read_slowly(data: bytes) -> list[int]:
    bits = "".join(f"{byte:08b}" for byte in data)
    at = 0

    def take(n: int) -> int:
        nonlocal at
        at += n
        return int(bits[at - n : at], 2)

    count, word = take(32), take(5) + 1
    sizes = [take(4) + 1 for _ in range(4)]
    words: list[int] = []
    while len(words) < count:
        repeated = take(1)
        length = take(sizes[take(2)]) + 1
        words += [take(word)] * length if repeated else [take(word) for _ in range(length)]
    return words


def literal(words: list[int], luck: random.Random) -> bytes:
    """A stream in which every word stands for itself, as browsers often write it."""
    bits = f"{len(words):032b}{7:05b}" + "".join(f"{size - 1:04b}" for size in (3, 4, 8, 16))
    at = 0
    while at < len(words):
        length = min(luck.randint(1, 300), len(words) - at)
        bits += f"011{length - 1:016b}" + "".join(f"{word:08b}" for word in words[at : at + length])
        at += length
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


bitmaps = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))


def bitmap(drawn: tuple[int, int, int, float]) -> NDArray[np.bool_]:
    height, width, seed, share = drawn
    found: NDArray[np.bool_] = np.random.default_rng(seed).random((height, width)) < share
    found[height // 2, width // 2] = True
    return found


@settings(max_examples=60, deadline=None)
@given(bitmaps.map(bitmap))
def test_what_was_packed_is_what_the_description_says(pixels: NDArray[np.bool_]) -> None:
    height, width = pixels.shape
    mask = mask_from_bitmap(pixels)
    assert mask is not None
    data = brush_from_mask(mask, width, height)
    words = np.array(read_slowly(data), dtype=np.uint8).reshape(height, width, 4)
    assert (words == np.where(pixels, 255, 0)[:, :, None]).all()
    assert mask_from_brush(data, width, height) == (mask, False)


@settings(max_examples=40, deadline=None)
@given(bitmaps.map(bitmap), st.integers(0, 1000))
def test_colours_and_soft_edges(pixels: NDArray[np.bool_], seed: int) -> None:
    height, width = pixels.shape
    luck = random.Random(seed)
    rgba = np.full((height, width, 4), 77, dtype=np.uint8)
    rgba[..., 3] = np.where(pixels, 200, 90)
    found, soft = mask_from_brush(literal(rgba.ravel().tolist(), luck), width, height)
    assert (found, soft) == (mask_from_bitmap(pixels), not pixels.all())


def test_a_translucent_brush_is_no_soft_edge() -> None:
    rgba = np.zeros((4, 5, 4), dtype=np.uint8)
    rgba[1:3, 2:4] = (0, 255, 0, 100)
    found, soft = mask_from_brush(literal(rgba.ravel().tolist(), random.Random(1)), 5, 4)
    assert found is not None
    assert (found.bbox, soft) == ((2, 1, 2, 2), False)


def test_long_runs_and_what_lies_outside() -> None:
    mask = mask_from_bitmap(np.ones((300, 400), dtype=bool), -10, 50)
    assert mask is not None
    data = brush_from_mask(mask, 500, 320)
    found, _ = mask_from_brush(data, 500, 320)
    assert found is not None
    assert found.bbox == (0, 50, 390, 270)
    assert bitmap_of(found).all()
    nothing = mask_from_bitmap(np.ones((3, 3), dtype=bool), 900, 900)
    assert nothing is not None
    assert mask_from_brush(brush_from_mask(nothing, 500, 320), 500, 320) == (None, False)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 9), st.integers(0, 9))
def test_any_bytes(data: bytes, width: int, height: int) -> None:
    head = (4 * width * height).to_bytes(4, "big") + bytes([0x39, 0x13, 0xBF])
    for stream in (data, head + data):
        try:
            mask_from_brush(stream, width, height)
        except BrokenRunLengthsError:
            continue


def test_a_few_bytes_cannot_ask_for_much_memory() -> None:
    """A stream of full-length runs over a picture of 250 million pixels: only counted, never spread out."""
    runs = 4 * 15_000 * 15_000 // 65536 + 1
    bits = f"{4 * 15_000 * 15_000:032b}{7:05b}" + "0010001101111111" + ("111" + "1" * 16 + "0" * 8) * runs
    data = int(bits[: len(bits) // 8 * 8], 2).to_bytes(len(bits) // 8, "big")
    tracemalloc.start()
    with pytest.raises(BrokenRunLengthsError):
        mask_from_brush(data, 15_000, 15_000)  # the last run goes beyond the end
    with pytest.raises(BrokenRunLengthsError):
        mask_from_brush(data, 10**6, 10**6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 << 20
