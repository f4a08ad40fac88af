"""Run lengths: the COCO way to write a bitmap as text, column by column, background first.

A bitmap of *h* rows and *w* columns is read column by column; ``runs`` are the lengths of alternating background and
foreground stretches (the first may be 0) and sum to ``h * w``. The text form stores ``runs[i] - runs[i - 2]`` from the
fourth run on, in groups of five bits, low group first, bit 5 = “more follows”, sign-extended from bit 4, each plus 48
as a character (the scheme of the COCO API's ``maskApi``).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Runs = NDArray[np.int64]
MAX_GROUPS = 12
MAX_SIDE = 1 << 20


class Segments(NamedTuple):
    """Foreground as vertical strokes: pixel column, first row, row after the last; sorted by column, then row."""

    column: Runs
    top: Runs
    bottom: Runs


def runs_from_text(counts: str) -> Runs:
    """Run lengths of a compressed text; raises ``ValueError`` when the text is not one."""
    try:
        raw = np.frombuffer(counts.encode("ascii"), dtype=np.uint8).astype(np.int64) - 48
    except UnicodeEncodeError:
        raise ValueError("Run lengths hold characters that do not belong there.") from None
    if raw.size == 0:
        return np.zeros(0, dtype=np.int64)
    if raw.min() < 0 or raw.max() > 63 or raw[-1] & 0x20:
        raise ValueError("Run lengths hold characters that do not belong there, or are cut off.")
    last = np.flatnonzero((raw & 0x20) == 0)
    first = np.concatenate(([0], last[:-1] + 1))
    if int((last - first).max()) >= MAX_GROUPS:
        raise ValueError("A run length is too large.")
    place = np.arange(raw.size) - np.repeat(first, last - first + 1)
    values = np.add.reduceat((raw & 0x1F) << (5 * place), first)
    values -= np.where(raw[last] & 0x10, np.int64(1) << (5 * (last - first + 1)), 0)
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    if values.min() < 0:
        raise ValueError("A run length is negative.")
    return values


def runs_to_text(runs: Runs) -> str:
    """Compressed text of run lengths."""
    values = runs.astype(np.int64)
    values[3:] -= runs[1:-2]
    columns: list[NDArray[np.uint8]] = []
    alive = np.ones(values.shape, dtype=bool)
    marks: list[NDArray[np.bool_]] = []
    while alive.any():
        group = values & 0x1F
        values = values >> 5
        done = np.where(group & 0x10, values == -1, values == 0)
        columns.append((group + np.where(done, 0, 0x20) + 48).astype(np.uint8))
        marks.append(alive)
        alive = alive & ~done
    if not columns:
        return ""
    table, used = np.stack(columns, axis=1), np.stack(marks, axis=1)
    return table[used].tobytes().decode("ascii")


def runs_from_bitmap(bitmap: NDArray[np.bool_]) -> Runs:
    """Run lengths of a bitmap (h, w)."""
    flat = np.ascontiguousarray(bitmap.T).ravel()
    if flat.size == 0:
        return np.zeros(0, dtype=np.int64)
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    bounds = np.concatenate(([0], edges, [flat.size]))
    runs = np.diff(bounds)
    return np.concatenate(([0], runs)) if flat[0] else runs


def check_sum(runs: Runs, height: int, width: int) -> None:
    """Raise ``ValueError`` unless the runs cover a bitmap of that size exactly (and the size is one a bitmap can have)."""
    if not (0 <= height <= MAX_SIDE and 0 <= width <= MAX_SIDE):
        raise ValueError(f"A bitmap of {width} × {height} pixels is too large.")
    total = int(runs.sum()) if runs.size and int(runs.max()) <= height * width else -1 if runs.size else 0
    if total != height * width:
        raise ValueError(f"Run lengths do not sum to the {width} × {height} pixels of the bitmap.")


def bitmap_from_runs(runs: Runs, height: int, width: int) -> NDArray[np.bool_]:
    """Bitmap (height, width) of run lengths; raises ``ValueError`` when they do not sum to its size."""
    check_sum(runs, height, width)
    colours = np.arange(runs.size) % 2 == 1
    flat: NDArray[np.bool_] = np.repeat(colours, runs)
    return flat.reshape(width, height).T


def area_of_runs(runs: Runs) -> int:
    """Number of foreground pixels."""
    return int(runs[1::2].sum())


def segments_of_runs(runs: Runs, height: int) -> Segments:
    """Foreground strokes of run lengths in a bitmap with ``height`` rows; no bitmap is made."""
    ends = np.cumsum(runs)
    start, stop = (ends - runs)[1::2], ends[1::2]
    full = stop > start
    start, stop = start[full], stop[full]
    first, last = start // max(height, 1), (stop - 1) // max(height, 1)
    pieces = last - first + 1
    owner = np.repeat(np.arange(start.size), pieces)
    offset = np.arange(owner.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    column = first[owner] + offset
    top = np.where(offset == 0, start[owner] - first[owner] * height, 0)
    bottom = np.where(offset == pieces[owner] - 1, stop[owner] - last[owner] * height, height)
    return Segments(column, top, bottom)


def runs_of_segments(segments: Segments, height: int, width: int) -> Runs:
    """Run lengths of strokes placed in a bitmap of ``height`` × ``width``; strokes that touch are joined."""
    start = segments.column * height + segments.top
    stop = segments.column * height + segments.bottom
    opens = np.concatenate(([True], start[1:] != stop[:-1])) if start.size else np.zeros(0, dtype=bool)
    start = start[opens]
    stop = stop[np.concatenate((opens[1:], [True]))] if stop.size else stop
    edges = np.empty(2 * start.size + 2, dtype=np.int64)
    edges[0], edges[-1] = 0, height * width
    edges[1:-1:2], edges[2:-1:2] = start, stop
    runs = np.diff(edges)
    return runs[:-1] if runs.size > 1 and runs[-1] == 0 else runs


def crop_segments(segments: Segments, x: int, y: int, width: int, height: int) -> Segments:
    """Strokes inside a window, in the window's own coordinates."""
    top = np.clip(segments.top - y, 0, height)
    bottom = np.clip(segments.bottom - y, 0, height)
    column = segments.column - x
    keep = (column >= 0) & (column < width) & (bottom > top)
    return Segments(column[keep], top[keep], bottom[keep])
