"""Contract of the family *interactors*: points or a box in, a mask out."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options, Plugin


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person showed: positive and negative points (x, y) and at most one box (x, y, w, h), displayed pixels."""

    positive: tuple[tuple[float, float], ...] = ()
    negative: tuple[tuple[float, float], ...] = ()
    box: tuple[float, float, float, float] | None = None


class Interactor(Plugin):
    """Proposes the mask of the object that was pointed at."""

    prompts: ClassVar[frozenset[str]] = frozenset({"positive", "negative", "box"})

    @abstractmethod
    def propose(self, image: NDArray[np.uint8], prompt: Prompt, *, options: Options) -> NDArray[np.bool_]:
        """The mask (H, W) for an (H, W, 3) RGB picture; all False when nothing was found."""
