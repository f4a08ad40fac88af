"""Brighter, darker, flatter and stronger copies."""

from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.core.records import AnnotationRecord
from annotator.plugins.base import Options
from trainer.plugins.augmentations import Augmentation


class BrightnessOptions(Options, frozen=True, kw_only=True):
    """How far light may change."""

    brightness: Annotated[
        float, msgspec.Meta(ge=0, le=1, title="Brightness", description="Largest change, as a share of full white.")
    ] = 0.2
    contrast: Annotated[
        float, msgspec.Meta(ge=0, le=1, title="Contrast", description="Largest change of contrast, as a share.")
    ] = 0.2


class BrightnessAugmentation(Augmentation):
    """Changes brightness and contrast; shapes stay where they are."""

    title = "Brightness and contrast"
    description = "Makes models bear other light. Leave it out where brightness itself tells the classes apart."
    Options = BrightnessOptions

    def apply(
        self,
        image: NDArray[np.uint8],
        annotations: tuple[AnnotationRecord, ...],
        *,
        options: Any,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], tuple[AnnotationRecord, ...]]:
        """Stretch about mid-grey, then shift, both by chance."""
        shift = float(rng.uniform(-options.brightness, options.brightness)) * 255.0
        stretch = 1.0 + float(rng.uniform(-options.contrast, options.contrast))
        table = np.clip(np.rint((np.arange(256) - 127.5) * stretch + 127.5 + shift), 0, 255).astype(np.uint8)
        changed: NDArray[np.uint8] = table[image]
        return changed, annotations
