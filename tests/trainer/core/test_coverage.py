"""What is covered already."""

from dataclasses import replace

import numpy as np
import pytest

from trainer.core.coverage import class_weights, group_duplicates, is_cold, representatives, weights_of
from trainer.plugins.testing import make_pool


def test_class_weights() -> None:
    weights = class_weights(np.array([99, 24, 0, 3]))
    assert weights.tolist() == [1.0, 2.0, 5.0, 5.0]
    assert class_weights(np.array([0, 0])).tolist() == [1.0, 1.0]  # nothing labelled yet: no class is special
    assert class_weights(np.array([10, 10])).tolist() == [1.0, 1.0]
    assert len(class_weights(np.zeros(0, np.int64))) == 0


def test_an_unknown_class_counts_as_never_seen() -> None:
    assert weights_of(np.array([0, 7]), np.array([1.0, 2.0])).tolist() == [1.0, 5.0]


@pytest.mark.parametrize(
    ("counts", "images", "cold"),
    [
        ([10, 10], 5, False),  # ten objects of each class
        ([100, 9], 49, True),
        ([100, 0], 50, False),  # enough images
        ([0] * 8, 79, True),  # ten per class, more than fifty
        ([0] * 8, 80, False),
        ([], 0, True),
    ],
)
def test_cold_start_ends(counts: list[int], images: int, cold: bool) -> None:
    pool = replace(make_pool(1), labelled_counts=np.array(counts, np.int64), labelled_total=images)
    assert is_cold(pool) is cold


def test_one_of_each_group_stays_by_chance() -> None:
    pool = replace(make_pool(7), duplicate_group=np.array([-1, 0, 0, 0, 1, 1, -1]))
    kept = set()
    for seed in range(30):
        keep, drop = representatives(pool, np.random.default_rng(seed))
        assert sorted([*keep, *drop]) == list(range(7))
        assert {0, 6} <= set(keep)
        assert sum(1 <= i <= 3 for i in keep) == sum(4 <= i <= 5 for i in keep) == 1
        kept |= set(keep.tolist())
    assert kept == set(range(7))


def test_groups_with_a_labelled_member_are_left_out() -> None:
    pool = replace(make_pool(4), duplicate_group=np.array([-1, 3, 3, 5]), covered_groups=frozenset({3}))
    keep, drop = representatives(pool, np.random.default_rng(0))
    assert (keep.tolist(), drop.tolist()) == ([0, 3], [1, 2])


def test_groups_follow_chains() -> None:
    groups = group_duplicates(["b", "c", "x"], ["a", "b", "y"])
    assert groups["a"] == groups["b"] == groups["c"]
    assert groups["x"] == groups["y"] != groups["a"]
    assert len(groups) == 5
