"""Contract of the family *strategies*: which images are most worth labelling next."""

from abc import abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options, Plugin
from trainer.core.records import Pick, PoolArrays


class Need(StrEnum):
    """What a strategy has to be given; the loop never asks for its type."""

    SCORES = "scores"
    """A model's predictions over the pool."""
    EMBEDDINGS = "embeddings"
    """An embedding per image (from a model or from thumbnails)."""
    LABELLED_COUNTS = "labelled_counts"


class AcquisitionStrategy(Plugin):
    """Ranks a pool. Randomness only from ``rng``."""

    needs: ClassVar[frozenset[Need]] = frozenset()
    """What must be there; without it a round cannot start and says so."""
    wants: ClassVar[frozenset[Need]] = frozenset()
    """What is given when it is there; the strategy works without it."""
    kind: ClassVar[str] = "score"
    """``Pick.kind`` of the default ``select``."""

    @abstractmethod
    def score(self, pool: PoolArrays, *, options: Options, rng: np.random.Generator) -> NDArray[np.float64]:
        """Scores (N,), higher = label sooner."""

    def reason(self, pool: PoolArrays, index: int, score: float) -> str:
        """Why this image, in a short sentence for the annotator."""
        return f"Score {score:.2f}"

    def select(self, pool: PoolArrays, *, size: int, options: Options, rng: np.random.Generator) -> Sequence[Pick]:
        """At most ``size`` distinct picks, best first; the default is the top scores with random ties."""
        scores = self.score(pool, options=options, rng=rng)
        order = np.lexsort((rng.random(len(scores)), -scores))[:size]
        return [Pick(int(i), float(scores[i]), self.reason(pool, int(i), float(scores[i])), self.kind) for i in order]
