"""Pictures: recognised by content, measured as displayed, made smaller. Nothing here trusts a name or a header."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from annotator.core.errors import InvalidInput, LimitExceeded

FORMATS: tuple[str, ...] = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "BMP": "bmp", "TIFF": "tif"}
CONTENT_TYPES = {
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "bmp": "image/bmp", "tif": "image/tiff",
}  # fmt: skip
MAX_SIDE = 65_535
THUMB_SIDE, PREVIEW_SIDE = 256, 2048
_ORIENTATION = 0x0112
_PLAIN_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}
_STRIP = 1 << 20
_WIDE_MODES = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}

# Our own limit is checked on every picture right after its header is read; Pillow's global one would also warn.
Image.MAX_IMAGE_PIXELS = None

# What Pillow's decoders raise for damaged files, depending on the format and on where the damage is.
DECODE_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, ZeroDivisionError,
    AttributeError, RuntimeError, MemoryError, struct.error, Image.DecompressionBombError,
)  # fmt: skip


class NotAPicture(InvalidInput):
    """The bytes are no picture of a format we know, or they are damaged."""

    code = "not_a_picture"


class TooManyPixels(LimitExceeded):
    """The picture is larger than the configured limit."""

    code = "too_many_pixels"


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is known of a picture after decoding it once. Sizes are displayed pixels (EXIF orientation applied)."""

    format: str
    width: int
    height: int
    orientation: int
    picture: Image.Image = field(repr=False)
    """Turned upright, at most :data:`THUMB_SIDE` pixels on its longer side, mode RGB or RGBA."""
    details: dict[str, Any] = field(default_factory=dict)
    """``mode`` when it is not plain 8-bit, ``frames`` when there are several (the first counts)."""


def inspect_picture(source: Path | BinaryIO, *, name: str, max_pixels: int) -> PictureFacts:
    """Decode a picture completely; raises :class:`NotAPicture` or :class:`TooManyPixels`, whose sentence names it."""
    with open_picture(source, name=name, max_pixels=max_pixels) as opened:
        return _facts(opened)


@contextmanager
def open_picture(source: Path | BinaryIO, *, name: str, max_pixels: int) -> Iterator[Image.Image]:
    """A picture whose pixels may be loaded inside of the context; what goes wrong there is said in a sentence.

    Raises :class:`NotAPicture` or :class:`TooManyPixels`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata is no reason to refuse a picture
        try:
            with Image.open(source, formats=FORMATS) as opened:
                check_size(opened.size, name=name, max_pixels=max_pixels)
                yield opened
        except UnidentifiedImageError:
            raise NotAPicture(
                f"“{name}” is not a picture that can be read. Use JPEG, PNG, WebP, BMP or TIFF files."
            ) from None
        except DECODE_ERRORS as error:
            raise NotAPicture(f"“{name}” is damaged or cut off and cannot be decoded ({_reason(error)}).") from error


def _facts(opened: Image.Image) -> PictureFacts:
    kind = str(opened.format)
    orientation = _orientation(opened)
    frames = int(getattr(opened, "n_frames", 1))
    mode = opened.mode
    opened.load()
    width, height = opened.size
    if orientation >= 5 and kind != "TIFF":  # Pillow turns TIFF by itself while loading
        width, height = height, width
    details: dict[str, Any] = {}
    if mode not in _PLAIN_MODES:
        details["mode"] = mode
    if frames > 1:
        details["frames"] = frames
    small = shrink(opened, THUMB_SIDE)
    return PictureFacts(kind, width, height, orientation, small, details)


def check_size(size: tuple[int, int], *, name: str, max_pixels: int) -> None:
    """Raise when a picture of ``size`` must not be decoded."""
    width, height = size
    if width < 1 or height < 1:
        raise NotAPicture(f"“{name}” has no pixels.")
    if width * height > max_pixels or max(size) > MAX_SIDE:
        raise TooManyPixels(
            f"“{name}” has {width} × {height} pixels; at most {max_pixels:,} pixels and {MAX_SIDE} per side are "
            "allowed (MARQUEE_MAX_PIXELS). Make it smaller or cut it into tiles."
        )


def render_variant(source: Path | BinaryIO, side: int, *, max_pixels: int) -> bytes:
    """WebP of a stored picture, upright, at most ``side`` pixels on its longer side."""
    with open_picture(source, name="picture", max_pixels=max_pixels) as opened:
        opened.draft(None, (side, side))  # JPEG decodes at 1/2, 1/4, 1/8 size; other formats ignore it
        return encode_webp(shrink(opened, side))


def shrink(opened: Image.Image, side: int) -> Image.Image:
    """Upright copy in RGB or RGBA with at most ``side`` pixels on its longer side; never enlarged."""
    opened.load()
    small = opened
    if max(opened.size) > side:
        if opened.mode in {"1", "P", "PA"} or opened.mode in _WIDE_MODES:
            small = to_display_mode(opened)
        ratio = side / max(opened.size)
        size = (max(1, round(opened.width * ratio)), max(1, round(opened.height * ratio)))
        small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if small is opened:
        ImageOps.exif_transpose(opened, in_place=True)  # a copy of a large picture would be one too many
        return to_display_mode(opened)
    return to_display_mode(_turned(small, _orientation(opened)))


def to_display_mode(picture: Image.Image) -> Image.Image:
    """RGB or RGBA for the screen; deeper than 8 bits is stretched from the darkest to the brightest pixel."""
    if picture.mode in _WIDE_MODES:
        return Image.fromarray(_stretched(np.asarray(picture))).convert("RGB")
    if picture.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("RGB")


def _stretched(values: "np.ndarray[Any, np.dtype[Any]]") -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """Bytes from the least to the greatest value, some rows at a time: as real numbers, all would take eightfold."""
    rows = max(1, _STRIP // max(1, values.shape[1]))
    strips = [slice(start, start + rows) for start in range(0, len(values), rows)]

    def finite(strip: slice) -> "np.ndarray[Any, np.dtype[np.float64]]":
        return np.nan_to_num(values[strip].astype(np.float64), posinf=0.0, neginf=0.0)

    low = min(float(finite(strip).min()) for strip in strips)
    high = max(float(finite(strip).max()) for strip in strips)
    out = np.zeros(values.shape, np.uint8)
    if high > low:
        for strip in strips:
            out[strip] = ((finite(strip) - low) * (255.0 / (high - low))).round()
    return out


def encode_webp(picture: Image.Image, *, quality: int = 82, exact: bool = False) -> bytes:
    """WebP bytes without any metadata; ``exact`` ones have every value of the picture."""
    buffer = io.BytesIO()
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    options = {"lossless": True, "quality": 0, "method": 0} if exact else {"quality": quality, "method": 2}
    clean.save(buffer, "WEBP", **options)
    return buffer.getvalue()


def grey_fingerprint(picture: Image.Image) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
    """32 × 32 grey values of a picture, to look again at pairs that their hashes call near."""
    small = picture.convert("L").resize((32, 32), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.int16).reshape(32, 32)


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    moves = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    move = moves.get(orientation)
    return picture if move is None else picture.transpose(move)


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except DECODE_ERRORS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _reason(error: BaseException) -> str:
    text = str(error).split("\n")[0].strip().rstrip(".")
    return text[:120] or type(error).__name__
