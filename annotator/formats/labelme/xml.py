"""The XML of LabelMe's old web tool: polygons, parts of objects, masks in files of their own."""

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.types import Geometry, Points, Polygon, PolygonPart, Polyline
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.checking import dropped, sound_box
from annotator.formats.shared.encoded_bitmaps import bitmap_of_png
from annotator.formats.shared.files import PictureIndex, safe_name
from annotator.formats.shared.values import near, number, open_ring, pixels
from annotator.plugins.formats import Report

_MARKS = (b"<imagesize>", b"<deleted>", b"<pt>", b"<hasparts>")
_SOURCE = ("verified", "date", "polygon/username", "segm/username")
_TRUE = {"true": True, "false": False}


def is_old_labelme(head: bytes) -> bool:
    """Whether the beginning of an XML file is LabelMe's and not Pascal VOC's, which has the same root."""
    plain = head.replace(b"\0", b"")
    return b"<annotation" in plain and b"<bndbox>" not in plain and any(mark in plain for mark in _MARKS)


def parse(path: Path, file: str) -> Element | None:
    """The root of the file; ``None`` when it is something else.

    Raises :class:`FormatError` for broken files and those with a document type.
    """
    data = path.read_bytes()
    if not is_old_labelme(data[: 1 << 16]):
        return None
    plain = data.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        text = f"{file} declares a document type or entities; such files are not read."
        raise FormatError(text, fields={"file": file, "issue": "xml_doctype_refused"})
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 -- no DOCTYPE, so there are no entities to expand
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (None, None))[0]
        text = f"{file} is no complete XML file: {error}."
        raise FormatError(text, fields={"file": file, "issue": "unparsable_file", "line": line}) from None
    return root if root.tag == "annotation" else None


def text_in(element: Element, path: str) -> str:
    """Text of a child; the web tool puts line ends around it."""
    return (element.findtext(path) or "").strip()


def stated_size(root: Element) -> tuple[int, int] | None:
    """Width and height."""
    return pixels(text_in(root, "imagesize/ncols"), text_in(root, "imagesize/nrows"))


def labels_in(root: Element) -> Iterator[str]:
    """Names of the objects that nobody deleted."""
    for item in root.iter("object"):
        if text_in(item, "deleted") != "1" and text_in(item, "name"):
            yield text_in(item, "name")


def records_of(
    root: Element, *, size: tuple[int, int] | None, masks: PictureIndex, file: str, report: Report
) -> Iterator[AnnotationRecord]:
    """Objects in order, without the deleted ones."""
    for position, item in enumerate(root.iter("object")):
        if text_in(item, "deleted") == "1":
            continue
        identity = text_in(item, "id")
        where = f"object {identity or position}"
        label = text_in(item, "name")
        geometry = _geometry(item, size, masks, file, where, report) if label else "missing_label"
        if isinstance(geometry, str):
            report(dropped(geometry, file=file, where=where))
            continue
        yield AnnotationRecord(
            label=label,
            geometry=geometry,
            attributes=_attributes(item),
            id=identity or None,
            part_of=text_in(item, "parts/ispartof") or None,
            source={
                path.rpartition("/")[2]: text for path in _SOURCE if (text := text_in(item, path)) not in {"", "0"}
            },
        )


def _attributes(item: Element) -> dict[str, Any]:
    """``red, n=3``: words are flags; and whether the object is hidden by another."""
    found: dict[str, Any] = {"occluded": True} if text_in(item, "occluded").lower() in {"yes", "1", "true"} else {}
    for piece in text_in(item, "attributes").split(","):
        name, equals, value = (text.strip() for text in piece.partition("="))
        if name:
            found[name] = _TRUE.get(value.lower(), value) if equals else True
    return found


def _geometry(
    item: Element, size: tuple[int, int] | None, masks: PictureIndex, file: str, where: str, report: Report
) -> Geometry | str:
    if item.find("segm") is not None:
        return _segment(item, size, masks, file, where, report)
    flat: list[float] = []
    for point in item.iterfind("polygon/pt"):
        flat += [number(text_in(point, "x")), number(text_in(point, "y"))]
    if not flat:
        return "missing_geometry"
    if not near(flat):
        return "not_finite"
    if text_in(item, "type") == "bounding_box":
        return sound_box(min(flat[::2]), min(flat[1::2]), max(flat[::2]), max(flat[1::2]))
    ring = open_ring(flat)
    if len(ring) < 6:
        return Points(points=ring) if len(ring) == 2 else Polyline(points=ring)
    return Polygon(parts=[PolygonPart(outer=ring)])


def _segment(
    item: Element, size: tuple[int, int] | None, masks: PictureIndex, file: str, where: str, report: Report
) -> Geometry | str:
    """A mask as large as the picture in a file of its own; its box when the file is not here."""
    name = safe_name(text_in(item, "segm/mask"))
    inside = PurePosixPath(file).parent.as_posix().partition("Annotations/")[2]
    match = masks.find(name, (f"Masks/{inside}" if inside else "Masks", "Masks")) if name else None
    if match is not None and match.path is not None:
        try:
            bitmap = bitmap_of_png(match.path)
        except ValueError:
            text = f"The mask “{name}” cannot be read; the box was taken."
            report(Issue("unparsable_file", "error", text, file, where))
        else:
            if size is not None and (bitmap.shape[1], bitmap.shape[0]) != size:
                text = f"The mask “{name}” is {bitmap.shape[1]} × {bitmap.shape[0]}, its picture {size[0]} × {size[1]}."
                report(Issue("mask_size_mismatch", "warning", text, file, where))
            return mask_from_bitmap(bitmap) or "zero_area"
    else:
        report(Issue("image_not_found", "warning", f"The mask “{name}” is not here; the box was taken.", file, where))
    corners = [number(text_in(item, f"segm/box/{tag}")) for tag in ("xmin", "ymin", "xmax", "ymax")]
    return "missing_geometry" if any(map(math.isnan, corners)) else sound_box(*corners)
