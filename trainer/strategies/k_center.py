"""k-center: pictures farthest from everything labelled."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options
from trainer.core import reasons
from trainer.core.diversity import k_center, nearest_distances, unit_rows
from trainer.core.records import Pick, PoolArrays
from trainer.plugins.strategies import AcquisitionStrategy, Need


class KCenterStrategy(AcquisitionStrategy):
    """Core-set by greedy k-center on embeddings."""

    title = "k-center (diverse)"
    description = (
        "Pictures that are unlike each other and unlike what is labelled. Needs no trained model; "
        "the best start for detection and segmentation."
    )
    needs = frozenset({Need.EMBEDDINGS})

    def score(self, pool: PoolArrays, *, options: Options, rng: np.random.Generator) -> NDArray[np.float64]:
        """Distance to the nearest labelled picture (N,); without labels to the mean picture."""
        rows, covered = unit_rows(pool.embeddings), unit_rows(pool.labelled_embeddings)
        if len(covered) == 0:
            return np.linalg.norm(rows - rows.mean(axis=0), axis=1).astype(np.float64) if len(rows) else np.zeros(0)
        return np.sqrt(nearest_distances(rows, covered).astype(np.float64))

    def reason(self, pool: PoolArrays, index: int, score: float) -> str:
        """The same for all."""
        return reasons.DIVERSE

    def select(self, pool: PoolArrays, *, size: int, options: Options, rng: np.random.Generator) -> Sequence[Pick]:
        """Farthest first; each pick counts as covered for the next."""
        rows, covered = unit_rows(pool.embeddings), unit_rows(pool.labelled_embeddings)
        indices, distances = k_center(rows, covered, size=size, rng=rng)
        return [
            Pick(int(i), float(d), reasons.DIVERSE if turn or len(covered) else reasons.FIRST, "diverse")
            for turn, (i, d) in enumerate(zip(indices, distances, strict=True))
        ]
