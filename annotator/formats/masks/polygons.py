"""``…_polygons.json`` of Cityscapes: outlines in painting order."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotator.core.geometry.rings import ring_points, signed_area
from annotator.core.geometry.types import Polygon, PolygonPart
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.masks.known import COUNTED, cityscapes
from annotator.formats.shared.checking import dropped
from annotator.plugins.formats import Report

_GROUP = "group"
_LARGEST = 1 << 26


class Outlines(NamedTuple):
    """The objects of one file and the size that it states (0, 0 when it does not)."""

    annotations: list[AnnotationRecord]
    size: tuple[int, int]


def _content(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes()) if path.stat().st_size <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _objects(content: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    objects = content.get("objects")
    for number, item in enumerate(objects if isinstance(objects, list) else []):
        if isinstance(item, dict) and not item.get("deleted"):
            yield number, item


def names_of(path: Path) -> list[str]:
    """Class names in order of appearance."""
    content = _content(path)
    labels = (str(item.get("label") or "") for _, item in _objects(content)) if content else ()
    return list(dict.fromkeys(_class_of(label)[0] for label in labels if label))


def _class_of(label: str) -> tuple[str, bool]:
    """``cargroup`` is a group of cars."""
    counted = {entry.name for entry in cityscapes() if entry.index in COUNTED}
    name = label.removesuffix(_GROUP)
    return (name, True) if name != label and name in counted else (label, False)


def read_polygons(path: Path, file: str, report: Report) -> Outlines | None:
    """The objects of a file; later ones lie above (``z_order``). ``None`` (and a report) when it is no such file."""
    content = _content(path)
    if content is None or not isinstance(content.get("objects"), list):
        report(Issue("unparsable_file", "error", "This is no JSON file with a list of objects.", file=file))
        return None
    annotations = []
    for number, item in _objects(content):
        where = f"/objects/{number}"
        label, ring = str(item.get("label") or ""), _ring(item.get("polygon"))
        if not label or len(ring) < 6 or signed_area(ring_points(ring)) == 0:
            code = "missing_label" if not label else "degenerate_polygon"
            report(dropped(code, file=file, where=where))
            continue
        name, crowd = _class_of(label)
        shape = Polygon(parts=[PolygonPart(outer=ring)])
        annotations.append(AnnotationRecord(label=name, geometry=shape, crowd=crowd, z_order=number))
    return Outlines(annotations, (_side(content.get("imgWidth")), _side(content.get("imgHeight"))))


def _ring(points: Any) -> list[float]:
    ring: list[float] = []
    for point in points if isinstance(points, list) else []:
        if not isinstance(point, list) or len(point) != 2 or not all(isinstance(v, int | float) for v in point):
            return []
        ring += [float(value) for value in point]
    return ring if all(map(math.isfinite, ring)) else []


def _side(value: Any) -> int:
    return value if isinstance(value, int) and 0 < value < 1 << 24 else 0
