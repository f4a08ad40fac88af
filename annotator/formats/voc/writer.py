"""Writing Pascal VOC: every picture gets an XML file, those without objects too."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import radians
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box, Geometry, Mask, Polygon, RotatedBox
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.files import FolderMaker, place_picture, safe_name, stem_of, write_small
from annotator.formats.shared.palettes import rgb_of_hex
from annotator.formats.voc.mask_writer import VocMaskWriter, wants_masks
from annotator.formats.voc.xml import FLAGS, PREFIX, UNSTATED, is_official
from annotator.plugins.formats import Report

_NEAR, _FAR = 1e-3, 1e9
"""Between these, numbers have no exponent, and everybody writes them alike."""
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_NO_PLACE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
"""Control characters: XML 1.0 has no place for them, not even as entities."""
_PLAIN = re.compile(r"[A-Za-z0-9 _./:,+-]*").fullmatch
_TAG = re.compile(r"^[A-Za-z_][A-Za-z0-9_.-]*$")
_TAGS_OF_PICTURES = frozenset({"filename", "size", "object", "segmented", "depth", "folder", "source"})


class VocWriter:
    """Adds pictures one by one; a context manager that closes the lists of splits.

    ``masks`` is auto, always or never: whether ``SegmentationClass`` and ``SegmentationObject`` are written.
    """

    def __init__(
        self,
        folder: Path,
        labels: Sequence[LabelRecord],
        *,
        polygons: bool,
        masks: str,
        one_based: bool,
        report: Report,
    ) -> None:
        self._folder = folder
        self._pictures, self._annotations = f"{folder}/JPEGImages", f"{folder}/Annotations"
        self._labels = {label.name: label for label in labels}
        self._polygons = polygons
        self._masks = VocMaskWriter(folder, [label.name for label in labels], report)
        self._when = masks
        self._one_based = one_based
        self._report = report
        self._stems: set[str] = set()
        self._folders = FolderMaker()
        self._lists: dict[str, dict[str, list[str]]] = {"Main": {}, "Segmentation": {}}
        self._tagged: dict[str, set[str]] = {}
        """Stems of the pictures that a label is said of as a whole."""

    def __enter__(self) -> "VocWriter":
        for name in ("Annotations", "JPEGImages", "ImageSets/Main"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        rows = ["# label:color_rgb:parts:actions", *(_table_row(label) for label in self._labels.values())]
        (self._folder / "labelmap.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for purpose, lists in self._lists.items():
            for split, stems in lists.items():
                path = self._folders.make_for(self._folder / "ImageSets" / purpose / f"{split}.txt")
                path.write_text("\n".join(stems) + "\n", encoding="utf-8")
        for label, tagged in self._tagged.items():
            for split, stems in self._lists["Main"].items():
                path = self._folder / "ImageSets" / "Main" / f"{label}_{split}.txt"
                rows = [f"{stem} {'1' if stem in tagged else '-1':>2}\n" for stem in stems]
                path.write_text("".join(rows), encoding="utf-8")

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its XML file, whose path mirrors the picture's."""
        stem = stem_of(image.name)
        if stem.casefold() in self._stems:  # a.jpg and a.png: the second keeps its ending
            stem = image.name
        self._stems.add(stem.casefold())
        if image.split:
            self._lists["Main"].setdefault(image.split, []).append(stem)
        if image.path is not None:
            place_picture(image.path, f"{self._pictures}/{image.name}")
        shift, painted, tags = 1.0 if self._shifted(image) else 0.0, False, list[str]()
        lines = self._plain_objects(image)
        if lines is None or shift:
            lines, painted = self._objects(image, stem, shift)
            tags = self._tags(image, stem)
        text = "\n".join([*self._head(image, segmented=painted), *tags, *lines, "</annotation>", ""])
        write_small(f"{self._annotations}/{stem}.xml", text.encode())

    def _objects(self, image: ImageRecord, stem: str, shift: float) -> tuple[list[str], bool]:
        """Lines of all objects, and whether segmentation pictures were written."""
        lines: list[str] = []
        whole, parts = self._sorted(image)
        painted, hidden = self._painted(image, stem, whole)
        if painted:
            self._lists["Segmentation"].setdefault(image.split or "default", []).append(stem)
        for number, annotation in enumerate(whole, start=1):
            lines += self._object(annotation, parts.get(annotation.id or "", []), shift, "object", 1)
            if number in hidden:
                lines[-1:-1] = _run_lengths(hidden[number])
        return lines, painted

    def _plain_objects(self, image: ImageRecord) -> list[str] | None:
        """Text of the objects of a picture that holds plain boxes only, as most do; ``None`` where more must be written.

        Four numbers differ from object to object, the rest is the same for all of a label.
        """
        if self._when == "always":
            return None
        templates: list[str] = []
        corners: list[float] = []
        for annotation in image.annotations:
            box, template = annotation.geometry, self._templates.get(annotation.label)
            if (
                type(box) is not Box or template is None or annotation.attributes or annotation.part_of is not None
                or annotation.box is not None
            ):  # fmt: skip
                return None
            x, y, w, h = box.x, box.y, box.w, box.h
            if not (w > 0 and h > 0 and (_NEAR < x < _FAR or not x) and (_NEAR < y < _FAR or not y)):
                return None
            templates.append(template)
            corners += (x or 0, y or 0, x + w, y + h)
        texts = (orjson.dumps(corners)[1:-1] + b",").replace(b".0,", b",").decode().split(",")
        return [
            template % tuple(texts[at : at + 4])
            for template, at in zip(templates, range(0, len(texts), 4), strict=False)
        ]

    @cached_property
    def _templates(self) -> dict[str, str]:
        """The text of a plain box with four gaps for its corners, by label."""
        found = {}
        for name in self._labels:
            lines = self._object(AnnotationRecord(name, Box(1, 2, 3, 4)), (), 0.0, "object", 1)
            before, _, rest = "\n".join(lines).replace("%", "%%").rpartition("<xmin>1</xmin>")
            for tag, number in (("ymin", 2), ("xmax", 4), ("ymax", 6)):
                rest = rest.replace(f"<{tag}>{number}</{tag}>", f"<{tag}>%s</{tag}>", 1)
            found[name] = f"{before}<xmin>%s</xmin>{rest}"
        return found

    def _sorted(self, image: ImageRecord) -> tuple[list[AnnotationRecord], dict[str, list[AnnotationRecord]]]:
        """The objects of the XML file in order, and those that are parts of others by their owner's id."""
        written = []
        for annotation in image.annotations:
            if self._is_written(annotation):
                written.append(annotation)
            elif annotation.geometry.kind != "tag" or annotation.label not in self._labels:
                self._leave_out(annotation, image)
        owners = {a.id for a in written if a.id and a.part_of is None}
        parts: dict[str, list[AnnotationRecord]] = {}
        for annotation in written if owners else ():
            if annotation.part_of is not None and annotation.part_of in owners:
                parts.setdefault(annotation.part_of, []).append(annotation)
        return [a for a in written if a.part_of is None or a.part_of not in owners], parts

    def _painted(
        self, image: ImageRecord, stem: str, whole: Sequence[AnnotationRecord]
    ) -> tuple[bool, dict[int, Mask]]:
        """Write the segmentation pictures if they are wanted; says so, and which masks they do not show as a whole."""
        if self._when == "never" or (self._when == "auto" and not wants_masks(image)):
            return False, {}
        return self._masks.add(image, stem, whole)

    def _head(self, image: ImageRecord, *, segmented: bool) -> list[str]:
        """First lines of the XML file; written by hand, because building a tree first takes four times as long."""
        given = {key.removeprefix(PREFIX): value for key, value in image.source.items() if key.startswith(PREFIX)}
        parent, _, name = image.name.rpartition("/")
        if not given:
            plain = (
                f"<annotation>\n  <folder>{_text(parent or 'JPEGImages')}</folder>\n  <filename>{_text(name)}</filename>\n  <source>\n"
                f"    <database>Unknown</database>\n  </source>\n  <size>\n    <width>{image.width}</width>\n"
                f"    <height>{image.height}</height>\n    <depth>3</depth>\n  </size>\n"
                f"  <segmented>{int(segmented)}</segmented>"
            )
            return [plain]
        origin = given.get("source")
        origin = {"database": "Unknown", **origin} if isinstance(origin, Mapping) else {"database": "Unknown"}
        if is_official(str(origin["database"])) and not self._shifted(image):
            origin["database"] = "Unknown"  # or the boxes would be moved when they are read again
        folder = given.get("folder") or parent or "JPEGImages"
        lines = ["<annotation>", _element(1, "folder", folder), _element(1, "filename", name)]
        lines += _tree(1, "source", origin)
        for tag, value in given.items():
            if tag not in _TAGS_OF_PICTURES and _TAG.match(tag):
                lines += _tree(1, tag, value)
        lines += ["  <size>", _element(2, "width", image.width), _element(2, "height", image.height)]
        return [
            *lines,
            _element(2, "depth", given.get("depth", 3)),
            "  </size>",
            _element(1, "segmented", int(segmented)),
        ]

    def _shifted(self, image: ImageRecord) -> bool:
        """Whether coordinates of this picture are counted from 1: when asked for, and for files of the challenge."""
        if self._one_based:
            return True
        origin = image.source.get(f"{PREFIX}source")
        if not (isinstance(origin, Mapping) and is_official(str(origin.get("database", "")))):
            return False
        edges = [found for a in image.annotations if (found := bounds(a.geometry)) is not None]
        return all(edge[0] != -1 and edge[1] != -1 for edge in edges)  # a 0 would say that they are not

    def _is_written(self, annotation: AnnotationRecord) -> bool:
        found = bounds(annotation.geometry) if annotation.box is None else bounds(annotation.box)
        if annotation.label not in self._labels or found is None:
            return False
        return found[2] > found[0] and found[3] > found[1]

    def _tags(self, image: ImageRecord, stem: str) -> list[str]:
        """Labels of the whole picture, for which VOC has no element of its own, with their places among all objects."""
        if not any(a.geometry.kind == "tag" for a in image.annotations):
            return []
        known = [a for a in image.annotations if a.label in self._labels]
        kept = [a for a in known if a.geometry.kind == "tag" or self._is_written(a)]
        lines = [
            _element(2, "tag", a.label).replace("<tag>", f'<tag place="{place}">', 1)
            for place, a in enumerate(kept)
            if a.geometry.kind == "tag"
        ]
        for label in {a.label for a in kept if a.geometry.kind == "tag"}:
            if safe_name(label) == label and "/" not in label:  # its list is a file
                self._tagged.setdefault(label, set()).add(stem)
        return ["  <tags>", *lines, "  </tags>"] if lines else []

    def _leave_out(self, annotation: AnnotationRecord, image: ImageRecord) -> None:
        kind, label = annotation.geometry.kind, annotation.label
        if label not in self._labels:
            code, why = "undeclared_label", "is not among the labels"
        else:
            code, why = "zero_area", "has no width or height"
        text = f"A {kind} “{label}” {why} and cannot be written as VOC; it was left out."
        self._report(Issue(code, "warning", text, image.name, annotation.id))

    def _object(
        self, annotation: AnnotationRecord, parts: Sequence[AnnotationRecord], shift: float, tag: str, depth: int
    ) -> list[str]:
        shape, given = annotation.geometry, dict(annotation.attributes)
        label, pad = self._labels[annotation.label], "  " * depth
        lines = [f"{pad}<{tag}>"]
        if isinstance(shape, RotatedBox):
            lines.append(_element(depth + 1, "type", "robndbox"))
        lines.append(_element(depth + 1, "name", annotation.label))
        if tag == "object":
            lines.append(_element(depth + 1, "pose", given.pop("pose", "Unspecified")))
            for flag in FLAGS:
                value = given.pop(flag, None)
                if value is not None:
                    lines.append(_element(depth + 1, flag, _flag(value)))
                elif flag != "occluded":  # programs want them; we tell ours that nobody said so
                    lines.append(f'{pad}  <{flag} {UNSTATED}="no">0</{flag}>')
        lines += self._shape(annotation, shape, shift, depth + 1)
        lines += self._extras(given, label, depth + 1)
        for part in parts:
            lines += self._object(part, (), shift, "part", depth + 1)
        return [*lines, f"{pad}</{tag}>"]

    def _shape(self, annotation: AnnotationRecord, shape: Geometry, shift: float, depth: int) -> list[str]:
        found = bounds(shape) if annotation.box is None else bounds(annotation.box)
        corners = found or (0.0, 0.0, 0.0, 0.0)
        pad, moved = "  " * depth, (corners[0] + shift, corners[1] + shift, corners[2], corners[3])
        lines = [f"{pad}<bndbox>"]
        lines += [_element(depth + 1, tag, _digits(value)) for tag, value in zip(_CORNERS, moved, strict=True)]
        lines.append(f"{pad}</bndbox>")
        if isinstance(shape, RotatedBox):
            values = {"cx": shape.cx + shift, "cy": shape.cy + shift, "w": shape.w, "h": shape.h}
            lines.append(f"{pad}<robndbox>")
            lines += [_element(depth + 1, tag, _digits(value)) for tag, value in values.items()]
            lines += [_element(depth + 1, "angle", _digits(radians(shape.angle))), f"{pad}</robndbox>"]
        elif isinstance(shape, Polygon) and self._polygons and not any(part.holes for part in shape.parts):
            for part in shape.parts:
                lines += _outline(part.outer, shift, depth)
        return lines

    def _extras(self, given: Mapping[str, Any], label: LabelRecord, depth: int) -> list[str]:
        """Actions in their place, foreign elements of VOC files in theirs, the rest as named attributes."""
        lines: list[str] = []
        known = label.source.get(f"{PREFIX}actions", ())
        actions = [name for name in known if isinstance(given.get(name), bool) and _TAG.match(name)]
        if actions:
            pad = "  " * depth
            lines.append(f"{pad}<actions>")
            lines += [_element(depth + 1, name, int(given[name])) for name in actions]
            lines.append(f"{pad}</actions>")
        named: dict[str, Any] = {}
        for key, value in given.items():
            tag = key.removeprefix(PREFIX)
            if key.startswith(PREFIX) and _TAG.match(tag) and isinstance(value, str | Mapping | list):
                lines += _tree(depth, tag, value)
            elif key not in actions:
                named[key] = value
        return [*lines, *(_attributes(named, depth) if named else ())]


