"""Writing a Supervisely project: a dataset per split, classes and tags collected on the way and written at the end."""

import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.masks import bitmap_of
from annotator.core.geometry.types import (
    Box,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Tag,
)
from annotator.core.labels import PALETTE
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.encoded_bitmaps import base64_of, png_of_bitmap
from annotator.formats.shared.files import FolderMaker, place_picture, split_of_word
from annotator.formats.shared.json_writing import dump_json
from annotator.formats.shared.own_fields import KEY, own_fields, own_label_fields
from annotator.plugins.formats import Report

DEFAULT_DATASET = "dataset"
_OWN = ("track", "part_of", "crowd", "score", "z_order", "box", "source")
_PREFIX = "supervisely:"
_SETTINGS = ("projectType", "projectSettings")
_SHAPES = {
    "box": "rectangle", "rotated_box": "oriented_bbox", "polygon": "polygon", "ellipse": "polygon", "polyline": "line",
    "points": "point", "keypoints": "graph", "mask": "bitmap", "tag": "tag",
}  # fmt: skip


class SuperviselyWriter:
    """Adds pictures one by one; :meth:`close` writes ``meta.json``."""

    def __init__(
        self, folder: Path, labels: Sequence[LabelRecord], *, inclusive: bool, order_file: str, report: Report
    ) -> None:
        self._folder = folder
        self._labels = {label.name: label for label in labels}
        self._less = 1.0 if inclusive else 0.0
        self._order_file = order_file
        self._report = report
        self._kinds: dict[str, set[str]] = {}
        self._nodes: dict[str, int] = {label.name: len(label.keypoints) for label in labels}
        self._tags: dict[str, set[str]] = {}
        """Name → what its values are: none, any_number or any_string."""
        self._described: dict[str, dict[str, Any]] = {}
        self._settings: dict[str, Any] = {}
        self._places: list[str] = []
        self._folders = FolderMaker()

    def know(self, information: Mapping[str, Any]) -> None:
        """Take over what the project said of itself: its tags as they were described, and its settings."""
        tags = information.get("tags")
        for tag in tags if isinstance(tags, list) else []:
            if isinstance(tag, dict) and isinstance(tag.get("name"), str):
                self._described[tag["name"]] = tag
        self._settings = {key: information[key] for key in _SETTINGS if key in information}

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its annotation file."""
        dataset, inner, picture = self._place(image)
        base = self._folder / dataset
        for part in inner:
            base = base / "datasets" / part
        self._places.append("/".join([dataset, *inner, picture]))
        if image.path is not None:
            place_picture(image.path, base / "img" / picture)
        path = self._folders.make_for(base / "ann" / f"{picture}.json")
        path.write_bytes(dump_json(self._content(image, dataset)))

    def close(self) -> None:
        """Write the classes and tags, and the order of the pictures where their names do not tell it."""
        (self._folder / "meta.json").write_bytes(
            dump_json(
                {
                    "classes": [self._class(label, number) for number, label in enumerate(self._labels.values())],
                    "tags": [*self._described.values(), *(self._tag_meta(name) for name in self._new_tags())],
                    "projectType": "images",
                    **self._settings,
                }
            )
        )
        if self._places != sorted(self._places):
            (self._folder / self._order_file).write_text("\n".join(self._places) + "\n", encoding="utf-8")

    def _place(self, image: ImageRecord) -> tuple[str, list[str], str]:
        """Dataset, inner datasets and the picture's name: where it came from, or by its split and folders."""
        stated = image.source.get(f"{_PREFIX}place")
        if isinstance(stated, str) and "/" in stated and ".." not in stated and not stated.startswith("/"):
            dataset, *inner, picture = stated.split("/")
            names = {stated, "/".join([*inner, picture])}
            if image.name in names and split_of_word(dataset) in {None, image.split}:
                return dataset, inner, picture
        path = PurePosixPath(image.name)
        return image.split or DEFAULT_DATASET, list(path.parts[:-1]), path.name

    def _content(self, image: ImageRecord, dataset: str) -> dict[str, Any]:
        tags: list[dict[str, Any]] = []
        objects: list[dict[str, Any]] = []
        places: list[int] = []
        for number, annotation in enumerate(image.annotations):
            if annotation.label not in self._labels:
                text = f"The label “{annotation.label}” is not in the list; its object was left out."
                self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
            elif annotation.geometry.kind == "tag":
                tags.append(self._image_tag(annotation))
                places.append(number)
            else:
                objects += self._objects(annotation, image)
        if image.split and split_of_word(dataset) != image.split:
            self._tags.setdefault(image.split, set()).add("none")
            tags.append({"name": image.split})
        guesses = [entry for a in image.predictions if a.label in self._labels for entry in self._objects(a, image)]
        foreign = {key[len(_PREFIX) :]: value for key, value in image.source.items() if key.startswith(_PREFIX)}
        foreign.pop("place", None)
        own = {
            "name": image.name,
            "tags_at": places if places != list(range(len(places))) else None,
            "predictions": guesses,
            "source": {key: value for key, value in image.source.items() if not key.startswith(_PREFIX)},
        }
        content = {
            "description": "",
            **foreign,
            "size": {"height": image.height, "width": image.width},
            "tags": tags,
            "objects": objects,
        }
        return content | {KEY: {name: value for name, value in own.items() if value}}

    def _image_tag(self, annotation: AnnotationRecord) -> dict[str, Any]:
        value = annotation.attributes.get("value")
        entry = self._tag(annotation.label, True if value is None else value)
        own = entry.pop(KEY, {}) | own_fields(annotation, "id", "group", *_OWN)
        if set(annotation.attributes) - {"value"} or value is True:
            own["attributes"] = dict(annotation.attributes)
        if split_of_word(annotation.label):
            own["label"] = True
        return entry | ({KEY: own} if own else {})

    def _tag(self, name: str, value: Any) -> dict[str, Any]:
        """A tag with a value that Supervisely knows; others are written as text and kept beside it."""
        kinds = self._tags.setdefault(name, set())
        if value is True:
            kinds.add("none")
            return {"name": name, "value": None}
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            kinds.add("any_number")
            return {"name": name, "value": value}
        kinds.add("any_string")
        if isinstance(value, str):
            return {"name": name, "value": value}
        text = json.dumps(value, ensure_ascii=False, default=str)
        return {"name": name, "value": text, KEY: {"value": value}}

    def _objects(self, annotation: AnnotationRecord, image: ImageRecord) -> Iterator[dict[str, Any]]:
        """One object, or one per part of it."""
        geometry = annotation.geometry
        number_id = (annotation.id or "").isascii() and (annotation.id or "").isdecimal()
        own = own_fields(annotation, *_OWN, *(() if number_id else ("id",)), exact=geometry.kind == "ellipse")
        attributes = annotation.attributes.items()
        common: dict[str, Any] = {
            **{key[len(_PREFIX) :]: value for key, value in attributes if key.startswith(_PREFIX)},
            "classTitle": annotation.label,
            "geometryType": _SHAPES[geometry.kind],
            "tags": [self._tag(key, value) for key, value in attributes if not key.startswith(_PREFIX)],
        }
        if number_id and annotation.id is not None:
            common["id"] = int(annotation.id)
        if annotation.group is not None:
            common["instance"] = annotation.group
        if geometry.kind != "tag":
            self._kinds.setdefault(annotation.label, set()).add(_SHAPES[geometry.kind])
        shapes = list(self._shapes(annotation.label, geometry))
        if not shapes:
            text = f"A {geometry.kind} “{annotation.label}” says nothing; it was left out."
            self._report(Issue("missing_geometry", "warning", text, image.name, annotation.id))
        if len(shapes) > 1:
            own["parts"] = len(shapes)
            if annotation.group is None:
                own["ungrouped"] = True
                common["instance"] = f"{zlib.crc32(image.name.encode()):08x}-{annotation.id or id_of(geometry)}"
        for place, shape in enumerate(shapes):
            first = place == 0
            yield common | shape | ({KEY: own} if own and first else {})

    def _shapes(self, label: str, geometry: Geometry) -> Iterator[dict[str, Any]]:
        if isinstance(geometry, Box):
            yield _points(
                _pairs([geometry.x, geometry.y, *self._far(geometry.x + geometry.w, geometry.y + geometry.h)])
            )
        elif isinstance(geometry, RotatedBox):
            x, y = geometry.cx - geometry.w / 2, geometry.cy - geometry.h / 2
            corners = _pairs([x, y, *self._far(x + geometry.w, y + geometry.h)])
            yield _points(corners) | {"angle": math.radians(geometry.angle)}
        elif isinstance(geometry, Mask):
            data = base64_of(zlib.compress(png_of_bitmap(bitmap_of(geometry))))
            yield {"bitmap": {"data": data, "origin": list(geometry.bbox[:2])}}
        elif isinstance(geometry, Polyline):
            yield _points(_pairs(geometry.points))
        elif isinstance(geometry, Points):
            yield from (_points([pair]) for pair in _pairs(geometry.points))
        elif isinstance(geometry, Keypoints):
            yield from self._graph(label, geometry)
        elif isinstance(geometry, Tag):  # a suggestion: tags of pictures have a list of their own
            yield {}
        else:
            outline = to_polygon(geometry) or Polygon(parts=[])
            yield from (_points(_pairs(part.outer), [_pairs(hole) for hole in part.holes]) for part in outline.parts)

    def _far(self, x: float, y: float) -> tuple[float, float]:
        return x - self._less, y - self._less

    def _graph(self, label: str, geometry: Keypoints) -> Iterator[dict[str, Any]]:
        triples = [geometry.points[i : i + 3] for i in range(0, len(geometry.points), 3)]
        self._nodes[label] = max(self._nodes.get(label, 0), len(triples))
        nodes = {
            str(number): {"loc": [x, y], **({"disabled": True} if v == 1 else {})}
            for number, (x, y, v) in enumerate(triples, start=1)
            if v
        }
        if nodes:
            yield {"nodes": nodes}

    def _class(self, label: LabelRecord, number: int) -> dict[str, Any]:
        kinds = self._kinds.get(label.name, {"graph"} if label.keypoints else {"any"})
        entry: dict[str, Any] = {
            "title": label.name,
            "shape": next(iter(kinds)) if len(kinds) == 1 else "any",
            "color": label.color or PALETTE[number % len(PALETTE)],
        }
        own = own_label_fields(label, "parent", "stuff", "attributes", "source", "source_id")
        if not label.color:
            own["color"] = ""
        count = self._nodes.get(label.name, 0)
        if count:
            names = [*label.keypoints, *[""] * (count - len(label.keypoints))]
            entry["geometry_config"] = {
                "nodes": {str(n): {"label": name, "loc": [n * 10, 0]} for n, name in enumerate(names, start=1)},
                "edges": [{"src": str(a + 1), "dst": str(b + 1)} for a, b in label.skeleton],
            }
            if any(names) and not all(label.keypoints):
                own["keypoints"] = list(label.keypoints)
        return entry | ({KEY: own} if own else {})

    def _new_tags(self) -> list[str]:
        return [name for name in self._tags if name not in self._described]

    def _tag_meta(self, name: str) -> dict[str, Any]:
        kind = next((k for k in ("any_string", "any_number") if k in self._tags[name]), "none")
        return {"name": name, "value_type": kind, "color": PALETTE[zlib.crc32(name.encode()) % len(PALETTE)]}


def id_of(geometry: Geometry) -> str:
    """A short text that tells this shape from others, the same on every run."""
    return f"{zlib.crc32(repr(geometry).encode()):08x}"


def _pairs(flat: Sequence[float]) -> list[list[float]]:
    return [list(flat[i : i + 2]) for i in range(0, len(flat), 2)]


def _points(exterior: list[list[float]], interior: list[list[list[float]]] | None = None) -> dict[str, Any]:
    return {"points": {"exterior": exterior, "interior": interior or []}}
