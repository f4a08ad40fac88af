"""Writing VIA 2: a project, its annotations alone, or the table."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Points,
    Polyline,
    Tag,
)
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.files import place_picture
from annotator.formats.shared.json_writing import dump_json
from annotator.formats.via.reader import PREFIX, TAGS
from annotator.plugins.formats import Report

LABEL = "label"
_OTHERS = "via:labels"
_COLUMNS = (
    "filename", "file_size", "file_attributes", "region_count", "region_id", "region_shape_attributes",
    "region_attributes",
)  # fmt: skip
_NAMES = {"project": "via_project.json", "annotations": "via_region_data.json", "csv": "via_export.csv"}
Json = dict[str, Any]


class ViaWriter:
    """Adds pictures one by one; a context manager that ends the file when all went well."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], *, layout: str, report: Report) -> None:
        self._folder = folder
        self._labels = [label.name for label in labels]
        self._known = set(self._labels)
        self._layout = layout
        self._report = report
        self._keys: list[str] = []
        self._attributes: dict[str, None] = {}
        self._of_files: dict[str, None] = {}

    def __enter__(self) -> "ViaWriter":
        self._file = (self._folder / _NAMES[self._layout]).open("wb")
        heads = {
            "project": b'{"_via_settings":' + dump_json(_SETTINGS) + b',\n"_via_img_metadata":{',
            "annotations": b"{",
            "csv": _row(_COLUMNS),
        }
        self._file.write(heads[self._layout])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._layout != "csv":
            self._file.write(b"\n}")
            if self._layout == "project":
                self._file.write(b',\n"_via_attributes":' + dump_json(self._declared()))
                self._file.write(b',\n"_via_data_format_version":"2.0.10"')
                self._file.write(b',\n"_via_image_id_list":' + dump_json(self._keys) + b"}")
            self._file.write(b"\n")
        self._file.close()

    def add(self, image: ImageRecord) -> None:
        """Write one picture with its regions."""
        size = -1
        if image.path is not None:
            target = self._folder / "images" / image.name
            place_picture(image.path, target)
            size = target.stat().st_size
        known = [annotation for annotation in image.annotations if self._is_known(annotation, image)]
        tags = {annotation.label: True for annotation in known if isinstance(annotation.geometry, Tag)}
        about = _about(image, tags)
        self._of_files.update(dict.fromkeys(about))
        regions = [
            {"shape_attributes": shape, "region_attributes": self._values(annotation)}
            for annotation in known
            for shape in _shapes(annotation.geometry)
        ]
        if self._layout == "csv":
            self._add_rows(image, size, about, regions)
            return
        key = f"{image.name}{size}"
        entry = {"filename": image.name, "size": size, "regions": regions, "file_attributes": about}
        self._file.write((b",\n" if self._keys else b"\n") + dump_json(key) + b":" + dump_json(entry))
        self._keys.append(key)

    def _add_rows(self, image: ImageRecord, size: int, about: Json, regions: list[Json]) -> None:
        start = (image.name, str(size), dump_json(about).decode(), str(len(regions)))
        for number, region in enumerate(regions):
            texts = [dump_json(region[name]).decode() for name in ("shape_attributes", "region_attributes")]
            self._file.write(_row((*start, str(number), *texts)))
        if not regions:
            self._file.write(_row((*start, "0", "{}", "{}")))

    def _is_known(self, annotation: AnnotationRecord, image: ImageRecord) -> bool:
        if annotation.label in self._known:
            return True
        text = f"“{annotation.label}” is not among the labels; an object was left out."
        self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
        return False

    def _values(self, annotation: AnnotationRecord) -> Json:
        others = annotation.attributes.get(_OTHERS)
        names = [annotation.label, *(others if isinstance(others, list) else ())]
        given = {name: value for name, value in annotation.attributes.items() if name not in {LABEL, _OTHERS}}
        self._attributes.update(dict.fromkeys(given))
        label = dict.fromkeys(names, True) if len(names) > 1 else annotation.label
        return {LABEL: label, **{name: _written(value) for name, value in given.items()}}

    def _declared(self) -> Json:
        options = dict.fromkeys(self._labels, "")
        label = {"type": "dropdown", "description": "", "options": options, "default_options": {}}
        text = {"type": "text", "description": "", "default_value": ""}
        return {
            "region": {LABEL: label, **dict.fromkeys(self._attributes, text)},
            "file": dict.fromkeys(self._of_files, text),
        }


_SETTINGS: Json = {
    "ui": {},
    "core": {"buffer_size": 18, "filepath": {}, "default_filepath": "images/"},
    "project": {"name": "marquee"},
}


def _row(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode("utf-8", errors="replace")


def _about(image: ImageRecord, tags: Json) -> Json:
    """Attributes of the file: its own, its size, split and tags."""
    about: Json = {k.removeprefix(PREFIX): _written(v) for k, v in image.source.items() if k.startswith(PREFIX)}
    if image.width:
        about |= {"width": image.width, "height": image.height}
    if image.split:
        about["split"] = image.split
    if tags:
        about[TAGS] = tags
    return about


def _written(value: Any) -> Any:
    """Lists of texts are ticked options."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return dict.fromkeys(value, True)
    return value


def _shapes(geometry: Geometry) -> Iterator[Json]:
    """What one object is written as."""
    match geometry:
        case Tag():
            return
        case Box(x, y, w, h):
            yield {"name": "rect", "x": x, "y": y, "width": w, "height": h}
        case Ellipse(cx, cy, rx, ry, rotation):
            if rx == ry and not rotation:
                yield {"name": "circle", "cx": cx, "cy": cy, "r": rx}
            else:
                theta = math.radians(rotation)
                yield {"name": "ellipse", "cx": cx, "cy": cy, "rx": rx, "ry": ry, "theta": theta}
        case Polyline(points):
            yield {"name": "polyline", "all_points_x": points[::2], "all_points_y": points[1::2]}
        case Points(points):
            for x, y in zip(points[::2], points[1::2], strict=True):
                yield {"name": "point", "cx": x, "cy": y}
        case Keypoints(points):
            for x, y, seen in zip(points[::3], points[1::3], points[2::3], strict=True):
                if seen > 0:
                    yield {"name": "point", "cx": x, "cy": y}
        case _:
            outline = to_polygon(geometry)
            for part in outline.parts if outline else ():
                yield {"name": "polygon", "all_points_x": part.outer[::2], "all_points_y": part.outer[1::2]}
