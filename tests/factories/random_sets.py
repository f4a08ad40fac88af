"""Hypothesis strategies for whole datasets of the canonical model, real pictures included.

Coordinates are multiples of a quarter pixel, so that formats that keep them exactly can be held to it.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import Window, bitmap_in, mask_from_bitmap
from annotator.core.geometry.measures import area
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord

SIZES = ((60, 40), (40, 60), (64, 64))
NAMES = ("a.png", "b 1.png", "sub dir/a.png", "sub dir/ü 猫 #1.png", "deep/er/c.png")
LABELS = ("cat", "dog é 猫", "third one")
KEYPOINTS = ("nose", "left", "right")


@cache
def png(width: int, height: int, shade: int) -> bytes:
    """A plain picture."""
    file = BytesIO()
    Image.new("RGB", (width, height), (shade, 90, 200)).save(file, "PNG")
    return file.getvalue()


def _quarter(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(round(low * 4), round(high * 4)).map(lambda n: n / 4)


@st.composite
def _box(draw: st.DrawFn, width: int, height: int) -> Box:
    x, y = draw(_quarter(0, width - 8)), draw(_quarter(0, height - 8))
    return Box(x=x, y=y, w=draw(_quarter(4, width - x)), h=draw(_quarter(4, height - y)))


@st.composite
def _polygon(draw: st.DrawFn, width: int, height: int, *, holes: bool, parts: bool) -> Polygon:
    """One or two trapeziums side by side, the first perhaps with a hole."""
    half = width / 2
    made = []
    for number in range(draw(st.integers(1, 2)) if parts else 1):
        left = number * half + draw(_quarter(0.5, 3))
        top, right, bottom = draw(_quarter(1, 4)), number * half + half - 3, height - draw(_quarter(2, 6))
        outer = [left, top, right, top, right - 2, bottom, left + 2, bottom]
        hole = [left + 5, top + 6, left + 5, top + 14, left + 9, top + 14, left + 9, top + 6]
        made.append(PolygonPart(outer=outer, holes=[hole] if holes and draw(st.booleans()) else []))
    return Polygon(parts=made)


@st.composite
def _mask(draw: st.DrawFn, width: int, height: int) -> Geometry:
    rows = draw(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=5, max_size=5))
    bitmap = np.array(rows, dtype=np.uint8)
    bitmap[2, 1:5] = 1  # never empty, and large enough for every reader
    found = mask_from_bitmap(bitmap, draw(st.integers(0, width - 6)), draw(st.integers(0, height - 5)))
    assert found is not None
    return found


@st.composite
def _points(draw: st.DrawFn, width: int, height: int, *, least: int) -> list[float]:
    places = draw(st.lists(st.tuples(_quarter(0, width), _quarter(0, height)), min_size=least, max_size=6, unique=True))
    return [value for place in places for value in place]


@st.composite
def _keypoints(draw: st.DrawFn, width: int, height: int) -> Keypoints:
    seen = [draw(st.sampled_from((1, 2))), *(draw(st.sampled_from((0, 1, 2))) for _ in KEYPOINTS[1:])]
    points: list[float] = []
    for v in seen:
        points += [draw(_quarter(1, width)), draw(_quarter(1, height)), v] if v else [0, 0, 0]
    return Keypoints(points=points)


def geometries(kind: str, width: int, height: int, keeps: frozenset[str]) -> st.SearchStrategy[Geometry]:
    """Shapes of one kind inside a picture, with holes and parts where they are kept."""
    centre = {"cx": _quarter(20, width - 20), "cy": _quarter(20, height - 20)}
    makers: Mapping[str, st.SearchStrategy[Any]] = {
        "box": _box(width, height),
        "rotated_box": st.builds(
            RotatedBox,
            **centre,
            w=_quarter(8, 14),
            h=_quarter(3, 6),
            angle=st.sampled_from((0.0, 30.0, 45.0, 120.0, 300.0)),
        ),
        "polygon": _polygon(width, height, holes="holes" in keeps, parts="parts" in keeps),
        "polyline": _points(width, height, least=2).map(lambda points: Polyline(points=points)),
        "points": _points(width, height, least=1).map(lambda points: Points(points=points)),
        "keypoints": _keypoints(width, height),
        "ellipse": st.builds(
            Ellipse, **centre, rx=_quarter(8, 14), ry=_quarter(3, 6), rotation=st.sampled_from((0.0, 20.0, 90.0))
        ),
        "mask": _mask(width, height),
        "tag": st.just(Tag()),
    }
    return makers[kind]


ATTRIBUTES = st.dictionaries(
    st.sampled_from(("colour", "age", "blurred")),
    st.sampled_from(("red", "réd & <b>", 3, 2.5, True, False)),
    max_size=2,
)


@st.composite
def images(
    draw: st.DrawFn, folder: Path, kinds: frozenset[str], keeps: frozenset[str], *, one_tag: bool
) -> list[ImageRecord]:
    """Up to four pictures below ``folder`` with objects of these kinds, some with none."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    made = []
    for number, name in enumerate(names):
        width, height = draw(st.sampled_from(SIZES))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(width, height, 40 * number))
        split = draw(st.sampled_from(("train", "val", "test"))) if "splits" in keeps else None
        count = 1 if one_tag else draw(st.integers(0, 4))
        objects = tuple(draw(_object(kinds, keeps, width, height)) for _ in range(count))
        made.append(ImageRecord(name, width, height, _single_tags(objects), split, path))
    return made


def disjoint(image: ImageRecord) -> ImageRecord:
    """The objects that overlap no earlier one, by label and the larger first: what a picture of numbers can hold."""
    taken = np.zeros((image.height, image.width), dtype=bool)
    kept = []
    for found in image.annotations:
        mask = to_mask(found.geometry, image.width, image.height)
        pixels = bitmap_in(mask, Window(0, 0, image.width, image.height)) if mask is not None else taken[:0, :0]
        if pixels.size and not (pixels & taken).any():
            taken |= pixels
            kept.append(found)
    kept.sort(key=lambda found: (LABELS.index(found.label), -area(found.geometry)))
    return replace(image, annotations=tuple(kept))


def _single_tags(objects: tuple[AnnotationRecord, ...]) -> tuple[AnnotationRecord, ...]:
    """A label is said of a picture once."""
    seen: set[str] = set()
    kept = []
    for found in objects:
        if found.geometry.kind != "tag" or found.label not in seen:
            kept.append(found)
            seen |= {found.label} if found.geometry.kind == "tag" else set()
    return tuple(kept)


@st.composite
def _object(draw: st.DrawFn, kinds: frozenset[str], keeps: frozenset[str], width: int, height: int) -> AnnotationRecord:
    kind = draw(st.sampled_from(sorted(kinds)))
    attributes = draw(ATTRIBUTES) if "attributes" in keeps and kind != "tag" else {}
    z_order = draw(st.integers(0, 3)) if "z_order" in keeps and kind != "tag" else 0
    return AnnotationRecord(
        draw(st.sampled_from(LABELS)),
        draw(geometries(kind, width, height, keeps)),
        attributes=attributes,
        z_order=z_order,
    )


def labels(kinds: frozenset[str]) -> list[LabelRecord]:
    """The classes of the random sets."""
    if "keypoints" not in kinds:
        return [LabelRecord(name) for name in LABELS]
    return [LabelRecord(name, keypoints=KEYPOINTS, skeleton=((0, 1), (0, 2))) for name in LABELS]
