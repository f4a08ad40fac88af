"""The run-length scheme that Label Studio's brush uses (rle-pack of thi.ng/umbrella), from its description.

A bit stream, high bits first: 32 bits number of words; 5 bits word size − 1; four times 4 bits the sizes − 1 that a length
can have; then items: 1 bit “one word repeated”, 2 bits which size, that many bits length − 1, then one word (repeated) or
as many words as the length says. Label Studio's words are the bytes of an RGBA picture, row by row.
"""

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.masks import MAX_WINDOW, bitmap_of
from annotator.core.geometry.types import Mask
from annotator.formats.shared.row_runs import mask_of_row_runs, row_runs

_HEAD_BITS = 32 + 5 + 4 * 4
_SIZES = (3, 4, 8, 16)
_FLAG_BITS = 3
_CHANNELS = 4


class BrokenRunLengthsError(ValueError):
    """The bytes are no such stream, or not one of a picture of that size."""


def mask_from_brush(data: bytes, width: int, height: int) -> tuple[Mask | None, bool]:
    """The mask of the alpha channel and whether it has a soft edge.

    Foreground is at least half as opaque as the most opaque pixel: some programs paint with a translucent brush.

    The picture is never spread out: memory follows the length of ``data``. Raises :class:`BrokenRunLengthsError`.
    """
    if width <= 0 or height <= 0 or width * height > MAX_WINDOW:
        raise BrokenRunLengthsError(f"A brush of {width} × {height} pixels is too large.")
    values, lengths = _words(data, _CHANNELS * width * height)
    ends = np.cumsum(lengths)
    alpha = ends // _CHANNELS - (ends - lengths) // _CHANNELS  # how many fourth words each run covers
    values, alpha = values[alpha > 0], alpha[alpha > 0]
    most = int(values.max(initial=0))
    soft = bool(((values > 0) & (values < most)).any())
    try:
        return mask_of_row_runs((values > 0) & (2 * values.astype(np.int64) >= most), alpha, width), soft
    except ValueError as error:
        raise BrokenRunLengthsError(str(error)) from None


def _words(data: bytes, expected: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """(values, lengths) of all runs; words that stand for themselves have the length 1."""
    if len(data) * 8 < _HEAD_BITS:
        raise BrokenRunLengthsError("The run lengths are cut off.")
    head = int.from_bytes(data[:7], "big")
    count = int.from_bytes(data[:4], "big")
    if ((head >> 19) & 31) != 7:
        raise BrokenRunLengthsError("The run lengths are not of bytes.")
    if count != expected:
        raise BrokenRunLengthsError(f"The run lengths are of {count} bytes, the picture has {expected}.")
    sizes = [((head >> shift) & 15) + 1 for shift in (15, 11, 7, 3)]
    places, lengths = _items(data, sizes, count)
    array = np.frombuffer(data + b"\0\0", dtype=np.uint8).astype(np.uint16)
    at, shift = places >> 3, (places & 7).astype(np.uint16)
    return (((array[at] << 8 | array[at + 1]) >> (8 - shift)) & 255).astype(np.uint8), lengths


def _items(data: bytes, sizes: list[int], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bit positions of words and how often each is repeated."""
    places: list[NDArray[np.int64] | list[int]] = []
    lengths: list[NDArray[np.int64] | list[int]] = []
    bit, done, end = _HEAD_BITS, 0, len(data) * 8
    while done < count:
        here = int.from_bytes(data[bit >> 3 : (bit >> 3) + 4].ljust(4, b"\0"), "big")
        room = 32 - (bit & 7)
        size = sizes[(here >> (room - _FLAG_BITS)) & 3]
        length = ((here >> (room - _FLAG_BITS - size)) & ((1 << size) - 1)) + 1
        repeated = (here >> (room - 1)) & 1
        bit += _FLAG_BITS + size
        if bit + 8 * (1 if repeated else length) > end or done + length > count:
            raise BrokenRunLengthsError("The run lengths are cut off.")
        if repeated:
            places.append([bit])
            lengths.append([length])
            bit += 8
        else:
            places.append(np.arange(bit, bit + 8 * length, 8))
            lengths.append(np.ones(length, dtype=np.int64))
            bit += 8 * length
        done += length
    if not places:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(places).astype(np.int64), np.concatenate(lengths).astype(np.int64)


def brush_from_mask(mask: Mask, width: int, height: int) -> bytes:
    """The stream of a picture with the mask in all four channels; what lies outside the picture is cut off."""
    x, y, w, h = mask.bbox
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + w, width), min(y + h, height)
    rows = np.zeros((max(bottom - top, 0), width), dtype=bool)
    if rows.size and right > left:
        rows[:, left:right] = bitmap_of(mask)[top - y : bottom - y, left - x : right - x]
    filled, lengths = row_runs(rows) if rows.size else (np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64))
    filled = np.concatenate(([False], filled, [False]))
    above = min(max(top, 0), height) * width
    lengths = np.concatenate(([above], lengths, [height * width - above - rows.size]))
    return _packed(filled[lengths > 0], lengths[lengths > 0] * _CHANNELS, _CHANNELS * width * height)


def _packed(filled: NDArray[np.bool_], lengths: NDArray[np.int64], count: int) -> bytes:
    """Bytes of runs of 0 and 255."""
    most = 1 << _SIZES[-1]
    pieces = -(-lengths // most)  # runs that are too long for one item
    owner = np.repeat(np.arange(lengths.size), pieces)
    last = np.cumsum(pieces) - 1
    length = np.full(owner.size, most, dtype=np.int64)
    length[last] = lengths - (pieces - 1) * most
    which = np.searchsorted([1 << size for size in _SIZES], length)
    size = np.array(_SIZES)[which]
    word = np.where(filled[owner], 255, 0)
    codes = (((1 << 2 | which) << size | (length - 1)) << 8) | word
    widths = _FLAG_BITS + size + 8
    column = np.arange(int(widths.max(initial=0)))
    used = column < widths[:, None]
    bits = (codes[:, None] >> np.maximum(widths[:, None] - 1 - column, 0) & 1)[used]
    head = (count << 5 | 7) << 16
    for place, bits_of_size in enumerate(_SIZES):
        head |= (bits_of_size - 1) << (12 - 4 * place)
    head_bits = np.array([head >> shift & 1 for shift in range(_HEAD_BITS - 1, -1, -1)])
    return np.packbits(np.concatenate((head_bits, bits)).astype(np.uint8)).tobytes()
