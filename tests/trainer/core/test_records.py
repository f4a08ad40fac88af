"""Records between services and plugins."""

import numpy as np

from trainer.core.records import BoxFeatures
from trainer.plugins.testing import make_pool


def test_no_boxes_fit_together_with_some() -> None:
    none = BoxFeatures.none(classes=3, width=6)
    assert len(none) == 0
    assert none.probabilities.shape == (0, 3)
    assert none.features.shape == (0, 6)
    some = next(boxes for boxes in make_pool(20).boxes if len(boxes))
    assert np.concatenate([none.features, some.features]).shape == some.features.shape


def test_the_length_of_a_pool_is_its_images() -> None:
    assert len(make_pool(7)) == 7
