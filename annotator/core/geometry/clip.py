"""Clipping to the picture."""

from annotator.core.geometry.masks import clip_mask
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.rings import clip_ring, flat_ring, ring_points, signed_area
from annotator.core.geometry.types import (
    Box,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    Tag,
)


def clip(geometry: Geometry, width: int, height: int) -> Geometry | None:
    """The part of a shape inside a picture of ``width`` × ``height``; ``None`` when nothing is left.

    Rotated boxes and ellipses cannot be cut without changing their kind: they are kept whole while they touch the
    picture. Points of a line are moved to the border; loose points outside vanish, key points become unlabelled (v = 0).
    """
    found = bounds(geometry)
    if isinstance(geometry, Tag) or (found is not None and _inside(found, width, height)):
        return geometry
    if found is None or found[0] >= width or found[1] >= height or found[2] <= 0 or found[3] <= 0:
        return None
    if isinstance(geometry, Box):
        x1, y1, x2, y2 = max(found[0], 0.0), max(found[1], 0.0), min(found[2], width), min(found[3], height)
        return Box(x=x1, y=y1, w=x2 - x1, h=y2 - y1)
    if isinstance(geometry, Mask):
        return clip_mask(geometry, width, height)
    if isinstance(geometry, Polygon):
        return _clip_polygon(geometry, width, height)
    if isinstance(geometry, Polyline):
        points = ring_points(geometry.points).clip((0, 0), (width, height))
        return Polyline(points=flat_ring(points))
    if isinstance(geometry, Points):
        return _clip_points(geometry, width, height)
    if isinstance(geometry, Keypoints):
        return _clip_keypoints(geometry, width, height)
    return geometry


def _inside(box: tuple[float, float, float, float], width: int, height: int) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _clip_polygon(polygon: Polygon, width: int, height: int) -> Polygon | None:
    parts = []
    for part in polygon.parts:
        outer = clip_ring(ring_points(part.outer), width, height)
        if len(outer) < 3 or signed_area(outer) == 0:
            continue
        holes = [clip_ring(ring_points(hole), width, height) for hole in part.holes]
        kept = [flat_ring(hole) for hole in holes if len(hole) >= 3 and signed_area(hole) != 0]
        parts.append(PolygonPart(outer=flat_ring(outer), holes=kept))
    return Polygon(parts=parts) if parts else None


def _clip_points(points: Points, width: int, height: int) -> Points | None:
    places = ring_points(points.points)
    kept = places[((places >= 0) & (places <= (width, height))).all(axis=1)]
    return Points(points=flat_ring(kept)) if len(kept) else None


def _clip_keypoints(keypoints: Keypoints, width: int, height: int) -> Keypoints:
    points = list(keypoints.points)
    for i in range(0, len(points) - 2, 3):
        if not (0 <= points[i] <= width and 0 <= points[i + 1] <= height):
            points[i : i + 3] = [0.0, 0.0, 0.0]
    return Keypoints(points=points)
