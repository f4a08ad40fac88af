"""One list of Label Studio results → regions, and regions → records."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Points,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.checking import dropped, sound_polygon
from annotator.formats.shared.encoded_bitmaps import bitmap_of_png, bytes_of_base64
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.orientation import turn
from annotator.formats.shared.rle_pack import BrokenRunLengthsError, mask_from_brush
from annotator.formats.shared.values import flat_numbers, near, number, pixels, text_of
from annotator.plugins.formats import Report

DIGITS = 9
"""Decimals of a pixel that are kept: percentages have no more to give, and the way there and back stands still."""
SHAPES = ("rectangle", "polygon", "brush", "bitmask", "ellipse", "keypoint")
_KINDS = {name: shape for shape in SHAPES for name in (shape, f"{shape}labels")}
_VALUES = {
    "choices": "choices", "taxonomy": "taxonomy", "rating": "rating", "textarea": "text", "number": "number",
    "datetime": "datetime", "pairwise": "selected", "ranker": "ranker",
}  # fmt: skip
_KNOWN = frozenset(
    {
        "id", "type", "value", "from_name", "to_name", "original_width", "original_height", "image_rotation", "score",
        "meta", "parentID",
    }
)  # fmt: skip
_TURNS = {90: 8, 180: 3, 270: 6}
_NOT_HERE = {
    "rle_size_mismatch": "The run lengths of a brush do not fit its picture; it was left out.",
    "mask_size_mismatch": "A bitmask is not as large as its picture, or no picture; it was left out.",
    "unsupported_shape": "A region is of a kind that cannot be represented; it was left out.",
    "size_unknown": "A region is in percent of a picture whose size nobody says; it was left out.",
}
Json = dict[str, Any]
Size = tuple[int, int]


@dataclass
class Region:
    """Everything that results of one id say together; ``position`` is that of the first of them."""

    id: str | None
    position: int
    shape: Json | None = None
    kind: str = ""
    labels: list[str] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    source: Json = field(default_factory=dict)


@dataclass
class Results:
    """A result list: its regions in order (choices for the whole picture have the kind ``tag``) and other facts."""

    regions: list[Region] = field(default_factory=list)
    facts: Json = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)


def kind_of(result: Json) -> str:
    """What a result is: a shape's name, ``labels``, ``choices`` …; inferred from its value where no type is given."""
    stated = result.get("type")
    if isinstance(stated, str) and stated in _KINDS:
        return _KINDS[stated]
    kind = text_of(stated).lower()
    value = as_object(result.get("value"))
    if not kind:
        named = next((key for key in value if key.endswith("labels")), "")
        kind = named or next((name for name, key in _VALUES.items() if key in value), "")
    return _KINDS.get(kind) or kind or shape_of(value)


def shape_of(value: Json) -> str:
    """The kind of shape that a value describes, by its members."""
    members = (
        ("rle", "brush"),
        ("imageDataURL", "bitmask"),
        ("radiusX", "ellipse"),
        ("points", "polygon"),
        ("width", "rectangle"),
        ("x", "keypoint"),
    )
    return next((shape for key, shape in members if key in value), "")


def _labels(result: Json) -> list[str]:
    value = as_object(result.get("value"))
    usual = value.get(result.get("type") or "")
    if isinstance(usual, list) and len(usual) == 1 and isinstance(usual[0], str) and usual[0]:
        return [usual[0].strip()] if usual[0].strip() else []
    found = [names for key, names in value.items() if key.endswith("labels") and isinstance(names, list | str)]
    names = found[0] if found else []
    return [name for item in ([names] if isinstance(names, str) else names) if (name := text_of(item))]


def sorted_results(results: Any) -> Results:
    """Join results by their ids; what belongs to no shape is said of the whole picture."""
    found = Results()
    by_id: dict[str, Region] = {}
    loose: list[tuple[int, str | None, str, Json]] = []
    for position, result in enumerate(as_list(results)):
        if not isinstance(result, dict):
            continue
        kind, identity = kind_of(result), text_of(result.get("id")) or None
        if kind == "relation":
            found.facts.setdefault("labelstudio:relations", []).append(_relation(result))
        elif kind in _VALUES or (kind == "labels" and not _has_place(result)):
            loose.append((position, identity, kind, result))
        else:
            _add_shape(found, by_id, Region(identity, position, result, kind, _labels(result)))
    for position, identity, kind, result in loose:
        region = by_id.get(identity) if identity else None
        if region is None:
            _add_fact(found, position, kind, result)
        elif kind == "labels":
            region.labels += _labels(result)
        else:
            region.attributes[text_of(result.get("from_name")) or kind] = _plain(kind, result)
    found.regions.sort(key=lambda region: region.position)
    return found


