"""Writing LabelMe: one JSON file beside each picture."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.geometry.convert import to_mask, to_polygon
from annotator.core.geometry.masks import bitmap_of
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Mask,
    Points,
    Polygon,
    Polyline,
    Tag,
)
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.labelme.shapes import PREFIX
from annotator.formats.shared.encoded_bitmaps import base64_of, png_of_bitmap
from annotator.formats.shared.files import FolderMaker, place_picture
from annotator.formats.shared.json_writing import dump_json
from annotator.plugins.formats import Report

_VERSION = "5.4.1"
Json = dict[str, Any]


class LabelMeWriter:
    """Adds pictures one by one."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], report: Report) -> None:
        self._folder = folder
        self._known = {label.name for label in labels}
        self._report = report
        self._taken: set[str] = set()
        self._folders = FolderMaker()
        names = "\n".join(["__ignore__", "_background_", *(label.name for label in labels)])
        (folder / "labels.txt").write_text(f"{names}\n", encoding="utf-8", newline="\n")

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its file."""
        path = PurePosixPath(image.name)
        stem = path.with_suffix("").as_posix()
        if stem.casefold() in self._taken:  # a.jpg and a.png: the second keeps its ending
            stem = path.as_posix()
        self._taken.add(stem.casefold())
        if image.path is not None:
            place_picture(image.path, self._folder / image.name)
        target = self._folders.make_for(self._folder / f"{stem}.json")
        target.write_bytes(dump_json(self._content(image, path)))

    def _content(self, image: ImageRecord, path: PurePosixPath) -> Json:
        own = {k.removeprefix(PREFIX): v for k, v in image.source.items() if k.startswith(PREFIX)}
        flags, ignored = own.pop("flags", None), own.pop("ignored", None)
        known = [annotation for annotation in image.annotations if self._is_known(annotation, image)]
        tags = {annotation.label: True for annotation in known if isinstance(annotation.geometry, Tag)}
        shapes = list(_shapes([a for a in known if not isinstance(a.geometry, Tag)], image))
        content: Json = {
            "version": _VERSION,
            "flags": {**(flags if isinstance(flags, dict) else {}), **tags},
            "shapes": [*shapes, *(ignored if isinstance(ignored, list) else [])],
            "imagePath": path.name,
            "imageData": None,
            "imageHeight": image.height,
            "imageWidth": image.width,
        }
        return {**own, **content} | ({"split": image.split} if image.split else {})

    def _is_known(self, annotation: AnnotationRecord, image: ImageRecord) -> bool:
        if annotation.label in self._known:
            return True
        text = f"“{annotation.label}” is not among the labels; an object was left out."
        self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
        return False


def _shapes(annotations: Sequence[AnnotationRecord], image: ImageRecord) -> Iterator[Json]:
    """The shapes of all objects; parts of one object share a group that nobody else has."""
    taken = {int(a.group) for a in annotations if a.group and a.group.isdecimal()}
    free = (number for number in count(1) if number not in taken)
    named: dict[str, int] = {}
    polygons: set[tuple[str, str]] = set()
    for annotation in annotations:
        geometry = _fitting(annotation.geometry, image)
        if geometry is None:
            continue
        group = None if annotation.group is None else _number(annotation.group, named, free)
        if isinstance(geometry, Polygon):
            key = (annotation.label, annotation.group or "")
            if len(geometry.parts) > 1 or (group is not None and key in polygons):
                group = next(free) if len(geometry.parts) > 1 else None  # the group would make them one object
            polygons.add(key)
            for part in geometry.parts:
                yield _shape(annotation, "polygon", _pairs(part.outer), group)
        else:
            yield _plain(annotation, geometry, group)


def _number(group: str, named: dict[str, int], free: Iterator[int]) -> int:
    if group.isdecimal():
        return int(group)
    if group not in named:
        named[group] = next(free)
    return named[group]


def _fitting(geometry: Geometry, image: ImageRecord) -> Geometry | None:
    """The geometry, or what it becomes here."""
    if isinstance(geometry, Polygon) and any(part.holes for part in geometry.parts):
        return to_mask(geometry, image.width or None, image.height or None)
    if isinstance(geometry, Keypoints):
        flat = geometry.points
        seen = [value for i in range(0, len(flat), 3) if flat[i + 2] > 0 for value in flat[i : i + 2]]
        return Points(points=seen) if seen else None
    if isinstance(geometry, Box | Polygon | Polyline | Points | Mask) or is_circle(geometry):
        return geometry
    return to_polygon(geometry)


def is_circle(geometry: Geometry) -> bool:
    """Whether an ellipse is one that LabelMe knows."""
    return isinstance(geometry, Ellipse) and geometry.rx == geometry.ry


def _plain(annotation: AnnotationRecord, geometry: Geometry, group: int | None) -> Json:
    match geometry:
        case Box(x, y, w, h):
            return _shape(annotation, "rectangle", [[x, y], [x + w, y + h]], group)
        case Ellipse(cx, cy, rx):
            return _shape(annotation, "circle", [[cx, cy], [cx + rx, cy]], group)
        case Polyline(points):
            return _shape(annotation, "line" if len(points) == 4 else "linestrip", _pairs(points), group)
        case Points(points):
            return _shape(annotation, "point" if len(points) == 2 else "points", _pairs(points), group)
        case Mask((x, y, w, h)):
            shape = _shape(annotation, "mask", [[x, y], [x + w - 1, y + h - 1]], group)
            return shape | {"mask": base64_of(png_of_bitmap(bitmap_of(geometry)))}
        case _:
            raise AssertionError(geometry.kind)


def _shape(annotation: AnnotationRecord, kind: str, points: list[list[float]], group: int | None) -> Json:
    own = {k.removeprefix(PREFIX): v for k, v in annotation.attributes.items() if k.startswith(PREFIX)}
    given = {k: v for k, v in annotation.attributes.items() if not k.startswith(PREFIX)}
    others = {name: value for name, value in given.items() if not isinstance(value, bool)}
    shape: Json = {
        "description": "",
        **own,
        "label": annotation.label,
        "points": points,
        "group_id": group,
        "shape_type": kind,
        "flags": {name: value for name, value in given.items() if isinstance(value, bool)},
    }
    if others:
        shape["attributes"] = others
    return shape | ({} if annotation.score is None else {"score": annotation.score})


def _pairs(flat: Sequence[float]) -> list[list[float]]:
    return [[x, y] for x, y in zip(flat[::2], flat[1::2], strict=True)]
