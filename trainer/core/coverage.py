"""What the labelled set already covers: class weights, cold start, near-duplicates."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.core.records import PoolArrays
from trainer.core.uncertainty import box_entropy, relevant

WEIGHT_LIMIT = 5.0
ENOUGH_PER_CLASS = 10


def class_weights(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """w_c = clip(√((max n + 1)/(n_c + 1)), 1, 5) for labelled objects per class (C,); a class never seen gets 5."""
    if len(counts) == 0:
        return np.zeros(0)
    n = np.asarray(counts, np.float64)
    weights: NDArray[np.float64] = np.clip(np.sqrt((n.max() + 1.0) / (n + 1.0)), 1.0, WEIGHT_LIMIT)
    if n.max() > 0:
        weights[n == 0] = WEIGHT_LIMIT
    return weights


def weights_of(labels: NDArray[np.integer], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight per box (K,) from class weights (C,); an index beyond them counts as never seen."""
    known = labels < len(weights)
    result = np.full(len(labels), WEIGHT_LIMIT)
    result[known] = weights[labels[known]]
    return result


def weighted_entropy(pool: PoolArrays, index: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy × class weight of each object of one picture (K,); objects that do not count have 0."""
    boxes = pool.boxes[index]
    values = box_entropy(boxes, task=pool.task) * weights_of(boxes.labels, weights)
    return np.where(relevant(boxes, task=pool.task), values, 0.0)


def is_cold(pool: PoolArrays) -> bool:
    """True until every class has ≥ 10 objects or ≥ max(50, 10·classes) images are labelled."""
    counts = pool.labelled_counts
    if pool.labelled_total >= max(50, 10 * len(counts)):
        return False
    return len(counts) == 0 or bool((counts < ENOUGH_PER_CLASS).any())


def representatives(pool: PoolArrays, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split the pool (N,) into images worth a look and near-duplicates (of a labelled image or of one kept).

    One member of each group, chosen at random, stays; both results are sorted index arrays.
    """
    groups = pool.duplicate_group
    keep = np.ones(len(pool), np.bool_)
    if len(groups) == len(pool):
        order = rng.permutation(len(pool))
        grouped = order[groups[order] >= 0]
        _, first = np.unique(groups[grouped], return_index=True)
        keep[grouped] = False
        keep[grouped[first]] = True
        covered = np.isin(groups, np.fromiter(pool.covered_groups, np.int64, len(pool.covered_groups)))
        keep &= ~(covered & (groups >= 0))
    return np.flatnonzero(keep), np.flatnonzero(~keep)


def group_duplicates(ids: Sequence[str], duplicate_of: Sequence[str | None]) -> dict[str, int]:
    """Number the near-duplicate groups that “``ids[i]`` looks like ``duplicate_of[i]``” spans; singles are left out."""
    parent: dict[str, str] = {}

    def root(item: str) -> str:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for item, other in zip(ids, duplicate_of, strict=True):
        if other is not None:
            parent[root(item)] = root(other)
    numbers: dict[str, int] = {}
    return {item: numbers.setdefault(root(item), len(numbers)) for item in sorted(parent)}
