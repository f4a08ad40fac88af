"""Mirrored copies."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, assert_never

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.masks import bitmap_of, mask_from_bitmap
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord
from annotator.plugins.base import Options
from trainer.plugins.augmentations import Augmentation


class FlipOptions(Options, frozen=True, kw_only=True):
    """How often pictures are mirrored."""

    horizontal: Annotated[
        float, msgspec.Meta(ge=0, le=1, title="Left to right", description="Chance of mirroring left and right.")
    ] = 0.5
    vertical: Annotated[
        float,
        msgspec.Meta(ge=0, le=1, title="Upside down", description="Chance of mirroring top and bottom."),
    ] = 0.0


class FlipAugmentation(Augmentation):
    """Mirrors the picture and every shape on it."""

    title = "Flip"
    description = "Mirrors pictures and shapes. Leave it out where left and right, or up and down, have a meaning."
    Options = FlipOptions

    def apply(
        self,
        image: NDArray[np.uint8],
        annotations: tuple[AnnotationRecord, ...],
        *,
        options: Any,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], tuple[AnnotationRecord, ...]]:
        """Mirror by chance along each axis."""
        height, width = image.shape[:2]
        chances = rng.random(2)  # always two numbers, so that one option never changes what the other does
        if chances[0] < options.horizontal:
            image = image[:, ::-1]
            annotations = tuple(replace(a, geometry=_mirror(a.geometry, 0, width)) for a in annotations)
        if chances[1] < options.vertical:
            image = image[::-1]
            annotations = tuple(replace(a, geometry=_mirror(a.geometry, 1, height)) for a in annotations)
        return np.ascontiguousarray(image), annotations


def _mirror(geometry: Geometry, axis: int, size: int) -> Geometry:
    """The shape mirrored along ``axis`` (0 = x, 1 = y) of a picture that is ``size`` pixels long there."""
    match geometry:
        case Box(x, y, w, h):
            return Box(size - x - w, y, w, h) if axis == 0 else Box(x, size - y - h, w, h)
        case RotatedBox(cx, cy, w, h, angle):
            return RotatedBox(*_centre(cx, cy, axis, size), w, h, -angle)
        case Ellipse(cx, cy, rx, ry, rotation):
            return Ellipse(*_centre(cx, cy, axis, size), rx, ry, -rotation)
        case Polygon(parts):
            return Polygon(
                [PolygonPart(_flat(p.outer, axis, size), [_flat(h, axis, size) for h in p.holes]) for p in parts]
            )
        case Polyline(points):
            return Polyline(_flat(points, axis, size))
        case Points(points):
            return Points(_flat(points, axis, size))
        case Keypoints(points):
            return Keypoints(_keypoints(points, axis, size))
        case Mask():
            return _mirror_mask(geometry, axis, size)
        case Tag():
            return geometry
        case _:
            assert_never(geometry)


def _centre(cx: float, cy: float, axis: int, size: int) -> tuple[float, float]:
    return (size - cx, cy) if axis == 0 else (cx, size - cy)


def _flat(values: Iterable[float], axis: int, size: int) -> list[float]:
    return [size - v if i % 2 == axis else v for i, v in enumerate(values)]


def _keypoints(values: list[float], axis: int, size: int) -> list[float]:
    """A point that was not labelled (v = 0) stays where it is, at 0, 0."""
    return [size - v if i % 3 == axis and values[i - i % 3 + 2] > 0 else v for i, v in enumerate(values)]


def _mirror_mask(mask: Mask, axis: int, size: int) -> Mask:
    x, y, w, h = mask.bbox
    bitmap = bitmap_of(mask)
    flipped = bitmap[:, ::-1] if axis == 0 else bitmap[::-1]
    place = (size - x - w, y) if axis == 0 else (x, size - y - h)
    return mask_from_bitmap(np.ascontiguousarray(flipped), *place) or mask  # an empty mask stays what it was
