"""The full ADE20K: classes and instances in one colour, names in a text file beside it."""

import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.formats.masks.decode import Region
from annotator.formats.shared.index_maps import masks_by_value
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.palettes import PixelMap

_LARGEST = 1 << 22


def ade_numbers(pixels: PixelMap, *, instances: bool) -> NDArray[np.int64]:
    """ADE20K's own colours: class = R // 10 * 256 + G, instance = B, as class * 256 + instance (or the class alone)."""
    if pixels.kind == "index":  # red, green and blue agree
        red = green = blue = pixels.values.astype(np.int64)
    else:
        values = pixels.values.astype(np.int64)
        red, green, blue = values >> 16, values >> 8 & 255, values & 255
    classes: NDArray[np.int64] = red // 10 * 256 + green
    return classes * 256 + blue if instances else classes


def ade_regions(pixels: PixelMap, skip: Collection[int], *, instances: bool) -> list[Region]:
    """Regions of a picture of the full ADE20K."""
    found = masks_by_value(ade_numbers(pixels, instances=instances), ())
    regions = [Region(value // 256 if instances else value, mask) for value, mask in found]
    return [region for region in regions if region.number not in skip]


def _described(path: Path) -> dict[int, str]:
    """Names by class number of ``annotation.object[]``; empty when there is no such file."""
    try:
        content = json.loads(path.read_bytes().decode(errors="replace")) if path.stat().st_size <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return {}
    entries = as_list(as_object(as_object(content).get("annotation")).get("object"))
    found = ((entry.get("name_ndx"), entry.get("name")) for entry in map(as_object, entries))
    return {number: name for number, name in found if isinstance(number, int) and isinstance(name, str) and name}


def ade_names(pixels: PixelMap, path: Path) -> dict[int, str]:
    """Class names by number, from ``…_atr.txt`` beside ``…_seg.png``.

    Its rows are instance # part level # occluded # name …; instances are counted from 1 in the order of their blue values.
    Since 2020 there is a JSON file instead, whose objects say their numbers.
    """
    described = _described(path.with_name(f"{path.stem.removesuffix('_seg')}.json"))
    if described:
        return described
    table = path.with_name(f"{path.stem.removesuffix('_seg')}_atr.txt")
    try:
        text = table.read_text(encoding="utf-8", errors="replace") if table.stat().st_size <= _LARGEST else ""
    except OSError:
        return {}
    rows = [[cell.strip() for cell in line.split("#")] for line in text.splitlines()]
    named = {row[0].lstrip("0"): row[3] for row in rows if len(row) > 3 and row[1] == "0" and row[3]}
    numbers = ade_numbers(pixels, instances=True)
    pairs = np.unique(numbers[numbers & 255 > 0])
    order = {int(value): str(place) for place, value in enumerate(np.unique(pairs & 255), start=1)}
    found: dict[int, str] = {}
    for pair in pairs.tolist():
        name = named.get(order[pair & 255])
        if name and pair >> 8:
            found.setdefault(pair >> 8, name)
    return found
