"""A dataset as plain JSON lines: what a format plugin reads, in words that do not depend on any format.

The vocabulary: ``bbox`` [x, y, w, h]; ``rotated_bbox`` with ``corners`` and ``cx cy w h angle``; ``polygon`` with the
numbers of its ``parts`` and ``holes`` and its ``coordinates`` nested as in a GeoJSON MultiPolygon (rings open);
``polyline`` and ``points`` with ``points`` [[x, y]]; ``keypoints`` with ``points`` [[x, y, v]] and, where the label names
them, ``points_by_name``; ``ellipse`` with ``cx cy rx ry rotation``; ``mask`` with ``area`` and ``holes``; ``tag``. Pixels
are continuous and belong to the displayed picture, angles are degrees clockwise.
"""

import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import orjson

from annotator.core.errors import AnnotatorError
from annotator.core.geometry.boxes import corners
from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.masks import mask_area
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
)
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.plugins.reading import read_images, read_labels
from annotator.plugins.typed import split_options
from annotator.services.conversion import ignore_issue, opened, report_foreign

_TYPES = {"box": "bbox", "rotated_box": "rotated_bbox"}
_SPOOL = 16 << 20
Json = dict[str, Any]


def inspect_dataset(
    source: Path, *, from_format: str, options: Mapping[str, str], output: IO[bytes], progress: Progress
) -> bool | None:
    """Write the header line and one line per image to ``output``.

    Returns whether the set is clean; ``None`` when it was refused as a whole: then the header says ``rejected``.
    """
    issues = IssueCollector()
    names: list[str] = []
    found = from_format or None
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as lines:
        try:
            with opened(source, from_format, issues, progress) as dataset:
                found = dataset.name
                reading, _ = split_options(options, type(dataset.plugin), None)
                labels = read_labels(dataset.plugin, dataset.folder, options=reading, report=ignore_issue)
                names = [label.name for label in labels]
                by_name = {label.name: label for label in labels}
                images = read_images(dataset.plugin, dataset.folder, options=reading, report=issues)
                objects = 0
                for number, image in enumerate(images, start=1):
                    objects += len(image.annotations) + len(image.predictions)
                    lines.write(_dump(image_as_plain(image, by_name, dataset.name)) + b"\n")
                    progress.advance(number, None, "Reading")
                if not objects:
                    report_foreign(dataset, issues)
            rejected = False
        except AnnotatorError as error:
            rejected = True
            code = str(error.fields.get("issue", "unparsable_file"))
            issues(Issue(code, "fatal", error.detail, file=error.fields.get("file")))
        header = {"format": found, "rejected": rejected, "labels": [] if rejected else names, "issues": _short(issues)}
        output.write(_dump(header) + b"\n")
        if rejected:
            return None
        lines.seek(0)
        while block := lines.read(1 << 20):
            output.write(block)
    return issues.count("warning", "error", "fatal") == 0


def _dump(value: Json) -> bytes:
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a whole number of more than 64 bits in somebody's attribute
        return json.dumps(value, default=str, ensure_ascii=False).encode("utf-8", errors="replace")


def _short(issues: IssueCollector) -> list[Json]:
    return [
        {
            "code": issue["code"],
            "severity": issue["severity"],
            "n": issue["n"],
            "text": issue["samples"][0]["text"] if issue["samples"] else "",
        }
        for issue in issues.as_json()
    ]


def image_as_plain(image: ImageRecord, labels: Mapping[str, LabelRecord], format_name: str) -> Json:
    """One image with everything on it; sizes that nobody states are null."""
    return {
        "image": image.name,
        "w": image.width or None,
        "h": image.height or None,
        "split": image.split,
        "anns": [annotation_as_plain(a, labels.get(a.label), format_name) for a in image.annotations],
        "predictions": [annotation_as_plain(a, labels.get(a.label), format_name) for a in image.predictions],
    }


def annotation_as_plain(annotation: AnnotationRecord, label: LabelRecord | None, format_name: str) -> Json:
    """One object; attributes that a format keeps under its own name are shown by their bare names."""
    kind = annotation.geometry.kind
    plain: Json = {"label": annotation.label, "type": _TYPES.get(kind, kind), **_shape(annotation, label)}
    attributes = _attributes(annotation.attributes, format_name)
    source = attributes.pop("source", None) if f"{format_name}:source" in annotation.attributes else None
    source = source if source is not None else annotation.source.get("source")
    optional: Json = {
        "id": annotation.id,
        "score": annotation.score,
        "attributes": attributes or None,
        "group": _whole(annotation.group),
        "z_order": annotation.z_order or None,
        "track": annotation.track,
        "part_of": annotation.part_of,
        "crowd": annotation.crowd or None,
        "stuff": True if label is not None and label.stuff else None,
        "source": source if source is not None else annotation.source or None,
    }
    return plain | {name: value for name, value in optional.items() if value is not None}


def _whole(text: str | None) -> str | int | None:
    """A group's number as a number: records keep it as text, files mean a number by it."""
    return int(text) if text and text.isdecimal() and len(text) < 16 and str(int(text)) == text else text


def _attributes(attributes: Mapping[str, Any], format_name: str) -> Json:
    prefix = f"{format_name}:"
    own = {name.removeprefix(prefix): value for name, value in attributes.items() if name.startswith(prefix)}
    return {**own, **{name: value for name, value in attributes.items() if not name.startswith(prefix)}}


def _shape(annotation: AnnotationRecord, label: LabelRecord | None) -> Json:
    geometry = annotation.geometry
    plain: Json = {}
    found = bounds(geometry)
    if annotation.box is not None:
        found = bounds(annotation.box)
    if found is not None:
        plain["bbox"] = [found[0], found[1], found[2] - found[0], found[3] - found[1]]
    if isinstance(geometry, Box | RotatedBox | Ellipse | Polygon):
        plain["area"] = area(geometry)
    return plain | _details(geometry, label)


def _details(geometry: Geometry, label: LabelRecord | None) -> Json:
    if isinstance(geometry, RotatedBox):
        places = corners(geometry)
        (x1, y1), (x2, y2) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
        fields = {name: getattr(geometry, name) for name in ("cx", "cy", "w", "h", "angle")}
        return {**fields, "corners": places.tolist(), "aabb": [x1, y1, x2 - x1, y2 - y1]}
    if isinstance(geometry, Ellipse):
        fields = {name: getattr(geometry, name) for name in ("cx", "cy", "rx", "ry", "rotation")}
        return {**fields, "theta_rad": math.radians(geometry.rotation)}
    if isinstance(geometry, Polygon):
        rings = [[_pairs(ring) for ring in (part.outer, *part.holes)] for part in geometry.parts]
        return {"parts": len(rings), "holes": sum(len(part) - 1 for part in rings), "coordinates": rings}
    if isinstance(geometry, Mask):
        outline = to_polygon(geometry)
        holes = sum(len(part.holes) for part in outline.parts) if outline else 0
        return {"area": mask_area(geometry), "parts": len(outline.parts) if outline else 0, "holes": holes}
    if isinstance(geometry, Polyline | Points):
        return {"points": _pairs(geometry.points)}
    if isinstance(geometry, Keypoints):
        triples = [geometry.points[i : i + 3] for i in range(0, len(geometry.points), 3)]
        names = label.keypoints if label else ()
        named = {"points_by_name": dict(zip(names, triples, strict=False))} if names else {}
        return {"points": triples, **named}
    return {}


def _pairs(flat: list[float]) -> list[list[float]]:
    return [flat[i : i + 2] for i in range(0, len(flat), 2)]
