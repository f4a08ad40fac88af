"""One ring for an object of several parts or with holes: what formats and networks with one outline per object need."""

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.types import Polygon

Points = NDArray[np.float64]


def single_ring(polygon: Polygon) -> Points:
    """Vertices (N, 2) of one closed walk around all parts and holes, joined by bridges of no width.

    Filled by the even-odd rule it covers the same area: every bridge is walked there and back.
    """
    rings = [_points(part.outer) for part in polygon.parts]
    rings += [_points(hole) for part in polygon.parts for hole in part.holes if len(hole) >= 6]
    walk = rings[0]
    for ring in rings[1:]:
        walk = _joined(walk, ring)
    return walk


def _points(flat: list[float]) -> Points:
    return np.asarray(flat, dtype=np.float64).reshape(-1, 2)


def _joined(walk: Points, ring: Points) -> Points:
    """``walk`` with a detour to ``ring`` where the two come closest."""
    distances = ((walk[:, None, :] - ring[None, :, :]) ** 2).sum(axis=2)
    at, to = np.unravel_index(int(np.argmin(distances)), distances.shape)
    detour = np.vstack([np.roll(ring, -int(to), axis=0), ring[to : to + 1]])
    return np.vstack([walk[: at + 1], detour, walk[at:]])
