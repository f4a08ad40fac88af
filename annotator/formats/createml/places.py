"""Where Create ML's boxes are: anchors, origins and units, which its trainer is told and its files do not say."""

from dataclasses import dataclass
from typing import Literal

from annotator.core.geometry.boxes import Bounds
from annotator.core.geometry.types import Box
from annotator.formats.shared.checking import sound_box

Anchor = Literal["center", "top_left", "bottom_left"]
Origin = Literal["top_left", "bottom_left"]
Units = Literal["auto", "pixels", "normalised"]


@dataclass(frozen=True, slots=True)
class Places:
    """What the four numbers of a box mean; ``normalised``: parts of the picture's size instead of pixels."""

    anchor: Anchor = "center"
    origin: Origin = "top_left"
    normalised: bool = False

    @property
    def need_size(self) -> bool:
        """Whether boxes say nothing without the picture's size."""
        return self.normalised or self.origin == "bottom_left"

    def box(self, x: float, y: float, w: float, h: float, size: tuple[int, int]) -> Box | str:
        """The box on a picture of ``size`` (width, height), or the code of what is wrong with it."""
        if self.normalised:
            x, w, y, h = x * size[0], w * size[0], y * size[1], h * size[1]
        y = size[1] - y if self.origin == "bottom_left" else y
        left = x - w / 2 if self.anchor == "center" else x
        top = y - {"center": h / 2, "top_left": 0, "bottom_left": h}[self.anchor]
        return sound_box(left, top, left + w, top + h)

    def coordinates(self, bounds: Bounds, size: tuple[int, int]) -> dict[str, float]:
        """The four numbers of a box between two corners, in pixels, on a picture of ``size``."""
        x1, y1, x2, y2 = bounds
        x = (x1 + x2) / 2 if self.anchor == "center" else x1
        y = {"center": (y1 + y2) / 2, "top_left": y1, "bottom_left": y2}[self.anchor]
        y = size[1] - y if self.origin == "bottom_left" else y
        across, down = size if self.normalised else (1, 1)
        return {"x": x / across, "y": y / down, "width": (x2 - x1) / across, "height": (y2 - y1) / down}
