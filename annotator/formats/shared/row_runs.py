"""Run lengths row by row, as most annotation programs but COCO write their masks, to and from masks."""

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.masks import Bitmap, mask_from_bitmap
from annotator.core.geometry.types import Mask

Numbers = NDArray[np.int64]
MAX_PIXELS = 1 << 27
"""Most pixels of the rows that hold foreground; more would be a gigabyte while they are turned into columns."""


def mask_of_row_runs(filled: NDArray[np.bool_], lengths: Numbers, width: int, x: int = 0, y: int = 0) -> Mask | None:
    """Mask of runs over rows of ``width`` pixels whose first pixel lies at ``x, y``; ``None`` when none is filled.

    Only the rows that hold foreground are ever spread out into pixels. Raises ``ValueError`` when the runs end inside a
    row, or when these rows are more than ``MAX_PIXELS`` pixels.
    """
    ends = np.cumsum(lengths)
    if width <= 0 or lengths.size == 0 or int(lengths.min()) < 0 or int(ends[-1]) % width:
        raise ValueError("Run lengths do not fill whole rows.")
    marked = np.flatnonzero(filled & (lengths > 0))
    if marked.size == 0:
        return None
    first = int(ends[marked[0]] - lengths[marked[0]]) // width
    last = int(ends[marked[-1]] - 1) // width + 1
    if (last - first) * width > MAX_PIXELS:
        raise ValueError("A mask is too large.")
    cut = np.diff(np.clip(np.concatenate(([0], ends)), first * width, last * width))
    return mask_from_bitmap(np.repeat(filled, cut).reshape(-1, width), x, y + first)


def row_runs(bitmap: Bitmap) -> tuple[NDArray[np.bool_], Numbers]:
    """(filled, lengths) of a bitmap, row by row; neighbours differ."""
    flat = bitmap.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts = np.concatenate(([0], edges))
    return flat[starts], np.diff(np.concatenate((starts, [flat.size])))
