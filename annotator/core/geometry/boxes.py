"""Boxes: corners, bounds and overlap; plain and rotated."""

import math

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.rings import Points, convex_intersection_area
from annotator.core.geometry.types import Box, RotatedBox

Bounds = tuple[float, float, float, float]
"""x1, y1, x2, y2 in continuous pixels."""


def corners(box: Box | RotatedBox) -> Points:
    """The four corners (4, 2), clockwise on screen from the (unrotated) top-left one."""
    if isinstance(box, Box):
        return np.array(
            [[box.x, box.y], [box.x + box.w, box.y], [box.x + box.w, box.y + box.h], [box.x, box.y + box.h]],
            dtype=np.float64,
        )
    angle = math.radians(box.angle)
    cos, sin = math.cos(angle), math.sin(angle)
    x = np.array([-1, 1, 1, -1]) * box.w / 2
    y = np.array([-1, -1, 1, 1]) * box.h / 2
    return np.stack([box.cx + x * cos - y * sin, box.cy + x * sin + y * cos], axis=1)


def rotated_from_corners(points: Points) -> RotatedBox:
    """Rotated box of four corners given clockwise from the unrotated top-left one; angle in [0, 360)."""
    centre = points.mean(axis=0)
    along = (points[1] - points[0] + points[2] - points[3]) / 2
    down = (points[3] - points[0] + points[2] - points[1]) / 2
    angle = math.degrees(math.atan2(along[1], along[0])) % 360.0
    return RotatedBox(
        cx=float(centre[0]), cy=float(centre[1]), w=float(np.hypot(*along)), h=float(np.hypot(*down)), angle=angle
    )


def box_from_bounds(bounds: Bounds) -> Box:
    """Box that spans ``bounds``."""
    x1, y1, x2, y2 = bounds
    return Box(x=x1, y=y1, w=x2 - x1, h=y2 - y1)


def box_iou(first: Box, second: Box) -> float:
    """Intersection over union of two axis-parallel boxes."""
    w = min(first.x + first.w, second.x + second.w) - max(first.x, second.x)
    h = min(first.y + first.h, second.y + second.h) - max(first.y, second.y)
    if w <= 0 or h <= 0:
        return 0.0
    shared = w * h
    return shared / (first.w * first.h + second.w * second.h - shared)


def rotated_iou(first: Box | RotatedBox, second: Box | RotatedBox) -> float:
    """Intersection over union of two boxes of any rotation."""
    shared = convex_intersection_area(corners(first), corners(second))
    union = first.w * first.h + second.w * second.h - shared
    return shared / union if union > 0 else 0.0


def pairwise_iou(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """IoU matrix (N, M) of boxes given as rows x1, y1, x2, y2."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = [np.prod(np.clip(rows[:, 2:] - rows[:, :2], 0, None), axis=1) for rows in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    result: NDArray[np.float64] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return result
