"""Writing Labelbox: rows to be imported there, or the manner in which it exports (version 2)."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

import numpy as np

from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.masks import Window, bitmap_in, mask_of_polygon
from annotator.core.geometry.types import Box, Geometry, Keypoints, Mask, Points, Polygon, Polyline
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.labelbox.objects import DEFAULT_QUESTION, QUESTION, VALUE
from annotator.formats.shared.encoded_bitmaps import MAX_PIXELS, base64_of, png_of_bitmap
from annotator.formats.shared.files import place_picture
from annotator.formats.shared.json_writing import dump_json
from annotator.plugins.formats import Report

_WORDS = {"train": "train", "val": "valid", "test": "test"}
_KINDS = {
    "bbox": ("ImageBoundingBox", "bounding_box"), "polygon": ("ImagePolygon", "polygon"), "line": ("ImagePolyline", "line"),
    "point": ("ImagePoint", "point"), "mask": ("ImageSegmentationMask", "mask"),
}  # fmt: skip
PROJECT = "marquee"


class LabelboxWriter:
    """Adds pictures one by one; a context manager that closes the files."""

    def __init__(
        self, folder: Path, labels: Sequence[LabelRecord], *, flavour: Literal["import", "export"], report: Report
    ) -> None:
        self._folder = folder
        self._known = {label.name for label in labels}
        self._flavour = flavour
        self._report = report
        self._files: dict[str, IO[bytes]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "LabelboxWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _file(self, name: str) -> IO[bytes]:
        if name not in self._files:
            self._files[name] = self._stack.enter_context((self._folder / f"{name}.ndjson").open("wb"))
        return self._files[name]

    def _line(self, name: str, value: Any) -> None:
        self._file(name).write(dump_json(value) + b"\n")

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its rows, or its one row."""
        picture = f"images/{image.split}/{image.name}" if image.split else f"images/{image.name}"
        if image.path is not None:
            place_picture(image.path, self._folder / picture)
        if self._flavour == "export":
            self._line("export", self._exported(image, picture))
            return
        self._file(image.split or "labels")  # no rows at all are also an answer
        for number, annotation in enumerate((*image.annotations, *image.predictions)):
            confidence = {} if number < len(image.annotations) else {"confidence": annotation.score or 0.0}
            for part, entry in enumerate(self._entries(annotation, image)):
                row = {
                    "uuid": _uuid(annotation.id if part == 0 else None, f"{image.name}/{number}/{part}"),
                    "dataRow": {"globalKey": image.name},
                    **entry,
                    **confidence,
                }
                self._line(image.split or "labels", row)

    def _entries(self, annotation: AnnotationRecord, image: ImageRecord) -> Iterator[dict[str, Any]]:
        """Name, shape and answers of each object that an annotation becomes, in the words of import rows."""
        if annotation.label not in self._known:
            text = f"The label “{annotation.label}” is not in the list; its object was left out."
            self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
            return
        if annotation.geometry.kind == "tag":
            yield _tag(annotation)
            return
        asked = _classifications(annotation)
        shapes = list(_shapes(annotation.geometry, image))
        if not shapes:
            text = f"A {annotation.geometry.kind} “{annotation.label}” covers nothing, or too many pixels; it was left out."
            self._report(Issue("unsupported_shape", "warning", text, image.name, annotation.id))
        for shape in shapes:
            yield {"name": annotation.label, **shape, **({"classifications": asked} if asked else {})}

    def _exported(self, image: ImageRecord, picture: str) -> dict[str, Any]:
        objects: list[dict[str, Any]] = []
        classifications: list[dict[str, Any]] = []
        for number, annotation in enumerate(image.annotations):
            for part, entry in enumerate(self._entries(annotation, image)):
                identity = (
                    annotation.id if part == 0 and annotation.id else _uuid(None, f"{image.name}/{number}/{part}")
                )
                named = {"feature_id": identity, "name": entry["name"], "value": _value(entry["name"])}
                if "answer" in entry:
                    classifications.append(named | _answer(entry["answer"]))
                    continue
                kind, key = next(names for shape, names in _KINDS.items() if shape in entry)
                shape = entry[next(shape for shape in _KINDS if shape in entry)]
                if key == "mask":
                    shape = {"url": "data:image/png;base64," + shape["png"]}
                inner = [
                    {"name": asked["name"], "value": _value(asked["name"]), **_answer(asked["answer"])}
                    for asked in entry.get("classifications", [])
                ]
                objects.append({**named, "annotation_kind": kind, "classifications": inner, key: shape})
        source = image.source
        row: dict[str, Any] = {
            "data_row": {
                "id": _uuid(None, image.name),
                "global_key": image.name,
                "external_id": image.name,
                "row_data": source.get("labelbox:row_data", picture),
            },
            "media_attributes": {"width": image.width, "height": image.height, "exif_rotation": "1"},
            "metadata_fields": [],
            "projects": {
                PROJECT: {
                    "name": "Marquee",
                    "labels": [
                        {"annotations": {"objects": objects, "classifications": classifications, "relationships": []}}
                    ],
                }
            },
        }
        if image.split:
            row["metadata_fields"] = [{"schema_name": "split", "value": _WORDS.get(image.split, image.split)}]
        return row


