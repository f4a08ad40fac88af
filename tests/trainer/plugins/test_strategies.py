"""What a strategy gets for free from its contract."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.core.records import PoolArrays
from trainer.plugins.strategies import AcquisitionStrategy
from trainer.plugins.testing import make_pool


class Graded(AcquisitionStrategy):
    title = "Graded"
    description = "Half of the images are as good as the other half is bad."
    kind = "graded"

    def score(self, pool: PoolArrays, **_: Any) -> NDArray[np.float64]:
        return np.arange(len(pool)) % 2 * 1.0


def pick(seed: int, size: int = 4) -> list[int]:
    picks = Graded().select(make_pool(20), size=size, options=Graded.Options(), rng=np.random.default_rng(seed))
    assert {p.kind for p in picks} == {"graded"}
    assert {p.reason for p in picks} <= {"Score 1.00", "Score 0.00"}
    return [p.index for p in picks]


def test_the_default_takes_the_highest_scores_with_random_ties() -> None:
    for seed in range(5):
        assert all(index % 2 == 1 for index in pick(seed))
    assert len({tuple(pick(seed)) for seed in range(5)}) > 1


def test_nothing_is_needed_unless_it_is_declared() -> None:
    assert Graded.needs == Graded.wants == frozenset()


def test_a_strategy_without_scores_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="score"):
        AcquisitionStrategy()  # type: ignore[abstract]
