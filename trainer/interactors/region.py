"""The classical interactor: regions by colour and edges, without a model.

Every pixel goes to the hint that it reaches more cheaply, where crossing an edge is dear (geodesic segmentation, Bai &
Sapiro 2007), and so are pixels whose colour is rather the other side's.
"""

from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.plugins.base import Options
from trainer.core.diversity import k_means
from trainer.plugins.interactors import Interactor, Prompt

_CENTRES = 4
"""Colours that stand for the object, and for the background."""
_NOISE = 0.004
"""Squared colour difference (channels 0–1) below which colours are taken for the same."""
_FLAT = 0.05
"""Smaller differences between neighbours (sum of channels) are noise."""
_MARGIN = 0.15
"""A box is cut out with this much of its size around it."""

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


class RegionOptions(Options, frozen=True, kw_only=True):
    """How fine and how strict."""

    resolution: Annotated[
        int,
        msgspec.Meta(
            ge=64,
            le=1024,
            title="Resolution",
            description="Longer side in pixels at which the region is searched; more is finer and slower.",
            extra_json_schema={"x-advanced": True},
        ),
    ] = 256
    edge_strength: Annotated[
        float,
        msgspec.Meta(ge=1, le=500, title="Edge strength", description="How much an edge holds the region back."),
    ] = 60.0


