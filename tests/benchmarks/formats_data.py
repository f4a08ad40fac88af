"""Made-up COCO sets of known size: the same bytes on every machine."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from annotator.core.geometry.masks import mask_of_polygon, runs_over_picture
from annotator.core.geometry.rle import runs_to_text
from annotator.core.geometry.types import Polygon, PolygonPart

CLASSES = 80


@dataclass(frozen=True, slots=True)
class SetSpec:
    """``objects`` of one ``kind`` (box, polygon, mask) on ``images`` pictures, ``empty`` of which have none."""

    name: str
    title: str
    kind: str
    images: int
    objects: int
    empty: int = 0
    pictures: bool = False
    width: int = 640
    height: int = 480


SETS = {
    spec.name: spec
    for spec in (
        SetSpec("boxes 98k", "98,000 boxes, 10,000 pictures", "box", 10_000, 98_000, 200, pictures=True),
        SetSpec("boxes 980k", "980,000 boxes, 100,000 images, no pictures", "box", 100_000, 980_000, 2_000),
        SetSpec(
            "polygons 100k", "100,000 polygons of 24 corners, 10,000 images, no pictures", "polygon", 10_000, 100_000
        ),
        SetSpec(
            "masks 10k", "10,000 masks of 1000 × 1000, no pictures", "mask", 10_000, 10_000, width=1000, height=1000
        ),
    )
}


def make_set(spec: SetSpec, folder: Path, seed: int = 7) -> None:
    """Write ``annotations/instances_train.json`` and, if wished, small real pictures into ``images/train``."""
    chance = random.Random(seed)
    (folder / "annotations").mkdir(parents=True)
    (folder / "images" / "train").mkdir(parents=True)  # empty without pictures: some tools want the folder all the same
    empty = set(chance.sample(range(spec.images), spec.empty))
    share = spec.objects // (spec.images - spec.empty)
    with (folder / "annotations" / "instances_train.json").open("w") as file:
        file.write('{"info": {"description": "made up"}, "licenses": [],\n"images": [')
        _join(file, ({"id": n + 1, "file_name": f"{n:06d}.jpg", "width": spec.width, "height": spec.height}
                     for n in range(spec.images)))  # fmt: skip
        file.write('],\n"annotations": [')
        _join(file, _annotations(spec, chance, empty, share))
        classes = [{"id": n, "name": f"class {n:02d}", "supercategory": "thing"} for n in range(1, CLASSES + 1)]
        file.write(f'],\n"categories": {json.dumps(classes)}}}\n')
    if spec.pictures:
        _pictures(spec, folder / "images" / "train", seed)


def _join(file: Any, entries: Iterator[dict[str, Any]]) -> None:
    for number, entry in enumerate(entries):
        file.write((", " if number else "") + json.dumps(entry))


def _annotations(spec: SetSpec, chance: random.Random, empty: set[int], share: int) -> Iterator[dict[str, Any]]:
    number = 0
    for image in range(spec.images):
        for _ in range(0 if image in empty else share):
            number += 1
            w, h = round(chance.uniform(5, spec.width / 2), 2), round(chance.uniform(5, spec.height / 2), 2)
            x, y = round(chance.uniform(0, spec.width - w), 2), round(chance.uniform(0, spec.height - h), 2)
            entry: dict[str, Any] = {
                "id": number, "image_id": image + 1, "category_id": chance.randint(1, CLASSES), "bbox": [x, y, w, h],
                "area": round(w * h, 4), "iscrowd": 0, "segmentation": [],
            }  # fmt: skip
            if spec.kind != "box":
                ring = _ring(chance, x, y, w, h)
                entry["segmentation"] = [ring] if spec.kind == "polygon" else _run_lengths(spec, ring)
            yield entry


def _ring(chance: random.Random, x: float, y: float, w: float, h: float) -> list[float]:
    """A star of 24 corners inside a box."""
    ring: list[float] = []
    for step in range(24):
        reach = chance.uniform(0.6, 1.0)
        ring.append(round(x + w / 2 * (1 + reach * cos(step * pi / 12)), 2))
        ring.append(round(y + h / 2 * (1 + reach * sin(step * pi / 12)), 2))
    return ring


def _run_lengths(spec: SetSpec, ring: list[float]) -> dict[str, Any]:
    mask = mask_of_polygon(Polygon(parts=[PolygonPart(outer=ring)]), spec.width, spec.height)
    if mask is None:
        raise ValueError("A ring covers no pixel.")
    runs = runs_over_picture(mask, spec.width, spec.height)
    return {"size": [spec.height, spec.width], "counts": runs_to_text(runs)}


def _pictures(spec: SetSpec, folder: Path, seed: int) -> None:
    """A few different JPEG files, each many times."""
    noise = np.random.default_rng(seed)
    stock = []
    for number in range(8):
        small = noise.integers(0, 255, (48, 64, 3), dtype=np.uint8)
        path = folder / f"stock{number}.jpg"
        Image.fromarray(small).resize((spec.width, spec.height)).save(path, quality=40)
        stock.append(path.read_bytes())
        path.unlink()
    for number in range(spec.images):
        (folder / f"{number:06d}.jpg").write_bytes(stock[number % len(stock)])
