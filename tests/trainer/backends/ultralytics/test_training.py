"""Choices that depend on the data and the device."""

import pytest

from trainer.backends.ultralytics.training import automatic_batch, automatic_rate


@pytest.mark.parametrize(
    ("images", "on_gpu", "batch"),
    [(1, False, 2), (12, False, 2), (48, False, 4), (100, False, 8), (5000, False, 16), (5000, True, 32)],
)
def test_small_sets_get_small_batches(images: int, on_gpu: bool, batch: int) -> None:
    assert automatic_batch(images, on_gpu=on_gpu) == batch


def test_rates() -> None:
    assert automatic_rate("SGD", pretrained=True) == 0.01
    assert automatic_rate("AdamW", pretrained=True) < automatic_rate("AdamW", pretrained=False)
