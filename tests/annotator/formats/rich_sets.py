"""A small set in which every field of every record says something: what a lossless format must bring back as it was."""

from pathlib import Path

import numpy as np
from PIL import Image

from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Keypoints,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord, AttributeRecord, ImageRecord, LabelRecord

WIDTH, HEIGHT = 60, 40
LABELS = (
    LabelRecord("animal", color="#112233", source={"note": "above all"}),
    LabelRecord(
        "cat",
        color="#f6494d",
        parent="animal",
        attributes=(AttributeRecord("age", "number", default=3.0), AttributeRecord("coat", "select", ("red", "black"))),
    ),
    LabelRecord("dog é 猫", keypoints=("nose", "left ear", "tail"), skeleton=((0, 1), (1, 2))),
    LabelRecord("sky", stuff=True, color="#0000ff"),
    LabelRecord("never used"),
)
_RING = [[1.0, 1.0, 12.25, 1.0, 12.25, 15.5, 1.0, 15.5], [3.0, 3.0, 3.0, 6.0, 6.0, 6.0, 6.0, 3.0]]


def annotations() -> tuple[AnnotationRecord, ...]:
    """Every kind, every field."""
    bitmap = np.zeros((9, 11), dtype=bool)
    bitmap[1:8, 2:10] = True
    bitmap[3:5, 4:6] = False
    mask = mask_from_bitmap(bitmap, 20, 12)
    assert mask is not None
    parts = [
        PolygonPart(outer=_RING[0], holes=[_RING[1]]),
        PolygonPart(outer=[20.0, 1.0, 30.0, 1.0, 30.0, 9.0]),
        PolygonPart(outer=[40.0, 1.0, 50.0, 1.0, 50.0, 9.0]),
    ]
    return (
        AnnotationRecord("cat", Box(x=4.5, y=6.25, w=20, h=12), {"coat": "réd & <b>", "age": 2.5}, id="17", z_order=2),
        AnnotationRecord("cat", RotatedBox(cx=30, cy=20, w=16, h=8, angle=30), {"blurred": False, "seen": True}),
        AnnotationRecord("animal", Tag(), {"value": "wild"}),
        AnnotationRecord("cat", Polygon(parts=parts), {"n": 3}, id="abc", group="4", crowd=True),
        AnnotationRecord("cat", Polygon(parts=[PolygonPart(outer=_RING[0])]), group="a group", part_of="17"),
        AnnotationRecord("cat", Polyline(points=[1.0, 1.0, 20.0, 20.0, 50.0, 5.5]), track=7, z_order=-1),
        AnnotationRecord("sky", Points(points=[3.0, 4.0, 30.0, 20.0]), track="left"),
        AnnotationRecord("sky", Points(points=[3.25, 4.0]), score=0.25),
        AnnotationRecord(
            "dog é 猫", Keypoints(points=[5.0, 5.0, 2, 10.5, 12.0, 1, 0, 0, 0]), box=Box(x=4, y=4, w=9, h=9.5)
        ),
        AnnotationRecord("cat", Ellipse(cx=30, cy=20, rx=10, ry=6, rotation=20), id="5"),
        AnnotationRecord("sky", mask, {"list": [1, "two", None], "deep": {"a": 1}}),
        AnnotationRecord("sky", Tag()),
        AnnotationRecord("cat", Box(x=1, y=2, w=3, h=4), id="0"),
    )


def images(folder: Path) -> list[ImageRecord]:
    """Four pictures whose order is not that of their names, one empty, two of one stem, one with suggestions."""
    guesses = (
        AnnotationRecord("cat", Box(x=1, y=1, w=5, h=5), score=0.75, id="99"),
        AnnotationRecord("sky", Tag(), {"why": "blue"}, score=0.5),
    )
    return [
        ImageRecord("z.png", WIDTH, HEIGHT, annotations(), "train", picture(folder, "z.png"), source={"license": 3}),
        ImageRecord("a.png", WIDTH, HEIGHT, (), "train", picture(folder, "a.png")),
        ImageRecord("a.bmp", WIDTH, HEIGHT, annotations()[:1], "train", picture(folder, "a.bmp"), predictions=guesses),
        ImageRecord("train/ü 猫 #1.png", WIDTH, HEIGHT, annotations()[:1], None, picture(folder, "train/ü 猫 #1.png")),
    ]


def picture(folder: Path, name: str) -> Path:
    """A real picture."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (WIDTH, HEIGHT), (len(name) * 10, 90, 200)).save(path)
    return path
