"""Polygons with holes or several parts as one closed ring, for formats that know nothing else."""

import numpy as np

from annotator.core.geometry.rings import Points, ring_points, signed_area
from annotator.core.geometry.types import Polygon


def single_ring(polygon: Polygon) -> Points:
    """One ring (N, 2) that covers the same area: parts and holes are joined by there-and-back paths without width.

    Each ring is joined to what is there already at the nearest pair of vertices. Outer rings run clockwise on screen,
    holes the other way, so that even–odd and non-zero filling agree.
    """
    result: Points | None = None
    for part in polygon.parts:
        joined = _directed(ring_points(part.outer), clockwise=True)
        for hole in part.holes:
            joined = _join(joined, _directed(ring_points(hole), clockwise=False))
        result = joined if result is None else _join(result, joined)
    return np.zeros((0, 2)) if result is None else result


def _directed(ring: Points, *, clockwise: bool) -> Points:
    return ring if (signed_area(ring) > 0) == clockwise else ring[::-1]


def _join(ring: Points, other: Points) -> Points:
    here, there = _nearest(ring, other)
    turned = np.roll(other, -there, axis=0)
    return np.concatenate([ring[: here + 1], turned, turned[:1], ring[here:]])


def _nearest(ring: Points, other: Points) -> tuple[int, int]:
    """Indices of the nearest pair of vertices; memory stays bounded for rings of any length."""
    best, pair = np.inf, (0, 0)
    step = max(1, 1_000_000 // len(other))
    for start in range(0, len(ring), step):
        distance = ((ring[start : start + step, None, :] - other[None, :, :]) ** 2).sum(axis=2)
        at = int(distance.argmin())
        if distance.flat[at] < best:
            here, there = divmod(at, len(other))
            best, pair = distance.flat[at], (start + here, there)
    return pair
