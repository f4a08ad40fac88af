"""Outlines with few vertices: polygons of predicted masks that a person can edit."""

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.types import Polygon, PolygonPart

Points = NDArray[np.float64]


def simplified(polygon: Polygon, tolerance: float) -> Polygon:
    """Drop vertices as long as the outline moves less than ``tolerance`` pixels; smaller specks and holes vanish.

    The largest part is always kept. Method: Douglas and Peucker (1973), on each ring cut at two distant vertices.
    """
    parts: list[PolygonPart] = []
    smallest = max(tolerance, 0.5) ** 2
    for part in sorted(polygon.parts, key=lambda p: -_area(p.outer)):
        if parts and _area(part.outer) < smallest:
            continue
        holes = [_simplify(hole, tolerance) for hole in part.holes if _area(hole) >= smallest]
        parts.append(PolygonPart(outer=_simplify(part.outer, tolerance), holes=holes))
    return Polygon(parts=parts)


def _area(flat: list[float]) -> float:
    x, y = np.array(flat[0::2]), np.array(flat[1::2])
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def _simplify(flat: list[float], tolerance: float) -> list[float]:
    ring = np.array(flat, dtype=np.float64).reshape(-1, 2)
    if len(ring) <= 4:
        return flat
    start = int(np.argmin(ring.sum(axis=1)))
    ring = np.roll(ring, -start, axis=0)
    far = int(np.argmax(((ring - ring[0]) ** 2).sum(axis=1)))
    closed = np.vstack([ring, ring[:1]])
    keep = np.zeros(len(closed), dtype=bool)
    keep[[0, far, len(ring)]] = True
    _mark(closed, keep, 0, far, tolerance)
    _mark(closed, keep, far, len(ring), tolerance)
    kept = closed[:-1][keep[:-1]]
    return kept.ravel().tolist() if len(kept) >= 3 else flat


def _mark(points: Points, keep: NDArray[np.bool_], first: int, last: int, tolerance: float) -> None:
    """Keep the vertices between ``first`` and ``last`` that lie too far from the chord."""
    pending = [(first, last)]
    while pending:
        begin, end = pending.pop()
        if end - begin < 2:
            continue
        distance = _distances(points[begin + 1 : end], points[begin], points[end])
        farthest = int(np.argmax(distance))
        if distance[farthest] > tolerance:
            middle = begin + 1 + farthest
            keep[middle] = True
            pending += [(begin, middle), (middle, end)]


def _distances(points: Points, begin: Points, end: Points) -> Points:
    """Distances (N,) from points (N, 2) to the segment between two points."""
    along = end - begin
    length = float(along @ along)
    if length == 0.0:
        return np.asarray(np.hypot(*(points - begin).T))
    share = np.clip(((points - begin) @ along) / length, 0, 1)
    return np.asarray(np.hypot(*(points - (begin + share[:, None] * along)).T))
