"""Writing Datumaro: a file per subset that grows item by item."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

from annotator.core.geometry.masks import mask_of_polygon, runs_over_picture
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.rle import runs_to_text
from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Keypoints,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
)
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.files import is_picture, place_picture, safe_name, split_of_word
from annotator.formats.shared.json_writing import ArrayFile, dump_json
from annotator.formats.shared.own_fields import KEY, own_fields, own_label_fields
from annotator.formats.shared.palettes import rgb_of_hex
from annotator.plugins.formats import Report

DEFAULT_SUBSET = "default"
_PREFIX = "datumaro:"
_MEDIA_IMAGE = 2
_TAKEN_KEYS = frozenset({"attr", "captions", "subset"})


class DatumaroWriter:
    """Adds pictures one by one; a context manager that ends the files."""

    def __init__(
        self, folder: Path, labels: Sequence[LabelRecord], information: Mapping[str, Any], *, report: Report
    ) -> None:
        self._folder = folder
        self._places = {label.name: place for place, label in enumerate(labels)}
        self._named = {label.name for label in labels if label.keypoints}
        """Points of these would be taken for their key points."""
        self._report = report
        self._files: dict[str, ArrayFile] = {}
        self._ids: dict[str, set[str]] = {}
        self._stack = ExitStack()
        infos = information.get("info")
        head = {
            "dm_format_version": "1.0",
            "media_type": _MEDIA_IMAGE,
            "infos": infos if isinstance(infos, Mapping) else {},
            "categories": categories_of(labels, information.get("label_groups")),
        }
        self._head = dump_json(head)[:-1] + b',"items":['

    def __enter__(self) -> "DatumaroWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._files:
            self._file(DEFAULT_SUBSET)  # an empty set is a set
        self._stack.__exit__(kind, error, trace)

    def _file(self, subset: str) -> ArrayFile:
        if subset not in self._files:
            path = self._folder / "annotations" / f"{subset}.json"
            self._files[subset] = self._stack.enter_context(ArrayFile(path, head=self._head, tail=b"\n]}\n"))
        return self._files[subset]

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its item."""
        subset = self._subset(image)
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / subset / image.name)
        self._file(subset).add(self._item(image, subset))

    def _subset(self, image: ImageRecord) -> str:
        stated = image.source.get(f"{_PREFIX}subset")
        usable = isinstance(stated, str) and safe_name(stated) == stated and "/" not in stated
        if usable and split_of_word(str(stated)) == image.split:
            return str(stated)
        return image.split or DEFAULT_SUBSET

    def _item(self, image: ImageRecord, subset: str) -> dict[str, Any]:
        identity = self._identity(image.name, subset)
        groups = _group_numbers(image)
        annotations = [entry for a in image.annotations for entry in self._entries(a, image, groups)]
        captions = image.source.get(f"{_PREFIX}captions")
        size = {"size": [image.height, image.width]} if image.width else {}
        item: dict[str, Any] = {
            "id": identity,
            "annotations": [*annotations, *(captions if isinstance(captions, list) else [])],
            "image": {"path": image.name, **size},
        }
        if image.source.get(f"{_PREFIX}attr"):
            item["attr"] = image.source[f"{_PREFIX}attr"]
        for key, value in image.source.items():
            bare = key[len(_PREFIX) :]
            if key.startswith(_PREFIX) and bare not in _TAKEN_KEYS:
                item.setdefault(bare, value)
        guesses = [entry for a in image.predictions for entry in self._entries(a, image, groups)]
        other = {
            key: value
            for key, value in image.source.items()
            if not key.startswith(_PREFIX) and (key, value) != ("id", identity)
        }
        own = {name: value for name, value in (("predictions", guesses), ("source", other)) if value}
        return item | ({KEY: own} if own else {})

    def _identity(self, name: str, subset: str) -> str:
        """The name without its ending; with it where two pictures differ by nothing else."""
        taken = self._ids.setdefault(subset, set())
        stem = PurePosixPath(name).with_suffix("").as_posix() if is_picture(Path(name)) else name
        identity = name if stem in taken or is_picture(Path(stem)) else stem
        taken.add(identity)
        return identity

    def _entries(
        self, annotation: AnnotationRecord, image: ImageRecord, groups: Mapping[str, int]
    ) -> Iterator[dict[str, Any]]:
        """One annotation, or one per part of it."""
        place = self._places.get(annotation.label)
        if place is None:
            text = f"The label “{annotation.label}” is not in the list; its object was left out."
            self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
            return
        attributes = annotation.attributes.items()
        foreign = {key[len(_PREFIX) :]: value for key, value in attributes if key.startswith(_PREFIX)}
        plain = {key: value for key, value in attributes if not key.startswith(_PREFIX)}
        elements = foreign.pop("elements", None)
        if elements is not None:
            plain[f"{_PREFIX}elements"] = elements
        shapes, turn, exact = _shapes(annotation, image)
        exact = exact or (isinstance(annotation.geometry, Points) and annotation.label in self._named)
        own = own_fields(annotation, "part_of", "box", "source", exact=exact)
        if annotation.geometry.kind == "tag":
            own |= own_fields(annotation, "z_order")
        if annotation.id is not None and not _is_number(annotation.id):
            own["id"] = annotation.id
        if annotation.group is not None and not _is_number(annotation.group):
            own["group"] = annotation.group
        group = groups[annotation.group] if annotation.group else 0
        if len(shapes) > 1:
            own["parts"] = len(shapes)
            if not group:
                own["ungrouped"] = True
                group = groups[""]
        common: dict[str, Any] = {
            **foreign,
            "id": int(annotation.id) if annotation.id and _is_number(annotation.id) else 0,
            "label_id": place,
            "group": group,
            "attributes": plain | _native(annotation) | turn,
        }
        if annotation.geometry.kind != "tag":
            common["z_order"] = annotation.z_order
        for number, shape in enumerate(shapes):
            yield common | shape | ({KEY: own} if own and number == 0 else {})


