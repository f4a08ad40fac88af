"""How unsure a model is about one object; every measure is 0 (sure) to 1 (could not be less sure)."""

import numpy as np
from numpy.typing import NDArray

from trainer.core.records import BoxFeatures, ModelTask

BOX_THRESHOLD = 0.05
"""Boxes below this confidence are noise to acquisition (active_learning: tau)."""
_EPSILON = 1e-7


def binary_entropy(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Entropy in bits of independent sigmoids ``scores`` (any shape)."""
    p = np.clip(np.asarray(scores, np.float64), _EPSILON, 1 - _EPSILON)
    entropy: NDArray[np.float64] = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return entropy


def categorical_entropy(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Entropy of distributions (K, C), divided by log C so that uniform is 1; (K,). One class is always sure."""
    classes = probabilities.shape[1] if probabilities.ndim == 2 else 0
    if classes < 2:
        return np.zeros(len(probabilities))
    p = np.clip(np.asarray(probabilities, np.float64), _EPSILON, 1.0)
    entropy: NDArray[np.float64] = -(p * np.log(p)).sum(axis=1) / np.log(classes)
    return np.clip(entropy, 0.0, 1.0)


def least_confidence(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 − s for confidences (K,)."""
    result: NDArray[np.float64] = 1.0 - np.clip(np.asarray(scores, np.float64), 0.0, 1.0)
    return result


def margin(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 − (p1 − p2) for class vectors (K, C): how close the two best classes are; (K,).

    With a single class it is the binary margin 1 − |2p − 1|: how close the detector is to “nothing”.
    """
    p = np.asarray(probabilities, np.float64)
    if p.ndim != 2 or p.shape[1] == 0:
        return np.zeros(len(p))
    if p.shape[1] == 1:
        binary: NDArray[np.float64] = 1.0 - np.abs(2.0 * p[:, 0] - 1.0)
        return binary
    top = np.partition(p, p.shape[1] - 2, axis=1)[:, -2:]
    result: NDArray[np.float64] = 1.0 - (top[:, 1] - top[:, 0])
    return result


def box_entropy(boxes: BoxFeatures, *, task: ModelTask) -> NDArray[np.float64]:
    """Entropy per box (K,): categorical for classification, of the confidence H(s) for objects."""
    if task is ModelTask.CLASSIFY:
        return categorical_entropy(boxes.probabilities)
    return binary_entropy(boxes.scores)


def relevant(boxes: BoxFeatures, *, task: ModelTask) -> NDArray[np.bool_]:
    """Which boxes count (K,): all for classification, those of at least :data:`BOX_THRESHOLD` for objects."""
    if task is ModelTask.CLASSIFY:
        return np.ones(len(boxes), np.bool_)
    keep: NDArray[np.bool_] = boxes.scores >= BOX_THRESHOLD
    return keep


def informative_boxes(scores: NDArray[np.floating], *, limit: int) -> NDArray[np.int64]:
    """Which of an image's boxes to keep signals of: the surest half and the most unsure ones, surest first.

    ``scores`` (K,) are confidences. The surest alone would hide every doubt in a crowded picture; the most unsure alone
    would hide what the picture shows.
    """
    order = np.argsort(-np.asarray(scores, np.float64), kind="stable")
    if len(order) <= limit:
        return order.astype(np.int64)
    sure, rest = order[: limit // 2], order[limit // 2 :]
    unsure = rest[np.argsort(-binary_entropy(np.asarray(scores)[rest]), kind="stable")[: limit - len(sure)]]
    kept = np.concatenate([sure, unsure])
    return kept[np.argsort(-np.asarray(scores, np.float64)[kept], kind="stable")].astype(np.int64)
