"""k-center."""

from dataclasses import replace

import numpy as np

from trainer.plugins.testing import StrategyContract, make_pool
from trainer.strategies.k_center import KCenterStrategy

CORNERS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)


class TestKCenter(StrategyContract):
    plugin = KCenterStrategy

    def test_covers_every_cluster_once(self) -> None:
        rng = np.random.default_rng(1)
        rows = np.repeat(CORNERS, 10, axis=0) + rng.normal(0, 0.01, (30, 3)).astype(np.float32)
        pool = replace(make_pool(30), embeddings=rows, labelled_embeddings=np.zeros((0, 3), np.float32))
        assert sorted(pick.index // 10 for pick in self.pick(pool, 3)) == [0, 1, 2]

    def test_what_is_labelled_counts_as_covered(self) -> None:
        pool = replace(make_pool(3), embeddings=CORNERS, labelled_embeddings=CORNERS[:2])
        assert self.pick(pool, 1)[0].index == 2

    def test_scores_rank_alone(self) -> None:
        pool = replace(make_pool(3), embeddings=CORNERS, labelled_embeddings=CORNERS[:1])
        scores = KCenterStrategy().score(pool, options=self.parsed(), rng=np.random.default_rng(0))
        assert scores.round(3).tolist() == [0.0, 1.414, 1.414]
