"""From scores of boxes to one score per image."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Aggregation = Literal["top3", "max", "mean", "sum"]
"""``sum`` prefers crowded images and so buys many boxes."""


def aggregate(values: NDArray[np.floating], how: Aggregation) -> float:
    """One number from the box scores (K,) of an image; 0 without boxes: nothing seen is not “most uncertain”."""
    if len(values) == 0:
        return 0.0
    if how == "max":
        return float(np.max(values))
    if how == "mean":
        return float(np.mean(values))
    if how == "sum":
        return float(np.sum(values))
    return float(np.mean(np.sort(values)[-3:]))


def top_indices(values: NDArray[np.floating], count: int = 3) -> list[int]:
    """Indices of the ``count`` largest values, largest first; equal values keep their order."""
    return [int(i) for i in np.argsort(-np.asarray(values, np.float64), kind="stable")[:count]]
