"""Tiles of large pictures: only what is looked at is sent.

Every level halves the one before it and is cut into squares. The layout is that of image pyramids such as Deep Zoom,
counted from the full resolution downwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from annotator.core.images import MAX_SIDE, PREVIEW_SIDE, encode_webp, open_picture, shrink

TILE_SIDE = 512
QUALITY = 90
"""Better than a preview's: single pixels are looked at."""
EXACT_FORMATS = frozenset({"PNG", "TIFF", "BMP"})
"""Formats that are chosen because they lose nothing: neither do their tiles of full resolution. The colours of single
pixels would suffer most."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of a level; those of the last column and row are smaller."""

    level: int
    """0 = full resolution; a pixel of level n stands for 2ⁿ × 2ⁿ pixels of the picture."""
    column: int
    row: int
    picture: Image.Image
    exact: bool = False

    def encoded(self) -> bytes:
        """WebP bytes."""
        return encode_webp(self.picture, quality=QUALITY, exact=self.exact)


def count_levels(width: int, height: int) -> int:
    """Levels of a picture of this size in pixels: those that are larger than the preview, which stands for the rest."""
    levels, side = 0, max(width, height)
    while side > PREVIEW_SIDE:
        levels, side = levels + 1, (side + 1) // 2
    return levels


def cut_rows(source: Path | BinaryIO, *, max_pixels: int) -> Iterator[list[Tile]]:
    """All tiles of a stored picture, upright, a row of a level at a time, the coarsest level last.

    Raises :class:`NotAPicture` or :class:`TooManyPixels`. The picture is in memory as a whole, and half of it again.
    """
    whole, kind = _upright(source, max_pixels)
    for level in range(count_levels(*whole.size)):
        if level:
            whole = whole.reduce(2)
        for row in range(-(-whole.height // TILE_SIDE)):
            columns = range(-(-whole.width // TILE_SIDE))
            yield [_tile(whole, level, column, row, level == 0 and kind in EXACT_FORMATS) for column in columns]


def _upright(source: Path | BinaryIO, max_pixels: int) -> tuple[Image.Image, str]:
    with open_picture(source, name="picture", max_pixels=max_pixels) as opened:
        return shrink(opened, MAX_SIDE), str(opened.format)


def _tile(whole: Image.Image, level: int, column: int, row: int, exact: bool) -> Tile:
    left, top = column * TILE_SIDE, row * TILE_SIDE
    right, bottom = min(left + TILE_SIDE, whole.width), min(top + TILE_SIDE, whole.height)
    return Tile(level, column, row, whole.crop((left, top, right, bottom)), exact)
