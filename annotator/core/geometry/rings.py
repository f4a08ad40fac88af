"""Rings: closed chains of points as flat lists ``x1, y1, x2, y2, …`` (first point not repeated)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(N, 2) x, y."""


def ring_points(ring: Sequence[float]) -> Points:
    """(N, 2) array of a flat ring."""
    return np.asarray(ring, dtype=np.float64).reshape(-1, 2)


def flat_ring(points: Points) -> list[float]:
    """Flat list of an (N, 2) array."""
    flat: list[float] = points.ravel().tolist()
    return flat


def signed_area(points: Points) -> float:
    """Shoelace area; positive = clockwise as seen on screen (y grows downwards)."""
    if len(points) < 3:
        return 0.0
    centred = points - points[0]  # keeps digits when the ring is small and far from the origin
    x, y = centred[:, 0], centred[:, 1]  # both begin with 0: the step from the last point to the first adds nothing
    return float(np.dot(x[:-1], y[1:]) - np.dot(y[:-1], x[1:])) / 2


def ring_contains(points: Points, x: float, y: float) -> bool:
    """Even–odd test of one point."""
    ax, ay = points[:, 0], points[:, 1]
    bx, by = np.roll(ax, -1), np.roll(ay, -1)
    crosses = (ay > y) != (by > y)
    if not crosses.any():
        return False
    ax, ay, bx, by = ax[crosses], ay[crosses], bx[crosses], by[crosses]
    at = ax + (y - ay) * (bx - ax) / (by - ay)
    return bool(np.count_nonzero(at > x) % 2)


def clip_half_plane(points: Points, axis: int, limit: float, *, keep_below: bool) -> Points:
    """Part of a ring on one side of an axis-parallel line (one step of Sutherland and Hodgman, 1974)."""
    if len(points) == 0:
        return points
    value = points[:, axis]
    inside = value <= limit if keep_below else value >= limit
    if inside.all():
        return points
    if not inside.any():
        return points[:0]
    kept: list[Points] = []
    for i in range(len(points)):
        here, there = points[i], points[(i + 1) % len(points)]
        if inside[i]:
            kept.append(here)
        if inside[i] != inside[(i + 1) % len(points)]:
            t = (limit - here[axis]) / (there[axis] - here[axis])
            crossing = here + t * (there - here)
            crossing[axis] = limit
            kept.append(crossing)
    return np.asarray(kept)


def clip_ring(points: Points, width: float, height: float, *, margin: float = 0.0) -> Points:
    """Part of a ring inside the picture [0, width] × [0, height] grown by ``margin``; under 3 points = nothing."""
    for axis, limit in ((0, width), (1, height)):
        points = clip_half_plane(points, axis, -margin, keep_below=False)
        points = clip_half_plane(points, axis, limit + margin, keep_below=True)
    return points


def convex_intersection_area(first: Points, second: Points) -> float:
    """Area shared by two convex rings of any orientation (Sutherland and Hodgman clipping)."""
    if signed_area(second) < 0:
        second = second[::-1]
    result = first
    for i in range(len(second)):
        a, b = second[i], second[(i + 1) % len(second)]
        side = (b[0] - a[0]) * (result[:, 1] - a[1]) - (b[1] - a[1]) * (result[:, 0] - a[0])
        result = _keep_right(result, side)
        if len(result) < 3:
            return 0.0
    return abs(signed_area(result))


def _keep_right(points: Points, side: NDArray[np.float64]) -> Points:
    kept: list[Points] = []
    for i in range(len(points)):
        j = (i + 1) % len(points)
        if side[i] >= 0:
            kept.append(points[i])
        if side[i] * side[j] < 0:
            t = side[i] / (side[i] - side[j])
            kept.append(points[i] + t * (points[j] - points[i]))
    return np.asarray(kept).reshape(-1, 2)
