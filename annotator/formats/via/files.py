"""The three kinds of files that VIA 1 and 2 write, as one list of entries."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.records import Issue
from annotator.formats.shared.json_items import as_list, as_object, decoded
from annotator.formats.shared.quoted_cells import cells, lines_of
from annotator.formats.shared.values import load_json, text_of, whole
from annotator.plugins.formats import Report

_COLUMNS = frozenset({"filename", "region_shape_attributes", "region_attributes"})
_VIA3 = frozenset({"project", "config", "attribute", "file", "metadata", "view"})
_NAME = re.compile(r'([^"]*),\s*-?\d+,"')
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ViaRegion:
    """Shape and attributes of one region, and where it stands in its file."""

    shape: Json
    attributes: Json
    where: str


@dataclass
class ViaImage:
    """One picture."""

    name: str
    where: str
    attributes: Json = field(default_factory=dict)
    regions: list[ViaRegion] = field(default_factory=list)


@dataclass
class ViaFile:
    """One annotation file; ``options`` are the declared values of attributes of regions."""

    file: str
    images: list[ViaImage]
    folder: str = ""
    options: dict[str, list[str]] = field(default_factory=dict)


def parse(path: Path, file: str, report: Report) -> ViaFile | None:
    """The file's entries; ``None`` when it is something else. Raises :class:`FormatError` for broken files and VIA 3."""
    if path.suffix.lower() == ".csv":
        return _table(path, file, report)
    content = load_json(path, file)
    if not isinstance(content, dict):
        return None
    if len(_VIA3 & content.keys()) >= 5:
        text = f"{file} is a project of VIA 3, which is another format. Export it as a project of VIA 2 or as COCO."
        raise FormatError(text, fields={"file": file, "issue": "unsupported_shape"})
    entries = content.get("_via_img_metadata", content)
    known = _entries(as_object(entries))
    if not known and "_via_img_metadata" not in content and "_via_settings" not in content:
        return None
    listed = [key for key in as_list(content.get("_via_image_id_list")) if isinstance(key, str) and key in known]
    order = list(dict.fromkeys([*listed, *known]))
    core = as_object(as_object(content.get("_via_settings")).get("core"))
    images = [_image(key, known[key]) for key in order]
    return ViaFile(file, images, text_of(core.get("default_filepath")), _options(content))


def _entries(entries: Json) -> dict[str, Json]:
    """Those members that are pictures."""
    return {
        key: entry
        for key, entry in entries.items()
        if isinstance(entry, dict) and "filename" in entry and ("regions" in entry or "file_attributes" in entry)
    }


def _image(key: str, entry: Json) -> ViaImage:
    """VIA 1 numbers its regions in an object, VIA 2 has a list."""
    where = f"/{key.replace('~', '~0').replace('/', '~1')}"
    regions = entry.get("regions")
    if isinstance(regions, dict):
        numbers = {name: whole(name) for name in regions}
        order = sorted(regions, key=lambda name: (numbers[name] is None, numbers[name] or 0))
        items = [(name, regions[name]) for name in order]
    else:
        items = [(str(position), item) for position, item in enumerate(as_list(regions))]
    found = [
        ViaRegion(
            as_object(as_object(item).get("shape_attributes")),
            as_object(as_object(item).get("region_attributes")),
            f"{where}/regions/{name}",
        )
        for name, item in items
    ]
    return ViaImage(text_of(entry.get("filename")), where, as_object(entry.get("file_attributes")), found)


def _options(content: Json) -> dict[str, list[str]]:
    """Declared values of the attributes of regions."""
    region = as_object(as_object(content.get("_via_attributes")).get("region"))
    return {name: list(as_object(as_object(item).get("options"))) for name, item in region.items()}


def is_via_header(line: str) -> bool:
    """Whether a line is the head of VIA's table."""
    return {cell.lstrip("#").strip() for cell in cells(line)} >= _COLUMNS


def _whole_cells(line: str, columns: int) -> list[str]:
    """The cells of a line; VIA does not quote names of files, which may hold commas."""
    found = cells(line)
    extra = len(found) - columns
    if extra <= 0:
        return found
    start = _NAME.match(line)
    name = start.group(1) if start else ",".join(found[: extra + 1])
    return [name, *found[extra + 1 :]]


def _table(path: Path, file: str, report: Report) -> ViaFile | None:
    try:
        lines = lines_of(path)
        head = next(lines, (0, ""))[1]
        if not is_via_header(head):
            return None
        columns = [cell.lstrip("#").strip() for cell in cells(head)]
        images: dict[str, ViaImage] = {}
        for number, line in lines:
            row = dict(zip(columns, _whole_cells(line, len(columns)), strict=False))
            if row.get("filename"):
                _add_row(row, number, images, file, report)
    except OSError as error:
        raise FormatError(f"{file} cannot be read ({error.strerror}).", fields={"file": file}) from None
    return ViaFile(file, list(images.values()))


def _add_row(row: dict[str, str], number: int, images: dict[str, ViaImage], file: str, report: Report) -> None:
    where = f"line {number}"
    key = row["filename"] + row.get("file_size", "")
    texts = [row.get(name) or "{}" for name in ("file_attributes", "region_shape_attributes", "region_attributes")]
    values = [decoded(text.encode()) for text in texts]
    if not all(isinstance(value, dict) for value in values):
        report(Issue("unparsable_file", "error", "A row holds no JSON objects; it was left out.", file, where))
        return
    attributes, shape, region = values
    image = images.setdefault(key, ViaImage(row["filename"], where, attributes))
    if shape:
        image.regions.append(ViaRegion(shape, region, where))
