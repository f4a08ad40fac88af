"""HEIC pictures come in as JPEG."""

import io
import sys

import pillow_heif
import pytest
from PIL import Image

from annotator.core.heif import heif_to_jpeg, is_heif
from annotator.core.images import NotAPicture, TooManyPixels

ORIENTATION = 0x0112


def make_heic(*, width: int = 64, height: int = 48, orientation: int = 1) -> bytes:
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((20, 30, 220), (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "a telephone"
    file = io.BytesIO()
    pillow_heif.from_pillow(picture).save(file, quality=90, exif=exif.tobytes())
    return file.getvalue()


def as_jpeg(data: bytes, max_pixels: int = 10**6) -> Image.Image:
    return Image.open(io.BytesIO(heif_to_jpeg(io.BytesIO(data), name="a.heic", max_pixels=max_pixels)))


def test_it_is_known_by_its_first_bytes() -> None:
    assert is_heif(make_heic()[:12])
    assert not is_heif(b"\xff\xd8\xff\xe0")
    assert not is_heif(b"")


def test_it_becomes_a_jpeg_with_its_data() -> None:
    picture = as_jpeg(make_heic())
    assert (picture.format, picture.size) == ("JPEG", (64, 48))
    assert picture.getexif()[0x010F] == "a telephone"
    red, _, blue = picture.getpixel((60, 40))  # type: ignore[misc]  # RGB
    assert red > blue


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_it_is_turned_once_and_only_once(orientation: int) -> None:
    picture = as_jpeg(make_heic(orientation=orientation))
    assert picture.size == ((48, 64) if orientation >= 5 else (64, 48))
    assert picture.getexif().get(ORIENTATION, 1) == 1


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooManyPixels):
        as_jpeg(make_heic(), max_pixels=100)


def test_damage_is_said() -> None:
    whole = make_heic()
    for length in range(12, len(whole) - 1, max(1, len(whole) // 10)):
        with pytest.raises(NotAPicture, match=r"a\.heic"):
            as_jpeg(whole[:length])


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(NotAPicture, match=r"marquee\[heif\]"):
        heif_to_jpeg(io.BytesIO(), name="a.heic", max_pixels=1)
