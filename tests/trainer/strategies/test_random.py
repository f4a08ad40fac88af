"""Random picks."""

from collections import Counter

from trainer.plugins.testing import StrategyContract, make_pool
from trainer.strategies.random import RandomStrategy


class TestRandomStrategy(StrategyContract):
    plugin = RandomStrategy

    def test_every_image_is_as_likely(self) -> None:
        seen = Counter(pick.index for seed in range(400) for pick in self.pick(make_pool(10), 2, seed))
        assert all(50 <= seen[index] <= 110 for index in range(10))  # expected 80, standard deviation 8

    def test_the_reason_promises_nothing(self) -> None:
        assert {pick.reason for pick in self.pick(make_pool(10), 3)} == {"Random check"}
