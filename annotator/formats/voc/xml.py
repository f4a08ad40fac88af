"""One Pascal VOC XML file: parsed with distrust, its objects as records."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from annotator.core.geometry.rle import check_sum, runs_from_text
from annotator.core.geometry.types import Box, Geometry, Mask, Polygon, PolygonPart, RotatedBox
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.checking import dropped, sound_box
from annotator.plugins.formats import Report

FLAGS = ("truncated", "occluded", "difficult")
PREFIX = "voc:"
UNSTATED = "stated"
"""XML attribute of flags that our exports write for others although nobody has said them."""
_OFFICIAL = "the voc20"
_LARGEST = 1 << 27
_IMAGE_TAGS = frozenset({"filename", "size", "object", "path", "tags"})
_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["'][^>]*\?>""")


_FLAG_WORDS = {"0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}
_NOT_PLAIN = re.compile(rb"&|<!|<part|<actions|<tags|encoding=|\0")
_NAMED = re.compile(rb"<object>\s*<name>([^<]*)</name>")


@dataclass(frozen=True, slots=True)
class VocFile:
    """One parsed XML file; ``file`` is its path within the dataset."""

    file: str
    root: ElementTree.Element

    @property
    def filename(self) -> str:
        """What the file calls its picture."""
        return text_of(self.root, "filename")

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height as the file states them; ``None`` when it does not, or says nonsense."""
        width, height = number(self.root.findtext("size/width")), number(self.root.findtext("size/height"))
        if not (1 <= width <= 1 << 24 and 1 <= height <= 1 << 24):
            return None
        return int(width), int(height)

    @property
    def looks_one_based(self) -> bool:
        """Whether this is a file of the challenge, whose pixels are counted from 1."""
        if not is_official(text_of(self.root, "source/database")):
            return False
        return not any(number(item.text) == 0 for tag in ("xmin", "ymin") for item in self.root.iter(tag))

    def fields(self) -> dict[str, Any]:
        """Everything about the picture that has no place of its own in a record."""
        found = {child.tag: _tree(child) for child in self.root if child.tag not in _IMAGE_TAGS}
        found.pop("segmented", None)
        if found.get("source") == {"database": "Unknown"}:
            del found["source"]
        if found.get("folder") == "JPEGImages":
            del found["folder"]
        depth = text_of(self.root, "size/depth")
        kept = {**found, **({"depth": depth} if depth not in {"", "3"} else {})}
        return {f"{PREFIX}{tag}": value for tag, value in kept.items() if value not in ("", {})}


def is_official(database: str) -> bool:
    """Whether a ``<database>`` is one of the challenge's."""
    return database.lower().startswith(_OFFICIAL)


def parse(path: str | Path, file: str, report: Report) -> VocFile | None:
    """The XML file, or ``None`` when it is refused, torn or something else (the first two are reported)."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 -- twice as fast for ten thousand small files
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise OSError(0, "it is larger than any such file")
    except OSError as error:
        report(Issue("unparsable_file", "error", f"The file cannot be read: {error.strerror}.", file=file))
        return None
    plain = data.replace(b"\0", b"") if b"\0" in data else data  # UTF-16 and UTF-32 may not hide them
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        text = "The file declares a document type or entities; such files are not read."
        report(Issue("xml_doctype_refused", "error", text, file=file))
        return None
    try:
        root = _element_of(data)
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        place = getattr(error, "position", None)
        where = f"line {place[0]}" if place else None
        report(Issue("unparsable_file", "error", f"This is no XML file: {error}.", file=file, where=where))
        return None
    return VocFile(file, root) if root.tag == "annotation" else None


def _element_of(data: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(data)  # noqa: S314 -- no DOCTYPE, so there are no entities to expand
    except ElementTree.ParseError:
        if data.startswith(b"\xef\xbb\xbf") or _DECLARED.match(data) or _is_utf8(data):
            raise
        return ElementTree.fromstring(data.decode("cp1252", errors="replace"))  # noqa: S314 -- the same
    except (ValueError, LookupError):  # an encoding that the parser does not know, but Python may (GBK, Shift JIS)
        declared = _DECLARED.match(data)
        if declared is None:
            raise
        text = data[declared.end() :].decode(declared[1].decode("ascii"))
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError("it declares a document type") from None
        return ElementTree.fromstring(text)  # noqa: S314 -- the same


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def text_of(element: ElementTree.Element, path: str) -> str:
    """Stripped text of a child; empty when there is none."""
    return (element.findtext(path) or "").strip()


def number(text: str | None) -> float:
    """A float, also with a decimal comma; not-a-number for anything else."""
    try:
        return float(text or "nan")
    except ValueError:
        pass
    try:
        return float((text or "").replace(",", "."))
    except ValueError:
        return math.nan


def _tree(element: ElementTree.Element) -> Any:
    """A foreign element as text, or as a mapping of its children (repeated ones as lists)."""
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        value = _tree(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


def names_in(parsed: VocFile) -> Iterator[str]:
    """Names of objects, each followed by those of its parts."""
    for item in parsed.root.iterfind("object"):
        if name := text_of(item, "name"):
            yield name
            yield from (part for child in item.iterfind("part") if (part := text_of(child, "name")))
    yield from (name for name, _ in tags_of(parsed))


def plain_names(path: str) -> list[str] | None:
    """Names of objects, in order, of a file in which nothing else has a name; ``None`` where it must be parsed.

    Labels are wanted before anything is read, and parsing ten thousand files twice is what reading costs most.
    """
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 -- see parse
            data = stream.read(_LARGEST)
    except OSError:
        return None
    if _NOT_PLAIN.search(data) or not data.rstrip().endswith(b"</annotation>"):
        return None
    names = _NAMED.findall(data)
    if len(names) != data.count(b"<object") or len(names) != data.count(b"<name"):
        return None
    try:
        return [text for name in names if (text := name.decode().strip())]
    except UnicodeDecodeError:
        return None


def tags_of(parsed: VocFile) -> list[tuple[str, int | None]]:
    """Labels of the whole picture (our own exports have them), each with its place among the objects if it has one."""
    found = []
    for item in parsed.root.iterfind("tags/tag"):
        place = item.get("place", "")
        if text := (item.text or "").strip():
            found.append((text, int(place) if place.isdecimal() and len(place) < 9 else None))
    return found


def actions_in(parsed: VocFile) -> Iterator[tuple[str, str]]:
    """(object name, action) wherever a file speaks of actions."""
    for item in parsed.root.iterfind("object"):
        for action in item.iterfind("actions/*"):
            yield text_of(item, "name"), action.tag


def objects_of(parsed: VocFile, *, one_based: bool, report: Report) -> Iterator[AnnotationRecord]:
    """The objects in order, each followed by its parts; what is wrong with one costs that one."""
    place = 0
    for item in parsed.root:
        if item.tag != "object":
            continue
        place += 1
        read = _Object(item)
        record = read.record(one_based, report, parsed.file, f"object {place}")
        if record is None:
            continue
        if not read.parts:
            yield record
            continue
        owner = record.id or str(place)
        yield replace(record, id=owner)
        for number_of_part, child in enumerate(read.parts, start=1):
            part = _Object(child).record(one_based, report, parsed.file, f"object {place}, part {number_of_part}")
            if part is not None:
                yield replace(part, part_of=owner)


class _Object:
    """The children of one ``<object>`` (or ``<part>``), sorted in one pass: there are many objects and most are small."""

    __slots__ = ("attributes", "box", "label", "mask", "outlines", "parts", "turned")

    def __init__(self, item: ElementTree.Element) -> None:
        self.label = ""
        self.box: ElementTree.Element | None = None
        self.turned: ElementTree.Element | None = None
        self.mask: ElementTree.Element | None = None
        self.outlines: list[ElementTree.Element] = []
        self.parts: list[ElementTree.Element] = []
        self.attributes: dict[str, Any] = {}
        for child in item:
            tag = child.tag
            if tag == "name":
                self.label = self.label or (child.text or "").strip()
            elif tag == "bndbox":
                self.box = child if self.box is None else self.box
            elif tag in FLAGS:
                if child.text is not None and (text := child.text.strip()) and UNSTATED not in child.attrib:
                    self.attributes[tag] = _flag(text)
            elif tag == "pose":
                text = (child.text or "").strip()
                if text and text != "Unspecified":
                    self.attributes["pose"] = text
            else:
                self._add(tag, child)

    def _add(self, tag: str, child: ElementTree.Element) -> None:
        """What most objects do not have."""
        if tag == "polygon":
            self.outlines.append(child)
        elif tag == "robndbox":
            self.turned = child if self.turned is None else self.turned
        elif tag == "part":
            self.parts.append(child)
        elif tag == "rle":
            self.mask = child
        elif tag == "actions":
            self.attributes |= {action.tag: number(action.text) > 0 for action in child}
        elif tag == "attributes":
            self.attributes |= _named(child)
        elif tag != "type":
            self.attributes[f"{PREFIX}{tag}"] = _tree(child)

    def record(self, one_based: bool, report: Report, file: str, where: str) -> AnnotationRecord | None:
        """The object; ``None`` (and a report) when something is wrong with it."""
        geometry = self._geometry(one_based) if self.label else "missing_label"
        if self.outlines and isinstance(geometry, Box):
            text = "An outline has fewer than three points; the box was taken."
            report(Issue("degenerate_polygon", "warning", text, file=file, where=where))
        if isinstance(geometry, str):
            report(dropped(geometry, file=file, where=where))
            return None
        return AnnotationRecord(self.label, geometry, self.attributes)

    def _geometry(self, one_based: bool) -> Geometry | str:
        """The shape: outlines, a rotated box or a box; or the code of what is wrong."""
        shift = 1.0 if one_based else 0.0
        if self.outlines:
            rings = [ring for outline in self.outlines if len(ring := _ring(outline)) >= 6]
            if rings:
                return Polygon(parts=[PolygonPart(outer=[value - shift for value in ring]) for ring in rings])
        if self.mask is not None and (mask := _mask(self.mask)) is not None:
            return mask
        if self.turned is not None:
            cx, cy, w, h, angle = (number(self.turned.findtext(tag)) for tag in ("cx", "cy", "w", "h", "angle"))
            if all(map(math.isfinite, (cx, cy, w, h, angle))) and w > 0 and h > 0:
                return RotatedBox(cx=cx - shift, cy=cy - shift, w=w, h=h, angle=math.degrees(angle))
        return _box(self.box, one_based)


def _mask(item: ElementTree.Element | None) -> Mask | None:
    """A mask of which our own export could not show all pixels in a picture."""
    if item is None:
        return None
    x, y, w, h = (number(item.findtext(tag)) for tag in "xywh")
    if not all(math.isfinite(value) and abs(value) < 1 << 24 for value in (x, y, w, h)):
        return None
    try:
        mask = Mask(bbox=(int(x), int(y), int(w), int(h)), counts=text_of(item, "counts"))
        check_sum(runs_from_text(mask.counts), mask.bbox[3], mask.bbox[2])
    except ValueError:
        return None
    return mask


def _box(box: ElementTree.Element | None, one_based: bool) -> Box | str:
    """A ``<bndbox>``, whose children may come in any order; or the code of what is wrong with it."""
    if box is None or not len(box):
        return "missing_geometry"
    found = {child.tag: child.text for child in box}
    x1, y1 = number(found.get("xmin")), number(found.get("ymin"))
    x2, y2 = number(found.get("xmax")), number(found.get("ymax"))
    if one_based:  # the last pixel belongs to the box
        x1, x2, y1, y2 = min(x1, x2) - 1, max(x1, x2), min(y1, y2) - 1, max(y1, y2)
    return sound_box(x1, y1, x2, y2)


def _ring(outline: ElementTree.Element) -> list[float]:
    """``<x1/><y1/><x2/><y2/>…`` or ``<pt><x/><y/></pt>…`` as a flat ring; empty when it is neither."""
    by_tag = {child.tag: child.text for child in outline}
    points: list[float] = []
    place = 1
    while f"x{place}" in by_tag:
        points += [number(by_tag[f"x{place}"]), number(by_tag.get(f"y{place}"))]
        place += 1
    for tag in ("pt", "point"):
        for point in outline.iterfind(tag):
            points += [number(point.findtext("x")), number(point.findtext("y"))]
    if len(points) > 6 and points[:2] == points[-2:]:
        points = points[:-2]
    return points if all(map(math.isfinite, points)) else []


def _flag(text: str) -> Any:
    known = _FLAG_WORDS.get(text.lower())
    if known is not None:
        return known
    value = number(text)
    return text if math.isnan(value) else int(value) if value.is_integer() else value


def _named(element: ElementTree.Element) -> dict[str, Any]:
    """``<attribute><name/><value/></attribute>``; our own exports say when a value is no text."""
    found: dict[str, Any] = {}
    for entry in element.iterfind("attribute"):
        name = text_of(entry, "name")
        value = entry.find("value")
        text = "" if value is None else (value.text or "")
        if name and value is not None and value.get("type") == "json":
            try:
                found[name] = json.loads(text)
            except (ValueError, RecursionError):
                found[name] = text
        elif name:
            found[name] = text.strip()
    return found
