"""Likeness of the objects of two pictures."""

import numpy as np
import pytest

from trainer.core.matching import batch_distances, matching_distances
from trainer.core.records import BoxFeatures


def boxes(*objects: tuple[float, int, list[float]]) -> BoxFeatures:
    """Objects as (score, class, feature)."""
    k = len(objects)
    return BoxFeatures(
        np.zeros((k, 4), np.float32),
        np.array([o[0] for o in objects], np.float32),
        np.array([o[1] for o in objects], np.int32),
        np.zeros((k, 2), np.float32),
        np.array([o[2] for o in objects], np.float32).reshape(k, -1),
    )


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def by_hand(a: BoxFeatures, b: BoxFeatures) -> float:
    """The definition, object by object."""

    def towards(one: BoxFeatures, other: BoxFeatures) -> float:
        total = 0.0
        for score, label, feature in zip(one.scores, one.labels, one.features, strict=True):
            same = [
                float(feature @ f / np.linalg.norm(feature) / np.linalg.norm(f))
                for lab, f in zip(other.labels, other.features, strict=True)
                if lab == label
            ]
            total += float(score) * (max(same) if same else -1.0)
        return total / float(one.scores.sum())

    return 1 - (towards(a, b) + towards(b, a)) / 2


def test_the_definition() -> None:
    random = rng()
    images = [
        boxes(*[(float(random.uniform(0.1, 1)), int(random.integers(3)), random.normal(size=4).tolist()) for _ in range(k)])
        for k in (1, 4, 7, 2, 5)
    ]  # fmt: skip
    found = matching_distances(images, rng=rng())
    expected = [[by_hand(a, b) for b in images] for a in images]
    assert np.allclose(found, expected, atol=1e-5)


def test_alike_and_unlike() -> None:
    a, b = boxes((0.9, 0, [1.0, 0.0])), boxes((0.5, 0, [1.0, 0.0]))
    other_class = boxes((0.9, 1, [1.0, 0.0]))
    found = matching_distances([a, b, other_class], rng=rng())
    assert found[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert found[0, 2] == pytest.approx(2.0, abs=1e-6)


def test_images_without_boxes_are_compared_as_a_whole() -> None:
    images = [boxes((0.9, 0, [1.0, 0.0])), BoxFeatures.none(2, 2), BoxFeatures.none(2, 2)]
    embeddings = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    assert np.isnan(matching_distances(images, rng=rng())[1]).all()
    found = batch_distances(images, embeddings, rng=rng())
    assert found[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert found[1, 2] == pytest.approx(1.0)
    assert (np.diag(found) == 0).all()


def test_nobody_has_boxes() -> None:
    found = batch_distances([BoxFeatures.none()] * 3, np.eye(3, dtype=np.float32), rng=rng())
    assert np.allclose(found, 1 - np.eye(3))


def test_half_objects_half_picture() -> None:
    a, b = boxes((0.9, 0, [1.0, 0.0])), boxes((0.9, 1, [1.0, 0.0]))
    found = batch_distances([a, b], np.array([[1, 0], [0, 1]], np.float32), rng=rng())
    assert found[0, 1] == pytest.approx(0.5 * 2.0 + 0.5 * 1.0)


def test_long_features_are_projected_and_still_tell_apart() -> None:
    wide = np.eye(300, dtype=np.float32)
    images = [boxes((0.9, 0, wide[0].tolist())), boxes((0.9, 0, wide[0].tolist())), boxes((0.9, 0, wide[1].tolist()))]
    found = matching_distances(images, rng=rng())
    assert found[0, 1] < 0.01
    assert found[0, 2] > 0.5
