"""One object of a Supervisely annotation → a record."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from annotator.core.geometry.masks import clip_mask, mask_from_bitmap
from annotator.core.geometry.rings import ring_points, signed_area
from annotator.core.geometry.types import (
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
from annotator.core.records import AnnotationRecord, Issue, LabelRecord
from annotator.formats.shared.checking import dropped, sound_box
from annotator.formats.shared.encoded_bitmaps import bitmap_of_png, bytes_of_base64, inflated
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.own_fields import KEY, with_own_fields
from annotator.formats.shared.values import flat_numbers, number, open_ring, text_of
from annotator.plugins.formats import Report

_USED = frozenset(
    {"id", "classTitle", "geometryType", "shape", "points", "bitmap", "nodes", "tags", "instance", "angle", KEY}
)
_TYPES_OF_KEYS = {"bitmap": "bitmap", "nodes": "graph", "vertices": "cuboid_2d", "faces": "cuboid"}
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SuperviselyClass:
    """A class of ``meta.json``: its label, and the ids of its nodes in order."""

    label: LabelRecord
    shape: str
    nodes: tuple[str, ...] = ()


@dataclass
class Context:
    """What objects are read with."""

    classes: Mapping[str, SuperviselyClass]
    inclusive: bool
    """Corners of rectangles are indices of pixels that belong to them."""
    report: Report
    undeclared: dict[str, LabelRecord] = field(default_factory=dict)


def records_of(entries: list[Any], size: Size, context: Context, file: str) -> Iterator[AnnotationRecord]:
    """Records of the list ``objects``; parts of one object, which stand one behind another, are joined."""
    number_ = 0
    while number_ < len(entries):
        own = as_object(as_object(entries[number_]).get(KEY))
        found = _record(entries[number_], size, context, file, f"/objects/{number_}")
        number_ += 1
        count = own.get("parts")
        if found is None or not isinstance(count, int) or not isinstance(found.geometry, Polygon | Points):
            if found is not None:
                yield found
            continue
        pieces: list[Geometry] = [found.geometry]
        while len(pieces) < count and number_ < len(entries):
            more = _record(entries[number_], size, context, file, f"/objects/{number_}")
            if more is None or more.geometry.kind != found.geometry.kind or more.label != found.label:
                break
            pieces.append(more.geometry)
            number_ += 1
        yield replace(found, geometry=_joined(pieces), group=None if own.get("ungrouped") is True else found.group)


def _joined(pieces: list[Geometry]) -> Geometry:
    """One object of several polygons or of several single points."""
    points = [value for piece in pieces if isinstance(piece, Points) for value in piece.points]
    parts = [part for piece in pieces if isinstance(piece, Polygon) for part in piece.parts]
    return Points(points=points) if points else Polygon(parts=parts)


def _record(entry: Any, size: Size, context: Context, file: str, where: str) -> AnnotationRecord | None:
    entry = as_object(entry)
    if isinstance(entry.get("geometry"), dict):  # as the server's figures say it
        entry = {**entry["geometry"], **{key: value for key, value in entry.items() if key != "geometry"}}
    title = text_of(entry.get("classTitle"))
    if not title:
        context.report(dropped("missing_label", file=file, where=where))
        return None
    known = context.classes.get(title)
    if known is None:
        if title not in context.undeclared and context.classes:
            text = f"The class “{title}” is not in meta.json; it was taken all the same."
            context.report(Issue("undeclared_label", "warning", text, file, where))
        context.undeclared.setdefault(title, LabelRecord(name=title))
        known = SuperviselyClass(context.undeclared[title], "any")
    geometry = _geometry(entry, known, size, context, file, where)
    if geometry is None:
        return None
    if isinstance(geometry, str):
        context.report(dropped(geometry, file=file, where=where))
        return None
    record = AnnotationRecord(
        label=known.label.name,
        geometry=geometry,
        attributes=attributes_of(entry.get("tags")) | _foreign(entry),
        id=text_of(entry.get("id")) or None,
        group=text_of(entry.get("instance")) or None,
    )
    return with_own_fields(record, entry.get(KEY))


def _foreign(entry: dict[str, Any]) -> dict[str, Any]:
    return {f"supervisely:{key}": value for key, value in entry.items() if key not in _USED and value not in ("", None)}


def tags_of(entries: Any) -> Iterator[tuple[str, Any]]:
    """Name and value of tags; one without a value is true."""
    for entry in as_list(entries):
        tag = {"name": entry} if isinstance(entry, str) else as_object(entry)
        name = text_of(tag.get("name")) or text_of(tag.get("tagTitle"))
        if name:
            own = as_object(tag.get(KEY))
            value = own["value"] if "value" in own else tag.get("value")
            yield name, True if value is None else value


def attributes_of(entries: Any) -> dict[str, Any]:
    """Tags of an object as attributes; a name that comes several times has a list of values."""
    found: dict[str, list[Any]] = {}
    for name, value in tags_of(entries):
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _geometry(
    entry: dict[str, Any], known: SuperviselyClass, size: Size, context: Context, file: str, where: str
) -> Geometry | str | None:
    """The shape, the code of what is wrong with it, or ``None`` when that was reported."""
    kind = _kind(entry, known)
    if kind == "tag":  # ours, for suggestions
        return Tag()
    points = as_object(entry.get("points"))
    exterior = flat_numbers(points.get("exterior"))
    if kind == "bitmap" or kind == "alpha_mask":
        return _mask(entry, kind, size, context, file, where)
    if kind == "graph":
        return _keypoints(as_object(entry.get("nodes")), known.nodes)
    if kind not in {"polygon", "rectangle", "oriented_bbox", "line", "polyline", "point"}:
        text = f"A shape of the kind “{kind}” cannot be shown on a picture; it was left out."
        context.report(Issue("unsupported_shape", "warning", text, file, where))
        return None
    if exterior is None:
        return "not_finite" if isinstance(points.get("exterior"), list) else "missing_geometry"
    if not exterior:
        return "missing_geometry"
    if kind == "point":
        return Points(points=exterior)
    if kind == "polygon":
        return _polygon(exterior, points.get("interior"), context, file, where)
    if kind in {"line", "polyline"}:
        return Polyline(points=exterior) if len(exterior) >= 4 else "degenerate_polygon"
    return _rectangle(exterior, entry, kind, more=1.0 if context.inclusive else 0.0)


def _kind(entry: dict[str, Any], known: SuperviselyClass) -> str:
    """``geometryType``; where old files have none, what the members and the class say."""
    stated = text_of(entry.get("geometryType")) or text_of(entry.get("shape"))
    if stated:
        return stated
    for key, kind in _TYPES_OF_KEYS.items():
        if isinstance(entry.get(key), dict | list):
            return kind
    return "polygon" if known.shape in {"", "any"} else known.shape


def _rectangle(exterior: list[float], entry: dict[str, Any], kind: str, *, more: float) -> Geometry | str:
    xs, ys = exterior[0::2], exterior[1::2]
    box = sound_box(min(xs), min(ys), max(xs) + more, max(ys) + more)
    if kind == "rectangle" or isinstance(box, str):
        return box
    angle = number(entry.get("angle"))
    if math.isnan(angle):
        return box
    cx, cy = box.x + box.w / 2, box.y + box.h / 2
    return RotatedBox(cx=cx, cy=cy, w=box.w, h=box.h, angle=round(math.degrees(angle) % 360, 10))


def _polygon(exterior: list[float], interior: Any, context: Context, file: str, where: str) -> Geometry | str:
    outer = open_ring(exterior)
    if len(outer) < 6 or signed_area(ring_points(outer)) == 0:
        return "degenerate_polygon"
    holes = []
    for ring in as_list(interior):
        hole = open_ring(flat_numbers(ring) or [])
        if len(hole) < 6:
            text = "A hole of a polygon has fewer than three points; it was left out."
            context.report(Issue("degenerate_polygon", "warning", text, file, where))
        else:
            holes.append(hole)
    return Polygon(parts=[PolygonPart(outer=outer, holes=holes)])


def _keypoints(nodes: dict[str, Any], order: tuple[str, ...]) -> Geometry | str:
    """Nodes in the order of the class, absent ones unlabelled; without a class in their own order."""
    triples: list[float] = []
    for name in order or tuple(nodes):
        node = as_object(nodes.get(name))
        place = flat_numbers([node.get("loc")])
        if place is None:
            triples += [0, 0, 0]
        else:
            triples += [*place, 1 if node.get("disabled") else 2]
    return Keypoints(points=triples) if any(triples[2::3]) else "missing_geometry"


def _mask(entry: dict[str, Any], kind: str, size: Size, context: Context, file: str, where: str) -> Mask | str | None:
    bitmap = as_object(entry.get("bitmap") or entry.get("alpha_mask") or entry.get("alphaMask"))
    origin = flat_numbers([bitmap.get("origin")])
    if not bitmap:
        return "missing_geometry"
    if origin is None or max(map(abs, origin)) > 1e7:
        return "not_finite"
    try:
        pixels = bitmap_of_png(inflated(bytes_of_base64(bitmap.get("data"))))
    except ValueError as error:
        text = f"A bitmap cannot be read ({error}); it was left out."
        context.report(Issue("rle_size_mismatch", "warning", text, file, where))
        return None
    if kind == "alpha_mask":
        text = "A mask of several opacities was read as foreground wherever it is not wholly transparent."
        context.report(Issue("lossy_mask_thresholded", "warning", text, file, where))
    mask = mask_from_bitmap(pixels, round(origin[0]), round(origin[1]))
    if mask is None or not all(size):
        return mask or "zero_area"
    clipped = clip_mask(mask, *size)
    if clipped != mask:
        text = "A bitmap leaves its picture; what lies outside was cut off."
        context.report(Issue("out_of_bounds", "info", text, file, where))
    return clipped or "zero_area"
