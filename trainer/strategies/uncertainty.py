"""Pictures about which the model is unsure: least confidence, margin, entropy."""

from abc import abstractmethod
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options
from trainer.core import reasons, uncertainty
from trainer.core.aggregation import Aggregation, aggregate, top_indices
from trainer.core.records import BoxFeatures, ModelTask, PoolArrays
from trainer.plugins.strategies import AcquisitionStrategy, Need


class UncertaintyOptions(Options, frozen=True, kw_only=True):
    """How the scores of objects become one score per picture."""

    aggregation: Annotated[
        Aggregation,
        msgspec.Meta(
            title="Score of a picture",
            description="Mean of its 3 most unsure objects, the most unsure one, the mean, or the sum. "
            "The sum prefers crowded pictures: more boxes to draw for each picture.",
        ),
    ] = "top3"


class _UncertaintyStrategy(AcquisitionStrategy):
    """Scores objects by ``unsure`` and pictures by an aggregation of that."""

    needs = frozenset({Need.SCORES})
    Options = UncertaintyOptions
    kind = "uncertain"

    @abstractmethod
    def unsure(self, boxes: BoxFeatures, task: ModelTask) -> NDArray[np.float64]:
        """How unsure the model is about each object (K,)."""

    def score(self, pool: PoolArrays, *, options: Any, rng: np.random.Generator) -> NDArray[np.float64]:
        """Aggregated doubt per picture (N,)."""
        result = np.zeros(len(pool))
        for index, boxes in enumerate(pool.boxes):
            values = self.unsure(boxes, pool.task)[uncertainty.relevant(boxes, task=pool.task)]
            result[index] = aggregate(values, options.aggregation)
        return result

    def reason(self, pool: PoolArrays, index: int, score: float) -> str:
        """The most unsure objects by name."""
        if index >= len(pool.boxes):
            return reasons.NOTHING_SEEN
        boxes = pool.boxes[index]
        values = np.where(uncertainty.relevant(boxes, task=pool.task), self.unsure(boxes, pool.task), -1.0)
        chosen = [i for i in top_indices(values) if values[i] >= 0]
        return reasons.unsure(boxes, chosen, pool.label_names, task=pool.task)


class LeastConfidenceStrategy(_UncertaintyStrategy):
    """1 − confidence."""

    title = "Least confidence"
    description = (
        "Pictures whose objects the model is least confident about. Simple; prefers noise when the model is weak."
    )

    def unsure(self, boxes: BoxFeatures, task: ModelTask) -> NDArray[np.float64]:
        """1 − s."""
        return uncertainty.least_confidence(boxes.scores)


class MarginStrategy(_UncertaintyStrategy):
    """How close the two best classes are."""

    title = "Margin"
    description = "Pictures where the two best classes of an object are nearly equal. Good against confused classes."

    def unsure(self, boxes: BoxFeatures, task: ModelTask) -> NDArray[np.float64]:
        """1 − (p1 − p2)."""
        return uncertainty.margin(boxes.probabilities)


class EntropyStrategy(_UncertaintyStrategy):
    """Entropy of the confidence (objects) or of the classes (classification)."""

    title = "Entropy"
    description = "Pictures whose predictions carry the most doubt in bits. A good plain choice once a model is usable."

    def unsure(self, boxes: BoxFeatures, task: ModelTask) -> NDArray[np.float64]:
        """H(s), or H(p) for classification."""
        return uncertainty.box_entropy(boxes, task=task)
