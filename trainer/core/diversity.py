"""Choosing pictures unlike each other and unlike what is labelled. Memory stays far below N × N."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_TILE = 4096
_DIMENSIONS = 128
_SAMPLE = 2000


def unit_rows(rows: NDArray[np.floating]) -> Floats:
    """Rows (N, D) scaled to length 1; zero rows stay zero."""
    values = np.asarray(rows, np.float32)
    norms = np.linalg.norm(values, axis=1, keepdims=True)
    result: Floats = np.divide(values, norms, out=np.zeros_like(values), where=norms > 0)
    return result


def reduce_dimensions(
    rows: Floats, others: Floats, *, rng: np.random.Generator, dimensions: int = _DIMENSIONS
) -> tuple[Floats, Floats]:
    """Project (N, D) and (M, D) on the principal axes of a sample when D is large: same neighbours, less work."""
    if rows.shape[1] <= dimensions or len(rows) <= dimensions:
        return rows, others
    sample = rows[rng.permutation(len(rows))[:_SAMPLE]]
    centre = sample.mean(axis=0)
    axes = np.linalg.svd(sample - centre, full_matrices=False)[2][:dimensions].T
    return (rows - centre) @ axes, (others - centre) @ axes if len(others) else np.zeros((0, axes.shape[1]), np.float32)


def nearest_distances(rows: Floats, others: Floats) -> Floats:
    """Squared Euclidean distance from each row (N, D) to the nearest of ``others`` (M, D), in tiles; ∞ when M = 0."""
    result = np.full(len(rows), np.inf, np.float32)
    own = np.einsum("ij,ij->i", rows, rows)
    for start in range(0, len(others), 512):
        block = others[start : start + 512]
        length = np.einsum("ij,ij->i", block, block)
        for row in range(0, len(rows), _TILE):
            part = slice(row, row + _TILE)
            squared = own[part, None] - 2.0 * (rows[part] @ block.T) + length[None, :]
            np.minimum(result[part], squared.min(axis=1), out=result[part])
    return np.maximum(result, 0.0)


def k_center(
    rows: Floats, covered: Floats, *, size: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Greedy k-center (Sener & Savarese 2018, arXiv 1708.00489).

    Repeatedly takes the row (N, D) farthest from ``covered`` (M, D) and from the rows taken. Without anything covered
    it starts at the row nearest to the mean. Gives min(size, N) distinct indices and the Euclidean distance each had.
    """
    size = min(size, len(rows))
    if size == 0:
        return np.zeros(0, np.int64), np.zeros(0)
    rows, covered = reduce_dimensions(rows, covered, rng=rng)
    own = np.einsum("ij,ij->i", rows, rows)
    nearest = nearest_distances(rows, covered)
    jitter = 1.0 + 1e-6 * rng.random(len(rows), np.float32)  # random ties
    picked, distances = np.empty(size, np.int64), np.empty(size)
    for turn in range(size):
        if turn == 0 and len(covered) == 0:
            index = int(np.argmin(((rows - rows.mean(axis=0)) ** 2).sum(axis=1) * jitter))
            distances[turn] = 0.0
        else:
            index = int(np.argmax((nearest + 1e-9) * jitter))
            distances[turn] = float(np.sqrt(max(float(nearest[index]), 0.0)))
        picked[turn] = index
        squared = own - 2.0 * (rows @ rows[index]) + own[index]
        np.minimum(nearest, np.maximum(squared, 0.0), out=nearest)
        nearest[picked[: turn + 1]] = -1.0
    return picked, distances


def k_means(
    rows: Floats, clusters: int, *, rng: np.random.Generator, steps: int = 25
) -> tuple[NDArray[np.int64], Floats]:
    """Lloyd's k-means with k-means++ seeds; gives the cluster of each row (N,) and the centres (k, D)."""
    clusters = max(1, min(clusters, len(rows)))
    sample = rows[rng.permutation(len(rows))[:20_000]]
    centres = _plus_plus(sample, clusters, rng)
    for _ in range(steps):
        member = _nearest_centre(sample, centres)
        counts = np.bincount(member, minlength=clusters)
        sums = np.zeros_like(centres)
        np.add.at(sums, member, sample)
        moved = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres).astype(np.float32)
        if np.allclose(moved, centres, atol=1e-6):
            break
        centres = moved
    return _nearest_centre(rows, centres), centres


