"""Class-balanced entropy."""

from dataclasses import replace

import numpy as np

from tests.trainer.strategies.test_uncertainty import boxes, pool_of
from trainer.plugins.testing import StrategyContract
from trainer.strategies.balanced import ClassBalancedEntropyStrategy


class TestClassBalancedEntropy(StrategyContract):
    plugin = ClassBalancedEntropyStrategy

    def test_a_rare_class_beats_more_doubt_about_a_common_one(self) -> None:
        pool = replace(pool_of(boxes([0.5, 0, 0]), boxes([0, 0.8, 0])), labelled_counts=np.array([400, 12, 300]))
        picks = self.pick(pool, 2)
        assert [(pick.index, pick.kind) for pick in picks] == [(1, "rare"), (0, "uncertain")]
        assert picks[0].reason == "Rare class: platelet 0.80 (12 labelled)"
        assert picks[0].details["objects"][0]["label"] == "platelet"

    def test_even_classes_rank_like_entropy(self) -> None:
        pool = replace(pool_of(boxes([0.9, 0, 0]), boxes([0, 0.6, 0])), labelled_counts=np.array([50, 50, 50]))
        assert [pick.index for pick in self.pick(pool, 2)] == [1, 0]
