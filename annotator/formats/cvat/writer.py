"""Writing CVAT's XML for images: shapes go to a file of their own first, because the head must declare their attributes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from shutil import copyfileobj
from types import TracebackType
from typing import Any

from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import bitmap_of
from annotator.core.geometry.measures import bounds
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
from annotator.formats.cvat.shapes import cuboid_attributes
from annotator.formats.shared.files import place_picture
from annotator.formats.shared.row_runs import row_runs
from annotator.formats.shared.xml_text import digits, xml_attribute, xml_text
from annotator.plugins.formats import Report

_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_CUBOID, _PARTS = "cvat:cuboid", "cvat:points"
_OWN = frozenset({"occluded", _CUBOID, _PARTS})
_BODY = ".shapes.xml"


class CvatWriter:
    """Adds pictures one by one; a context manager that joins head and body when all went well."""

    def __init__(
        self, folder: Path, labels: Sequence[LabelRecord], *, facts: Mapping[str, Any], report: Report
    ) -> None:
        self._folder = folder
        self._labels = {label.name: label for label in labels}
        self._facts = facts
        self._report = report
        self._kinds: dict[str, dict[str, str]] = {}
        self._points: dict[str, int] = {}
        self._part_kinds: dict[tuple[str, str], dict[str, str]] = {}
        self._count = 0

    def __enter__(self) -> "CvatWriter":
        self._body = (self._folder / _BODY).open("w+", encoding="utf-8", newline="\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
            self._body.seek(0)
            with (self._folder / "annotations.xml").open("w", encoding="utf-8", newline="\n") as target:
                target.write("\n".join(self._head()) + "\n")
                copyfileobj(self._body, target)
                target.write("</annotations>\n")
        self._body.close()
        (self._folder / _BODY).unlink()

    def add(self, image: ImageRecord) -> None:
        """Write one picture with its shapes."""
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / image.name)
        subset = image.split or image.source.get("cvat:subset")
        fields = {"id": self._count, "name": image.name, "width": image.width, "height": image.height}
        if subset:
            fields["subset"] = subset
        self._count += 1
        lines = [f"  <image{fields_text(fields)}>"]
        for annotation, geometry, group in self._known_pieces(image):
            lines += self._shape(annotation, geometry, group)
        self._body.write("\n".join([*lines, "  </image>\n"]))

    def _finish(self) -> None:
        """What is still to be written behind the last picture."""

    def _known_pieces(self, image: ImageRecord) -> Iterator[tuple[AnnotationRecord, Geometry, int]]:
        """(object, shape, group) of everything that can be written; the rest is reported."""
        groups = _Groups(image)
        for annotation in image.annotations:
            if annotation.label not in self._labels:
                text = f"“{annotation.label}” is not among the labels; an object was left out."
                self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
                continue
            for geometry, group in _pieces(annotation, image, groups):
                yield annotation, geometry, group

    def _shape(
        self, annotation: AnnotationRecord, geometry: Geometry, group: int, frame: int | None = None
    ) -> Iterator[str]:
        """Lines of a shape on a picture, or of a track's shape on a frame of a video."""
        given = annotation.attributes
        tag, place = _place(geometry)
        corners = given.get(_CUBOID)
        if isinstance(corners, list) and _spans(corners, geometry):
            tag, place = "cuboid", {name: digits(value) for name, value in cuboid_attributes(corners).items()}
        fields: dict[str, Any] = {"label": annotation.label, "source": annotation.source.get("source", "manual")}
        if frame is not None:
            fields = {"frame": frame, "outside": 0, "keyframe": 1}
        if tag != "tag":
            fields |= {"occluded": int(given.get("occluded") in (True, 1, "1")), **place}
            fields["z_order"] = annotation.z_order
        if group and frame is None:
            fields["group_id"] = group
        inner = [self._attribute(annotation.label, name, value) for name, value in given.items() if name not in _OWN]
        if "occluded" in given and given["occluded"] not in (True, False):
            inner.append(self._attribute(annotation.label, "occluded", given["occluded"]))
        if annotation.track is not None and frame is None:
            inner.append(self._attribute(annotation.label, "track_id", annotation.track))
        if isinstance(geometry, Keypoints):
            inner += self._elements(annotation, geometry)
        yield f"    <{tag}{fields_text(fields)}{'' if inner else '/'}>"
        if inner:
            yield from inner
            yield f"    </{tag}>"

    def _attribute(self, label: str, name: str, value: Any) -> str:
        kinds = self._kinds.setdefault(label, {})
        kinds[name] = _common(kinds.get(name), _kind(value))
        return f"      <attribute{xml_attribute('name', name)}>{xml_text(_written(value))}</attribute>"

    def _elements(self, annotation: AnnotationRecord, keypoints: Keypoints) -> Iterator[str]:
        """The points of a skeleton by name."""
        triples = keypoints.points
        self._points[annotation.label] = max(self._points.get(annotation.label, 0), len(triples) // 3)
        own = annotation.attributes.get(_PARTS)
        for index, name in enumerate(self._names(annotation.label, len(triples) // 3)):
            x, y, seen = triples[3 * index : 3 * index + 3]
            fields = {"outside": int(seen == 0), "occluded": int(seen == 1), "label": name}
            fields["points"] = f"{digits(x)},{digits(y)}"
            values = own.get(name) if isinstance(own, Mapping) else None
            yield f"      <points{fields_text(fields)}{'' if values else '/'}>"
            if isinstance(values, Mapping) and values:
                kinds = self._part_kinds.setdefault((annotation.label, name), {})
                for key, value in values.items():
                    kinds[key] = _common(kinds.get(key), _kind(value))
                    yield f"        <attribute{xml_attribute('name', key)}>{xml_text(_written(value))}</attribute>"
                yield "      </points>"

    def _names(self, label: str, size: int) -> list[str]:
        names = list(self._labels[label].keypoints[:size])
        return names + [str(number) for number in range(len(names) + 1, size + 1)]

    def _head(self) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="utf-8"?>'
        yield "<annotations>"
        yield "  <version>1.1</version>"
        yield "  <meta>"
        yield "    <task>"
        for name, value in self._facts.items():
            if isinstance(value, str) and _NAME.fullmatch(name) and name not in {"size", "labels", "mode"}:
                yield f"      <{name}>{xml_text(value)}</{name}>"
        yield f"      <size>{self._count}</size>"
        yield from self._about_video()
        yield "      <labels>"
        for label in self._labels.values():
            yield from self._label(label)
        yield "      </labels>"
        yield "    </task>"
        yield "  </meta>"

    def _about_video(self) -> Iterator[str]:
        """Nothing to say of single pictures."""
        yield from ()

    def _label(self, label: LabelRecord) -> Iterator[str]:
        points = self._names(label.name, max(self._points.get(label.name, 0), len(label.keypoints)))
        yield "        <label>"
        yield f"          <name>{xml_text(label.name)}</name>"
        if label.color:
            yield f"          <color>{xml_text(label.color)}</color>"
        kind = "skeleton" if points else label.source.get("type", "any")
        yield f"          <type>{xml_text(kind)}</type>"
        yield from _declared(label, self._kinds.get(label.name, {}))
        if points:
            yield f"          <svg>{xml_text(_drawing(points, label.skeleton))}</svg>"
        yield "        </label>"
        for name in points:
            yield "        <label>"
            yield f"          <name>{xml_text(name)}</name>"
            yield "          <type>points</type>"
            yield from _declared(LabelRecord(name), self._part_kinds.get((label.name, name), {}))
            yield f"          <parent>{xml_text(label.name)}</parent>"
            yield "        </label>"


class _Groups:
    """Numbers for the groups of one image: those that are numbers stay, the others get free ones."""

    def __init__(self, image: ImageRecord) -> None:
        taken = {int(a.group) for a in image.annotations if a.group and a.group.isdecimal()}
        self._free = (number for number in count(1) if number not in taken)
        self._known: dict[str, int] = {}

    def of(self, group: str | None) -> int:
        """The number of a group; 0 for none."""
        if group and group.isdecimal():
            return int(group)
        if not group:
            return 0
        if group not in self._known:
            self._known[group] = self.new()
        return self._known[group]

    def new(self) -> int:
        """A number that no other group has."""
        return next(self._free)


def _pieces(annotation: AnnotationRecord, image: ImageRecord, groups: _Groups) -> Iterator[tuple[Geometry, int]]:
    """What one object is written as: holes need a mask, several parts become several polygons of one group."""
    geometry, group = annotation.geometry, groups.of(annotation.group)
    if not isinstance(geometry, Polygon):
        yield geometry, group
    elif any(part.holes for part in geometry.parts):
        mask = to_mask(geometry, image.width or None, image.height or None)
        if mask is not None:
            yield mask, group
    elif len(geometry.parts) == 1:
        yield geometry, group
    else:
        group = group or groups.new()
        for part in geometry.parts:
            yield Polygon(parts=[part]), group


def _place(geometry: Geometry) -> tuple[str, dict[str, Any]]:
    """Element and attributes of a shape."""
    match geometry:
        case Box(x, y, w, h):
            return "box", _numbers(xtl=x, ytl=y, xbr=x + w, ybr=y + h)
        case RotatedBox(cx, cy, w, h, angle):  # a full turn says that it is no plain box
            place = _numbers(xtl=cx - w / 2, ytl=cy - h / 2, xbr=cx + w / 2, ybr=cy + h / 2, rotation=angle or 360)
            return "box", place
        case Ellipse(cx, cy, rx, ry, rotation):
            turned = {"rotation": rotation} if rotation else {}
            return "ellipse", _numbers(cx=cx, cy=cy, rx=rx, ry=ry, **turned)
        case Polygon(parts):
            return "polygon", {"points": _pairs(parts[0].outer)}
        case Polyline(points):
            return "polyline", {"points": _pairs(points)}
        case Points(points):
            return "points", {"points": _pairs(points)}
        case Mask(bbox):
            filled, lengths = row_runs(bitmap_of(geometry))
            rle = ", ".join(map(str, [*([0] if filled[0] else []), *lengths.tolist()]))
            return "mask", {"rle": rle, **dict(zip(("left", "top", "width", "height"), bbox, strict=True))}
        case Keypoints():
            return "skeleton", {}
        case Tag():
            return "tag", {}


def _spans(corners: Sequence[Any], geometry: Geometry) -> bool:
    """Whether the kept corners of a cuboid still belong to the box (nobody moved it)."""
    if len(corners) != 16 or not all(isinstance(value, int | float) for value in corners):
        return False
    found = bounds(geometry)
    around = (min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2]))
    return found is not None and all(abs(a - b) < 1e-6 for a, b in zip(found, around, strict=True))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "checkbox"
    return "number" if isinstance(value, int | float) else "text"


def _common(known: str | None, kind: str) -> str:
    return kind if known in {None, kind} else "text"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _declared(label: LabelRecord, kinds: Mapping[str, str]) -> Iterator[str]:
    """The attributes of a label: those of its schema, then those that its shapes have."""
    known = {attribute.name: attribute for attribute in label.attributes}
    names = dict.fromkeys([*known, *kinds])
    yield "          <attributes>" if names else "          <attributes/>"
    for name in names:
        attribute = known.get(name)
        kind = attribute.type if attribute and kinds.get(name) in {None, attribute.type} else kinds.get(name, "text")
        if attribute and attribute.type == "select" and kinds.get(name) in {None, "text"}:
            kind = "select"
        default = "" if attribute is None else _written(attribute.default)
        values = "\n".join(attribute.values) if attribute else ""
        yield "            <attribute>"
        yield f"              <name>{xml_text(name)}</name>"
        yield "              <mutable>False</mutable>"
        yield f"              <input_type>{kind}</input_type>"
        yield f"              <default_value>{xml_text(default)}</default_value>"
        yield f"              <values>{xml_text(values)}</values>"
        yield "            </attribute>"
    if names:
        yield "          </attributes>"


def _drawing(names: Sequence[str], edges: Sequence[tuple[int, int]]) -> str:
    """The skeleton as CVAT draws it: its points in a row, joined by the label's edges."""
    lines = [
        f'<line data-type="edge" data-node-from="{a + 1}" data-node-to="{b + 1}"/>'
        for a, b in edges
        if max(a, b) < len(names)
    ]
    nodes = [
        f'<circle r="1.5" cx="{(index + 1) * 100 // (len(names) + 1)}" cy="50" data-type="element node" '
        f'data-element-id="{index + 1}" data-node-id="{index + 1}"{xml_attribute("data-label-name", name)}/>'
        for index, name in enumerate(names)
    ]
    return "".join([*lines, *nodes])


def fields_text(values: Mapping[str, Any]) -> str:
    """The attributes of an element."""
    return "".join(xml_attribute(name, value) for name, value in values.items())


def _numbers(**values: float) -> dict[str, str]:
    return {name: digits(value) for name, value in values.items()}


def _pairs(flat: Sequence[float]) -> str:
    return ";".join(f"{digits(x)},{digits(y)}" for x, y in zip(flat[::2], flat[1::2], strict=True))