def _table_row(label: LabelRecord) -> str:
    colour = rgb_of_hex(label.color) if label.color else None
    names = (label.source.get(f"{PREFIX}{key}", ()) for key in ("parts", "actions"))
    lists = (",".join(map(str, found)) if isinstance(found, list | tuple) else "" for found in names)
    return ":".join([label.name, ",".join(map(str, colour)) if colour else "", *lists])


def _flag(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _outline(ring: Sequence[float], shift: float, depth: int) -> list[str]:
    pad = "  " * depth
    lines = [f"{pad}<polygon>"]
    for place, (x, y) in enumerate(zip(ring[::2], ring[1::2], strict=True), start=1):
        lines.append(f"{pad}  <x{place}>{_digits(x + shift)}</x{place}>")
        lines.append(f"{pad}  <y{place}>{_digits(y + shift)}</y{place}>")
    return [*lines, f"{pad}</polygon>"]


def _run_lengths(mask: Mask) -> list[str]:
    """A whole mask, for where the picture cannot show all of it."""
    lines = [_element(3, tag, value) for tag, value in zip("xywh", mask.bbox, strict=True)]
    return ["    <rle>", *lines, _element(3, "counts", mask.counts), "    </rle>"]


def _attributes(named: Mapping[str, Any], depth: int) -> list[str]:
    pad = "  " * depth
    lines = [f"{pad}<attributes>"]
    for key, value in named.items():
        lines += [f"{pad}  <attribute>", _element(depth + 2, "name", key)]
        if isinstance(value, str) and value == value.strip():
            lines.append(_element(depth + 2, "value", value))
        else:
            text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
            lines.append(_element(depth + 2, "value", text).replace("<value>", '<value type="json">', 1))
        lines.append(f"{pad}  </attribute>")
    return [*lines, f"{pad}</attributes>"]


def _tree(depth: int, tag: str, value: Any) -> list[str]:
    """A foreign element as it came."""
    if isinstance(value, list):
        return [line for item in value for line in _tree(depth, tag, item)]
    if not isinstance(value, Mapping):
        return [_element(depth, tag, value)]
    inner = [line for key, item in value.items() if _TAG.match(str(key)) for line in _tree(depth + 1, str(key), item)]
    return [f"{'  ' * depth}<{tag}>", *inner, f"{'  ' * depth}</{tag}>"]


def _element(depth: int, tag: str, value: object) -> str:
    return f"{'  ' * depth}<{tag}>{_text(value)}</{tag}>"


def _text(value: object) -> str:
    text = str(value)
    if _PLAIN(text):
        return text
    text = text.translate(_NO_PLACE)
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def _digits(value: float) -> str:
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)
