"""Uncertainty strategies: who is on top, and what the annotator reads."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trainer.core.records import BoxFeatures, ModelTask, PoolArrays
from trainer.plugins.testing import StrategyContract, make_pool
from trainer.strategies.uncertainty import EntropyStrategy, LeastConfidenceStrategy, MarginStrategy


def boxes(*vectors: Sequence[float]) -> BoxFeatures:
    """Boxes with these class probabilities."""
    p = np.asarray(vectors, np.float32).reshape(len(vectors), -1)
    return BoxFeatures(
        np.zeros((len(p), 4), np.float32),
        p.max(axis=1),
        p.argmax(axis=1).astype(np.int32),
        p,
        np.ones((len(p), 2), np.float32),
    )


def pool_of(*images: BoxFeatures, task: ModelTask = ModelTask.DETECT) -> PoolArrays:
    return replace(make_pool(len(images), task=task), boxes=list(images), label_names=("rbc", "platelet", "wbc"))


class TestLeastConfidence(StrategyContract):
    plugin = LeastConfidenceStrategy

    def test_order(self) -> None:
        pool = pool_of(boxes([0.9, 0, 0]), boxes([0.3, 0, 0]), boxes([0.6, 0, 0]))
        assert [pick.index for pick in self.pick(pool, 3)] == [1, 2, 0]

    def test_an_image_without_objects_is_not_the_most_uncertain(self) -> None:
        pool = pool_of(BoxFeatures.none(3), boxes([0.95, 0, 0]))
        picks = self.pick(pool, 2)
        assert [pick.index for pick in picks] == [1, 0]
        assert picks[1].reason == "The model sees nothing here"


class TestMargin(StrategyContract):
    plugin = MarginStrategy
    options = {"aggregation": "max"}

    def test_confused_classes_first(self) -> None:
        pool = pool_of(boxes([0.5, 0.1, 0]), boxes([0.9, 0.85, 0]), boxes([0.9, 0.2, 0]))
        assert [pick.index for pick in self.pick(pool, 3)] == [1, 0, 2]


class TestEntropy(StrategyContract):
    plugin = EntropyStrategy

    def test_reason_names_the_three_most_unsure_objects(self) -> None:
        pool = pool_of(boxes([0.02, 0, 0], [0, 0.41, 0], [0.93, 0, 0], [0, 0, 0.6], [0.55, 0, 0]))
        assert self.pick(pool, 1)[0].reason == "Unsure about 3 objects: rbc 0.55, platelet 0.41, wbc 0.60"

    def test_reason_for_one_object(self) -> None:
        assert self.pick(pool_of(boxes([0.5, 0, 0])), 1)[0].reason == "Unsure about 1 object: rbc 0.50"

    def test_classification_counts_all_classes(self) -> None:
        pool = pool_of(boxes([0.5, 0.5, 0]), boxes([0.34, 0.33, 0.33]), boxes([0.8, 0.1, 0.1]), task=ModelTask.CLASSIFY)
        picks = self.pick(pool, 3)
        assert [pick.index for pick in picks] == [1, 0, 2]
        assert picks[1].reason == "Unsure: rbc 0.50 or platelet 0.50"


class TestEntropySum(StrategyContract):
    plugin = EntropyStrategy
    options = {"aggregation": "sum"}

    def test_the_sum_prefers_crowds_and_the_mean_does_not(self) -> None:
        pool = pool_of(boxes([0.5, 0, 0]), boxes(*[[0.8, 0, 0]] * 10))
        assert self.pick(pool, 1)[0].index == 1
        mean = EntropyStrategy()
        options = EntropyStrategy.Options(aggregation="mean")
        assert mean.select(pool, size=1, options=options, rng=np.random.default_rng(0))[0].index == 0
