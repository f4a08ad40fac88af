"""Which objects of a picture would lose pixels to others when all are painted into one picture."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import Window, bitmap_in, clip_mask
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Geometry, Mask
from annotator.formats.shared.palettes import is_paintable


def overlapped(shapes: Sequence[Geometry], width: int, height: int) -> int:
    """How many of the shapes share pixels with another one, on a picture of that size."""
    frames = [bounds(shape) for shape in shapes]
    if len(shapes) < 2 or not is_paintable(width, height) or None in frames:
        return 0
    masks: dict[int, Mask | None] = {}
    found: set[int] = set()
    for first, second in _meeting(np.array(frames, dtype=np.float64)):
        if not {first, second} <= found:
            for place in (first, second):
                if place not in masks:
                    masks[place] = _painted(shapes[place], width, height)
            if _share(masks[first], masks[second]):
                found |= {first, second}
    return len(found)


def _meeting(corners: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Pairs of rows (x1, y1, x2, y2) that overlap; row by row, because all pairs at once would fill the memory."""
    for first, (low, high) in enumerate(zip(corners[:, :2], corners[:, 2:], strict=True)):
        later = corners[first + 1 :]
        meets = ((low < later[:, 2:]) & (later[:, :2] < high)).all(axis=1)
        for offset in np.flatnonzero(meets).tolist():
            yield first, first + 1 + offset


def _painted(shape: Geometry, width: int, height: int) -> Mask | None:
    mask = to_mask(shape, width, height)
    return clip_mask(mask, width, height) if mask is not None else None


def _share(first: Mask | None, second: Mask | None) -> bool:
    """Whether two masks have a pixel in common."""
    if first is None or second is None:
        return False
    (x1, y1, w1, h1), (x2, y2, w2, h2) = first.bbox, second.bbox
    left, top = max(x1, x2), max(y1, y2)
    width, height = min(x1 + w1, x2 + w2) - left, min(y1 + h1, y2 + h2) - top
    if width <= 0 or height <= 0:
        return False
    window = Window(left, top, width, height)
    return bool((bitmap_in(first, window) & bitmap_in(second, window)).any())
