"""Manifests: reproducible bytes, everything comes back, damage is said."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Box, Tag
from annotator.core.manifest import (
    ManifestHeader,
    decode_line,
    digest_of,
    line_id,
    read_header,
    read_images,
    read_lines,
    write_manifest,
)
from annotator.core.records import AnnotationRecord, ImageRecord

HEADER = ManifestHeader(version=1, project="p", labels=[{"id": 1, "name": "cät"}], held_out={"val": ["x"], "test": []})
IMAGES = [
    ImageRecord(
        "a/ü.jpg", 60, 40, (AnnotationRecord("cät", Box(x=1, y=2, w=3, h=4), {"wet": True}, id="s", z_order=2),),
        "val", id="x", source={"sha256": "f00"},
    ),
    ImageRecord("b.jpg", 6, 4, (AnnotationRecord("cät", Tag()),), "train", id="y",
        source={"sha256": "ba5", "state": "reviewed", "source": {"id": 7}}),
]  # fmt: skip


def written() -> tuple[str, bytes]:
    file = io.BytesIO()
    return write_manifest(file, HEADER, IMAGES), file.getvalue()


def test_round_trip_and_the_same_bytes_again() -> None:
    digest, data = written()
    assert list(read_images(io.BytesIO(data))) == IMAGES
    assert read_header(io.BytesIO(data)) == HEADER
    assert written() == (digest, data)


@pytest.mark.parametrize("damage", [lambda d: d[:-20], lambda d: b"", lambda d: b"text", lambda d: d[:30]])
def test_damage_is_said(damage: object) -> None:
    with pytest.raises(FormatError, match="manifest"):
        list(read_images(io.BytesIO(damage(written()[1]))))  # type: ignore[operator]


def test_lines_are_images_undecoded() -> None:
    digest, data = written()
    lines = list(read_lines(io.BytesIO(data)))
    assert [line_id(line) for line in lines] == ["x", "y"]
    assert [decode_line(line) for line in lines] == IMAGES
    assert digest_of(io.BytesIO(data)) == (digest, 2)
    with pytest.raises(FormatError, match="damaged"):
        digest_of(io.BytesIO(data[:-20]))


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8), st.booleans())
def test_damage_anywhere_is_a_sentence(place: int, junk: bytes, cut: bool) -> None:
    data = written()[1]
    torn = data[:place] + junk + (b"" if cut else data[place + len(junk) :])
    for read in (read_images, lambda file: map(line_id, read_lines(file))):
        with suppress(FormatError):  # whatever else were raised would fail the test
            list(read(io.BytesIO(torn)))
