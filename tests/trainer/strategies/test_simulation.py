"""The loop in miniature: a redundant, long-tailed pool, a model that learns from what is picked, several rounds.

It shows that the mechanics hold: no leak, no repeat, repeatable by seed, the default no worse than chance. It proves
no superiority; that takes real training on real sets.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from trainer.core.curves import CurvePoint, area_under_curve
from trainer.core.records import BoxFeatures, PoolArrays
from trainer.plugins.families import STRATEGIES

CLASSES, DIMENSIONS, IMAGES, HELD_OUT = 6, 12, 400, 120
START, BATCH, ROUNDS = 12, 12, 5
MARGIN = 0.02


@dataclass(frozen=True)
class World:
    """Objects (feature, class) on images; the first ``HELD_OUT`` images are the validation set."""

    objects: list[tuple[np.ndarray, np.ndarray]]

    @classmethod
    def make(cls, seed: int) -> "World":
        rng = np.random.default_rng(seed)
        centres = rng.normal(size=(CLASSES, 3, DIMENSIONS))  # three looks per class
        shares = 0.5 ** np.arange(CLASSES)
        objects = []
        for _ in range(IMAGES):
            labels = rng.choice(CLASSES, size=int(rng.integers(1, 5)), p=shares / shares.sum())
            looks = rng.choice(3, size=len(labels), p=[0.8, 0.15, 0.05])
            objects.append((centres[labels, looks] + rng.normal(0, 0.35, (len(labels), DIMENSIONS)), labels))
        return cls(objects)

    def embeddings(self, images: list[int]) -> np.ndarray:
        rows = [self.objects[i][0].mean(axis=0) for i in images]
        return np.asarray(rows, np.float32).reshape(len(rows), DIMENSIONS)


class NearestModel:
    """Class probabilities by the nearest labelled objects of each class; knows only what was labelled."""

    def __init__(self, world: World, labelled: list[int]) -> None:
        self.features = np.concatenate([world.objects[i][0] for i in labelled])
        self.labels = np.concatenate([world.objects[i][1] for i in labelled])

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        squared = ((features[:, None] - self.features[None]) ** 2).sum(axis=2)
        nearest = np.full((len(features), CLASSES), 60.0)
        for label in np.unique(self.labels):
            nearest[:, label] = squared[:, self.labels == label].min(axis=1)
        weights = np.exp(-nearest / 2)
        return weights / (weights.sum(axis=1, keepdims=True) + np.exp(-4.0))  # far from everything = sure of nothing

    def boxes(self, features: np.ndarray) -> BoxFeatures:
        p = self.probabilities(features).astype(np.float32)
        return BoxFeatures(
            np.zeros((len(p), 4), np.float32),
            p.max(axis=1),
            p.argmax(axis=1).astype(np.int32),
            p,
            features.astype(np.float32),
        )

    def recall(self, world: World) -> float:
        """Mean recall over classes on the held-out images: rare classes count as much as common ones."""
        features = np.concatenate([world.objects[i][0] for i in range(HELD_OUT)])
        truth = np.concatenate([world.objects[i][1] for i in range(HELD_OUT)])
        found = self.probabilities(features).argmax(axis=1)
        return float(np.mean([(found[truth == label] == label).mean() for label in np.unique(truth)]))


def pool_of(world: World, model: NearestModel, pool: list[int], labelled: list[int]) -> PoolArrays:
    counts = np.bincount(model.labels, minlength=CLASSES).astype(np.int64)
    return PoolArrays(
        ids=[str(i) for i in pool],
        embeddings=world.embeddings(pool),
        boxes=[model.boxes(world.objects[i][0]) for i in pool],
        labelled_embeddings=world.embeddings(labelled),
        labelled_counts=counts,
        duplicate_group=np.full(len(pool), -1, np.int64),
        labelled_total=len(labelled),
        validation_map50=0.5,
        label_names=tuple("abcdef"),
    )


def simulate(name: str, seed: int) -> tuple[list[CurvePoint], list[int]]:
    """The learning curve of a strategy and the images in the order of labelling."""
    world, strategy = World.make(seed), STRATEGIES.get(name)
    rng = np.random.default_rng(1000 + seed)
    labelled = [int(i) for i in rng.permutation(np.arange(HELD_OUT, IMAGES))[:START]]  # paired: the same for all
    curve = []
    for turn in range(ROUNDS + 1):
        model = NearestModel(world, labelled)
        curve.append(CurvePoint(turn, len(labelled), len(model.labels), model.recall(world)))
        if turn == ROUNDS:
            break
        pool = [i for i in range(HELD_OUT, IMAGES) if i not in labelled]
        arrays = pool_of(world, model, pool, labelled)
        picks = strategy().select(arrays, size=BATCH, options=strategy.Options(), rng=rng)
        labelled += [pool[pick.index] for pick in picks]
    return curve, labelled


@pytest.mark.parametrize("name", ["hybrid", "random", "entropy", "margin", "least_confidence", "k_center"])
def test_nothing_is_labelled_twice_and_nothing_held_out(name: str) -> None:
    _, labelled = simulate(name, 0)
    assert len(labelled) == len(set(labelled)) == START + BATCH * ROUNDS
    assert min(labelled) >= HELD_OUT


def test_the_same_seed_gives_the_same_loop() -> None:
    assert simulate("hybrid", 3) == simulate("hybrid", 3)
    assert simulate("hybrid", 3) != simulate("hybrid", 4)


def test_labels_help() -> None:
    curve, _ = simulate("random", 0)
    assert curve[-1].value > curve[0].value + 0.05  # an under-trained model would make every comparison void


def test_the_default_is_no_worse_than_chance() -> None:
    areas = {
        name: np.mean([area_under_curve(simulate(name, seed)[0]) for seed in range(5)]) for name in ("hybrid", "random")
    }
    assert areas["hybrid"] >= areas["random"] - MARGIN, areas