def _value(name: str) -> str:
    """The machine's form of a name."""
    return "_".join(name.lower().split())


def _uuid(own: str | None, place: str) -> str:
    """The object's own id where it is a UUID, else one that is the same on every run."""
    try:
        return str(uuid.UUID(own or ""))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{own or ''}#{place}"))


def _answer(answer: Any) -> dict[str, Any]:
    """An answer of an import row in the words of an export."""
    if isinstance(answer, list):
        return {"checklist_answers": [_chosen(item) for item in answer]}
    return {"text_answer": {"content": answer}} if isinstance(answer, str) else {"radio_answer": _chosen(answer)}


def _chosen(answer: dict[str, Any]) -> dict[str, Any]:
    inner = [
        {"name": asked["name"], "value": _value(asked["name"]), **_answer(asked["answer"])}
        for asked in answer.get("classifications", [])
    ]
    return {"name": answer["name"], "value": _value(answer["name"]), "classifications": inner}


def _tag(annotation: AnnotationRecord) -> dict[str, Any]:
    """A tag as the answer to a question; a value as a text."""
    value = annotation.attributes.get(VALUE)
    if set(annotation.attributes) == {VALUE}:
        return {"name": annotation.label, "answer": _text(value)}
    question = annotation.attributes.get(QUESTION)
    asked = _classifications(annotation)
    answer = {"name": annotation.label, **({"classifications": asked} if asked else {})}
    return {"name": question if isinstance(question, str) else DEFAULT_QUESTION, "answer": answer}


def _classifications(annotation: AnnotationRecord) -> list[dict[str, Any]]:
    """Attributes as questions: texts, and lists of what was chosen."""
    found = []
    for name, value in annotation.attributes.items():
        if name.startswith("labelbox:") or value is None:
            continue
        listed = isinstance(value, list) and all(isinstance(item, str) for item in value)
        found.append({"name": name, "answer": [{"name": item} for item in value] if listed else _text(value)})
    return found


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return dump_json(value).decode()


def _shapes(geometry: Geometry, image: ImageRecord) -> Iterator[dict[str, Any]]:
    """The shape of one annotation; several where Labelbox knows single parts and points only."""
    if isinstance(geometry, Box):
        yield {"bbox": {"top": geometry.y, "left": geometry.x, "height": geometry.h, "width": geometry.w}}
    elif isinstance(geometry, Polyline):
        yield {"line": _pairs(geometry.points)}
    elif isinstance(geometry, Points):
        yield from ({"point": pair} for pair in _pairs(geometry.points))
    elif isinstance(geometry, Keypoints):
        seen = [
            v for i in range(0, len(geometry.points), 3) if geometry.points[i + 2] for v in geometry.points[i : i + 2]
        ]
        yield from ({"point": pair} for pair in _pairs(seen))
    else:
        polygon = to_polygon(geometry) if not isinstance(geometry, Mask) else None
        mask = geometry if isinstance(geometry, Mask) else _of_holes(polygon, image)
        if mask is not None:
            x, y, w, h = mask.bbox
            width, height = image.width or x + w, image.height or y + h
            if width * height > MAX_PIXELS:
                return
            bitmap = bitmap_in(mask, Window(0, 0, width, height))
            if bitmap.any():
                yield {"mask": {"png": base64_of(png_of_bitmap(np.ascontiguousarray(bitmap)))}}
        elif polygon is not None:
            for part in polygon.parts:
                pairs = _pairs(part.outer)
                yield {"polygon": [*pairs, pairs[0]]}


def _of_holes(polygon: Polygon | None, image: ImageRecord) -> Mask | None:
    """The pixels of a polygon with holes: Labelbox has no other way to say them."""
    if polygon is None or not image.width or not any(part.holes for part in polygon.parts):
        return None
    return mask_of_polygon(polygon, image.width, image.height)


def _pairs(flat: Sequence[float]) -> list[dict[str, float]]:
    return [{"x": flat[i], "y": flat[i + 1]} for i in range(0, len(flat), 2)]
