"""What the ``meta`` element of a CVAT file says: labels in order, types of attributes, skeletons, sizes of videos."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from xml.etree.ElementTree import Element

from annotator.core.records import AttributeRecord, LabelRecord
from annotator.formats.shared.values import pixels, whole

_NODE = re.compile(r"<(circle|line|rect|ellipse)\b([^>]*)>")
_FIELD = re.compile(r"([\w:-]+)\s*=\s*[\"']([^\"']*)[\"']")
_STEP = re.compile(r"step\s*=\s*(\d+)")
_SETS = ("task", "job", "project")
_OWN = frozenset({"name", "color", "type", "attributes", "svg", "parent"})
_TYPES: dict[str, Literal["text", "number", "select", "checkbox"]] = {
    "checkbox": "checkbox",
    "number": "number",
    "select": "select",
    "radio": "select",
}


@dataclass(frozen=True, slots=True)
class CvatTask:
    """One task of the file: the size of its pictures (videos only) and how many frames one step is."""

    name: str = ""
    size: tuple[int, int] | None = None
    step: int = 1


@dataclass
class CvatMeta:
    """Labels by name (without the parts of skeletons), and the type of each attribute of each label."""

    labels: dict[str, LabelRecord] = field(default_factory=dict)
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    tasks: dict[str, CvatTask] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    def task(self, task_id: str) -> CvatTask:
        """The task of that id, or the only one."""
        return self.tasks.get(task_id) or next(iter(self.tasks.values()), CvatTask())


def read_meta(meta: Element) -> CvatMeta:
    """Everything that is used of ``<meta>``."""
    found = CvatMeta()
    entries = [entry for holder in meta.iter("labels") for entry in holder.findall("label")]
    parts = {(entry.findtext("parent") or "").strip() for entry in entries} - {""}
    for entry in entries:
        name = (entry.findtext("name") or "").strip()
        parent = (entry.findtext("parent") or "").strip()
        found.types.setdefault(name, {}).update(_attribute_types(entry))
        if not name or parent:
            continue
        if name in found.labels:
            found.repeated.append(name)
            continue
        names = tuple(_part_names(entries, name)) if name in parts else ()
        found.labels[name] = _label(entry, name, names)
    for entry in _tasks(meta):
        found.tasks[(entry.findtext("id") or str(len(found.tasks))).strip()] = _task(entry, meta)
    found.facts = _facts(meta)
    return found


def _tasks(meta: Element) -> Iterator[Element]:
    yield from meta.iter("task")
    yield from meta.findall("job")
    if meta.find("task") is None and meta.find("job") is None and meta.find("project") is None:
        yield meta


def _task(entry: Element, meta: Element) -> CvatTask:
    size = None
    for holder in (entry, meta):
        size = size or pixels(holder.findtext("original_size/width"), holder.findtext("original_size/height"))
    step = _STEP.search(entry.findtext("frame_filter") or "")
    return CvatTask((entry.findtext("name") or "").strip(), size, max(int(step.group(1)[:9]), 1) if step else 1)


def _facts(meta: Element) -> dict[str, str]:
    """Single texts about the whole set, for the way back."""
    holder = next((found for name in _SETS if (found := meta.find(name)) is not None), None)
    if holder is None:
        return {}
    return {child.tag: child.text.strip() for child in holder if len(child) == 0 and child.text and child.text.strip()}


def _attribute_types(entry: Element) -> dict[str, str]:
    return {
        name: (item.findtext("input_type") or "text").strip().lower()
        for item in entry.iterfind("attributes/attribute")
        if (name := (item.findtext("name") or "").strip())
    }


def _label(entry: Element, name: str, names: tuple[str, ...]) -> LabelRecord:
    color = (entry.findtext("color") or "").strip()
    svg = entry.findtext("svg") or ""
    extra = {
        child.tag: child.text.strip()
        for child in entry
        if child.tag not in _OWN and len(child) == 0 and child.text and child.text.strip()
    }
    kind = (entry.findtext("type") or "").strip()
    return LabelRecord(
        name=name,
        color=color if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else "",
        attributes=tuple(_attribute(item) for item in entry.iterfind("attributes/attribute") if item.findtext("name")),
        keypoints=names,
        skeleton=_edges(svg, names),
        source=extra | ({"type": kind} if kind not in {"", "any", "skeleton"} else {}),
    )


def _attribute(item: Element) -> AttributeRecord:
    kind = _TYPES.get((item.findtext("input_type") or "").strip().lower(), "text")
    default = (item.findtext("default_value") or "").strip()
    values = tuple(value.strip() for value in (item.findtext("values") or "").splitlines() if value.strip())
    return AttributeRecord(
        name=(item.findtext("name") or "").strip(),
        type=kind,
        values=values if kind == "select" else (),
        default=(default.lower() == "true" if kind == "checkbox" else default) if default else None,
    )


def _part_names(entries: list[Element], parent: str) -> Iterator[str]:
    """Names of a skeleton's points: in the order of the label's own drawing, then as they are declared."""
    declared = {
        (entry.findtext("name") or "").strip(): None
        for entry in entries
        if (entry.findtext("parent") or "").strip() == parent
    }
    svg = next((e.findtext("svg") or "" for e in entries if (e.findtext("name") or "").strip() == parent), "")
    drawn = {name: None for _, name in sorted(_nodes(svg)) if name in declared}
    yield from {**drawn, **declared}


def _nodes(svg: str) -> Iterator[tuple[int, str]]:
    """(number, name) of each drawn point."""
    for tag, fields in _NODE.findall(svg):
        values = dict(_FIELD.findall(fields))
        number, name = whole(values.get("data-node-id")), values.get("data-label-name")
        if tag != "line" and number is not None and name:
            yield number, name


def _edges(svg: str, names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Edges between points as indices into ``names``."""
    index = {number: names.index(name) for number, name in _nodes(svg) if name in names}
    found: list[tuple[int, int]] = []
    for tag, fields in _NODE.findall(svg):
        values = dict(_FIELD.findall(fields))
        ends = [index.get(whole(values.get(f"data-node-{end}")) or -1) for end in ("from", "to")]
        if tag == "line" and ends[0] is not None and ends[1] is not None:
            found.append((ends[0], ends[1]))
    return tuple(found)