class RegionInteractor(Interactor):
    """Region of similar colour around the points, bounded by edges and by the box."""

    title = "Region (classical)"
    description = (
        "Follows colours and edges around a click or in a box. Needs no model; best for objects of even colour."
    )
    Options = RegionOptions

    def propose(self, image: NDArray[np.uint8], prompt: Prompt, *, options: Any) -> Flags:
        """The mask (H, W)."""
        height, width = image.shape[:2]
        result = np.zeros((height, width), np.bool_)
        left, top, right, bottom = _window(prompt, width, height)
        if right - left < 1 or bottom - top < 1:
            return result
        step = max(1, -(-max(right - left, bottom - top) // options.resolution))
        small = _shrink(image[top:bottom, left:right], step)
        inside, outside = _seeds(prompt, small.shape[:2], (left, top), step)
        if not inside.any():
            return result
        mask = _segment(
            small, inside, outside, allowed=_box_area(prompt, small.shape[:2], (left, top), step), options=options
        )
        grown = np.repeat(np.repeat(mask, step, axis=0), step, axis=1)[: bottom - top, : right - left]
        result[top:bottom, left:right][: grown.shape[0], : grown.shape[1]] = grown
        return result


def _window(prompt: Prompt, width: int, height: int) -> tuple[int, int, int, int]:
    """Pixels that are looked at: the box and a margin, or the whole picture."""
    if prompt.box is None:
        return 0, 0, width, height
    x, y, w, h = prompt.box
    dx, dy = max(w * _MARGIN, 3), max(h * _MARGIN, 3)
    return (
        int(np.clip(x - dx, 0, width)),
        int(np.clip(y - dy, 0, height)),
        int(np.clip(np.ceil(x + w + dx), 0, width)),
        int(np.clip(np.ceil(y + h + dy), 0, height)),
    )


def _shrink(image: NDArray[np.uint8], step: int) -> Floats:
    """Mean colour of ``step`` × ``step`` blocks, 0–1; the last row and column of blocks repeat the picture's edge."""
    pad = [(0, -image.shape[0] % step), (0, -image.shape[1] % step), (0, 0)]
    padded = np.pad(image, pad, mode="edge").astype(np.float32) / 255.0
    height, width = padded.shape[0] // step, padded.shape[1] // step
    blocks: Floats = padded.reshape(height, step, width, step, -1).mean(axis=(1, 3), dtype=np.float32)
    return blocks


def _seeds(prompt: Prompt, shape: tuple[int, int], origin: tuple[int, int], step: int) -> tuple[Flags, Flags]:
    """Pixels that surely belong to the object, and pixels that surely do not."""
    inside = _dots(prompt.positive, shape, origin, step)
    outside = _dots(prompt.negative, shape, origin, step)
    area = _box_area(prompt, shape, origin, step)
    if prompt.box is not None:
        outside |= ~area
        if not inside.any():
            inside |= _core(area)
    inside &= area & ~_dots(prompt.negative, shape, origin, step)
    if not outside.any():  # one click says nothing about the rest: the frame of the picture is taken for background
        outside[[0, -1], :] = True
        outside[:, [0, -1]] = True
    return inside, outside & ~inside


def _dots(points: tuple[tuple[float, float], ...], shape: tuple[int, int], origin: tuple[int, int], step: int) -> Flags:
    rows, columns = np.indices(shape)
    result = np.zeros(shape, np.bool_)
    for x, y in points:
        column, row = (x - origin[0]) / step - 0.5, (y - origin[1]) / step - 0.5
        result |= (rows - row) ** 2 + (columns - column) ** 2 <= 2.25
    return result


def _box_area(prompt: Prompt, shape: tuple[int, int], origin: tuple[int, int], step: int) -> Flags:
    if prompt.box is None:
        return np.ones(shape, np.bool_)
    x, y, w, h = prompt.box
    rows, columns = np.indices(shape)
    centre_x, centre_y = (columns + 0.5) * step + origin[0], (rows + 0.5) * step + origin[1]
    inside: Flags = (centre_x >= x) & (centre_x <= x + w) & (centre_y >= y) & (centre_y <= y + h)
    return inside


def _core(area: Flags) -> Flags:
    """The middle fifth of a box: where an object that fills its box almost surely is."""
    rows, columns = np.flatnonzero(area.any(axis=1)), np.flatnonzero(area.any(axis=0))
    result = np.zeros_like(area)
    if len(rows) and len(columns):
        result[np.ix_(rows[_middle(len(rows))], columns[_middle(len(columns))])] = True
    return result


def _middle(length: int) -> slice:
    half = max(length // 10, 0)
    return slice((length - 1) // 2 - half, length // 2 + half + 1)


def _segment(colours: Floats, inside: Flags, outside: Flags, *, allowed: Flags, options: RegionOptions) -> Flags:
    smooth = _blur(_blur(colours))
    likeness = _likeness(smooth, inside, outside)
    lean = 2 * likeness - 1  # a colour that both sides have costs neither anything
    own = _reach(smooth, np.maximum(-lean, 0), inside, options.edge_strength)
    other = _reach(smooth, np.maximum(lean, 0), outside, options.edge_strength)
    return _fill_holes(_connected((own < other) & allowed, inside))


def _blur(colours: Floats) -> Floats:
    """Mean of 3 × 3 pixels: noise must not look like edges."""
    for axis in (0, 1):
        padded = np.pad(colours, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge")
        size = colours.shape[axis]
        first, second, third = (np.take(padded, np.arange(i, i + size), axis=axis) for i in range(3))
        colours = (first + second + third) / np.float32(3)
    return colours


def _likeness(colours: Floats, inside: Flags, outside: Flags) -> Floats:
    """How much each pixel's colour is the object's rather than the background's, 0–1 (H, W)."""
    mine, theirs = _nearest_colour(colours, colours[inside]), _nearest_colour(colours, colours[outside])
    likeness: Floats = (theirs + _NOISE) / (mine + theirs + 2 * _NOISE)
    return likeness


def _nearest_colour(colours: Floats, samples: Floats) -> Floats:
    """Squared distance (H, W) to the nearest of a few colours that stand for ``samples`` (K, 3); 1 without samples."""
    if len(samples) == 0:
        return np.ones(colours.shape[:2], np.float32)
    _, centres = k_means(samples, _CENTRES, rng=np.random.default_rng(0), steps=8)
    distances = ((colours[..., None, :] - centres) ** 2).sum(axis=3)
    nearest: Floats = distances.min(axis=2)
    return nearest


def _reach(colours: Floats, foreign: Floats, seeds: Flags, strength: float) -> Floats:
    """Cost of the cheapest way from the seeds to each pixel (H, W): edges and ``foreign`` pixels (0–1) are dear."""
    cost = np.where(seeds, np.float32(0), np.float32(np.inf))
    down, right = _steps(colours, foreign, strength), _steps(colours.swapaxes(0, 1), foreign.T, strength)
    for _ in range(64):  # sweeps until nothing gets cheaper; a way rarely turns more often
        before = cost.copy()
        _sweep(cost, down)
        _sweep(cost[::-1], down[::-1])
        _sweep(cost.T, right)
        _sweep(cost.T[::-1], right[::-1])
        if np.array_equal(before, cost):
            break
    return cost


def _steps(colours: Floats, foreign: Floats, strength: float) -> Floats:
    """Cost of a step from each row to the next (H − 1, W)."""
    edges = np.maximum(np.abs(np.diff(colours, axis=0)).sum(axis=2) - _FLAT, 0)
    steps: Floats = np.float32(1) + np.float32(strength) * (edges + (foreign[1:] + foreign[:-1]) / 2)
    return steps


def _sweep(cost: Floats, steps: Floats) -> None:
    """Carry costs from each row to the next, in place."""
    for row in range(1, len(cost)):
        np.minimum(cost[row], cost[row - 1] + steps[row - 1], out=cost[row])


def _connected(mask: Flags, seeds: Flags) -> Flags:
    """The parts of ``mask`` that touch a seed."""
    found = mask & seeds
    while True:
        grown = found.copy()
        grown[1:] |= found[:-1]
        grown[:-1] |= found[1:]
        grown[:, 1:] |= found[:, :-1]
        grown[:, :-1] |= found[:, 1:]
        grown &= mask
        if np.array_equal(grown, found):
            return found
        found = grown


def _fill_holes(mask: Flags) -> Flags:
    """Background that the frame cannot reach belongs to the object."""
    frame = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), np.bool_)
    frame[[0, -1], :] = True
    frame[:, [0, -1]] = True
    return ~_connected(np.pad(~mask, 1, constant_values=True), frame)[1:-1, 1:-1]
