"""Entropy that counts more for classes with few labels."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options
from trainer.core import reasons
from trainer.core.aggregation import Aggregation, aggregate
from trainer.core.coverage import class_weights, weighted_entropy
from trainer.core.records import Pick, PoolArrays
from trainer.core.uncertainty import relevant
from trainer.plugins.strategies import AcquisitionStrategy, Need


class BalancedOptions(Options, frozen=True, kw_only=True):
    """How weighted entropies become one score per picture."""

    aggregation: Annotated[
        Aggregation,
        msgspec.Meta(title="Score of a picture", description="Over its objects; the sum prefers crowded pictures."),
    ] = "top3"


class ClassBalancedEntropyStrategy(AcquisitionStrategy):
    """Entropy × class weight."""

    title = "Class-balanced entropy"
    description = "Doubt counts up to five times for classes with few labels. Choose it when classes are uneven."
    needs = frozenset({Need.SCORES, Need.LABELLED_COUNTS})
    Options = BalancedOptions

    def score(self, pool: PoolArrays, *, options: Any, rng: np.random.Generator) -> NDArray[np.float64]:
        """Aggregated weighted entropy (N,)."""
        weights = class_weights(pool.labelled_counts)
        result = np.zeros(len(pool))
        for index, boxes in enumerate(pool.boxes):
            values = weighted_entropy(pool, index, weights)[relevant(boxes, task=pool.task)]
            result[index] = aggregate(values, options.aggregation)
        return result

    def select(self, pool: PoolArrays, *, size: int, options: Any, rng: np.random.Generator) -> Sequence[Pick]:
        """The highest scores, with what decided as the reason."""
        weights = class_weights(pool.labelled_counts)
        scores = self.score(pool, options=options, rng=rng)
        order = np.lexsort((rng.random(len(scores)), -scores))[:size]
        picks = []
        for index in map(int, order):
            kind, text, details = reasons.explain(pool, index, weighted_entropy(pool, index, weights), weights)
            picks.append(Pick(index, float(scores[index]), text, kind, details))
        return picks
