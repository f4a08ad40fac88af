"""Variety: k-center, k-means, TypiClust, k-medoids."""

import tracemalloc

import numpy as np
import pytest

from trainer.core.diversity import (
    k_center,
    k_means,
    k_medoids,
    nearest_distances,
    reduce_dimensions,
    typiclust,
    unit_rows,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def blobs(counts: list[int], *, spread: float = 0.05, dimensions: int = 8) -> np.ndarray:
    """Clusters on the axes."""
    rows = np.repeat(np.eye(len(counts), dimensions, dtype=np.float32), counts, axis=0)
    return rows + rng(1).normal(0, spread, rows.shape).astype(np.float32)


NONE = np.zeros((0, 8), np.float32)


def test_unit_rows_keep_zeros() -> None:
    assert np.allclose(unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0, 0]])


def test_nearest_distances_are_those_of_all_pairs() -> None:
    rows, others = rng(1).normal(size=(50, 6)), rng(2).normal(size=(700, 6))
    expected = ((rows[:, None] - others[None]) ** 2).sum(axis=2).min(axis=1)
    found = nearest_distances(rows.astype(np.float32), others.astype(np.float32))
    assert np.allclose(found, expected, atol=1e-4)
    assert np.isinf(nearest_distances(rows.astype(np.float32), NONE[:, :6])).all()


def test_k_center_is_the_greedy_one() -> None:
    rows = rng(3).normal(size=(60, 5)).astype(np.float32)
    covered = rng(4).normal(size=(7, 5)).astype(np.float32)
    picked, distances = k_center(rows, covered, size=10, rng=rng())
    centres = covered.copy()
    for index, distance in zip(picked, distances, strict=True):
        nearest = np.linalg.norm(rows[:, None] - centres[None], axis=2).min(axis=1)
        assert nearest[index] == pytest.approx(nearest.max(), rel=1e-4)
        assert distance == pytest.approx(nearest.max(), rel=1e-3)
        centres = np.concatenate([centres, rows[index][None]])


def test_k_center_takes_one_of_each_cluster_first() -> None:
    rows = blobs([300, 5, 5, 5])
    picked, _ = k_center(rows, NONE, size=4, rng=rng())
    assert sorted(np.searchsorted([300, 305, 310], picked, side="right").tolist()) == [0, 1, 2, 3]


def test_k_center_with_equal_rows_and_more_than_there_are() -> None:
    picked, _ = k_center(np.ones((6, 8), np.float32), NONE, size=20, rng=rng())
    assert sorted(picked.tolist()) == list(range(6))
    assert len(k_center(NONE, NONE, size=3, rng=rng())[0]) == 0


def test_k_center_memory_stays_far_below_all_pairs() -> None:
    rows = rng().normal(size=(20_000, 64)).astype(np.float32)
    tracemalloc.start()
    picked, _ = k_center(rows, rows[:1000] + 5, size=50, rng=rng())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(set(picked.tolist())) == 50
    assert peak < 100e6  # all pairs would be 1.6 GB


def test_projection_keeps_neighbours() -> None:
    rows = rng().normal(size=(400, 6)).astype(np.float32) @ rng(1).normal(size=(6, 300)).astype(np.float32)
    small, others = reduce_dimensions(rows, rows[:10], rng=rng(), dimensions=16)
    assert small.shape == (400, 16)
    assert others.shape == (10, 16)
    true = np.linalg.norm(rows - rows[0], axis=1)
    assert np.allclose(np.linalg.norm(small - small[0], axis=1), true, rtol=1e-2, atol=1e-2)


def test_k_means_finds_blobs() -> None:
    member, centres = k_means(blobs([40, 40, 40]), 3, rng=rng())
    assert len({tuple(np.unique(member[i : i + 40])) for i in (0, 40, 80)}) == 3
    assert centres.shape == (3, 8)
    same, _ = k_means(np.ones((5, 8), np.float32), 3, rng=rng())
    assert len(same) == 5


def test_typiclust_takes_the_typical_of_uncovered_clusters() -> None:
    rows = blobs([60, 30, 20], spread=0.02)
    rows[0] += 0.3  # an outlier of the first cluster
    covered = blobs([1, 0, 0], spread=0.0)
    picked, typicality = typiclust(rows, covered, size=2, rng=rng())
    clusters = np.searchsorted([60, 90], picked, side="right")
    assert sorted(clusters.tolist()) == [1, 2]
    assert (typicality > 0).all()
    first, _ = typiclust(rows, NONE, size=3, rng=rng())
    assert 0 not in first


def test_typiclust_goes_on_when_clusters_run_out() -> None:
    picked, _ = typiclust(blobs([5, 5]), NONE, size=10, rng=rng())
    assert sorted(picked.tolist()) == list(range(10))


def test_k_medoids_picks_one_of_each_group() -> None:
    rows = blobs([10, 3, 2])
    distances = (1 - unit_rows(rows) @ unit_rows(rows).T).astype(np.float32)
    picked = k_medoids(distances, size=3)
    assert sorted(np.searchsorted([10, 13], picked, side="right").tolist()) == [0, 1, 2]
    assert len(k_medoids(distances, size=99)) == 15


def test_k_medoids_with_equal_distances_are_distinct() -> None:
    assert len(set(k_medoids(np.zeros((12, 12), np.float32), size=5).tolist())) == 5
