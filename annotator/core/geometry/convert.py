"""Conversions between kinds: everything with an area becomes a polygon, and every polygon a mask."""

import math

import numpy as np

from annotator.core.geometry.boxes import corners
from annotator.core.geometry.masks import mask_of_polygon, polygon_of_mask
from annotator.core.geometry.rings import Points, flat_ring
from annotator.core.geometry.types import Box, Ellipse, Geometry, Mask, Polygon, PolygonPart, RotatedBox

ELLIPSE_ERROR = 0.1
"""Largest distance in pixels between an ellipse and the polygon that stands for it."""


def to_polygon(geometry: Geometry) -> Polygon | None:
    """Outline of a shape with an area; ``None`` for lines, points and tags. Masks follow their pixel edges exactly."""
    if isinstance(geometry, Polygon):
        return geometry
    if isinstance(geometry, Box | RotatedBox):
        return _single(corners(geometry))
    if isinstance(geometry, Ellipse):
        return _single(ellipse_points(geometry))
    if isinstance(geometry, Mask):
        return polygon_of_mask(geometry)
    return None


def _single(points: Points) -> Polygon:
    return Polygon(parts=[PolygonPart(outer=flat_ring(points))])


def ellipse_points(ellipse: Ellipse) -> Points:
    """Vertices (N, 2) on the ellipse, clockwise, dense enough that chords stay within ``ELLIPSE_ERROR``."""
    radius = max(ellipse.rx, ellipse.ry, 1e-9)
    step = 2 * math.acos(max(1 - ELLIPSE_ERROR / radius, -1.0)) if radius > ELLIPSE_ERROR else math.pi / 4
    count = int(np.clip(math.ceil(2 * math.pi / step), 8, 720))
    turn = np.arange(count) * (2 * math.pi / count)
    x, y = ellipse.rx * np.cos(turn), ellipse.ry * np.sin(turn)
    angle = math.radians(ellipse.rotation)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.stack([ellipse.cx + x * cos - y * sin, ellipse.cy + x * sin + y * cos], axis=1)


def to_mask(geometry: Geometry, width: int | None = None, height: int | None = None) -> Mask | None:
    """Pixels of a shape with an area (clipped to a picture when its size is given); ``None`` when it covers none."""
    if isinstance(geometry, Mask):
        return geometry
    polygon = to_polygon(geometry)
    return None if polygon is None else mask_of_polygon(polygon, width, height)
