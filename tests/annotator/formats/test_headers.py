"""Headers of JPEG and PNG: what we read ourselves is what the library says."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from annotator.formats.shared.headers import read_header


def encoded(kind: str, size: tuple[int, int], **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "green").save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int | None) -> dict[str, Any]:
    if orientation is None:
        return {}
    block = Image.Exif()
    block[0x010F] = "a maker"
    block[274] = orientation
    return {"exif": block}


def said_by_library(data: bytes) -> tuple[int, int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        return (*picture.size, picture.getexif().get(274, 1))


@pytest.mark.parametrize("orientation", [None, *range(1, 9)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_size_and_orientation(kind: str, orientation: int | None) -> None:
    data = encoded(kind, (31, 17), **exif(orientation))
    assert read_header(io.BytesIO(data)) == said_by_library(data) == (31, 17, orientation or 1)


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 5}, {"comment": "x" * 60_000}, {"dpi": (9, 9)}])
def test_kinds_of_jpeg(options: dict[str, Any]) -> None:
    data = encoded("JPEG", (400, 3), **options)
    found = read_header(io.BytesIO(data))
    assert found in {said_by_library(data), None}
    assert found is not None or "comment" in options


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_kinds_are_left_to_the_library(kind: str) -> None:
    assert read_header(io.BytesIO(encoded(kind, (9, 9)))) is None


def test_an_orientation_in_xmp_is_left_to_the_library() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'
    assert read_header(io.BytesIO(encoded("JPEG", (30, 20), xmp=xmp))) is None
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", xmp.decode())
    assert read_header(io.BytesIO(encoded("PNG", (30, 20), pnginfo=texts))) is None


def test_exif_behind_the_pixels_of_a_png() -> None:
    data = encoded("PNG", (30, 20), **exif(6))
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    moved = data[:start] + data[end:-12] + data[start:end] + data[-12:]
    assert read_header(io.BytesIO(moved)) == (30, 20, 6)


@given(st.sampled_from(["JPEG", "PNG"]), st.data())
def test_damage_is_no_accident(kind: str, data: st.DataObject) -> None:
    good = encoded(kind, (40, 30), **exif(6))
    at = data.draw(st.integers(2, len(good)) | st.integers(2, 40))
    bad = (
        good[:at]
        if data.draw(st.booleans())
        else good[:at] + data.draw(st.binary(max_size=6)) + good[at + data.draw(st.integers(0, 6)) :]
    )
    found = read_header(io.BytesIO(bad))
    assert found is None or (found[0] > 0 and found[1] > 0 and 1 <= found[2] <= 8)
