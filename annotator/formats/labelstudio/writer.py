"""Writing Label Studio: one task per picture, and the configuration that its project needs."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from annotator.core.geometry.boxes import corners
from annotator.core.geometry.convert import to_mask
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
    Tag,
)
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.files import place_picture
from annotator.formats.shared.json_writing import ArrayFile, dump_json
from annotator.formats.shared.rle_pack import brush_from_mask
from annotator.formats.shared.xml_text import xml_attribute
from annotator.plugins.formats import Report

_TAGS = {
    "rectangle": "RectangleLabels",
    "polygon": "PolygonLabels",
    "brush": "BrushLabels",
    "ellipse": "EllipseLabels",
    "keypoint": "KeyPointLabels",
}
_PREFIX = "labelstudio:"
_KEYPOINT_WIDTH = 0.5
Json = dict[str, Any]


class TaskWriter:
    """Adds pictures one by one; a context manager that writes the configuration at the end."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], *, prefix: str, report: Report) -> None:
        self._folder = folder
        self._labels = {label.name: label for label in labels}
        self._prefix = prefix
        self._report = report
        self._controls: dict[str, None] = {}
        self._tags: dict[str, None] = {}
        self._attributes: dict[str, str] = {}
        self._count = 0
        self._file = ArrayFile(folder / "tasks.json")

    def __enter__(self) -> "TaskWriter":
        self._file.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.__exit__(kind, error, trace)
        if kind is None:
            text = "\n".join(self._config()) + "\n"
            (self._folder / "label_config.xml").write_text(text, encoding="utf-8", newline="\n")

    def add(self, image: ImageRecord) -> None:
        """Write one task."""
        self._count += 1
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / image.name)
        own = {
            k.removeprefix(_PREFIX): v
            for k, v in image.source.items()
            if k.startswith(_PREFIX) and k != f"{_PREFIX}relations"
        }
        data = {**own, "image": self._prefix + quote(image.name) if self._prefix else image.name}
        if image.width:
            data |= {"width": image.width, "height": image.height}
        if image.split:
            data["split"] = image.split
        results = list(self._results(image, image.annotations))
        relations = image.source.get(f"{_PREFIX}relations")
        known = (
            [relation for relation in relations if isinstance(relation, dict)] if isinstance(relations, list) else []
        )
        results += [{"type": "relation", **relation} for relation in known]
        done = image.annotations or image.source.get("annotated", True)
        annotations = [{"id": self._count, "result": results, "was_cancelled": False}] if done else []
        task = {"id": self._count, "data": data, "annotations": annotations, "predictions": self._predictions(image)}
        self._file.add(task)

    def _predictions(self, image: ImageRecord) -> list[Json]:
        """One entry per model version."""
        by_model: dict[str, list[AnnotationRecord]] = {}
        for annotation in image.predictions:
            by_model.setdefault(str(annotation.source.get("model_version", "")), []).append(annotation)
        return [
            {"model_version": version, "result": list(self._results(image, records))}
            for version, records in by_model.items()
        ]

    def _results(self, image: ImageRecord, annotations: Sequence[AnnotationRecord]) -> Iterator[Json]:
        taken: set[str] = {annotation.id for annotation in annotations if annotation.id}
        used: set[str] = set()
        for number, annotation in enumerate(annotations, start=1):
            if annotation.label not in self._labels:
                text = f"“{annotation.label}” is not among the labels; an object was left out."
                self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
                continue
            if not image.width and not isinstance(annotation.geometry, Tag):
                text = "Label Studio counts in percent of a size that nobody knows here; an object was left out."
                self._report(Issue("missing_geometry", "warning", text, image.name, annotation.id))
                continue
            for piece, (geometry, name) in enumerate(_pieces(annotation, self._labels[annotation.label], image)):
                identity = annotation.id if annotation.id and annotation.id not in used and piece == 0 else None
                if identity is None:
                    identity = next(i for n in _numbers(number, piece) if (i := f"r{n}") not in taken and i not in used)
                used.add(identity)
                yield from self._region(annotation, geometry, identity, image, name)

    def _region(
        self, annotation: AnnotationRecord, geometry: Geometry, identity: str, image: ImageRecord, point: str
    ) -> Iterator[Json]:
        if isinstance(geometry, Tag):
            self._tags[annotation.label] = None
            control = str(annotation.source.get("from_name") or "choice")
            value: Json = {"choices": [annotation.label]}
            result: Json = {"id": identity, "type": "choices", "from_name": control, "to_name": "image", "value": value}
            yield result | ({} if annotation.score is None else {"score": annotation.score})
            return
        kind, value = _value(geometry, image.width, image.height)
        self._controls[kind] = None
        given = annotation.attributes
        others = given.get(f"{_PREFIX}labels")
        names = [annotation.label, *(others if isinstance(others, list) else [])]
        frame: Json = {"original_width": image.width, "original_height": image.height, "image_rotation": 0}
        result = {
            **{
                key: value
                for key, value in annotation.source.items()
                if key in {"origin", "readonly", "hidden", "locked"}
            },
            "id": identity,
            "type": f"{kind}labels",
            "from_name": kind,
            "to_name": "image",
            **frame,
            "value": {**value, f"{kind}labels": names},
        }
        optional = {"score": annotation.score, "meta": given.get(f"{_PREFIX}meta"), "parentID": annotation.part_of}
        yield result | {key: value for key, value in optional.items() if value is not None}
        inner = {key: item for key, item in given.items() if key not in {f"{_PREFIX}labels", f"{_PREFIX}meta"}}
        if point:
            inner["point"] = point
        for name, item in inner.items():
            control, packed = _control(item)
            self._attributes[name] = control
            yield {"id": identity, "type": control, "from_name": name, "to_name": "image", **frame, "value": packed}

    def _config(self) -> Iterator[str]:
        yield "<View>"
        yield '  <Image name="image" value="$image"/>'
        for kind in [kind for kind in _TAGS if kind in self._controls] or ([] if self._tags else ["rectangle"]):
            yield f'  <{_TAGS[kind]} name="{kind}" toName="image">'
            for label in self._labels.values():
                color = xml_attribute("background", label.color) if label.color else ""
                yield f"    <Label{xml_attribute('value', label.name)}{color}/>"
            yield f"  </{_TAGS[kind]}>"
        if self._tags:
            yield '  <Choices name="choice" toName="image" choice="multiple">'
            for label in self._labels.values():
                if label.name in self._tags or not self._controls:
                    color = xml_attribute("background", label.color) if label.color else ""
                    yield f"    <Choice{xml_attribute('value', label.name)}{color}/>"
            yield "  </Choices>"
        for name, control in sorted(self._attributes.items()):
            fields = f'{xml_attribute("name", name)} toName="image" perRegion="true"'
            if control == "choices":
                yield f'  <Choices{fields}><Choice value="true"/><Choice value="false"/></Choices>'
            else:
                yield f"  <{'Number' if control == 'number' else 'TextArea'}{fields}/>"
        yield "</View>"


