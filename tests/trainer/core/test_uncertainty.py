"""Measures of doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trainer.core.records import BoxFeatures, ModelTask
from trainer.core.uncertainty import (
    binary_entropy,
    box_entropy,
    categorical_entropy,
    informative_boxes,
    least_confidence,
    margin,
    relevant,
)


def boxes(scores: list[float], probabilities: list[list[float]]) -> BoxFeatures:
    p = np.asarray(probabilities, np.float32)
    return BoxFeatures(
        np.zeros((len(p), 4), np.float32), np.asarray(scores, np.float32), p.argmax(axis=1).astype(np.int32), p,
        np.zeros((len(p), 2), np.float32),
    )  # fmt: skip


@pytest.mark.parametrize(("score", "expected"), [(0.5, 1.0), (0.0, 0.0), (1.0, 0.0), (0.25, 0.8113), (0.75, 0.8113)])
def test_binary_entropy_in_bits(score: float, expected: float) -> None:
    assert binary_entropy(np.array([score]))[0] == pytest.approx(expected, abs=1e-4)


@given(arrays(np.float32, st.integers(1, 20), elements=st.floats(0, 1, width=32)))
def test_measures_stay_between_sure_and_unsure(scores: np.ndarray) -> None:
    for measure in (binary_entropy, least_confidence):
        values = measure(scores)
        assert ((values >= 0) & (values <= 1)).all()


def test_categorical_entropy_is_one_when_uniform_whatever_the_classes() -> None:
    for classes in (2, 5, 80):
        assert categorical_entropy(np.full((1, classes), 1 / classes))[0] == pytest.approx(1.0)
    assert categorical_entropy(np.array([[1.0, 0.0, 0.0]]))[0] == pytest.approx(0.0, abs=1e-5)
    assert categorical_entropy(np.ones((3, 1))).tolist() == [0, 0, 0]


def test_margin_of_the_two_best() -> None:
    assert margin(np.array([[0.5, 0.4, 0.1], [0.9, 0.0, 0.1]])).round(6).tolist() == [0.9, 0.2]


def test_margin_of_a_single_class_is_the_distance_to_nothing() -> None:
    assert margin(np.array([[0.5], [0.9], [0.1]])).round(6).tolist() == [1.0, 0.2, 0.2]
    assert len(margin(np.zeros((0, 3)))) == 0


def test_entropy_of_boxes_depends_on_the_task() -> None:
    one = boxes([0.5], [[0.5, 0.5]])
    assert box_entropy(one, task=ModelTask.DETECT)[0] == pytest.approx(1.0)
    sure = boxes([0.99], [[0.5, 0.5]])
    assert box_entropy(sure, task=ModelTask.SEGMENT)[0] < 0.1
    assert box_entropy(sure, task=ModelTask.CLASSIFY)[0] == pytest.approx(1.0)


def test_faint_boxes_do_not_count_but_every_class_vector_does() -> None:
    faint = boxes([0.04, 0.05], [[0.04, 0], [0.05, 0]])
    assert relevant(faint, task=ModelTask.DETECT).tolist() == [False, True]
    assert relevant(faint, task=ModelTask.CLASSIFY).all()


def test_signals_are_kept_of_the_surest_and_the_most_unsure_boxes() -> None:
    crowded = np.array([0.99] * 30 + [0.5, 0.4, 0.06, 0.9])
    kept = informative_boxes(crowded, limit=8)
    assert sorted(crowded[kept].tolist()) == [0.06, 0.4, 0.5, 0.9, 0.99, 0.99, 0.99, 0.99]
    assert crowded[kept].tolist() == sorted(crowded[kept].tolist(), reverse=True)
    assert len(set(kept.tolist())) == 8
    assert informative_boxes(np.array([0.2, 0.9]), limit=8).tolist() == [1, 0]
    assert len(informative_boxes(np.zeros(0), limit=8)) == 0
