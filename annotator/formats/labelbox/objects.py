"""Objects and answers of Labelbox in its three dialects (import rows, export v2, legacy) → records."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from annotator.core.geometry.masks import clip_mask, mask_from_bitmap
from annotator.core.geometry.rings import ring_points, signed_area
from annotator.core.geometry.types import Geometry, Mask, Points, Polygon, PolygonPart, Polyline, Tag
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.checking import dropped, sound_box
from annotator.formats.shared.encoded_bitmaps import bitmap_of_png, bytes_of_base64
from annotator.formats.shared.files import PictureIndex, safe_name
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.values import flat_numbers, number, open_ring, text_of, whole
from annotator.plugins.formats import Report

QUESTION = "labelbox:classification"
"""Attribute of an image tag: the question that it answers."""
DEFAULT_QUESTION = "classification"
VALUE = "value"
"""Attribute of an image tag: the text that answers it."""
_SHAPES = ("bbox", "bounding_box", "polygon", "line", "point", "mask", "composite_mask", "instanceURI")
_ANSWERS = ("answer", "answers", "radio_answer", "checklist_answers", "text_answer")
_NOT_FLAT = (
    "segments",
    "frames",
    "location",
    "textEntities",
    "relationship",
    "page_bounding_box",
    "metrics",
    "messages",
)
_KEPT = frozenset({"schemaId", "feature_schema_id", "schemaNodeId", "featureSchemaId", "metricValue", "color"})
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Context:
    """What the objects of one picture are read with."""

    pictures: PictureIndex
    size: Size
    file: str
    where: str
    report: Report

    def say(self, code: str, text: str) -> None:
        """Report something about the picture's objects."""
        self.report(Issue(code, "warning", text, self.file, self.where))

    def drop(self, code: str) -> None:
        """Report that a record was left out."""
        self.report(dropped(code, file=self.file, where=self.where))


def records_of(entry: dict[str, Any], context: Context) -> Iterator[AnnotationRecord]:
    """One object with a shape, or the tags that an answer about the whole picture gives."""
    if not any(key in entry for key in _SHAPES):
        if any(key in entry for key in _ANSWERS):
            yield from _tags(entry, context)
        elif any(key in entry for key in _NOT_FLAT):
            kind = next(key for key in _NOT_FLAT if key in entry)
            context.say("unsupported_shape", f"“{kind}” cannot be shown on a picture; it was left out.")
        else:
            context.drop("missing_geometry")
        return
    label = name_of(entry)
    if not label:
        context.drop("missing_label")
        return
    geometry = _geometry(entry, context)
    if isinstance(geometry, str):
        context.drop(geometry)
    elif geometry is not None:
        yield AnnotationRecord(
            label=label,
            geometry=geometry,
            attributes=attributes_of(entry.get("classifications")),
            id=text_of(entry.get("uuid"))
            or text_of(entry.get("feature_id"))
            or text_of(entry.get("featureId"))
            or None,
            score=score_of(entry),
            source={f"labelbox:{key}": value for key, value in entry.items() if key in _KEPT and value is not None},
        )


def labels_in(entry: dict[str, Any], context: Context) -> Iterator[str]:
    """What an entry calls its object or answers, also where the object itself cannot be used."""
    if any(key in entry for key in _SHAPES):
        label = name_of(entry)
        if label:
            yield label
    else:
        yield from (record.label for record in records_of(entry, context))


def name_of(entry: Mapping[str, Any]) -> str:
    """What a class, question or answer is called: its name, its value or, where there is nothing else, its id."""
    keys = ("name", "title", "value", "schemaId", "feature_schema_id")
    return next((text for key in keys if (text := text_of(entry.get(key)))), "")


def score_of(entry: Mapping[str, Any]) -> float | None:
    """``confidence``, which only suggestions of models have."""
    score = number(entry.get("confidence"))
    return None if math.isnan(score) else score


