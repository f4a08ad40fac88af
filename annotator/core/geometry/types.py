"""The geometry vocabulary: one frozen struct per kind, tagged by ``type`` on the wire.

All coordinates are continuous pixels of the *displayed* picture (EXIF orientation applied); the origin is the top-left
corner of the top-left pixel, so pixel *i* covers [i, i + 1]. Rings are flat lists ``x1, y1, x2, y2, …`` and open (the
first point is not repeated). Angles are degrees, clockwise as seen on screen.
"""

from typing import Any, ClassVar

import msgspec


class _Shape(msgspec.Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    """Common base; ``kind`` repeats the tag for code that holds an instance."""

    kind: ClassVar[str]
    """The wire tag of this geometry."""


class Box(_Shape, frozen=True, tag="box"):
    """Axis-parallel box by its top-left corner and size in pixels."""

    x: float
    y: float
    w: float
    h: float


class RotatedBox(_Shape, frozen=True, tag="rotated_box"):
    """Box rotated by ``angle`` degrees clockwise about its centre."""

    cx: float
    cy: float
    w: float
    h: float
    angle: float


class PolygonPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One outer ring and its holes."""

    outer: list[float]
    holes: list[list[float]] = []


class Polygon(_Shape, frozen=True, tag="polygon"):
    """One object of one or more parts, each with optional holes."""

    parts: list[PolygonPart]


class Polyline(_Shape, frozen=True, tag="polyline"):
    """Open line through ``points`` (flat x, y)."""

    points: list[float]


class Points(_Shape, frozen=True, tag="points"):
    """One object marked by loose ``points`` (flat x, y): no order, no names, no visibility."""

    points: list[float]


class Keypoints(_Shape, frozen=True, tag="keypoints"):
    """Flat ``x, y, v`` triples; v: 0 unlabelled, 1 hidden, 2 visible (COCO)."""

    points: list[float]


class Ellipse(_Shape, frozen=True, tag="ellipse"):
    """Ellipse by centre, radii and clockwise rotation in degrees."""

    cx: float
    cy: float
    rx: float
    ry: float
    rotation: float = 0.0


class Mask(_Shape, frozen=True, tag="mask"):
    """Bitmap as COCO-compressed run lengths of its crop ``bbox`` (integer x, y, w, h); columns and background first."""

    bbox: tuple[int, int, int, int]
    counts: str


class Tag(_Shape, frozen=True, tag="tag"):
    """No geometry: the label holds for the whole image."""


Geometry = Box | RotatedBox | Polygon | Polyline | Points | Keypoints | Ellipse | Mask | Tag

for _shape in (Box, RotatedBox, Polygon, Polyline, Points, Keypoints, Ellipse, Mask, Tag):
    _shape.kind = str(_shape.__struct_config__.tag)  # on the class: it is asked for millions of times

GEOMETRY_KINDS: tuple[str, ...] = (
    "box", "rotated_box", "polygon", "polyline", "points", "keypoints", "ellipse", "mask", "tag",
)  # fmt: skip


def geometry_from_json(value: Any) -> Geometry:
    """Build a geometry from its JSON object; raises ``msgspec.ValidationError`` naming the wrong field.

    Structure only; limits and finiteness are checked by ``annotator.core.geometry.validate``.
    """
    result: Geometry = msgspec.convert(value, Geometry)
    return result


def geometry_to_json(geometry: Geometry) -> dict[str, Any]:
    """The JSON object of a geometry, with its ``type`` tag."""
    result: dict[str, Any] = msgspec.to_builtins(geometry)
    return result
