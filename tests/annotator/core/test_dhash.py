"""Difference hashes stay near under resizing and compression, and far between pictures."""

import io

import numpy as np
from PIL import Image

from annotator.core.dhash import NEAR_BITS, difference_hash, near_hashes


def noise(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize(
        (400, 300), Image.Resampling.BICUBIC
    )


def distance(first: int, second: int) -> int:
    return ((first ^ second) & (2**64 - 1)).bit_count()


def test_hash_is_a_signed_64_bit_number() -> None:
    falling = Image.fromarray(np.tile(np.linspace(255, 0, 90, dtype=np.uint8), (80, 1)))
    rising = Image.fromarray(np.tile(np.linspace(0, 255, 90, dtype=np.uint8), (80, 1)))
    assert (difference_hash(falling), difference_hash(rising)) == (0, -1)


def test_resized_and_compressed_pictures_are_near() -> None:
    original = noise(1)
    buffer = io.BytesIO()
    original.resize((260, 195)).save(buffer, "JPEG", quality=60)
    again = Image.open(buffer)
    assert distance(difference_hash(original), difference_hash(again)) <= NEAR_BITS


def test_other_pictures_are_far() -> None:
    hashes = [difference_hash(noise(seed)) for seed in range(20)]
    assert min(distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > NEAR_BITS


def test_near_hashes_are_found_nearest_first() -> None:
    hashes = np.array([0, -1, 0b111, 0b1, 2**62, 0b1], dtype=np.int64)
    assert near_hashes(hashes, 0, bits=2).tolist() == [0, 3, 4, 5]
    assert near_hashes(hashes, 0b11, bits=1).tolist() == [2, 3, 5]
    assert near_hashes(np.zeros(0, dtype=np.int64), 5).tolist() == []


def test_the_sign_bit_counts_as_one_bit() -> None:
    assert near_hashes(np.array([-(2**63)], dtype=np.int64), 0, bits=1).tolist() == [0]