def answers_of(entry: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
    """The chosen answers of a question, or the text that was written instead."""
    for key in ("radio_answer", "checklist_answers", "answer", "answers"):
        value = entry.get(key)
        if isinstance(value, dict):
            return [value], None
        if isinstance(value, list):
            return [item if isinstance(item, dict) else {"name": item} for item in value], None
        if value is not None:
            return [], text_of(value) if not isinstance(value, bool) else str(value).lower()
    text = entry.get("text_answer")
    return [], text_of(as_object(text).get("content")) if isinstance(text, dict) else text_of(text) or None


def attributes_of(entries: Any) -> dict[str, Any]:
    """Questions about an object: name → answer, a list where several were chosen; nested questions among them."""
    found: dict[str, Any] = {}
    for entry in map(as_object, as_list(entries)):
        name = name_of(entry)
        answers, text = answers_of(entry)
        names = [name_of(answer) for answer in answers]
        several = any(isinstance(entry.get(key), list) for key in ("answer", "answers", "checklist_answers"))
        value: Any = names if several else names[0] if names else text
        if name and value is not None:
            found[name] = value
        for answer in answers:
            for inner, chosen in attributes_of(answer.get("classifications")).items():
                found[inner if inner not in found else f"{name}/{inner}"] = chosen
    return found


def _tags(entry: dict[str, Any], context: Context) -> Iterator[AnnotationRecord]:
    """A tag per chosen answer; a text is the value of a tag called like its question."""
    question = name_of(entry)
    answers, text = answers_of(entry)
    identity = text_of(entry.get("uuid")) or text_of(entry.get("feature_id")) or None
    common = AnnotationRecord("", Tag(), id=identity, score=score_of(entry))
    if text and question:
        yield replace(common, label=question, attributes={VALUE: text})
    elif not any(name_of(answer) for answer in answers) and not text:
        context.drop("missing_label")
    asked = {QUESTION: question} if question and question != DEFAULT_QUESTION else {}
    for answer in answers:
        if name_of(answer):
            inner = attributes_of(answer.get("classifications"))
            yield replace(common, label=name_of(answer), attributes={**asked, **inner})


def _geometry(entry: dict[str, Any], context: Context) -> Geometry | str | None:
    """The shape, the code of what is wrong with it, or ``None`` when that was reported."""
    for key in ("bbox", "bounding_box"):
        if entry.get(key) is not None:
            box = as_object(entry[key])
            left, top, w, h = (number(box.get(side)) for side in ("left", "top", "width", "height"))
            said = all(side in box for side in ("left", "top", "width", "height"))
            return sound_box(left, top, left + w, top + h) if said else "missing_geometry"
    if entry.get("polygon") is not None:
        points = _points(entry["polygon"])
        ring = open_ring(points or [])
        if points is None:
            return "not_finite"
        flat = len(ring) < 6 or signed_area(ring_points(ring)) == 0
        return "degenerate_polygon" if flat else Polygon(parts=[PolygonPart(outer=ring)])
    if entry.get("line") is not None:
        points = _points(entry["line"])
        if points is None:
            return "not_finite"
        return Polyline(points=points) if len(points) >= 4 else "degenerate_polygon"
    if entry.get("point") is not None:
        points = _points([entry["point"]])
        return Points(points=points) if points else "not_finite"
    return _mask(entry, context)


def _points(value: Any) -> list[float] | None:
    """``[{x, y}, …]`` or ``[[x, y], …]`` as x, y, …; ``None`` unless all are finite numbers."""
    if not isinstance(value, list):
        return None
    return flat_numbers([[p.get("x"), p.get("y")] if isinstance(p, dict) else p for p in value])


def _mask(entry: dict[str, Any], context: Context) -> Mask | str | None:
    """Pixels of a mask whose picture is in the file or beside it; others must be downloaded first."""
    described = as_object(entry.get("mask")) or as_object(entry.get("composite_mask"))
    data = described.get("png") or described.get("imData")
    address = (
        text_of(described.get("instanceURI")) or text_of(described.get("url")) or text_of(entry.get("instanceURI"))
    )
    if data is None and not address:
        return "missing_geometry"
    colour = _colour(described.get("colorRGB") or described.get("color_rgb"))
    try:
        if data is not None or address.startswith("data:"):
            source: Any = bytes_of_base64(data if data is not None else address)
        else:
            name = safe_name(unquote(urlsplit(address).path).rpartition("/")[2])
            match = context.pictures.find(name) if name else None
            if match is None or match.path is None or match.how == "stem":
                context.say("needs_download", f"The mask {address[:200]} is not here; download it and import again.")
                return None
            source = match.path
        bitmap = bitmap_of_png(source, colour=colour)
        if colour is not None and not bitmap.any():
            bitmap = bitmap_of_png(source)
    except ValueError as error:
        context.say("mask_size_mismatch", f"A mask cannot be read ({error}); it was left out.")
        return None
    mask = mask_from_bitmap(bitmap)
    if mask is None:
        return "zero_area"
    if all(context.size) and (bitmap.shape[1], bitmap.shape[0]) != context.size:
        text = f"A mask is {bitmap.shape[1]} × {bitmap.shape[0]}, its picture {context.size[0]} × {context.size[1]}"
        context.say("mask_size_mismatch", f"{text}; what lies inside was kept.")
        return clip_mask(mask, *context.size) or "zero_area"
    return mask


def _colour(value: Any) -> tuple[int, int, int] | None:
    parts = [whole(part) for part in as_list(value)[:3]]
    if len(parts) != 3 or any(part is None or not 0 <= part <= 255 for part in parts):
        return None
    red, green, blue = (part or 0 for part in parts)
    return red, green, blue