def _plus_plus(rows: Floats, clusters: int, rng: np.random.Generator) -> Floats:
    chosen = [int(rng.integers(len(rows)))]
    nearest = ((rows - rows[chosen[0]]) ** 2).sum(axis=1).astype(np.float64)
    while len(chosen) < clusters:
        total = float(nearest.sum())
        index = int(rng.choice(len(rows), p=nearest / total)) if total > 0 else int(rng.integers(len(rows)))
        chosen.append(index)
        np.minimum(nearest, ((rows - rows[index]) ** 2).sum(axis=1), out=nearest)
    return rows[chosen].astype(np.float32)


def _nearest_centre(rows: Floats, centres: Floats) -> NDArray[np.int64]:
    result = np.empty(len(rows), np.int64)
    length = np.einsum("ij,ij->i", centres, centres)
    for start in range(0, len(rows), _TILE):
        part = slice(start, start + _TILE)
        result[part] = np.argmin(length[None, :] - 2.0 * (rows[part] @ centres.T), axis=1)
    return result


def typiclust(
    rows: Floats, covered: Floats, *, size: int, rng: np.random.Generator, neighbours: int = 20
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """TypiClust (Hacohen et al. 2022, arXiv 2202.02794): the most typical row of the largest uncovered clusters.

    Rows (N, D) and ``covered`` (M, D) are clustered together into M + size clusters (at most 500). Gives min(size, N)
    distinct indices and their typicality (1 / mean distance to the nearest neighbours in the cluster).
    """
    size = min(size, len(rows))
    if size == 0:
        return np.zeros(0, np.int64), np.zeros(0)
    rows, covered = reduce_dimensions(rows, covered, rng=rng)
    everything = np.concatenate([rows, covered]) if len(covered) else rows
    member, _ = k_means(everything, min(len(covered) + size, 500, len(everything)), rng=rng)
    mine, theirs = member[: len(rows)], member[len(rows) :]
    queues = [_by_typicality(rows, np.flatnonzero(mine == c), neighbours, rng) for c in range(int(member.max()) + 1)]
    load = np.bincount(theirs, minlength=len(queues))
    picked: list[int] = []
    typicality: list[float] = []
    while len(picked) < size:
        # fewest labelled first, then the largest cluster: a cluster without labels is always served before one with
        cluster = min((c for c in range(len(queues)) if queues[c]), key=lambda c: (load[c], -len(queues[c])))
        index, value = queues[cluster].pop(0)
        load[cluster] += 1
        picked.append(index)
        typicality.append(value)
    return np.asarray(picked, np.int64), np.asarray(typicality)


def _by_typicality(
    rows: Floats, members: NDArray[np.int64], neighbours: int, rng: np.random.Generator
) -> list[tuple[int, float]]:
    """Members of one cluster with their typicality, most typical first; large clusters are compared with a sample."""
    if len(members) == 0:
        return []
    reference = rows[rng.permutation(members)[:512]]
    length = np.einsum("ij,ij->i", reference, reference)
    k = min(neighbours + 1, len(reference))  # the row itself may be among them
    values: list[float] = []
    for start in range(0, len(members), _TILE):
        part = rows[members[start : start + _TILE]]
        squared = np.einsum("ij,ij->i", part, part)[:, None] - 2.0 * (part @ reference.T) + length[None, :]
        near = np.sqrt(np.maximum(np.partition(squared, k - 1, axis=1)[:, :k], 0.0))
        values.extend((1.0 / (near.mean(axis=1) + 1e-6)).tolist())
    order = np.argsort(-np.asarray(values), kind="stable")
    return [(int(members[i]), float(values[i])) for i in order]


def k_medoids(distances: Floats, *, size: int, first: int = 0, steps: int = 20) -> NDArray[np.int64]:
    """k-medoids on a distance matrix (m, m) of *candidates* (never of the pool), seeded farthest-first from ``first``.

    Gives min(size, m) distinct indices, in the order in which farthest-first found their clusters.
    """
    m = len(distances)
    size = min(size, m)
    if size == 0:
        return np.zeros(0, np.int64)
    medoids = [first]
    nearest = distances[:, first].astype(np.float64)
    nearest[first] = -np.inf
    while len(medoids) < size:
        index = int(np.argmax(nearest))
        medoids.append(index)
        np.minimum(nearest, distances[:, index], out=nearest)
        nearest[medoids] = -np.inf
    current = np.asarray(medoids, np.int64)
    for _ in range(steps):
        member = np.argmin(distances[:, current], axis=1)
        member[current] = np.arange(size)  # a medoid keeps its own cluster, so that clusters never die
        moved = current.copy()
        for cluster in range(size):
            inside = np.flatnonzero(member == cluster)
            moved[cluster] = inside[int(np.argmin(distances[np.ix_(inside, inside)].sum(axis=1)))]
        if (moved == current).all():
            break
        current = moved
    return current
