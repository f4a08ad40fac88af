"""Brightness and contrast."""

import numpy as np

from trainer.augmentations.brightness import BrightnessAugmentation, BrightnessOptions
from trainer.plugins.testing import AugmentationContract, picture


class TestBrightness(AugmentationContract):
    plugin = BrightnessAugmentation


def test_no_change_without_range() -> None:
    options = BrightnessOptions(brightness=0.0, contrast=0.0)
    image, _ = BrightnessAugmentation().apply(picture(), (), options=options, rng=np.random.default_rng(0))
    assert np.array_equal(image, picture())


def test_grey_moves_as_far_as_allowed_and_never_wraps() -> None:
    grey = np.full((4, 4, 3), 250, np.uint8)
    options = BrightnessOptions(brightness=0.1, contrast=0.0)
    values = set()
    for seed in range(40):
        image, _ = BrightnessAugmentation().apply(grey, (), options=options, rng=np.random.default_rng(seed))
        values.add(int(image[0, 0, 0]))
    assert min(values) < 235
    assert max(values) == 255
    assert min(values) >= 224
