"""Shapes follow the picture when EXIF turns it: checked against Pillow's own turning."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from annotator.core.geometry.masks import Window, bitmap_in, mask_from_bitmap
from annotator.core.geometry.measures import area, bounds, iou
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
    Tag,
)
from annotator.formats.shared.orientation import turn

WIDTH, HEIGHT = 12, 8
RING = [1.0, 1, 9, 2, 7, 6, 2, 7]
SHAPES: list[Geometry] = [
    Box(x=1, y=2, w=5, h=3),
    RotatedBox(cx=5, cy=4, w=5, h=2, angle=20),
    Polygon(parts=[PolygonPart(outer=RING, holes=[[4, 3, 4, 4, 5, 4, 5, 3]])]),
    Ellipse(cx=6, cy=4, rx=4, ry=2, rotation=15),
]


def displayed(bitmap: np.ndarray, orientation: int) -> np.ndarray:
    """What Pillow shows of a raster with that orientation."""
    picture = Image.fromarray(bitmap.astype(np.uint8) * 255)
    exif = Image.Exif()
    exif[274] = orientation
    picture.info["exif"] = exif.tobytes()
    return np.asarray(ImageOps.exif_transpose(picture)) > 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_masks_turn_like_the_picture(orientation: int) -> None:
    bitmap = np.zeros((HEIGHT, WIDTH), dtype=bool)
    bitmap[1:4, 2:9] = True
    bitmap[4, 2] = True
    mask = mask_from_bitmap(bitmap)
    assert mask is not None
    turned = turn(mask, orientation, WIDTH, HEIGHT)
    assert isinstance(turned, Mask)
    expected = displayed(bitmap, orientation)
    window = Window(0, 0, expected.shape[1], expected.shape[0])
    assert np.array_equal(bitmap_in(turned, window), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.kind)
def test_shapes_turn_like_their_masks(shape: Geometry, orientation: int) -> None:
    from annotator.core.geometry.convert import to_polygon

    polygon = to_polygon(shape)
    assert polygon is not None
    turned, outline = turn(shape, orientation, WIDTH, HEIGHT), turn(polygon, orientation, WIDTH, HEIGHT)
    assert turned.kind == shape.kind
    assert area(turned) == pytest.approx(area(shape))
    found, expected = bounds(turned), bounds(outline)
    assert found == pytest.approx(expected, abs=0.11)  # ellipses stand as polygons
    assert iou(turned, outline) > 0.8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_points_and_lines(orientation: int) -> None:
    line = turn(Polyline(points=[1, 1, 9, 2]), orientation, WIDTH, HEIGHT)
    points = turn(Keypoints(points=[1, 1, 2, 0, 0, 0, 9, 2, 1]), orientation, WIDTH, HEIGHT)
    assert isinstance(line, Polyline)
    assert isinstance(points, Keypoints)
    assert points.points == [*line.points[:2], 2, 0, 0, 0, *line.points[2:], 1]
    assert turn(Tag(), orientation, WIDTH, HEIGHT) == Tag()
