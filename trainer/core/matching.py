"""How alike the objects of two pictures are: class-conditioned matching similarity (PPAL, arXiv 2211.11612)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.core.diversity import unit_rows
from trainer.core.records import BoxFeatures

_BOX_BUDGET = 20_000
_FEATURES = 64
_ROWS = 2048


def matching_distances(boxes: Sequence[BoxFeatures], *, rng: np.random.Generator) -> NDArray[np.float32]:
    """D (m, m) = 1 − (S(a→b) + S(b→a)) / 2 in 0…2 for the m candidates; NaN where one side has no boxes.

    S(a→b) = Σ_j s_j · max over boxes of the same class in b of cos(f_j, f_k) / Σ_j s_j, and −1 for a box of a class
    that b does not have. Work is tiled; for many candidates only the surest boxes of each are compared and long
    features are projected at random to 64 dimensions.
    """
    m = len(boxes)
    limit = max(3, min(20, _BOX_BUDGET // max(m, 1)))
    kept = [np.argsort(-b.scores, kind="stable")[:limit] for b in boxes]
    image = np.repeat(np.arange(m), [len(k) for k in kept])
    if len(image) == 0:
        return np.full((m, m), np.nan, np.float32)
    scores = np.concatenate([b.scores[k] for b, k in zip(boxes, kept, strict=True)]).astype(np.float32)
    labels = np.concatenate([b.labels[k] for b, k in zip(boxes, kept, strict=True)])
    features = _features([b.features[k] for b, k in zip(boxes, kept, strict=True)], rng)
    totals = np.bincount(image, weights=scores, minlength=m).astype(np.float32)
    similarity = np.repeat(-totals[:, None], m, axis=1)
    for label in np.unique(labels):
        _add_class(similarity, image, scores, features, np.flatnonzero(labels == label))
    similarity /= np.maximum(totals, 1e-9)[:, None]
    distance: NDArray[np.float32] = 1.0 - (similarity + similarity.T) / 2.0
    empty = totals <= 0
    distance[empty, :] = np.nan
    distance[:, empty] = np.nan
    return distance


def _features(parts: Sequence[NDArray[np.float32]], rng: np.random.Generator) -> NDArray[np.float32]:
    width = max((p.shape[1] for p in parts if len(p)), default=0)
    if width == 0:  # a model without box features: the class alone decides
        return np.ones((sum(len(p) for p in parts), 1), np.float32)
    rows = np.concatenate([p for p in parts if len(p)]).astype(np.float32)
    if width > _FEATURES:
        rows = rows @ (rng.standard_normal((width, _FEATURES), np.float32) / np.sqrt(_FEATURES))
    return unit_rows(rows)


def _add_class(
    similarity: NDArray[np.float32],
    image: NDArray[np.int64],
    scores: NDArray[np.float32],
    features: NDArray[np.float32],
    members: NDArray[np.int64],
) -> None:
    """Replace the −1 of one class's boxes (``members``, sorted by image) by their best match in images that have it."""
    owners, starts = np.unique(image[members], return_index=True)
    rows = features[members]
    for begin in range(0, len(members), _ROWS):
        part = members[begin : begin + _ROWS]
        best = np.maximum.reduceat(features[part] @ rows.T, starts, axis=1)
        gain = (best + 1.0) * scores[part, None]
        own, first = np.unique(image[part], return_index=True)
        similarity[np.ix_(own, owners)] += np.add.reduceat(gain, first, axis=0)


def batch_distances(
    boxes: Sequence[BoxFeatures], embeddings: NDArray[np.float32], *, rng: np.random.Generator
) -> NDArray[np.float32]:
    """0.5 · matching + 0.5 · (1 − cos) of the m candidates, (m, m); pictures without boxes use 1 − cos alone."""
    unit = unit_rows(embeddings)
    picture = np.float32(1.0) - unit @ unit.T
    objects = matching_distances(boxes, rng=rng)
    result = np.where(np.isnan(objects), picture, 0.5 * objects + 0.5 * picture).astype(np.float32)
    np.fill_diagonal(result, 0.0)
    return np.maximum(result, 0.0)