def _add_shape(found: Results, by_id: dict[str, Region], new: Region) -> None:
    region = by_id.get(new.id) if new.id else None
    if region is not None and not (region.labels and new.labels):
        region.labels += new.labels  # a shape and its labels, as two results
        if region.kind == "labels":
            region.shape, region.kind = new.shape, new.kind
        return
    if region is not None and new.id:
        found.repeated.append(new.id)
    found.regions.append(new)
    if new.id:
        by_id.setdefault(new.id, new)


def _has_place(result: Json) -> bool:
    value = as_object(result.get("value"))
    return any(key in value for key in ("x", "points", "rle", "imageDataURL"))


def _relation(result: Json) -> Json:
    return {key: result[key] for key in ("from_id", "to_id", "direction", "labels") if key in result}


def _add_fact(found: Results, position: int, kind: str, result: Json) -> None:
    name = text_of(result.get("from_name"))
    source: Json = {"from_name": name} if name and name != "choice" else {}
    if kind in {"choices", "taxonomy"}:
        if kind == "taxonomy":
            source["type"] = kind
        values = as_object(result.get("value")).get(kind)
        for item in [values] if isinstance(values, str) else as_list(values):
            text = "/".join(map(text_of, item)) if isinstance(item, list) else text_of(item)
            if text:
                identity = text_of(result.get("id")) or None
                found.regions.append(Region(identity, position, result, "tag", [text], source=source))
    else:
        found.facts[f"labelstudio:{name or kind}"] = _plain(kind, result)


def _plain(kind: str, result: Json) -> Any:
    """The value of a control: alone where there is one, a list where there are several."""
    value = as_object(result.get("value")).get(_VALUES.get(kind, kind))
    if kind == "taxonomy":
        value = ["/".join(map(text_of, item)) if isinstance(item, list) else item for item in as_list(value)]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if kind == "choices" and value in ("true", "false"):
        return value == "true"
    return value


class RecordMaker:
    """Makes the records of one task; ``size`` is that of its picture where the results do not say one."""

    def __init__(self, file: str, task: str, size: Size | None, report: Report) -> None:
        self._file = file
        self._task = task
        self._size = size
        self._report = report

    def records(
        self, results: Results, *, score: float | None = None, source: Json | None = None
    ) -> Iterator[AnnotationRecord]:
        """Objects and tags in order; ``score`` holds where a result has none of its own."""
        for identity in results.repeated:
            text = "Two regions have one id; both were kept."
            self._report(Issue("duplicate_annotation_id", "info", text, self._file, self._where(identity)))
        for region in results.regions:
            record = self._record(region, score, source or {})
            if record is not None:
                yield record

    def _where(self, identity: str | None) -> str:
        return f"task {self._task}" + (f", result {identity}" if identity else "")

    def _record(self, region: Region, score: float | None, source: Json) -> AnnotationRecord | None:
        shape = region.shape or {}
        value = as_object(shape.get("value"))
        geometry = self._geometry(shape, shape_of(value) if region.kind == "labels" else region.kind)
        if isinstance(geometry, str) or not region.labels:
            code = geometry if isinstance(geometry, str) else "missing_label"
            self._drop(code, region.id)
            return None
        if region.kind == "rectangle" and min(number(value.get("width")), number(value.get("height"))) < 0:
            text = "A box had a negative size; it was turned round."
            self._report(Issue("negative_size_normalised", "info", text, self._file, self._where(region.id)))
        attributes = dict(region.attributes)
        meta = as_object(shape.get("meta"))
        if meta:
            attributes["labelstudio:meta"] = meta
        if region.labels[1:]:
            attributes["labelstudio:labels"] = region.labels[1:]
        own = number(shape.get("score"))
        extra = {key: value for key, value in shape.items() if key not in _KNOWN}
        if region.kind == "keypoint" and "width" in value:
            extra["width"] = value["width"]
        parent = text_of(shape.get("parentID")) or None
        return AnnotationRecord(
            label=region.labels[0],
            geometry=geometry,
            attributes=attributes,
            id=region.id,
            score=own if math.isfinite(own) else score,
            part_of=parent,
            source={**source, **region.source, **extra},
        )

    def _drop(self, code: str, identity: str | None) -> None:
        where = self._where(identity)
        if code in _NOT_HERE:
            known = "missing_geometry" if code == "size_unknown" else code
            self._report(Issue(known, "warning", _NOT_HERE[code], self._file, where))
        else:
            self._report(dropped(code, file=self._file, where=where))

    def _geometry(self, shape: Json, kind: str) -> Geometry | str:
        if kind == "tag":
            return Tag()
        if kind not in SHAPES:
            return "unsupported_shape"
        size = pixels(shape.get("original_width"), shape.get("original_height")) or self._size
        if size is None:
            return "size_unknown"
        value = as_object(shape.get("value"))
        if kind == "brush":
            return self._brush(value, size, shape)
        if kind == "bitmask":
            return _bitmask(value, size)
        turned = number(shape.get("image_rotation") or 0) % 360
        orientation = _TURNS.get(int(turned)) if math.isfinite(turned) else None
        frame = (size[1], size[0]) if orientation in {8, 6} else size
        geometry = _PLACES[kind](value, frame)
        if orientation is not None and not isinstance(geometry, str):
            return turn(geometry, orientation, *frame)  # drawn on a picture that was turned in the browser
        return geometry

    def _brush(self, value: Json, size: Size, shape: Json) -> Geometry | str:
        rle = value.get("rle")
        if not isinstance(rle, list):
            return "missing_geometry" if rle is None else "rle_size_mismatch"
        try:
            mask, soft = mask_from_brush(bytes(rle), *size)
        except (BrokenRunLengthsError, TypeError, ValueError):
            return "rle_size_mismatch"
        if soft:
            text = "A brush has a soft edge; pixels that are at least half opaque were taken."
            where = self._where(text_of(shape.get("id")))
            self._report(Issue("lossy_mask_thresholded", "info", text, self._file, where))
        return mask or "zero_area"


