"""What a record holds that a foreign format has no field for, under one member ``marquee`` that others pass over.

Formats write it only beside something that every other program reads rightly.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from annotator.core.errors import AnnotatorError
from annotator.core.geometry.types import Box, Geometry, geometry_from_json, geometry_to_json
from annotator.core.geometry.validate import GeometryLimits, check_geometry
from annotator.core.records import AnnotationRecord, AttributeRecord, LabelRecord

KEY = "marquee"
_LIMITS = GeometryLimits(vertices=1 << 24, runs=1 << 30, mask_characters=1 << 30)
_WIDE = 1 << 30
_SILENT = frozenset({"crowd", "z_order"})
"""Fields that say nothing when they are 0."""


class _Object(msgspec.Struct):
    id: str | None = None
    group: str | None = None
    track: int | str | None = None
    part_of: str | None = None
    crowd: bool = False
    score: float | None = None
    z_order: int = 0
    box: tuple[float, float, float, float] | None = None
    source: dict[str, Any] = {}
    geometry: dict[str, Any] | None = None


class _Label(msgspec.Struct):
    parent: str | None = None
    color: str = ""
    source_id: str | int | None = None
    stuff: bool = False
    attributes: tuple[AttributeRecord, ...] = ()
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()
    source: dict[str, Any] = {}


def own_fields(record: AnnotationRecord, *names: str, exact: bool = False) -> dict[str, Any]:
    """Those of the named fields that say something; with ``exact`` the geometry, too."""
    fields: dict[str, Any] = {}
    for name in names:
        value = getattr(record, name)
        if isinstance(value, Box):
            value = [value.x, value.y, value.w, value.h]
        elif isinstance(value, Mapping):
            value = dict(value) or None
        elif name in _SILENT and not value:
            value = None
        if value is not None:
            fields[name] = value
    if exact:
        fields["geometry"] = geometry_to_json(record.geometry)
    return fields


def with_own_fields(record: AnnotationRecord, value: Any) -> AnnotationRecord:
    """The record with what :func:`own_fields` wrote; as it is when there is nothing or nothing usable."""
    if not isinstance(value, dict):
        return record
    try:
        found = msgspec.convert(value, _Object)
    except msgspec.ValidationError:
        return record
    named: dict[str, Any] = {
        name: getattr(found, name)
        for name in ("id", "group", "track", "part_of", "crowd", "score", "z_order", "source")
        if name in value and getattr(found, name) is not None
    }
    if found.box is not None:
        x, y, w, h = found.box
        named["box"] = Box(x=x, y=y, w=w, h=h)
    geometry = _geometry(found.geometry)
    if geometry is not None:
        named["geometry"] = geometry
    return replace(record, **named)


def _geometry(value: Any) -> Geometry | None:
    if value is None:
        return None
    try:
        geometry = geometry_from_json(value)
        check_geometry(geometry, width=_WIDE, height=_WIDE, limits=_LIMITS)
    except (msgspec.ValidationError, AnnotatorError):
        return None
    return geometry


def own_label_fields(label: LabelRecord, *names: str) -> dict[str, Any]:
    """Those of the named fields of a class that say something."""
    values = {name: getattr(label, name) for name in names}
    plain: dict[str, Any] = msgspec.to_builtins(values)
    return {name: value for name, value in plain.items() if value or (name == "source_id" and value == 0)}


def label_with_own_fields(label: LabelRecord, value: Any) -> LabelRecord:
    """The class with what :func:`own_label_fields` wrote."""
    if not isinstance(value, dict):
        return label
    try:
        found = msgspec.convert(value, _Label)
    except msgspec.ValidationError:
        return label
    names = [name for name in _Label.__struct_fields__ if name in value]
    return replace(label, **{name: getattr(found, name) for name in names})
