"""Pairs predictions with true objects, and finds the confidence at which a model is used best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.boxes import pairwise_iou
from annotator.core.geometry.measures import bounds, iou
from annotator.core.records import AnnotationRecord

IOU = 0.5
"""Overlap from which a prediction counts as found."""
CONFIDENCES = np.round(np.arange(0.0, 1.0, 0.01), 2)


@dataclass(frozen=True, slots=True)
class Pairing:
    """For each prediction the index of the true object it was paired with, or −1; aligned with the predictions."""

    partner: NDArray[np.int64]

    def unmatched_truth(self, count: int) -> list[int]:
        """Indices of the ``count`` true objects that nothing was paired with."""
        taken = set(self.partner.tolist())
        return [index for index in range(count) if index not in taken]


def pair(
    truth: Sequence[AnnotationRecord], found: Sequence[AnnotationRecord], *, same_label: bool, masks: bool
) -> Pairing:
    """Give each prediction, best score first, the free true object it overlaps most (IoU ≥ .5)."""
    partner = np.full(len(found), -1, np.int64)
    if not truth or not found:
        return Pairing(partner)
    overlap = _overlaps(truth, found, masks=masks)
    if same_label:
        equal = np.array([[f.label == t.label for t in truth] for f in found])
        overlap = np.where(equal, overlap, 0.0)
    free = np.ones(len(truth), dtype=bool)
    for row in sorted(range(len(found)), key=lambda n: -(found[n].score or 0.0)):
        candidates = np.where(free, overlap[row], 0.0)
        best = int(np.argmax(candidates))
        if candidates[best] >= IOU:
            partner[row], free[best] = best, False
    return Pairing(partner)


def _overlaps(
    truth: Sequence[AnnotationRecord], found: Sequence[AnnotationRecord], *, masks: bool
) -> NDArray[np.float64]:
    """IoU (found, truth) of boxes; with ``masks`` the shapes' own where the boxes overlap at all."""
    boxes = pairwise_iou(_corners(found), _corners(truth))
    if not masks:
        return boxes
    exact = np.zeros_like(boxes)
    for row, column in zip(*np.nonzero(boxes > 0), strict=True):
        exact[row, column] = iou(found[row].geometry, truth[column].geometry)
    return exact


def _corners(objects: Sequence[AnnotationRecord]) -> NDArray[np.float64]:
    rows = [bounds(o.geometry) or (0.0, 0.0, 0.0, 0.0) for o in objects]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


@dataclass(frozen=True, slots=True)
class Operation:
    """Precision, recall and F1 of each class (C, 100) at the ``CONFIDENCES``."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]

    def best(self, present: NDArray[np.bool_]) -> int:
        """Index of the confidence with the highest mean F1 over the classes that are ``present``."""
        return int(np.argmax(self.f1[present].mean(axis=0))) if present.any() else 0


def operating_curves(
    scores: NDArray[np.float64], classes: NDArray[np.int64], hits: NDArray[np.bool_], totals: NDArray[np.int64]
) -> Operation:
    """Curves over confidence from all predictions: ``scores``, ``classes``, ``hits`` (N) and true ``totals`` (C)."""
    shape = (len(totals), len(CONFIDENCES))
    precision, recall = np.zeros(shape), np.zeros(shape)
    for index, total in enumerate(totals):
        mine = classes == index
        kept = scores[mine][:, None] >= CONFIDENCES[None, :]
        right = (kept & hits[mine][:, None]).sum(axis=0)
        count = kept.sum(axis=0)
        precision[index] = np.divide(right, count, out=np.ones(len(CONFIDENCES)), where=count > 0)
        recall[index] = right / total if total else 0.0
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros(shape), where=both > 0)
    return Operation(precision, recall, f1)
