"""Rules of label schemas: colours, hotkeys, hierarchy, attributes. Pure; the services store what passes here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from annotator.core.errors import InvalidInput
from annotator.core.records import AttributeRecord

MAX_LABELS = 2000
MAX_ATTRIBUTES = 50
MAX_KEYPOINTS = 500
MAX_DEPTH = 8
COLOR = re.compile(r"#[0-9a-f]{6}\Z")
HOTKEYS = "1234567890"
PALETTE = (
    "#f6494d",
    "#64c9fd",
    "#ebd509",
    "#a826c9",
    "#96e6c7",
    "#38988e",
    "#ef996c",
    "#cc185f",
    "#7a78dd",
    "#65a607",
    "#f986b8",
    "#d02010",
    "#a96473",
    "#87e4ee",
    "#cd867a",
    "#53f59f",
    "#05893e",
    "#7a659e",
    "#27beb1",
    "#a06108",
)
"""Twenty colours far apart under normal, deuteranopic and protanopic vision (design: workbench §3.8)."""


_ATTRIBUTE_FIELDS = {"name", "type", "values", "default", "required"}


def next_color(taken: Iterable[str]) -> str:
    """The first colour of the palette that is used least."""
    used = list(taken)
    return min(PALETTE, key=used.count)


def next_hotkey(taken: Iterable[str]) -> str:
    """The first free digit, empty when all ten are taken."""
    used = set(taken)
    return next((key for key in HOTKEYS if key not in used), "")


def check_color(color: str) -> str:
    """``#rrggbb`` in lower case; raises :class:`InvalidInput`."""
    lowered = color.strip().lower()
    if not COLOR.match(lowered):
        raise InvalidInput(f"“{color[:20]}” is not a colour; write it like #f6494d.")
    return lowered


def check_hotkeys(labels: Iterable[tuple[str, str]]) -> None:
    """(name, hotkey) pairs: each key is one printable character and belongs to one label."""
    owners: dict[str, str] = {}
    for name, key in labels:
        if not key:
            continue
        if len(key) != 1 or not key.isprintable() or key.isspace():
            raise InvalidInput(f"The hotkey of “{name}” must be one visible character.")
        folded = key.lower()
        if folded in owners:
            raise InvalidInput(f"“{owners[folded]}” and “{name}” have the same hotkey {key}. Change one of them.")
        owners[folded] = name


def check_names(names: Sequence[str]) -> None:
    """Names are given once and are not empty; raises :class:`InvalidInput`."""
    if len(names) > MAX_LABELS:
        raise InvalidInput(f"A project can have {MAX_LABELS} labels at most, not {len(names)}.")
    seen: set[str] = set()
    for name in names:
        if not name.strip():
            raise InvalidInput("Every label needs a name.")
        if name in seen:
            raise InvalidInput(f"There are two labels called “{name}”. Names must differ.")
        seen.add(name)


def check_hierarchy(parents: Mapping[str, str | None]) -> None:
    """Name → parent's name: parents exist, nobody is their own ancestor, and trees are at most ``MAX_DEPTH`` deep."""
    for name in parents:
        trail = [name]
        while (parent := parents[trail[-1]]) is not None:
            if parent not in parents:
                raise InvalidInput(f"The parent of “{trail[-1]}” is “{parent}”, which is not among the labels.")
            if parent in trail:
                raise InvalidInput(f"“{name}” would be its own ancestor: {' → '.join([*trail, parent])}.")
            trail.append(parent)
            if len(trail) > MAX_DEPTH:
                raise InvalidInput(f"“{name}” lies deeper than {MAX_DEPTH} levels.")


def check_attributes(label: str, attributes: Sequence[Any]) -> list[dict[str, Any]]:
    """Checked attributes as plain objects with every field; raises :class:`InvalidInput` naming label and attribute."""
    if len(attributes) > MAX_ATTRIBUTES:
        raise InvalidInput(f"“{label}” can have {MAX_ATTRIBUTES} attributes at most.")
    for item in attributes:
        if isinstance(item, dict) and (unknown := sorted(str(key) for key in set(item) - _ATTRIBUTE_FIELDS)):
            raise InvalidInput(f"An attribute of “{label}” has no field “{unknown[0][:50]}”.")
    try:
        parsed = [msgspec.convert(item, AttributeRecord) for item in attributes]
    except msgspec.ValidationError as error:
        raise InvalidInput(f"An attribute of “{label}”: {error}.") from error
    names = [attribute.name for attribute in parsed]
    if len(set(names)) < len(names):
        raise InvalidInput(f"Two attributes of “{label}” have the same name.")
    for attribute in parsed:
        _check_attribute(label, attribute)
    return [{**msgspec.to_builtins(attribute), "values": list(attribute.values)} for attribute in parsed]


def check_keypoints(label: str, names: Sequence[Any], edges: Sequence[Any]) -> tuple[list[str], list[list[int]]]:
    """Checked names of key points and edges between them (pairs of indices from 0)."""
    if len(names) > MAX_KEYPOINTS:
        raise InvalidInput(f"“{label}” can have {MAX_KEYPOINTS} key points at most.")
    if any(not isinstance(name, str) or len(name) > 200 for name in names):
        raise InvalidInput(f"A key point of “{label}” needs a name of at most 200 characters.")
    try:
        pairs = [msgspec.convert(edge, tuple[int, int]) for edge in edges]
    except msgspec.ValidationError:
        raise InvalidInput(f"An edge of the skeleton of “{label}” is a pair of numbers of key points.") from None
    if any(not 0 <= end < len(names) for pair in pairs for end in pair):
        raise InvalidInput(f"An edge of the skeleton of “{label}” leads to a key point that is not there.")
    return list(names), [list(pair) for pair in pairs]


def _check_attribute(label: str, attribute: AttributeRecord) -> None:
    where = f"The attribute “{attribute.name}” of “{label}”"
    if not attribute.name.strip() or len(attribute.name) > 100:
        raise InvalidInput(f"An attribute of “{label}” needs a name of 1 to 100 characters.")
    if attribute.type == "select" and not attribute.values:
        raise InvalidInput(f"{where} is a choice and needs values.")
    if len(attribute.values) > 500 or any(not value or len(value) > 200 for value in attribute.values):
        raise InvalidInput(f"{where} can have 500 values of 1 to 200 characters.")
    if attribute.default is not None and not _fits(attribute):
        raise InvalidInput(f"The default of {where[0].lower()}{where[1:]} does not fit its type.")


def _fits(attribute: AttributeRecord) -> bool:
    value = attribute.default
    if attribute.type == "checkbox":
        return isinstance(value, bool)
    if attribute.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and (attribute.type == "text" or value in attribute.values)
