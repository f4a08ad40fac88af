"""Reading Pascal VOC: standard folders or XML beside the pictures, with or without lists of splits."""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from annotator.core.geometry.types import Box, Geometry, Polygon, PolygonPart, RotatedBox
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.checking import dropped, report_outside, settle_size, sound_box, turn_all
from annotator.formats.files import (
    Match,
    PictureIndex,
    picture_size,
    report_match,
    safe_name,
    split_of_word,
    unique_name,
)
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

_SPLIT_LISTS = ("train", "val", "test")
_PICTURE_FOLDERS = ("JPEGImages", "images", "Images", "imgs")
_KEPT_FIELDS = ("pose", "truncated", "occluded", "difficult")
_DATABASE = "the voc20"


@dataclass(frozen=True, slots=True)
class _Parsed:
    """One XML file."""

    file: str
    root: ElementTree.Element


class VocFolder:
    """A folder in Pascal VOC's manner; ``coordinates`` is auto, as_is or one_based."""

    def __init__(self, folder: Path, coordinates: str) -> None:
        self._folder = folder
        self._coordinates = coordinates
        self._said_one_based = False

    @cached_property
    def _files(self) -> list[Path]:
        return [path for path in walk_files(self._folder) if path.suffix.lower() == ".xml"]

    def labels(self) -> list[LabelRecord]:
        """Names in order: those of ``labelmap.txt`` (less the background), then as they come up in the files."""
        names: dict[str, None] = {}
        table = self._folder / "labelmap.txt"
        if table.is_file():
            for line in table.read_text(encoding="utf-8", errors="replace").splitlines():
                name = line.partition(":")[0].strip()
                if name and not name.startswith("#") and name.lower() != "background":
                    names[name] = None
        for path in self._files:
            parsed = self._parse(path, _ignore)
            for item in parsed.root.iter("object") if parsed else ():
                name = _text(item, "name")
                if name:
                    names[name] = None
        return [LabelRecord(name=name) for name in names]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield every picture once; a file that cannot be read is reported."""
        pictures, taken, used = PictureIndex(self._folder), set[str](), set[Path]()
        if any(self._is_mask(path) for path in pictures.pictures):
            text = "Segmentation pictures (SegmentationClass, SegmentationObject) are not read; boxes are."
            report(Issue("unsupported_shape", "warning", text, "SegmentationObject"))
        for path in self._files:
            parsed = self._parse(path, report)
            if parsed is not None:
                record = self._record(parsed, path, pictures, taken, report)
                if record is not None:
                    used |= {record.path} if record.path else set()
                    yield record
        for path in pictures.pictures:
            if path not in used and not self._is_mask(path):
                yield from self._without_xml(path, pictures, taken)

    def _parse(self, path: Path, report: Report) -> _Parsed | None:
        file = path.relative_to(self._folder).as_posix()
        data = path.read_bytes()
        plain = data.replace(b"\0", b"")  # UTF-16 and UTF-32 may not hide them
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            text = "The file declares a document type or entities; such files are not read."
            report(Issue("xml_doctype_refused", "error", text, file=file))
            return None
        try:
            root = ElementTree.fromstring(data)  # noqa: S314 -- no DOCTYPE, so there are no entities to expand
        except ElementTree.ParseError as error:
            report(Issue("unparsable_file", "error", f"This is no XML file: {error}.", file=file))
            return None
        return _Parsed(file, root) if root.tag == "annotation" else None

    def _record(
        self, parsed: _Parsed, path: Path, pictures: PictureIndex, taken: set[str], report: Report
    ) -> ImageRecord | None:
        match = self._picture(parsed, path, pictures)
        stated = _stated_size(parsed.root)
        found = picture_size(match.path) if match.path else None
        if match.path is None:
            name = safe_name(_text(parsed.root, "filename") or f"{path.stem}.jpg") or f"{path.stem}.jpg"
            report_match(match, name, report, parsed.file)
        else:
            name = self._name(match.path)
        split = self._split_of(path)
        name = unique_name(name, taken, split)
        settled = settle_size(stated, found, name=name, report=report)
        if settled is None:
            report(Issue("size_missing", "error", f"The size of “{name}” is unknown; it was left out.", parsed.file))
            return None
        width, height, orientation = settled
        annotations = turn_all(self._objects(parsed, report), orientation, *(stated or (width, height)))
        report_outside(annotations, width, height, name=name, report=report)
        return ImageRecord(name, width, height, annotations, split, match.path)

    def _picture(self, parsed: _Parsed, path: Path, pictures: PictureIndex) -> Match:
        """By the XML file's own stem first (the name inside is often wrong), then by the name inside."""
        inside = path.relative_to(self._folder).parent.as_posix()
        below = PurePosixPath(inside.partition("Annotations/")[2] if "Annotations/" in inside else "")
        bases = [inside, *((PurePosixPath(base) / below).as_posix() for base in _PICTURE_FOLDERS)]
        stated = safe_name(_text(parsed.root, "filename") or "")
        if stated and PurePosixPath(stated).stem == path.stem:
            match = pictures.find(PurePosixPath(stated).name, bases)
            if match.path is not None:
                return Match(match.path, "exact")
        match = pictures.find(path.stem, bases)
        if match.path is not None:
            return Match(match.path, "exact")
        return pictures.find(stated, bases) if stated else match

    def _name(self, picture: Path) -> str:
        """Name relative to the folder of pictures."""
        relative = PurePosixPath(unicodedata.normalize("NFC", picture.relative_to(self._folder).as_posix()))
        for index, part in enumerate(relative.parts[:-1]):
            if part in _PICTURE_FOLDERS:
                return PurePosixPath(*relative.parts[index + 1 :]).as_posix()
        return relative.as_posix()

    @cached_property
    def _lists(self) -> dict[str, str]:
        """Split by listed name (path without extension); of several lists the most particular one holds."""
        found: dict[str, str] = {}
        for path in walk_files(self._folder):
            if path.suffix == ".txt" and "ImageSets" in path.parts and path.stem in _SPLIT_LISTS:
                for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                    if line.strip():
                        found.setdefault(line.strip().split(maxsplit=1)[0] if "\t" in line else line.strip(), path.stem)
        return found

    def _split_of(self, path: Path) -> str | None:
        """From the lists (by stem or path below its folder), else from the folder's name."""
        relative = path.relative_to(self._folder).with_suffix("")
        parts = relative.parts
        for index in range(len(parts)):
            key = unicodedata.normalize("NFC", "/".join(parts[index:]))
            if key in self._lists:
                return self._lists[key]
        return None if self._lists else next((s for part in parts[:-1] if (s := split_of_word(part))), None)

    def _is_mask(self, path: Path) -> bool:
        return bool({"SegmentationClass", "SegmentationObject"} & set(path.parts))

    def _without_xml(self, path: Path, pictures: PictureIndex, taken: set[str]) -> Iterator[ImageRecord]:
        size = picture_size(path)
        if size is not None:
            split = self._split_of(path)
            name = unique_name(self._name(path), taken, split)
            yield ImageRecord(name, size.width, size.height, (), split, path, source={"annotated": False})

    def _objects(self, parsed: _Parsed, report: Report) -> Iterator[AnnotationRecord]:
        one_based = self._is_one_based(parsed, report)
        for number, item in enumerate(parsed.root.iter("object")):
            where = f"object {number + 1}"
            label = _text(item, "name")
            if not label:
                report(dropped("missing_label", file=parsed.file, where=where))
                continue
            geometry = _geometry(item, one_based=one_based)
            if isinstance(geometry, str):
                report(dropped(geometry, file=parsed.file, where=where))
                continue
            yield AnnotationRecord(label=label, geometry=geometry, attributes=_attributes(item))

    def _is_one_based(self, parsed: _Parsed, report: Report) -> bool:
        if self._coordinates != "auto":
            return self._coordinates == "one_based"
        database = _text(parsed.root, "source/database").lower()
        corners = [item.text for tag in ("xmin", "ymin") for item in parsed.root.iter(tag)]
        if not database.startswith(_DATABASE) or any(_number(text) == 0 for text in corners):
            return False
        if not self._said_one_based:
            self._said_one_based = True
            text = "These are files of the VOC challenge: pixels are counted from 1, inclusive."
            report(Issue("voc_one_based_detected", "info", text, file=parsed.file))
        return True


