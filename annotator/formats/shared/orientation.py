"""Geometry drawn on the stored raster, turned the way EXIF turns the picture."""

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.boxes import corners, rotated_from_corners
from annotator.core.geometry.masks import bitmap_of, mask_from_bitmap
from annotator.core.geometry.measures import bounding_box
from annotator.core.geometry.rings import flat_ring, ring_points
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Mask,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
)
from annotator.core.geometry.types import (
    Points as PointSet,
)

Points = NDArray[np.float64]


def turn_points(points: Points, orientation: int, width: float, height: float) -> Points:
    """Stored positions (N, 2) in a raster of ``width`` × ``height`` → displayed positions (EXIF orientation 1–8)."""
    x, y = points[:, 0], points[:, 1]
    turned = {
        2: (width - x, y),
        3: (width - x, height - y),
        4: (x, height - y),
        5: (y, x),
        6: (height - y, x),
        7: (height - y, width - x),
        8: (y, width - x),
    }.get(orientation, (x, y))
    return np.stack(turned, axis=1)


def turn(geometry: Geometry, orientation: int, width: int, height: int) -> Geometry:
    """A geometry of the stored raster (``width`` × ``height``) on the displayed picture."""

    def ring(flat: list[float]) -> list[float]:
        return flat_ring(turn_points(ring_points(flat), orientation, width, height))

    if isinstance(geometry, Box):
        points = turn_points(corners(geometry), orientation, width, height)
        return bounding_box(Polyline(points=flat_ring(points))) or geometry
    if isinstance(geometry, RotatedBox):
        points = turn_points(corners(geometry), orientation, width, height)
        return rotated_from_corners(points[[1, 0, 3, 2]] if orientation in {2, 4, 5, 7} else points)
    if isinstance(geometry, Polygon):
        return Polygon(
            parts=[PolygonPart(outer=ring(p.outer), holes=[ring(hole) for hole in p.holes]) for p in geometry.parts]
        )
    if isinstance(geometry, Polyline):
        return Polyline(points=ring(geometry.points))
    if isinstance(geometry, PointSet):
        return PointSet(points=ring(geometry.points))
    if isinstance(geometry, Keypoints):
        triples = np.asarray(geometry.points, dtype=np.float64).reshape(-1, 3)
        seen = triples[:, 2] > 0
        triples[seen, :2] = turn_points(triples[seen, :2], orientation, width, height)
        return Keypoints(points=triples.ravel().tolist())
    if isinstance(geometry, Ellipse):
        return _turn_ellipse(geometry, orientation, width, height)
    if isinstance(geometry, Mask):
        return _turn_mask(geometry, orientation, width, height)
    return geometry


def _turn_ellipse(ellipse: Ellipse, orientation: int, width: int, height: int) -> Ellipse:
    (cx, cy), (ax, ay) = turn_points(
        np.array(
            [
                [ellipse.cx, ellipse.cy],
                [
                    ellipse.cx + np.cos(np.radians(ellipse.rotation)),
                    ellipse.cy + np.sin(np.radians(ellipse.rotation)),
                ],
            ]
        ),
        orientation,
        width,
        height,
    ).tolist()
    rotation = float(np.degrees(np.arctan2(ay - cy, ax - cx)) % 360)
    return Ellipse(cx=cx, cy=cy, rx=ellipse.rx, ry=ellipse.ry, rotation=rotation)


def _turn_mask(mask: Mask, orientation: int, width: int, height: int) -> Mask:
    x, y, w, h = mask.bbox
    left, top = turn_points(corners(Box(x=x, y=y, w=w, h=h)), orientation, width, height).min(axis=0).tolist()
    bitmap = bitmap_of(mask)
    if orientation in {5, 6, 7, 8}:
        bitmap = bitmap.T
    if orientation in {2, 3, 6, 7}:
        bitmap = bitmap[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        bitmap = bitmap[::-1, :]
    return mask_from_bitmap(bitmap, round(left), round(top)) or mask