def _numbers(first: int, piece: int) -> Iterator[str]:
    yield str(first) if piece == 0 else f"{first}-{piece}"
    extra = 0
    while True:
        extra += 1
        yield f"{first}-{piece}-{extra}"


def _pieces(annotation: AnnotationRecord, label: LabelRecord, image: ImageRecord) -> Iterator[tuple[Geometry, str]]:
    """What one object is written as, each with the name of a key point or nothing."""
    geometry = annotation.geometry
    if isinstance(geometry, Polygon) and any(part.holes for part in geometry.parts):
        mask = to_mask(geometry, image.width, image.height)
        if mask is not None:
            yield mask, ""
    elif isinstance(geometry, Polygon):
        for part in geometry.parts:
            yield Polygon(parts=[part]), ""
    elif isinstance(geometry, Points):
        for i in range(0, len(geometry.points), 2):
            yield Points(points=geometry.points[i : i + 2]), ""
    elif isinstance(geometry, Keypoints):
        for i in range(0, len(geometry.points), 3):
            if geometry.points[i + 2] > 0:
                number = i // 3
                name = label.keypoints[number] if number < len(label.keypoints) else str(number + 1)
                yield Points(points=geometry.points[i : i + 2]), name
    else:
        yield geometry, ""


def _value(geometry: Geometry, width: int, height: int) -> tuple[str, Json]:
    """Kind and value in percent of the picture."""

    def across(value: float) -> float:
        return value / width * 100

    def down(value: float) -> float:
        return value / height * 100

    match geometry:
        case Box(x, y, w, h):
            return "rectangle", {"x": across(x), "y": down(y), "width": across(w), "height": down(h), "rotation": 0}
        case RotatedBox(_, _, w, h, angle):  # a full turn says that it is no plain box
            x, y = corners(geometry)[0].tolist()
            place = {"x": across(x), "y": down(y), "width": across(w), "height": down(h), "rotation": angle or 360}
            return "rectangle", place
        case Ellipse(cx, cy, rx, ry, rotation):
            place = {"x": across(cx), "y": down(cy), "radiusX": across(rx), "radiusY": down(ry), "rotation": rotation}
            return "ellipse", place
        case Polygon(parts):
            return "polygon", {"points": _pairs(parts[0].outer, width, height), "closed": True}
        case Polyline(points):
            return "polygon", {"points": _pairs(points, width, height), "closed": False}
        case Points(points):
            return "keypoint", {"x": across(points[0]), "y": down(points[1]), "width": _KEYPOINT_WIDTH}
        case Mask():
            return "brush", {"format": "rle", "rle": list(brush_from_mask(geometry, width, height))}
        case _:
            raise AssertionError(geometry.kind)


def _pairs(flat: Sequence[float], width: int, height: int) -> list[list[float]]:
    return [[x / width * 100, y / height * 100] for x, y in zip(flat[::2], flat[1::2], strict=True)]


def _control(value: Any) -> tuple[str, Json]:
    """The control that can hold an attribute, and its value."""
    if isinstance(value, bool):
        return "choices", {"choices": ["true" if value else "false"]}
    if isinstance(value, int | float) and math.isfinite(value):
        return "number", {"number": value}
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "textarea", {"text": value}
    text = value if isinstance(value, str) else dump_json(value).decode()
    return "textarea", {"text": [text]}