def _ignore(issue: Issue) -> None:
    """Reports of the first look come again when the pictures are read."""


def _text(element: ElementTree.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _stated_size(root: ElementTree.Element) -> tuple[int, int] | None:
    width, height = _number(root.findtext("size/width")), _number(root.findtext("size/height"))
    return (int(width), int(height)) if width > 0 and height > 0 else None


def _geometry(item: ElementTree.Element, *, one_based: bool) -> Geometry | str:
    """The shape of an ``<object>``: its outline, its rotated box or its box; or the code of what is wrong."""
    shift = 1.0 if one_based else 0.0
    outline = item.find("polygon")
    if outline is not None:
        ring = _ring(outline)
        if len(ring) >= 6:
            return Polygon(parts=[PolygonPart(outer=[value - shift for value in ring])])
    turned = item.find("robndbox")
    if turned is not None:
        cx, cy, w, h, angle = (_number(turned.findtext(tag)) for tag in ("cx", "cy", "w", "h", "angle"))
        if all(map(math.isfinite, (cx, cy, w, h, angle))) and w > 0 and h > 0:
            return RotatedBox(cx=cx, cy=cy, w=w, h=h, angle=math.degrees(angle))
    box = item.find("bndbox")
    if box is None:
        return "missing_geometry"
    x1, y1, x2, y2 = (_number(box.findtext(tag)) for tag in ("xmin", "ymin", "xmax", "ymax"))
    found = sound_box(x1, y1, x2, y2)
    if one_based and isinstance(found, Box):
        return Box(x=found.x - 1, y=found.y - 1, w=found.w + 1, h=found.h + 1)
    return found


def _ring(outline: ElementTree.Element) -> list[float]:
    """``<x1/><y1/><x2/><y2/>…`` or ``<pt><x/><y/></pt>…`` as a flat ring; empty when it is neither."""
    points: list[float] = []
    number = 1
    while outline.find(f"x{number}") is not None:
        points += [_number(outline.findtext(f"x{number}")), _number(outline.findtext(f"y{number}"))]
        number += 1
    for point in outline.findall("pt"):
        points += [_number(point.findtext("x")), _number(point.findtext("y"))]
    if points[:2] == points[-2:]:
        points = points[:-2]
    return points if all(map(math.isfinite, points)) else []


def _attributes(item: ElementTree.Element) -> dict[str, str | int]:
    """Named attributes, and VOC's own flags under ``voc:`` for the way back."""
    attributes: dict[str, str | int] = {}
    for entry in item.iterfind("attributes/attribute"):
        name = _text(entry, "name")
        if name:
            attributes[name] = _text(entry, "value")
    for tag in _KEPT_FIELDS:
        value = _text(item, tag)
        if value and value not in {"0", "Unspecified"}:
            attributes[f"voc:{tag}"] = int(value) if value.isdecimal() else value
    return attributes
