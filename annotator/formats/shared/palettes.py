"""Colours that stand for classes: the palette of Pascal VOC, pictures of indices and pictures of colours."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

Rgb = tuple[int, int, int]
_JPEG = frozenset({"JPEG", "MPO"})


MOST_PIXELS = 1 << 27
"""A header may claim any size; what is larger is neither read nor painted."""


def is_paintable(width: int, height: int) -> bool:
    """Whether a picture of that size is known and small enough to be held in memory."""
    return 0 < width * height <= MOST_PIXELS


def voc_colour(index: int) -> Rgb:
    """Colour of an index in the palette of the VOC development kit: its bits go to r, g, b in turn, highest first."""
    red = green = blue = 0
    for place in range(7, -1, -1):
        red |= (index & 1) << place
        green |= (index >> 1 & 1) << place
        blue |= (index >> 2 & 1) << place
        index >>= 3
    return red, green, blue


def voc_palette() -> list[int]:
    """256 colours as Pillow's flat list."""
    return [value for colour in VOC_INDEX for value in colour]


VOC_INDEX: Mapping[Rgb, int] = {voc_colour(index): index for index in range(256)}
"""Index by colour."""


def hex_colour(colour: Rgb) -> str:
    """``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def rgb_of_hex(text: str) -> Rgb | None:
    """Red, green, blue of ``#rrggbb``; ``None`` when it is none."""
    digits = text.strip().lstrip("#")
    try:
        value = int(digits, 16)
    except ValueError:
        return None
    return (value >> 16, value >> 8 & 255, value & 255) if len(digits) == 6 else None


def packed(colour: Rgb) -> int:
    """One number of a colour, as :attr:`PixelMap.values` has it."""
    return colour[0] << 16 | colour[1] << 8 | colour[2]


def unpacked(value: int) -> Rgb:
    """The colour of :func:`packed`."""
    return value >> 16 & 255, value >> 8 & 255, value & 255


@dataclass(frozen=True, slots=True)
class PixelMap:
    """Pixels as numbers (H, W): indices, or packed colours (``kind``); ``lossy`` when JPEG has blurred them."""

    values: NDArray[Any]
    kind: Literal["index", "colour"]
    lossy: bool = False


def read_pixel_map(path: Path) -> PixelMap | None:
    """Open a mask: palette pictures by index, grey ones by value, colours packed; ``None`` when it cannot be opened.

    A colour picture in which red, green and blue agree everywhere is a grey one.
    """
    try:
        with Image.open(path) as picture:
            if not is_paintable(*picture.size):
                return None
            lossy = picture.format in _JPEG
            if picture.mode == "1":
                return PixelMap(np.asarray(picture).astype(np.uint8) * 255, "index", lossy)
            if picture.mode in {"P", "L"}:
                return PixelMap(np.asarray(picture), "index", lossy)
            if picture.mode.startswith("I"):
                values = np.asarray(picture)
                return PixelMap(_unsigned(values), "index", lossy)
            if picture.mode == "LA":
                return PixelMap(np.asarray(picture.getchannel(0)), "index", lossy)
            return _colours(np.asarray(picture.convert("RGB")), lossy)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None


def _unsigned(values: NDArray[Any]) -> NDArray[Any]:
    if values.size and int(values.min()) >= 0 and int(values.max()) < 1 << 16:
        return values.astype(np.uint16)
    return values.astype(np.int64)


def _colours(rgb: NDArray[np.uint8], lossy: bool) -> PixelMap:
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return PixelMap(np.ascontiguousarray(red), "index", lossy)
    values = red.astype(np.int32) << 16
    values |= green.astype(np.int32) << 8
    values |= blue
    return PixelMap(values, "colour", lossy)


def indices_of_colours(values: NDArray[Any], table: Mapping[Rgb, int], unknown: int) -> NDArray[np.int64]:
    """Indices (H, W) of packed colours by a table; ``unknown`` where the table has no such colour."""
    colours = np.array(sorted(packed(colour) for colour in table), dtype=np.int64)
    numbers = np.array([table[unpacked(int(value))] for value in colours], dtype=np.int64)
    if colours.size == 0:
        return np.full(values.shape, unknown, dtype=np.int64)
    at = np.searchsorted(colours, values).clip(max=colours.size - 1)
    result: NDArray[np.int64] = np.where(colours[at] == values, numbers[at], unknown)
    return result


def nearest_colours(values: NDArray[Any], colours: Collection[Rgb], *, within: float = math.inf) -> NDArray[np.int32]:
    """Packed colours (H, W), each replaced by the nearest of ``colours`` (Euclidean distance in red, green and blue).

    Colours that are farther than ``within`` from all of them stay as they are.
    """
    table = np.array(sorted(colours), dtype=np.int32)
    distinct, places = np.unique(values, return_inverse=True)
    best = np.zeros(distinct.size, dtype=np.int64)
    least = np.full(distinct.size, np.iinfo(np.int32).max, dtype=np.int32)
    for number, (red, green, blue) in enumerate(table.tolist()):
        away = (distinct >> 16) - red, (distinct >> 8 & 255) - green, (distinct & 255) - blue
        distance = sum(part.astype(np.int32) ** 2 for part in away)
        closer = distance < least
        best[closer], least[closer] = number, distance[closer]
    packed_table = table[:, 0] << 16 | table[:, 1] << 8 | table[:, 2]
    changed = np.where(least <= within**2, packed_table[best], distinct)
    found: NDArray[np.int32] = changed[places].reshape(values.shape).astype(np.int32)
    return found
