"""The labeling interface of a Label Studio project: an XML file with a ``View``."""

import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from xml.etree import ElementTree

from annotator.core.records import LabelRecord
from annotator.formats.shared.values import whole
from annotator.plugins.listing import walk_files

MAX_BYTES = 8 << 20
_COLORS = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass
class LabelConfig:
    """Labels of shapes and choices in order; the key of the pictures in the tasks' data."""

    labels: dict[str, LabelRecord] = field(default_factory=dict)
    choices: dict[str, LabelRecord] = field(default_factory=dict)
    image_key: str = ""


def find_config(folder: Path) -> LabelConfig:
    """The configuration that lies with the tasks; an empty one when there is none that can be read."""
    for path in walk_files(folder):
        if path.suffix.lower() == ".xml" and path.stat().st_size <= MAX_BYTES:
            config = parse_config(path.read_bytes())
            if config is not None:
                return config
    return LabelConfig()


def parse_config(data: bytes) -> LabelConfig | None:
    """Read a configuration; ``None`` when it is something else, broken, or declares a document type."""
    plain = data.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        return None
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 -- no DOCTYPE, so there are no entities to expand
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    if root.tag != "View":
        return None
    config = LabelConfig()
    orders: dict[str, int | None] = {}
    for element in root.iter():
        if element.tag == "Image" and element.get("value", "").startswith("$"):
            config.image_key = config.image_key or element.get("value", "")[1:]
        elif element.tag.endswith("Labels"):
            for item in element.iter("Label"):
                _add(config.labels, item)
                orders.setdefault(_name(item), whole(item.get("category")))
        elif element.tag == "Choices" and element.get("perRegion", "").lower() != "true":
            for item in element.iter("Choice"):
                _add(config.choices, item)
    taken = {number for number in orders.values() if number is not None}
    free = (number for number in count() if number not in taken)
    places = {name: next(free) if (number := orders.get(name)) is None else number for name in config.labels}
    config.labels = dict(sorted(config.labels.items(), key=lambda entry: places[entry[0]]))
    return config


def _name(item: ElementTree.Element) -> str:
    return (item.get("alias") or item.get("value") or "").strip()


def _add(names: dict[str, LabelRecord], item: ElementTree.Element) -> None:
    name = _name(item)
    color = item.get("background") or ""
    if name:
        names.setdefault(name, LabelRecord(name=name, color=color if _COLORS.fullmatch(color) else ""))
