"""Flip."""

import numpy as np
import pytest

from annotator.core.geometry.masks import bitmap_of, mask_from_bitmap
from annotator.core.geometry.types import Box, Ellipse, Geometry, Keypoints, Mask, Polygon, PolygonPart, RotatedBox, Tag
from annotator.core.records import AnnotationRecord
from trainer.augmentations.flip import FlipAugmentation, FlipOptions
from trainer.plugins.testing import AugmentationContract, picture

ALWAYS_LEFT_RIGHT = FlipOptions(horizontal=1.0)
ALWAYS_UPSIDE_DOWN = FlipOptions(horizontal=0.0, vertical=1.0)


class TestFlip(AugmentationContract):
    plugin = FlipAugmentation


class TestFlipBothWays(AugmentationContract):
    plugin = FlipAugmentation
    options = {"horizontal": 1.0, "vertical": 1.0}


def flip(geometry: Geometry, options: FlipOptions) -> Geometry:
    """The shape after a flip of a picture of 60 × 40."""
    shapes = (AnnotationRecord("cell", geometry),)
    return FlipAugmentation().apply(picture(), shapes, options=options, rng=np.random.default_rng(0))[1][0].geometry


@pytest.mark.parametrize(
    ("before", "left_right", "upside_down"),
    [
        (Box(4, 6, 20, 10), Box(36, 6, 20, 10), Box(4, 24, 20, 10)),
        (RotatedBox(10, 12, 6, 4, 30), RotatedBox(50, 12, 6, 4, -30), RotatedBox(10, 28, 6, 4, -30)),
        (Ellipse(10, 12, 6, 4, 15), Ellipse(50, 12, 6, 4, -15), Ellipse(10, 28, 6, 4, -15)),
        (
            Polygon([PolygonPart([0, 0, 10, 0, 10, 5], [[8, 1, 9, 1, 9, 2]])]),
            Polygon([PolygonPart([60, 0, 50, 0, 50, 5], [[52, 1, 51, 1, 51, 2]])]),
            Polygon([PolygonPart([0, 40, 10, 40, 10, 35], [[8, 39, 9, 39, 9, 38]])]),
        ),
        (Keypoints([1, 2, 2, 0, 0, 0]), Keypoints([59, 2, 2, 0, 0, 0]), Keypoints([1, 38, 2, 0, 0, 0])),
        (Tag(), Tag(), Tag()),
    ],
)
def test_each_kind_of_shape(before: Geometry, left_right: Geometry, upside_down: Geometry) -> None:
    assert flip(before, ALWAYS_LEFT_RIGHT) == left_right
    assert flip(before, ALWAYS_UPSIDE_DOWN) == upside_down


def test_masks_move_pixel_by_pixel() -> None:
    bitmap = np.array([[1, 1, 0], [1, 0, 0]], np.bool_)
    mask = mask_from_bitmap(bitmap, 5, 7)
    assert mask is not None
    flipped = flip(mask, ALWAYS_LEFT_RIGHT)
    assert isinstance(flipped, Mask)
    whole, expected = np.zeros((40, 60), np.bool_), np.zeros((40, 60), np.bool_)
    x, y, w, h = flipped.bbox
    whole[y : y + h, x : x + w] = bitmap_of(flipped)
    expected[7:9, 5:8] = bitmap
    assert np.array_equal(whole, expected[:, ::-1])


def test_the_picture_is_mirrored_with_its_shapes() -> None:
    image, _ = FlipAugmentation().apply(picture(), (), options=ALWAYS_LEFT_RIGHT, rng=np.random.default_rng(0))
    assert np.array_equal(image, picture()[:, ::-1])
