"""Random picks: the honest baseline."""

import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options
from trainer.core import reasons
from trainer.core.records import PoolArrays
from trainer.plugins.strategies import AcquisitionStrategy


class RandomStrategy(AcquisitionStrategy):
    """Every picture is as likely as any other."""

    title = "Random"
    description = "Any picture, by chance. Needs no model; the measure that every other strategy has to beat."
    kind = "random"

    def score(self, pool: PoolArrays, *, options: Options, rng: np.random.Generator) -> NDArray[np.float64]:
        """Uniform numbers."""
        return rng.random(len(pool))

    def reason(self, pool: PoolArrays, index: int, score: float) -> str:
        """The same for all."""
        return reasons.RANDOM
