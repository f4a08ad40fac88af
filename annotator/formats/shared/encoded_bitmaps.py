"""Bitmaps inside other files: PNG, perhaps compressed once more and written as base64, unpacked with all distrust."""

import base64
import binascii
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from annotator.core.geometry.masks import Bitmap

MAX_PIXELS = 1 << 27
MAX_BYTES = 1 << 26
_ALPHA = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_DAMAGE = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


def bytes_of_base64(text: Any) -> bytes:
    """The bytes of a base64 text or ``data:`` address; raises ``ValueError``."""
    if not isinstance(text, str):
        raise ValueError("A bitmap is no text.")
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("A bitmap is not written as base64.") from None


def inflated(data: bytes) -> bytes:
    """The bytes of a zlib stream, at most ``MAX_BYTES``; raises ``ValueError``."""
    packer = zlib.decompressobj()
    try:
        found = packer.decompress(data, MAX_BYTES)
    except zlib.error:
        raise ValueError("A bitmap is not compressed as it should be.") from None
    if packer.unconsumed_tail:
        raise ValueError("A bitmap is far larger than its text; it was not unpacked.")
    return found


def bitmap_of_png(
    source: bytes | Path, *, colour: tuple[int, int, int] | None = None, most: int = MAX_PIXELS
) -> Bitmap:
    """Foreground (h, w) of a PNG: opaque pixels where there is transparency, else all that are not 0.

    With ``colour`` only the pixels of this colour. Raises ``ValueError`` for no PNG, or more than ``most`` pixels.
    """
    try:
        with Image.open(BytesIO(source) if isinstance(source, bytes) else source, formats=["PNG"]) as picture:
            if picture.width * picture.height > most:
                raise ValueError(f"A bitmap of {picture.width} × {picture.height} pixels is too large.")
            return _of_colour(picture, colour) if colour else _foreground(picture)
    except ValueError as error:
        raise ValueError(str(error)) from None
    except _DAMAGE:
        raise ValueError("A bitmap is no PNG, or it is damaged.") from None


def _of_colour(picture: Image.Image, colour: tuple[int, int, int]) -> Bitmap:
    found: Bitmap = (np.asarray(picture.convert("RGB")) == np.array(colour, dtype=np.uint8)).all(axis=2)
    return found


def _foreground(picture: Image.Image) -> Bitmap:
    values: NDArray[Any] = np.asarray(picture)
    if picture.mode == "P":
        opaque: Bitmap = _opaque_indices(picture.info.get("transparency"))[values]
        return opaque
    if picture.mode in _ALPHA:
        return np.asarray(values[..., -1] > 0)
    return np.asarray(values.any(axis=2) if values.ndim == 3 else values != 0)


def _opaque_indices(transparency: Any) -> Bitmap:
    """Which of the 256 colours of a palette are foreground."""
    opaque = np.ones(256, dtype=bool)
    if isinstance(transparency, bytes):
        opaque[: len(transparency)] = np.frombuffer(transparency[:256], dtype=np.uint8) > 0
    else:
        opaque[transparency if isinstance(transparency, int) and 0 <= transparency < 256 else 0] = False
    return opaque


def png_of_bitmap(bitmap: Bitmap) -> bytes:
    """A PNG of two colours whose background is transparent; the same bitmap gives the same bytes."""
    picture = Image.fromarray(bitmap.astype(np.uint8))
    picture.putpalette([0, 0, 0, 255, 255, 255])
    file = BytesIO()
    picture.save(file, "PNG", transparency=0, bits=1)
    return file.getvalue()


def base64_of(data: bytes) -> str:
    """Base64 without line ends."""
    return base64.b64encode(data).decode("ascii")
