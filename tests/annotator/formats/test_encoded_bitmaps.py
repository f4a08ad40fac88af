"""Bitmaps inside other files."""

import base64
import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from annotator.formats.shared.encoded_bitmaps import (
    MAX_BYTES,
    base64_of,
    bitmap_of_png,
    bytes_of_base64,
    inflated,
    png_of_bitmap,
)


@given(rows=st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=9))
def test_there_and_back(rows: list[list[bool]]) -> None:
    bitmap = np.array(rows)
    data = png_of_bitmap(bitmap)
    assert (bitmap_of_png(data) == bitmap).all()
    assert png_of_bitmap(bitmap) == data
    assert bytes_of_base64(base64_of(data)) == data


def png(picture: Image.Image, **more: object) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", **more)
    return file.getvalue()


def test_what_is_foreground(tmp_path: Path) -> None:
    values = np.array([[0, 1, 2]], dtype=np.uint8)
    indices = Image.fromarray(values)
    indices.putpalette([9, 9, 9] * 3)
    assert bitmap_of_png(png(Image.fromarray(values))).tolist() == [[False, True, True]]
    assert bitmap_of_png(png(indices)).tolist() == [[False, True, True]]
    assert bitmap_of_png(png(indices, transparency=1)).tolist() == [[True, False, True]]
    assert bitmap_of_png(png(indices, transparency=b"\xff\x00")).tolist() == [[True, False, True]]
    assert bitmap_of_png(png(Image.merge("LA", [indices.convert("L"), Image.fromarray(values)]))).tolist() == [
        [False, True, True]
    ]
    path = tmp_path / "colours.png"
    Image.fromarray(np.array([[[1, 2, 3], [1, 2, 4], [0, 0, 0]]], dtype=np.uint8)).save(path)
    assert bitmap_of_png(path).tolist() == [[True, True, False]]
    assert bitmap_of_png(path, colour=(1, 2, 4)).tolist() == [[False, True, False]]


def test_base64_as_it_is_written() -> None:
    text = base64.encodebytes(b"abc" * 40).decode()
    assert bytes_of_base64(text) == b"abc" * 40
    assert bytes_of_base64("data:image/png;base64,YWJj") == b"abc"
    for wrong in (None, 7, "a", "ü", "a*b=", b"YWJj"):
        with pytest.raises(ValueError, match="A bitmap"):
            bytes_of_base64(wrong)


def test_streams_are_unpacked_to_a_bound() -> None:
    assert inflated(zlib.compress(b"abc")) == b"abc"
    for wrong in (b"", b"abc", zlib.compress(bytes(MAX_BYTES + 1))):
        if wrong:
            with pytest.raises(ValueError, match="A bitmap"):
                inflated(wrong)
    assert len(inflated(zlib.compress(bytes(MAX_BYTES)))) == MAX_BYTES


def test_damaged_and_huge_pictures_are_refused() -> None:
    good = png_of_bitmap(np.ones((9, 9), dtype=bool))
    header = struct.pack(">II", 1 << 20, 1 << 20) + good[24:29]
    huge = good[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + good[33:]
    with pytest.raises(ValueError, match="too large"):
        bitmap_of_png(good, most=80)
    for wrong in (b"", b"GIF89a", good[:30], good[:45], huge):
        with pytest.raises(ValueError, match="A bitmap"):
            bitmap_of_png(wrong)


@given(data=st.binary(max_size=60), at=st.integers(0, 90))
def test_no_bytes_whatever_do_harm(data: bytes, at: int) -> None:
    good = png_of_bitmap(np.eye(6, dtype=bool))
    for text in (data, good[:at] + data + good[at + len(data) :]):
        with suppress(ValueError):
            assert bitmap_of_png(text).ndim == 2
