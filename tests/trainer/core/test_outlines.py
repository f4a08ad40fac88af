"""Outlines lose vertices, not area."""

import numpy as np

from annotator.core.geometry.masks import mask_from_bitmap, mask_iou, mask_of_polygon, polygon_of_mask
from annotator.core.geometry.types import Polygon, PolygonPart
from trainer.core.outlines import simplified


def disc(size: int, radius: float, hole: float = 0.0) -> np.ndarray:
    y, x = np.mgrid[:size, :size]
    distance = np.hypot(x - size / 2, y - size / 2)
    return (distance <= radius) & (distance >= hole)


def test_a_disc_with_a_hole_keeps_its_shape() -> None:
    mask = mask_from_bitmap(disc(120, 50, hole=20))
    assert mask is not None
    exact = polygon_of_mask(mask)
    simple = simplified(exact, 1.0)
    back = mask_of_polygon(simple)
    assert back is not None
    assert mask_iou(mask, back) > 0.96
    assert len(simple.parts[0].outer) < len(exact.parts[0].outer) / 3
    assert len(simple.parts[0].holes) == 1


def test_specks_vanish_but_the_object_stays() -> None:
    square = PolygonPart(outer=[0.0, 0.0, 30.0, 0.0, 30.0, 30.0, 0.0, 30.0])
    speck = PolygonPart(outer=[50.0, 50.0, 50.5, 50.0, 50.5, 50.5, 50.0, 50.5])
    assert simplified(Polygon([speck, square]), 1.0).parts == [square]
    assert simplified(Polygon([speck]), 1.0).parts == [speck]


def test_points_on_a_line_go() -> None:
    ring = [0.0, 0.0, 5.0, 0.0, 10.0, 0.0, 10.0, 10.0, 5.0, 10.0, 0.0, 10.0]
    assert sorted(simplified(Polygon([PolygonPart(outer=ring)]), 0.5).parts[0].outer) == sorted(
        [0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0]
    )
