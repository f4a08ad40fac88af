"""The position leaves a JPEG; pixels, orientation and everything else stay."""

import io
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from annotator.core.exif import strip_position

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
POSITION = {1: "N", 2: (47.0, 30.0, 12.5), 3: "E", 4: (19.0, 2.0, 7.25), 29: "2026:11:21"}


def picture(*, gps: bool = True, endian: str = "<", kind: str = "JPEG", **save: Any) -> bytes:
    exif = Image.Exif()
    exif.endian = endian
    exif[ORIENTATION] = 6
    exif[MAKE] = "Marquee Camera Works"
    if gps:
        exif.get_ifd(GPS).update(POSITION)
        exif[GPS] = exif.get_ifd(GPS)
    rng = np.random.default_rng(1)
    buffer = io.BytesIO()
    noise = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8))
    noise.save(buffer, kind, exif=exif.tobytes(), **save)
    return buffer.getvalue()


def read(data: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(data))
    opened.load()
    return opened


@pytest.mark.parametrize("endian", ["<", ">"])
def test_position_is_removed_and_the_rest_stays(endian: str) -> None:
    before = picture(endian=endian, icc_profile=b"profile" * 100)
    after = strip_position(before)
    assert read(before).getexif().get_ifd(GPS)[1] == "N"
    exif = read(after).getexif()
    assert dict(exif.get_ifd(GPS)) == {}
    assert (exif[ORIENTATION], exif[MAKE]) == (6, "Marquee Camera Works")
    assert read(after).info["icc_profile"] == read(before).info["icc_profile"]
    assert np.array_equal(np.asarray(read(after)), np.asarray(read(before)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_other_formats_lose_it_too(kind: str) -> None:
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    before = picture(kind=kind, **options)
    assert read(before).getexif().get_ifd(GPS)[1] == "N"
    after = strip_position(before)
    exif = read(after).getexif()
    assert dict(exif.get_ifd(GPS)) == {}
    assert exif[MAKE] == "Marquee Camera Works"
    assert len(after) == len(before)
    assert b"2026:11:21" not in after
    assert np.array_equal(np.asarray(read(after)), np.asarray(read(before)))
    without = picture(kind=kind, gps=False, **options)
    assert strip_position(without) is without


def test_pictures_behind_the_picture_lose_it_too() -> None:
    after = strip_position(picture(gps=False) + picture())
    assert b"2026:11:21" not in after
    assert read(after[len(picture(gps=False)) :]).getexif()[MAKE] == "Marquee Camera Works"


def test_xmp_of_png_and_webp_is_blanked() -> None:
    packet = b'<x exif:GPSLatitude="47,30N"/>'
    webp = io.BytesIO()
    Image.new("RGB", (8, 8)).save(webp, "WEBP", xmp=packet)
    assert packet in webp.getvalue()
    assert b"GPSLatitude" not in strip_position(webp.getvalue())
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    png = io.BytesIO()
    Image.new("RGB", (8, 8)).save(png, "PNG", pnginfo=info)
    assert packet in png.getvalue()
    after = strip_position(png.getvalue())
    assert b"GPSLatitude" not in after
    assert read(after).size == (8, 8)


def test_no_coordinate_is_left_anywhere_in_the_file() -> None:
    before = picture()
    seconds = struct.pack("<II", 25, 2)  # 12.5 as a rational
    assert seconds in before
    assert b"2026:11:21" in before
    after = strip_position(before)
    assert seconds not in after
    assert b"2026:11:21" not in after


def test_pictures_without_a_position_are_the_same_object() -> None:
    before = picture(gps=False)
    assert strip_position(before) is before


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n", b"BM" + bytes(60), b"RIFF\x00\x00\x00\x00WEBPEXIF"])
def test_what_holds_nothing_is_left_alone(data: bytes) -> None:
    assert strip_position(data) is data


def test_xmp_with_a_position_is_left_out_and_without_one_kept() -> None:
    def with_xmp(text: bytes) -> bytes:
        body = b"http://ns.adobe.com/xap/1.0/\x00" + text
        plain = picture(gps=False)
        return plain[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + plain[2:]

    assert b"GPSLatitude" not in strip_position(with_xmp(b'<x exif:GPSLatitude="47,30N"/>'))
    kept = with_xmp(b'<x dc:title="cat"/>')
    assert strip_position(kept) is kept


@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF"]),
    cut=st.integers(0, 400),
    noise=st.binary(max_size=40),
    at=st.integers(8, 400),
)
@example(kind="WEBP", cut=133, noise=b"", at=8)
def test_damaged_files_never_raise(kind: str, cut: int, noise: bytes, at: int) -> None:
    data = bytearray(picture(kind=kind)[: 1000 - cut])
    data[at : at + len(noise)] = noise
    assert len(strip_position(bytes(data))) <= len(data)
