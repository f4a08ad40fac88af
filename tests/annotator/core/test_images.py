"""Pictures are what their bytes say, as they are displayed; everything else is refused with a sentence."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotator.core.images import (
    FORMATS,
    NotAPicture,
    TooManyPixels,
    encode_webp,
    inspect_picture,
    render_variant,
)

LIMIT = 10_000_000
RED, BLUE = (255, 0, 0), (0, 0, 255)


def encoded(picture: Image.Image, kind: str, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    picture.save(buffer, kind, **({} if kind == "BMP" else {"exif": exif}))
    return buffer.getvalue()


def marked() -> Image.Image:
    """Blue, 400 × 300, with a red top-left corner."""
    picture = Image.new("RGB", (400, 300), BLUE)
    picture.paste(RED, (0, 0, 100, 100))
    return picture


def corner_of(picture: Image.Image) -> str:
    """Where the red corner is now."""
    w, h = picture.size
    spots = {"top left": (3, 3), "top right": (w - 4, 3), "bottom left": (3, h - 4), "bottom right": (w - 4, h - 4)}
    reds = [name for name, spot in spots.items() if picture.convert("RGB").getpixel(spot)[0] > 128]  # type: ignore[index]
    return reds[0] if len(reds) == 1 else str(reds)


@pytest.mark.parametrize("kind", FORMATS)
def test_format_comes_from_the_content(kind: str) -> None:
    facts = inspect_picture(io.BytesIO(encoded(marked(), kind)), name="anything.txt", max_pixels=LIMIT)
    assert (facts.format, facts.width, facts.height, facts.picture.size) == (kind, 400, 300, (256, 192))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (400, 300), "top left"),
        (2, (400, 300), "top right"),
        (3, (400, 300), "bottom right"),
        (4, (400, 300), "bottom left"),
        (5, (300, 400), "top left"),
        (6, (300, 400), "top right"),
        (7, (300, 400), "bottom right"),
        (8, (300, 400), "bottom left"),
    ],
)
def test_orientation_is_applied_everywhere(kind: str, orientation: int, size: tuple[int, int], corner: str) -> None:
    data = encoded(marked(), kind, orientation)
    facts = inspect_picture(io.BytesIO(data), name="x", max_pixels=LIMIT)
    assert (facts.orientation, (facts.width, facts.height)) == (orientation, size)
    assert corner_of(facts.picture) == corner
    preview = Image.open(io.BytesIO(render_variant(io.BytesIO(data), 2048, max_pixels=LIMIT)))
    thumb = Image.open(io.BytesIO(render_variant(io.BytesIO(data), 256, max_pixels=LIMIT)))
    assert (preview.size, corner_of(preview), corner_of(thumb)) == (size, corner, corner)
    assert max(thumb.size) == 256


@pytest.mark.parametrize("data", [b"", b"<html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(50)])
def test_what_is_no_picture_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(NotAPicture, match=r"cat\.jpg"):
        inspect_picture(io.BytesIO(data), name="cat.jpg", max_pixels=LIMIT)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_truncated_files_are_refused(kind: str) -> None:
    rng = np.random.default_rng(0)
    data = encoded(Image.fromarray(rng.integers(0, 256, (120, 160, 3), dtype=np.uint8)), kind)
    with pytest.raises(NotAPicture, match=r"damaged|not a picture"):
        inspect_picture(io.BytesIO(data[: len(data) * 2 // 3]), name="cut.jpg", max_pixels=LIMIT)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(30_000, 30_000), (200_000, 1), (1, 70_000)])
def test_bombs_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels, match="MARQUEE_MAX_PIXELS"):
        inspect_picture(io.BytesIO(bomb(*size)), name="bomb.png", max_pixels=LIMIT)


def test_lying_header_is_refused() -> None:
    with pytest.raises(NotAPicture, match=r"lie\.png"):
        inspect_picture(io.BytesIO(bomb(2000, 2000)), name="lie.png", max_pixels=LIMIT)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr"])
def test_every_mode_can_be_shown(mode: str, tmp_path: Path) -> None:
    if mode in {"I;16", "I", "F"}:
        ramp = np.linspace(0, 3000, 300 * 400).reshape(300, 400)
        kinds = {"I;16": np.uint16, "I": np.int32, "F": np.float32}
        picture = Image.fromarray(ramp.astype(kinds[mode]))
    else:
        picture = marked().convert(mode)
    path = tmp_path / "x.tif"
    picture.save(path)
    facts = inspect_picture(path, name="x.tif", max_pixels=LIMIT)
    assert facts.picture.mode in {"RGB", "RGBA"}
    grey = np.asarray(facts.picture.convert("L"))
    assert grey.max() - grey.min() > 40  # 12-bit pictures are not black


def test_deep_pictures_say_their_mode() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.arange(120_000, dtype=np.uint16).reshape(300, 400)).save(buffer, "PNG")
    assert inspect_picture(buffer, name="x", max_pixels=LIMIT).details == {"mode": "I;16"}


def test_several_frames_are_counted() -> None:
    buffer = io.BytesIO()
    marked().save(buffer, "TIFF", save_all=True, append_images=[marked(), marked()])
    assert inspect_picture(buffer, name="x", max_pixels=LIMIT).details == {"frames": 3}


def test_small_pictures_are_never_enlarged() -> None:
    data = encoded(Image.new("RGB", (3, 2), RED), "PNG")
    assert inspect_picture(io.BytesIO(data), name="x", max_pixels=LIMIT).picture.size == (3, 2)


def test_extreme_shapes_keep_a_pixel() -> None:
    data = encoded(Image.new("RGB", (3000, 2), RED), "PNG")
    assert inspect_picture(io.BytesIO(data), name="x", max_pixels=LIMIT).picture.size == (256, 1)


def test_variants_carry_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    picture = marked()
    picture.info["exif"] = exif.tobytes()
    assert b"Camera" not in encode_webp(picture)
