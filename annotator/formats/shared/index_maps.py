"""Pictures whose pixels are numbers (classes, instances): one mask per number, or one per connected region.

Everything is found in one pass over vertical runs of equal pixels, so that the cost depends on the borders in the picture
and not on how many numbers it holds.
"""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.masks import mask_of_segments
from annotator.core.geometry.rle import Segments
from annotator.core.geometry.types import Mask

IndexMap = NDArray[Any]
"""(H, W) of an unsigned integer type, or int64."""
Numbers = NDArray[np.int64]
MOST_MASKS = 1 << 16
"""More numbers or regions in one picture are noise: each would cost a mask of its own."""


class _Runs(NamedTuple):
    """Vertical stretches of equal pixels, column by column: where they start and stop in column-major order, their value."""

    start: Numbers
    stop: Numbers
    value: NDArray[Any]
    height: int

    def segments(self, which: Numbers) -> Segments:
        """The chosen runs as strokes."""
        start = self.start[which]
        column = start // self.height
        top = start - column * self.height
        return Segments(column, top, self.stop[which] - column * self.height)


def _runs_of(picture: IndexMap) -> _Runs:
    columns = np.ascontiguousarray(picture.T)
    change = np.empty(columns.shape, dtype=bool)
    change[:, 0] = True
    np.not_equal(columns[:, 1:], columns[:, :-1], out=change[:, 1:])
    start = np.flatnonzero(change)
    stop = np.append(start[1:], columns.size)
    return _Runs(start, stop, columns.ravel()[start], picture.shape[0])


def _grouped(keys: NDArray[Any], chosen: Numbers) -> Iterator[tuple[int, Numbers]]:
    """(key, positions in ascending order) per distinct key, keys ascending."""
    order = chosen[np.argsort(keys[chosen], kind="stable")]
    if order.size == 0:
        return
    ordered = keys[order]
    cuts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if cuts.size >= MOST_MASKS:
        raise ValueError(f"It has {cuts.size + 1} different regions; it looks like noise, not like a mask.")
    for group in np.split(order, cuts):
        yield int(keys[group[0]]), group


def masks_by_value(picture: IndexMap, skip: Collection[int] = (0,)) -> list[tuple[int, Mask]]:
    """(value, its mask) of an index picture (H, W), values ascending; those in ``skip`` are left out.

    Raises ``ValueError`` when there are more than ``MOST_MASKS``.
    """
    if picture.size == 0:
        return []
    runs = _runs_of(picture)
    return [(value, mask) for value, mask in _masks(runs, runs.value, _kept(runs, skip))]


def components(picture: IndexMap, skip: Collection[int] = (0,)) -> list[tuple[int, Mask]]:
    """(value, mask) of every 8-connected region of equal pixels, by value and then from left to right.

    Raises ``ValueError`` when there are more than ``MOST_MASKS``.
    """
    if picture.size == 0:
        return []
    runs = _runs_of(picture)
    kept = _kept(runs, skip)
    region = _regions(runs)
    found = [(int(runs.value[key]), mask) for key, mask in _masks(runs, region, kept)]
    return sorted(found, key=lambda item: item[0])


def values_of(picture: IndexMap) -> list[int]:
    """The distinct values of an index picture, ascending."""
    if picture.dtype.itemsize == 1:
        return [int(v) for v in np.flatnonzero(np.bincount(picture.ravel(), minlength=256))]
    if picture.dtype.itemsize == 2:
        return [int(v) for v in np.flatnonzero(np.bincount(picture.ravel()))]
    return [int(v) for v in np.unique(picture)]


def _kept(runs: _Runs, skip: Collection[int]) -> Numbers:
    keep = np.ones(runs.value.shape, dtype=bool)
    for value in skip:
        keep &= runs.value != value
    return np.flatnonzero(keep)


def _masks(runs: _Runs, keys: NDArray[Any], kept: Numbers) -> Iterator[tuple[int, Mask]]:
    for key, group in _grouped(keys, kept):
        mask = mask_of_segments(runs.segments(group))
        if mask is not None:
            yield key, mask


def _regions(runs: _Runs) -> Numbers:
    """For every run the smallest number of a run in its region (hooking and pointer jumping until nothing changes)."""
    first, second = _touching(runs)
    same = runs.value[first] == runs.value[second]
    first, second = first[same], second[same]
    parent = np.arange(runs.start.size)
    while True:
        a, b = parent[first], parent[second]
        apart = a != b
        if not apart.any():
            return parent
        first, second, a, b = first[apart], second[apart], a[apart], b[apart]
        np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above


def _touching(runs: _Runs) -> tuple[Numbers, Numbers]:
    """Pairs of runs in neighbouring columns that touch by side or corner.

    The runs of a column cover it without gaps, so every such pair shows at the row above, of or below the end of one of
    the two.
    """
    number = np.arange(runs.start.size)
    column = runs.start // runs.height
    last_column = int(column[-1]) if column.size else 0
    here: list[Numbers] = []
    there: list[Numbers] = []
    for step in (-1, 1):
        inside = (column + step >= 0) & (column + step <= last_column)
        own, base = number[inside], (column[inside] + step) * runs.height
        top = runs.start[inside] - column[inside] * runs.height
        bottom = runs.stop[inside] - column[inside] * runs.height
        for row in (top - 1, top, bottom - 1, bottom):
            at = base + np.clip(row, 0, runs.height - 1)
            here.append(own)
            there.append(np.searchsorted(runs.start, at, side="right") - 1)
    return np.concatenate(here), np.concatenate(there)