def _scaled(value: Mapping[str, Any], names: tuple[str, ...], size: Size) -> list[float]:
    """Percentages as pixels: names at even places along the width, the others along the height."""
    return [round(number(value.get(name)) * size[i % 2] / 100, DIGITS) for i, name in enumerate(names)]


def _rectangle(value: Json, size: Size) -> Geometry | str:
    if not {"x", "y", "width", "height"} <= value.keys():
        return "missing_geometry"
    x, y, w, h = _scaled(value, ("x", "y", "width", "height"), size)
    angle = number(value.get("rotation") or 0)
    if not near((x, y, w, h, angle)):
        return "not_finite"
    if w == 0 or h == 0:
        return "zero_area"
    if angle == 0:
        return Box(x=min(x, x + w), y=min(y, y + h), w=abs(w), h=abs(h))
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    cx, cy = x + w / 2 * cos - h / 2 * sin, y + w / 2 * sin + h / 2 * cos  # about the top-left corner, in pixels
    return RotatedBox(cx=round(cx, DIGITS), cy=round(cy, DIGITS), w=abs(w), h=abs(h), angle=angle % 360)


def _polygon(value: Json, size: Size) -> Geometry | str:
    flat = flat_numbers(value.get("points"))
    if flat is None:
        return "not_finite" if value.get("points") else "missing_geometry"
    places = [round(v * size[i % 2] / 100, DIGITS) for i, v in enumerate(flat)]
    if not near(places):
        return "not_finite"
    if value.get("closed") is False:
        return Polyline(points=places) if len(places) >= 4 else "degenerate_polygon"
    return sound_polygon(places)


def _bitmask(value: Json, size: Size) -> Geometry | str:
    """The opaque pixels of a PNG as large as the picture, in a ``data:`` address."""
    if "imageDataURL" not in value:
        return "missing_geometry"
    try:
        bitmap = bitmap_of_png(bytes_of_base64(value["imageDataURL"]))
    except ValueError:
        return "mask_size_mismatch"
    if (bitmap.shape[1], bitmap.shape[0]) != size:
        return "mask_size_mismatch"
    return mask_from_bitmap(bitmap) or "zero_area"


def _ellipse(value: Json, size: Size) -> Geometry | str:
    if not {"x", "y", "radiusX", "radiusY"} <= value.keys():
        return "missing_geometry"
    cx, cy, rx, ry = _scaled(value, ("x", "y", "radiusX", "radiusY"), size)
    rotation = number(value.get("rotation") or 0)
    if not near((cx, cy, rx, ry, rotation)):
        return "not_finite"
    return Ellipse(cx=cx, cy=cy, rx=rx, ry=ry, rotation=rotation % 360) if rx > 0 and ry > 0 else "zero_area"


def _keypoint(value: Json, size: Size) -> Geometry | str:
    if not {"x", "y"} <= value.keys():
        return "missing_geometry"
    place = _scaled(value, ("x", "y"), size)
    return Points(points=place) if near(place) else "not_finite"


_PLACES = {"rectangle": _rectangle, "polygon": _polygon, "ellipse": _ellipse, "keypoint": _keypoint}
