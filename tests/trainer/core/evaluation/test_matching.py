"""Predictions are paired with true objects, best first, each object once."""

import numpy as np

from annotator.core.geometry.types import Box, Polygon, PolygonPart
from annotator.core.records import AnnotationRecord
from trainer.core.evaluation.matching import CONFIDENCES, operating_curves, pair


def at(x: float, label: str = "a", score: float | None = None, y: float = 0.0) -> AnnotationRecord:
    return AnnotationRecord(label, Box(x, y, 10.0, 10.0), score=score)


def test_the_surer_of_two_gets_the_object() -> None:
    pairing = pair(
        [at(0), at(50)], [at(1, score=0.5), at(0, score=0.9), at(50, score=0.1)], same_label=True, masks=False
    )
    assert pairing.partner.tolist() == [-1, 0, 1]
    assert pairing.unmatched_truth(2) == []


def test_labels_matter_only_when_asked() -> None:
    truth, found = [at(0, "a")], [at(0, "b", score=0.9)]
    assert pair(truth, found, same_label=True, masks=False).partner.tolist() == [-1]
    assert pair(truth, found, same_label=False, masks=False).partner.tolist() == [0]
    assert pair(truth, [], same_label=True, masks=False).unmatched_truth(1) == [0]


def test_masks_pair_by_their_own_overlap() -> None:
    lower = Polygon([PolygonPart(outer=[0.0, 0.0, 20.0, 0.0, 0.0, 20.0])])
    upper = Polygon([PolygonPart(outer=[20.0, 20.0, 20.0, 0.0, 0.0, 20.0])])
    truth, found = [AnnotationRecord("a", lower)], [AnnotationRecord("a", upper, score=0.9)]
    assert pair(truth, found, same_label=True, masks=False).partner.tolist() == [0]
    assert pair(truth, found, same_label=True, masks=True).partner.tolist() == [-1]


def test_operating_curves_by_hand() -> None:
    curves = operating_curves(
        np.array([0.9, 0.6, 0.3]), np.array([0, 0, 0]), np.array([True, False, True]), np.array([4, 0])
    )
    at_half = int(np.flatnonzero(CONFIDENCES == 0.5)[0])
    assert curves.precision[0, at_half] == 0.5
    assert curves.recall[0, at_half] == 0.25
    assert curves.f1[0, 0] == 2 * (2 / 3) * 0.5 / (2 / 3 + 0.5)
    assert curves.best(np.array([True, False])) == 0
    assert CONFIDENCES[curves.best(np.array([False, False]))] == 0.0
