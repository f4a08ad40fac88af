"""Masks: bitmaps kept as run lengths of their crop, and exact ways between bitmaps and polygons."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from annotator.core.geometry import rle
from annotator.core.geometry.rings import Points, clip_ring, flat_ring, ring_contains, ring_points, signed_area
from annotator.core.geometry.types import Mask, Polygon, PolygonPart

Bitmap = NDArray[np.bool_]
MAX_WINDOW = 1 << 28


class Window(NamedTuple):
    """Integer rectangle of pixels."""

    x: int
    y: int
    w: int
    h: int


def mask_from_bitmap(bitmap: Bitmap, x: int = 0, y: int = 0) -> Mask | None:
    """Mask of a bitmap (h, w) whose top-left pixel lies at ``x, y``; cropped to its foreground, ``None`` when empty."""
    rows, columns = np.flatnonzero(bitmap.any(axis=1)), np.flatnonzero(bitmap.any(axis=0))
    if rows.size == 0:
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    runs = rle.runs_from_bitmap(bitmap[top:bottom, left:right])
    return Mask(bbox=(x + left, y + top, right - left, bottom - top), counts=rle.runs_to_text(runs))


def bitmap_of(mask: Mask) -> Bitmap:
    """Bitmap (h, w) of the mask's crop; raises ``ValueError`` when run lengths and size disagree."""
    return rle.bitmap_from_runs(rle.runs_from_text(mask.counts), mask.bbox[3], mask.bbox[2])


def bitmap_in(mask: Mask, window: Window) -> Bitmap:
    """The mask's pixels inside ``window`` as a bitmap (window.h, window.w)."""
    result = np.zeros((window.h, window.w), dtype=bool)
    x, y, w, h = mask.bbox
    left, top = max(x, window.x), max(y, window.y)
    right, bottom = min(x + w, window.x + window.w), min(y + h, window.y + window.h)
    if right > left and bottom > top:
        part = bitmap_of(mask)[top - y : bottom - y, left - x : right - x]
        result[top - window.y : bottom - window.y, left - window.x : right - window.x] = part
    return result


def mask_area(mask: Mask) -> int:
    """Foreground pixels."""
    return rle.area_of_runs(rle.runs_from_text(mask.counts))


def mask_from_full(runs: rle.Runs, width: int, height: int) -> Mask | None:
    """Mask of run lengths over a whole picture (COCO's way); ``None`` when empty. No bitmap is made.

    Raises ``ValueError`` when the runs do not sum to the picture's size.
    """
    rle.check_sum(runs, height, width)
    return mask_of_segments(rle.segments_of_runs(runs, height))


def runs_over_picture(mask: Mask, width: int, height: int) -> rle.Runs:
    """Run lengths of the mask over a whole picture; what lies outside is cut off."""
    x, y, _, h = mask.bbox
    segments = rle.segments_of_runs(rle.runs_from_text(mask.counts), h)
    placed = rle.Segments(segments.column + x, segments.top + y, segments.bottom + y)
    return rle.runs_of_segments(rle.crop_segments(placed, 0, 0, width, height), height, width)


def clip_mask(mask: Mask, width: int, height: int) -> Mask | None:
    """The part inside a picture, ``None`` when nothing is left."""
    x, y, w, h = mask.bbox
    if x >= 0 and y >= 0 and x + w <= width and y + h <= height:
        return mask
    return mask_from_full(runs_over_picture(mask, width, height), width, height)


def mask_of_segments(segments: rle.Segments) -> Mask | None:
    """Mask of vertical strokes sorted by column, then row; ``None`` when there are none."""
    if segments.column.size == 0:
        return None
    x, y = int(segments.column[0]), int(segments.top.min())
    w, h = int(segments.column[-1]) + 1 - x, int(segments.bottom.max()) - y
    runs = rle.runs_of_segments(rle.crop_segments(segments, x, y, w, h), h, w)
    return Mask(bbox=(x, y, w, h), counts=rle.runs_to_text(runs))


def mask_iou(first: Mask, second: Mask) -> float:
    """Intersection over union of two masks in pixels."""
    a, b = first.bbox, second.bbox
    left, top = max(a[0], b[0]), max(a[1], b[1])
    right, bottom = min(a[0] + a[2], b[0] + b[2]), min(a[1] + a[3], b[1] + b[3])
    if right <= left or bottom <= top:
        return 0.0
    window = Window(left, top, right - left, bottom - top)
    shared = int(np.count_nonzero(bitmap_in(first, window) & bitmap_in(second, window)))
    union = mask_area(first) + mask_area(second) - shared
    return shared / union if union else 0.0


def fill_rings(rings: Sequence[Points], window: Window) -> Bitmap:
    """Union of filled rings as a bitmap of ``window``, by the rule of the COCO API (no half-pixel ring too much)."""
    shifted = [flat_ring(points - (window.x, window.y)) for points in rings if len(points) >= 3]
    if not shifted:
        return np.zeros((window.h, window.w), dtype=bool)
    merged = coco_mask.merge(coco_mask.frPyObjects(shifted, window.h, window.w))
    return rle.bitmap_from_runs(rle.runs_from_text(merged["counts"].decode()), window.h, window.w)


