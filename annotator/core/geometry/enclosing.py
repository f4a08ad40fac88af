"""The smallest rotated box around a shape."""

import math

import numpy as np

from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.rings import Points, ring_points
from annotator.core.geometry.types import Box, Ellipse, Geometry, Keypoints, Polyline, RotatedBox
from annotator.core.geometry.types import Points as PointSet


def smallest_rotated_box(geometry: Geometry) -> RotatedBox | None:
    """Box of least area around a shape, with its angle in [0, 90) unless the shape has one itself.

    ``None`` for tags and for shapes whose points lie on one line.
    """
    if isinstance(geometry, RotatedBox):
        return geometry
    if isinstance(geometry, Box):
        return RotatedBox(
            cx=geometry.x + geometry.w / 2, cy=geometry.y + geometry.h / 2, w=geometry.w, h=geometry.h, angle=0.0
        )
    if isinstance(geometry, Ellipse):
        return RotatedBox(
            cx=geometry.cx, cy=geometry.cy, w=2 * geometry.rx, h=2 * geometry.ry, angle=geometry.rotation % 360
        )
    return _around(_points(geometry))


def _points(geometry: Geometry) -> Points:
    if isinstance(geometry, Polyline | PointSet):
        return ring_points(geometry.points)
    if isinstance(geometry, Keypoints):
        triples = np.asarray(geometry.points, dtype=np.float64).reshape(-1, 3)
        return triples[triples[:, 2] > 0, :2]
    polygon = to_polygon(geometry)
    return ring_points([value for part in polygon.parts for value in part.outer]) if polygon else np.zeros((0, 2))


def _around(points: Points) -> RotatedBox | None:
    """One side of the box lies on an edge of the convex hull (Freeman and Shapira, 1975), so every edge is tried."""
    hull = convex_hull(points)
    if len(hull) < 3:
        return None
    best: RotatedBox | None = None
    for along in np.roll(hull, -1, axis=0) - hull:
        angle = math.atan2(along[1], along[0]) % (math.pi / 2)
        cos, sin = math.cos(angle), math.sin(angle)
        across, down = hull[:, 0] * cos + hull[:, 1] * sin, hull[:, 1] * cos - hull[:, 0] * sin
        (x1, x2), (y1, y2) = (across.min(), across.max()), (down.min(), down.max())
        if best is None or (x2 - x1) * (y2 - y1) < best.w * best.h:
            x, y = (x1 + x2) / 2, (y1 + y2) / 2
            best = RotatedBox(
                cx=float(x * cos - y * sin),
                cy=float(x * sin + y * cos),
                w=float(x2 - x1),
                h=float(y2 - y1),
                angle=math.degrees(angle),
            )
    return best if best is not None and best.w > 0 and best.h > 0 else None


def convex_hull(points: Points) -> Points:
    """Corners of the hull, clockwise on screen, without points on its edges (Andrew's monotone chain, 1979)."""
    ordered = np.unique(points, axis=0).tolist()
    if len(ordered) < 3:
        return np.asarray(ordered, dtype=np.float64).reshape(-1, 2)
    halves = [_half(ordered), _half(ordered[::-1])]
    return np.asarray(halves[0][:-1] + halves[1][:-1], dtype=np.float64)


def _half(ordered: list[list[float]]) -> list[list[float]]:
    chain: list[list[float]] = []
    for x, y in ordered:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2], chain[-1]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append([x, y])
    return chain
