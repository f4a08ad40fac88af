"""The checksum of TFRecord files against its published values and against the plain way."""

import random

import pytest

from annotator.formats.shared.crc32c import _advance, crc32c, masked

PUBLISHED = [  # RFC 3720, B.4
    (b"", 0),
    (b"123456789", 0xE3069283),
    (bytes(32), 0x8A9136AA),
    (b"\xff" * 32, 0x62A8AB43),
    (bytes(range(32)), 0x46DD794E),
]


def plain(data: bytes) -> int:
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF


@pytest.mark.parametrize(("data", "expected"), PUBLISHED)
def test_published_values(data: bytes, expected: int) -> None:
    assert crc32c(data) == expected


@pytest.mark.parametrize("length", [1, 511, 512, 1023, 1024, 1025, 1536, 5000, 70_001])
def test_lanes_are_joined_rightly(length: int) -> None:
    data = random.Random(length).randbytes(length)
    assert crc32c(data) == plain(data)


def test_blocks_are_joined_rightly() -> None:
    data = bytes(range(256)) * (1 << 15)  # 8 MiB, more than a block
    assert crc32c(data + b"x") == crc32c_in_pieces(data + b"x")


def crc32c_in_pieces(data: bytes) -> int:
    state = 0xFFFFFFFF
    for start in range(0, len(data), 100_003):
        state = _advance(state, data[start : start + 100_003])
    return state ^ 0xFFFFFFFF


def test_the_mask() -> None:
    assert masked(b"123456789") == ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF
