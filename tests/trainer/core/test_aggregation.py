"""From boxes to images."""

import numpy as np
import pytest

from trainer.core.aggregation import Aggregation, aggregate, top_indices

VALUES = np.array([0.1, 0.9, 0.5, 0.7])


@pytest.mark.parametrize(("how", "expected"), [("max", 0.9), ("mean", 0.55), ("sum", 2.2), ("top3", 0.7)])
def test_each_way(how: Aggregation, expected: float) -> None:
    assert aggregate(VALUES, how) == pytest.approx(expected)


@pytest.mark.parametrize("how", ["max", "mean", "sum", "top3"])
def test_an_image_without_objects_scores_nothing(how: Aggregation) -> None:
    assert aggregate(np.zeros(0), how) == 0


def test_top3_of_fewer_is_their_mean() -> None:
    assert aggregate(np.array([0.2, 0.4]), "top3") == pytest.approx(0.3)


def test_top_indices_keep_the_order_of_equals() -> None:
    assert top_indices(np.array([0.5, 0.9, 0.5, 0.5])) == [1, 0, 2]
    assert top_indices(np.zeros(0)) == []
