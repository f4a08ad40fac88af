"""Contract of the family *augmentations*: changed copies of training images."""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from annotator.core.records import AnnotationRecord
from annotator.plugins.base import Options, Plugin


class Augmentation(Plugin):
    """Changes a picture and its annotations together. Randomness only from ``rng``."""

    @abstractmethod
    def apply(
        self,
        image: NDArray[np.uint8],
        annotations: tuple[AnnotationRecord, ...],
        *,
        options: Options,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], tuple[AnnotationRecord, ...]]:
        """Return the new (H, W, 3) RGB picture and its annotations; never changes its input."""
