"""One ring covers what parts and holes cover."""

import cv2
import numpy as np

from annotator.core.geometry.types import Polygon, PolygonPart
from trainer.core.rings import single_ring


def fill(ring: np.ndarray) -> int:
    canvas = np.zeros((60, 60), np.uint8)
    cv2.fillPoly(canvas, [np.round(ring).astype(np.int32)], 1)
    return int(canvas.sum())


def square(x: float, y: float, side: float) -> list[float]:
    return [x, y, x + side, y, x + side, y + side, x, y + side]


def test_one_part_is_itself() -> None:
    ring = single_ring(Polygon([PolygonPart(outer=square(5, 5, 10))]))
    assert ring.tolist() == [[5, 5], [15, 5], [15, 15], [5, 15]]


def test_two_parts_cover_both_squares() -> None:
    ring = single_ring(Polygon([PolygonPart(outer=square(2, 2, 10)), PolygonPart(outer=square(30, 30, 20))]))
    both = fill(np.array(square(2, 2, 10)).reshape(-1, 2)) + fill(np.array(square(30, 30, 20)).reshape(-1, 2))
    assert abs(fill(ring) - both) <= 30, "only the pixels of the bridge may differ"


def test_a_hole_stays_open() -> None:
    ring = single_ring(Polygon([PolygonPart(outer=square(5, 5, 40), holes=[square(15, 15, 20)])]))
    whole, hole = fill(np.array(square(5, 5, 40)).reshape(-1, 2)), fill(np.array(square(15, 15, 20)).reshape(-1, 2))
    assert abs(fill(ring) - (whole - hole)) <= 100, "the hole's border belongs to both"
    assert fill(ring) < whole - 300
