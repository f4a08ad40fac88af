"""Measures that hold for every kind of geometry: bounds, area, overlap."""

import math

import numpy as np

from annotator.core.geometry.boxes import Bounds, box_from_bounds, box_iou, rotated_iou
from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import mask_area, mask_iou
from annotator.core.geometry.rings import Points, ring_points, signed_area
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Mask,
    Polygon,
    Polyline,
    RotatedBox,
)
from annotator.core.geometry.types import (
    Points as PointSet,
)


def bounds(geometry: Geometry) -> Bounds | None:
    """Smallest axis-parallel x1, y1, x2, y2 around the shape; ``None`` for tags and shapes without a point."""
    if isinstance(geometry, Box):
        return geometry.x, geometry.y, geometry.x + geometry.w, geometry.y + geometry.h
    if isinstance(geometry, Mask):
        x, y, w, h = geometry.bbox
        return float(x), float(y), float(x + w), float(y + h)
    if isinstance(geometry, Ellipse):
        angle = math.radians(geometry.rotation)
        half_w = math.hypot(geometry.rx * math.cos(angle), geometry.ry * math.sin(angle))
        half_h = math.hypot(geometry.rx * math.sin(angle), geometry.ry * math.cos(angle))
        return geometry.cx - half_w, geometry.cy - half_h, geometry.cx + half_w, geometry.cy + half_h
    if isinstance(geometry, RotatedBox):
        angle = math.radians(geometry.angle)
        cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
        half_w = (geometry.w * cos + geometry.h * sin) / 2
        half_h = (geometry.w * sin + geometry.h * cos) / 2
        return geometry.cx - half_w, geometry.cy - half_h, geometry.cx + half_w, geometry.cy + half_h
    flat = _flat(geometry)
    if flat is not None:  # lists are not worth an array
        xs, ys = flat[::2], flat[1::2]
        return (min(xs), min(ys), max(xs), max(ys)) if ys else None
    points = _points(geometry)
    if len(points) == 0:
        return None
    (x1, y1), (x2, y2) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return x1, y1, x2, y2


def _flat(geometry: Geometry) -> list[float] | None:
    """All points as one flat list, of the kinds that keep them as such."""
    if isinstance(geometry, Polygon):
        if len(geometry.parts) == 1:
            return geometry.parts[0].outer
        return [value for part in geometry.parts for value in part.outer]
    return geometry.points if isinstance(geometry, Polyline | PointSet) else None


def _points(geometry: Geometry) -> Points:
    if isinstance(geometry, Keypoints):
        triples = np.asarray(geometry.points, dtype=np.float64).reshape(-1, 3)
        return triples[triples[:, 2] > 0, :2]
    return np.zeros((0, 2))


def bounding_box(geometry: Geometry) -> Box | None:
    """``bounds`` as a box."""
    found = bounds(geometry)
    return None if found is None else box_from_bounds(found)


def area(geometry: Geometry) -> float:
    """Area in square pixels: shoelace less holes for polygons, pixels for masks, 0 for lines, points and tags."""
    if isinstance(geometry, Box | RotatedBox):
        return geometry.w * geometry.h
    if isinstance(geometry, Ellipse):
        return math.pi * geometry.rx * geometry.ry
    if isinstance(geometry, Mask):
        return float(mask_area(geometry))
    if isinstance(geometry, Polygon):
        return sum(
            abs(signed_area(ring_points(part.outer))) - sum(abs(signed_area(ring_points(h))) for h in part.holes)
            for part in geometry.parts
        )
    return 0.0


def iou(first: Geometry, second: Geometry) -> float:
    """Intersection over union: exact for boxes (rotated ones by clipping), in pixels for everything else with an area.

    Shapes without an area (lines, points, tags) have no overlap: 0.
    """
    if isinstance(first, Box) and isinstance(second, Box):
        return box_iou(first, second)
    if isinstance(first, Box | RotatedBox) and isinstance(second, Box | RotatedBox):
        return rotated_iou(first, second)
    a, b = bounds(first), bounds(second)
    if a is None or b is None or min(a[2], b[2]) <= max(a[0], b[0]) or min(a[3], b[3]) <= max(a[1], b[1]):
        return 0.0
    one, other = to_mask(first), to_mask(second)
    return mask_iou(one, other) if one is not None and other is not None else 0.0