def _is_number(text: str) -> bool:
    """Whether Datumaro can keep an id or group as it is: a positive number, written plainly."""
    return text.isascii() and text.isdecimal() and text[0] != "0" and len(text) < 19


def _group_numbers(image: ImageRecord) -> dict[str, int]:
    """Group → number on this picture; under an empty name one that nobody has."""
    names = list(dict.fromkeys(a.group for a in (*image.annotations, *image.predictions) if a.group))
    found = {name: int(name) for name in names if _is_number(name)}
    free = max(found.values(), default=0)
    for name in names:
        if name not in found:
            free += 1
            found[name] = free
    return {**found, "": free + 1}


def _native(annotation: AnnotationRecord) -> dict[str, Any]:
    """What Datumaro keeps among the attributes."""
    fields: dict[str, Any] = {}
    if annotation.crowd:
        fields["is_crowd"] = True
    if annotation.score is not None and math.isfinite(annotation.score):
        fields["score"] = annotation.score
    if annotation.track is not None:
        fields["track_id"] = annotation.track
    return fields


def _shapes(annotation: AnnotationRecord, image: ImageRecord) -> tuple[list[dict[str, Any]], dict[str, Any], bool]:
    """Members of each part, attributes that turn it, and whether the geometry must be kept beside them."""
    geometry = annotation.geometry
    if isinstance(geometry, Box):
        return [{"type": "bbox", "bbox": [geometry.x, geometry.y, geometry.w, geometry.h]}], {}, False
    if isinstance(geometry, RotatedBox):
        box = [geometry.cx - geometry.w / 2, geometry.cy - geometry.h / 2, geometry.w, geometry.h]
        return [{"type": "bbox", "bbox": box}], {"rotation": geometry.angle}, not 0 < geometry.angle < 360
    if isinstance(geometry, Ellipse):
        sides = [
            geometry.cx - geometry.rx,
            geometry.cy - geometry.ry,
            geometry.cx + geometry.rx,
            geometry.cy + geometry.ry,
        ]
        turn = {"rotation": geometry.rotation} if geometry.rotation % 360 else {}
        return [{"type": "ellipse", "points": sides}], turn, geometry.rotation != geometry.rotation % 360
    if isinstance(geometry, Mask):
        return [_rle(geometry, image)], {}, False
    if isinstance(geometry, Polygon):
        return _polygon(geometry, image)
    if isinstance(geometry, Keypoints):
        points = [value for i, value in enumerate(geometry.points) if i % 3 != 2]
        return [{"type": "points", "points": points, "visibility": [int(v) for v in geometry.points[2::3]]}], {}, False
    if isinstance(geometry, Points | Polyline):
        return [{"type": geometry.kind, "points": geometry.points}], {}, False
    return [{"type": "label"}], {}, False


def _polygon(geometry: Polygon, image: ImageRecord) -> tuple[list[dict[str, Any]], dict[str, Any], bool]:
    """A polygon per part; with holes, which Datumaro cannot say, the pixels, and the outline beside them."""
    holes = any(part.holes for part in geometry.parts)
    if holes:
        try:
            mask = mask_of_polygon(geometry, *((image.width, image.height) if image.width else ()))
        except ValueError:
            mask = None
        if mask is not None:
            return [_rle(mask, image)], {}, True
    return [{"type": "polygon", "points": part.outer} for part in geometry.parts], {}, holes


def _rle(mask: Mask, image: ImageRecord) -> dict[str, Any]:
    _, _, right, bottom = bounds(mask) or (0, 0, 0, 0)
    width, height = image.width or int(right), image.height or int(bottom)
    counts = runs_to_text(runs_over_picture(mask, width, height))
    return {"type": "mask", "rle": {"counts": counts, "size": [height, width]}}


def categories_of(labels: Sequence[LabelRecord], groups: Any) -> dict[str, Any]:
    """The categories: labels, key points of those that have some (edges from 1), colours of those that have one."""
    entries = []
    for label in labels:
        own = own_label_fields(label, "attributes", "stuff", "source", "source_id")
        names = [attribute.name for attribute in label.attributes]
        entry = {"name": label.name, "parent": label.parent or "", "attributes": names}
        entries.append(entry | ({KEY: own} if own else {}))
    points = [
        {
            "label_id": place,
            "labels": list(label.keypoints),
            "joints": [[a + 1, b + 1] for a, b in label.skeleton],
            "positions": [],
        }
        for place, label in enumerate(labels)
        if label.keypoints
    ]
    colours = [(place, rgb_of_hex(label.color)) for place, label in enumerate(labels) if label.color]
    colormap = [{"label_id": place, **dict(zip("rgb", rgb, strict=True))} for place, rgb in colours if rgb]
    found: dict[str, Any] = {
        "label": {"labels": entries, "label_groups": groups if isinstance(groups, list) else [], "attributes": []}
    }
    if colormap:
        found["mask"] = {"colormap": colormap}
    if points:
        found["points"] = {"items": points}
    return found