def mask_of_polygon(polygon: Polygon, width: int | None = None, height: int | None = None) -> Mask | None:
    """Rasterise parts and holes; clipped to the picture when its size is given, ``None`` when no pixel is covered.

    Raises ``ValueError`` when no size is given and the polygon spans more than ``MAX_WINDOW`` pixels.
    """
    parts = [(ring_points(part.outer), [ring_points(hole) for hole in part.holes]) for part in polygon.parts]
    if width is not None and height is not None:  # a far vertex must cost neither time nor memory
        parts = [
            (clip_ring(outer, width, height, margin=1), [clip_ring(hole, width, height, margin=1) for hole in holes])
            for outer, holes in parts
        ]
    parts = [(outer, holes) for outer, holes in parts if len(outer) >= 3]
    if not parts:
        return None
    window = _window_around(np.concatenate([outer for outer, _ in parts]))
    filled = np.zeros((window.h, window.w), dtype=bool)
    for outer, holes in parts:
        filled |= fill_rings([outer], window) & ~fill_rings(holes, window)
    mask = mask_from_bitmap(filled, window.x, window.y)
    return clip_mask(mask, width, height) if mask and width is not None and height is not None else mask


def _window_around(points: Points) -> Window:
    low, high = np.floor(points.min(axis=0)) - 1, np.ceil(points.max(axis=0)) + 1
    if float(np.prod(high - low)) > MAX_WINDOW:
        raise ValueError("The polygon is too large to be rasterised without a picture to clip it to.")
    return Window(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def polygon_of_mask(mask: Mask) -> Polygon:
    """Polygon along the pixel edges of the mask: exact, the same pixels come back when it is rasterised."""
    x, y = mask.bbox[:2]
    rings = [ring + np.array([x, y]) for ring in pixel_edge_rings(bitmap_of(mask))]
    outers = sorted((r for r in rings if signed_area(r) > 0), key=signed_area)
    holes: list[list[list[float]]] = [[] for _ in outers]
    for ring in rings:
        if signed_area(ring) < 0:
            px, py = _pixel_right_of(ring)
            owner = next(i for i, outer in enumerate(outers) if ring_contains(outer, px, py))
            holes[owner].append(flat_ring(ring))
    parts = [PolygonPart(outer=flat_ring(outer), holes=h) for outer, h in zip(outers, holes, strict=True)]
    return Polygon(parts=parts[::-1])


def _pixel_right_of(ring: Points) -> tuple[float, float]:
    """Centre of the foreground pixel to the right of the ring's first edge."""
    direction = np.sign(ring[1] - ring[0])
    centre = ring[0] + direction / 2 + (-direction[1] / 2, direction[0] / 2)
    return float(centre[0]), float(centre[1])


def pixel_edge_rings(bitmap: Bitmap) -> list[Points]:
    """Simple rings around the foreground: outer rings clockwise as seen on screen, holes the other way.

    Horizontal and vertical stretches of the border are found for the whole bitmap at once and then linked; where two
    pixels touch at a corner only, the ring turns right, so that foreground is 4-connected.
    """
    field = np.pad(bitmap.astype(np.int8), 1)
    across = _stretches(np.diff(field, axis=0)[:, 1:-1])  # + = foreground below: runs left to right
    down = _stretches(-np.diff(field, axis=1)[1:-1, :].T)  # + = foreground to the left: runs downwards
    follow: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for line, start, stop in down:
        follow.setdefault((line, start), []).append((line, stop))
    starts = [((start, line), (stop, line)) for line, start, stop in across]
    return _link(starts, follow)


def _stretches(difference: NDArray[np.int8]) -> list[tuple[int, int, int]]:
    """(line, start, stop) of maximal stretches of equal sign per row; negative ones run backwards."""
    lines, width = difference.shape
    padded = np.zeros((lines, width + 2), dtype=np.int8)
    padded[:, 1:-1] = difference
    changes = np.flatnonzero(np.diff(padded, axis=1).ravel())
    line, at = np.divmod(changes, width + 1)
    value = padded[line, at + 1]
    begins = value != 0
    line, start, sign = line[begins], at[begins], value[begins]
    stop = at[np.flatnonzero(begins) + 1]
    first, last = np.where(sign > 0, start, stop), np.where(sign > 0, stop, start)
    return list(zip(line.tolist(), first.tolist(), last.tolist(), strict=True))


def _link(
    starts: list[tuple[tuple[int, int], tuple[int, int]]], follow: dict[tuple[int, int], list[tuple[int, int]]]
) -> list[Points]:
    """Chain horizontal stretches (start → stop) and vertical ones by their end points into simple rings."""
    beginnings: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for start, stop in starts:
        beginnings.setdefault(start, []).append(stop)
    rings: list[Points] = []
    for start, _ in starts:
        if not beginnings.get(start):
            continue
        path: list[tuple[int, int]] = []
        seen: dict[tuple[int, int], int] = {}
        here, heading, horizontal = start, (0, 0), True
        while True:
            if here in seen:  # came back to a corner: cut the finished ring off
                cut = seen[here]
                rings.append(np.asarray(path[cut:], dtype=np.float64))
                for point in path[cut:]:
                    seen.pop(point)
                del path[cut:]
            options = (beginnings if horizontal else follow).get(here)
            if not options:
                break
            there = _turn_right(here, heading, options)
            options.remove(there)
            seen[here] = len(path)
            path.append(here)
            heading = (_sign(there[0] - here[0]), _sign(there[1] - here[1]))
            here, horizontal = there, not horizontal
    return rings


def _turn_right(here: tuple[int, int], heading: tuple[int, int], options: list[tuple[int, int]]) -> tuple[int, int]:
    if len(options) == 1 or heading == (0, 0):
        return options[0]
    right = (-heading[1], heading[0])
    matching = [t for t in options if (_sign(t[0] - here[0]), _sign(t[1] - here[1])) == right]
    return matching[0] if matching else options[0]


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
