"""The default policy, stage by stage."""

from collections import Counter
from dataclasses import replace

import numpy as np

from tests.trainer.strategies.test_uncertainty import boxes
from trainer.core.records import BoxFeatures, ModelTask, PoolArrays
from trainer.plugins.testing import StrategyContract, make_pool
from trainer.strategies.hybrid import HybridStrategy


def warm_pool(count: int = 100) -> PoolArrays:
    return make_pool(count, labelled=60)


class TestHybrid(StrategyContract):
    plugin = HybridStrategy

    def test_cold_start_covers_the_pool(self) -> None:
        pool = replace(warm_pool(), labelled_total=5, labelled_counts=np.array([3, 0, 2]))
        assert {pick.kind for pick in self.pick(pool, 10)} == {"diverse"}

    def test_cold_start_of_classification_is_typical(self) -> None:
        rng = np.random.default_rng(0)
        rows = np.repeat(np.eye(4, 8, dtype=np.float32), 25, axis=0)
        rows[::25] += rng.normal(0, 0.5, (4, 8)).astype(np.float32)  # the first of each cluster is an outlier
        rows += rng.normal(0, 0.01, rows.shape).astype(np.float32)
        pool = replace(
            make_pool(100, task=ModelTask.CLASSIFY, labelled=0), embeddings=rows, labelled_counts=np.zeros(4, np.int64)
        )
        picks = self.pick(pool, 4)
        assert sorted(pick.index // 25 for pick in picks) == [0, 1, 2, 3]
        assert not any(pick.index % 25 == 0 for pick in picks)

    def test_without_a_model_it_covers_too(self) -> None:
        assert {pick.kind for pick in self.pick(replace(warm_pool(), boxes=[]), 10)} == {"diverse"}

    def test_a_weak_model_is_not_trusted(self) -> None:
        picks = self.pick(replace(warm_pool(), validation_map50=0.1), 10)
        assert {pick.reason for pick in picks} == {"Random check"}

    def test_a_tenth_is_random_and_spread_over_the_batch(self) -> None:
        picks = self.pick(warm_pool(200), 40)
        places = [rank for rank, pick in enumerate(picks) if pick.kind == "random"]
        assert len(places) == 4
        assert max(places) > 20

    def test_near_empty_images_are_at_most_a_tenth(self) -> None:
        pool = warm_pool(200)
        faint = boxes([0.09, 0, 0])  # its entropy is not nothing, but the model sees next to nothing
        pool = replace(pool, boxes=[faint if i < 100 else boxes([0.99, 0, 0]) for i in range(200)])
        picks = [pick for pick in self.pick(pool, 40) if pick.kind != "random"]
        assert sum(pick.index < 100 for pick in picks) <= 4

    def test_near_duplicates_are_left_out(self) -> None:
        groups = np.full(60, -1)
        groups[:20] = 0  # twenty pictures of one burst
        groups[20:30] = 1  # ten of a burst of which one is labelled
        pool = replace(warm_pool(60), duplicate_group=groups, covered_groups=frozenset({1}))
        picks = self.pick(pool, 31)
        assert sum(pick.index < 20 for pick in picks) == 1
        assert not any(20 <= pick.index < 30 for pick in picks)

    def test_near_duplicates_come_last_when_nothing_else_is_left(self) -> None:
        pool = replace(warm_pool(10), duplicate_group=np.zeros(10, np.int64))
        picks = self.pick(pool, 4)
        assert [pick.kind == "duplicate" for pick in picks] == [False, True, True, True]

    def test_doubt_decides_who_is_a_candidate(self) -> None:
        sure, unsure = boxes([0.99, 0, 0]), boxes([0.5, 0, 0])
        pool = replace(warm_pool(100), boxes=[unsure if i % 4 == 0 else sure for i in range(100)])
        picks = [pick for pick in self.pick(pool, 6) if pick.kind != "random"]
        assert all(pick.index % 4 == 0 for pick in picks)

    def test_the_batch_is_spread_over_unlike_objects(self) -> None:
        def one(kind: int) -> BoxFeatures:
            feature = np.eye(5, dtype=np.float32)[kind][None]
            return BoxFeatures(np.zeros((1, 4), np.float32), np.array([0.5], np.float32), np.zeros(1, np.int32),
                               np.array([[0.5, 0, 0]], np.float32), feature)  # fmt: skip

        kinds = [0] * 16 + [1, 2, 3, 4]
        pool = replace(
            make_pool(20), boxes=[one(k) for k in kinds], embeddings=np.eye(5, dtype=np.float32)[kinds],
        )  # fmt: skip
        picks = HybridStrategy().select(
            pool, size=5, options=HybridStrategy.Options(audit_share=0.0), rng=np.random.default_rng(0)
        )
        assert Counter(kinds[pick.index] for pick in picks) == {0: 1, 1: 1, 2: 1, 3: 1, 4: 1}

    def test_a_rare_class_is_named(self) -> None:
        pool = replace(
            warm_pool(20),
            boxes=[boxes([0, 0.5, 0]) if i == 7 else boxes([0.9, 0, 0]) for i in range(20)],
            labelled_counts=np.array([500, 15, 400]),
            label_names=("rbc", "platelet", "wbc"),
        )
        reasons = {pick.index: pick.reason for pick in self.pick(pool, 2)}
        assert reasons[7] == "Rare class: platelet 0.50 (15 labelled)"
