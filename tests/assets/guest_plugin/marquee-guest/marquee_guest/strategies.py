"""Pictures in which the model sees the most objects."""

from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options
from trainer.core.records import PoolArrays
from trainer.plugins.strategies import AcquisitionStrategy, Need


class CrowdedOptions(Options, frozen=True, kw_only=True):
    """What counts as an object."""

    confidence: Annotated[float, msgspec.Meta(ge=0, le=1, title="Confidence", description="Least confidence.")] = 0.25


class CrowdedStrategy(AcquisitionStrategy):
    """Counts confident boxes."""

    title = "Crowded (guest)"
    description = "Pictures with the most objects first."
    needs = frozenset({Need.SCORES})
    Options = CrowdedOptions
    kind = "crowded"

    def score(self, pool: PoolArrays, *, options: Options, rng: np.random.Generator) -> NDArray[np.float64]:
        assert isinstance(options, CrowdedOptions)
        return np.asarray([(boxes.scores >= options.confidence).sum() for boxes in pool.boxes], np.float64)

    def reason(self, pool: PoolArrays, index: int, score: float) -> str:
        return f"{score:.0f} objects seen"
