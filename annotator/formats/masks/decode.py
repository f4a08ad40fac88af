"""From the pixels of one mask file to class numbers and masks."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.types import Mask
from annotator.formats.masks.known import COUNTED
from annotator.formats.masks.naming import BLACK, COLOUR, UNKNOWN, Table
from annotator.formats.shared.files import picture_size
from annotator.formats.shared.index_maps import components, masks_by_value
from annotator.formats.shared.palettes import (
    PixelMap,
    Rgb,
    indices_of_colours,
    is_paintable,
    nearest_colours,
    read_pixel_map,
)

MOST_COLOURS = 1024
"""A picture with more is a photograph."""


class Region(NamedTuple):
    """A class number and its pixels; ``group`` marks several instances that nobody told apart."""

    number: int
    mask: Mask
    group: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A mask file's pixels, or why there are none (a code of the report)."""

    pixels: PixelMap | None
    problem: str = ""
    size: tuple[int, int] = (0, 0)


def open_mask(path: Path, sizes: Collection[tuple[int, int]], *, resize: bool, colours: Collection[Rgb] = ()) -> Opened:
    """Open a mask whose picture has one of ``sizes`` (none given: any); with ``resize`` it is made to fit the first.

    ``colours`` are those of the table, if there is one: blurred colours become the nearest of them.
    """
    found = picture_size(path)
    if found is None:
        return Opened(None, "unparsable_file")
    raster = (found.height, found.width) if found.orientation >= 5 else (found.width, found.height)
    if sizes and raster not in sizes and (not resize or not is_paintable(*next(iter(sizes)))):
        return Opened(None, "mask_size_mismatch", raster)
    if not is_paintable(*raster):
        return Opened(None, "unparsable_file", raster)
    pixels = read_pixel_map(path)
    if pixels is None:
        return Opened(None, "unparsable_file")
    if pixels.lossy:
        pixels = _cleared(pixels, colours)
    if sizes and raster not in sizes:
        width, height = next(iter(sizes))
        pixels = PixelMap(_nearest(pixels.values, width, height), pixels.kind, pixels.lossy)
        return Opened(pixels, size=(width, height))
    return Opened(pixels, size=raster)


def _cleared(pixels: PixelMap, colours: Collection[Rgb]) -> PixelMap:
    """JPEG blurs borders: pixels become the nearest colour of the table or, without one, light (255) and dark."""
    if colours and pixels.kind == "colour":
        return PixelMap(nearest_colours(pixels.values, {(0, 0, 0), *colours}), "colour", lossy=True)
    values = pixels.values
    bright = values if pixels.kind == "index" else np.maximum.reduce([values >> 16, values >> 8 & 255, values & 255])
    return PixelMap(((bright >= 128) * np.uint8(255)).astype(np.uint8), "index", lossy=True)


def _nearest(values: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    rows = ((np.arange(height) + 0.5) * values.shape[0] / height).astype(np.int64)
    columns = ((np.arange(width) + 0.5) * values.shape[1] / width).astype(np.int64)
    return np.ascontiguousarray(values[rows[:, None], columns[None, :]])


def numbers_of(pixels: PixelMap, table: Table | None, tolerance: float = 0) -> NDArray[Any]:
    """Class numbers (H, W): indices as they are, colours by the table (or as themselves, see ``COLOUR``).

    Colours at most ``tolerance`` away from one of the table are taken for it.
    """
    if pixels.kind == "index":
        return pixels.values
    colours = table.colours() if table is not None else {}
    if colours:
        known = {(0, 0, 0): BLACK, **colours}
        values = nearest_colours(pixels.values, known, within=tolerance) if tolerance else pixels.values
        return indices_of_colours(values, known, UNKNOWN)
    return pixels.values.astype(np.int64) + COLOUR


def plain_regions(numbers: NDArray[Any], skip: Collection[int], *, instances: bool) -> list[Region]:
    """One region a class, or one a connected area."""
    found = components(numbers, skip) if instances else masks_by_value(numbers, skip)
    return [Region(number, mask) for number, mask in found]


def instance_regions(
    numbers: NDArray[Any], skip: Collection[int], *, divisor: int, counted: Collection[int], instances: bool
) -> list[Region]:
    """Regions of pictures that hold class * ``divisor`` + instance, or the bare class (of ``counted`` ones: a group)."""
    if not instances:
        classes = np.where(numbers >= divisor, numbers // divisor, numbers)
        return plain_regions(classes, skip, instances=False)
    regions = []
    for value, mask in masks_by_value(numbers, ()):
        number = value // divisor if value >= divisor else value
        if number not in skip and value not in skip:
            regions.append(Region(number, mask, value < divisor and number in counted))
    return sorted(regions, key=lambda region: region.number)


DIVISORS = (1000, 256)
_MOST_OTHERS = 0.01
"""Share of an instance picture's pixels that may belong to another class than the picture of classes says."""


def divisor_between(classes: NDArray[Any] | None, objects: NDArray[Any] | None) -> int:
    """The divisor that makes numbers of ``objects`` (H, W) those of ``classes``; 0 when none does."""
    if classes is None or objects is None or classes.shape != objects.shape:
        return 0
    numbered = objects >= min(DIVISORS)
    here, there = objects[numbered].astype(np.int64), classes[numbered]
    for divisor in DIVISORS if here.size else ():
        if np.count_nonzero(here // divisor != there) <= _MOST_OTHERS * here.size:
            return divisor
    return 0


def cityscapes_counted() -> frozenset[int]:
    """Classes of Cityscapes whose bare number among instances means a group."""
    return COUNTED


def object_region(pixels: PixelMap) -> Region | None:
    """The one object of a file: everything that is not 0."""
    mask = mask_from_bitmap(pixels.values > 0)
    return Region(255, mask) if mask is not None else None
