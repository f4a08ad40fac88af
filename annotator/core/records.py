"""Frozen records that plugins and jobs exchange. No Django here: the same records work from a notebook."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from annotator.core.geometry.types import Box, Geometry

SPLITS: tuple[str, ...] = ("train", "val", "test")
FOREIGN_ATTRIBUTE = "attr:"
"""Prefix of attributes that came with an import and that the label schema does not know; dropped again by exports."""
Severity = Literal["info", "warning", "error", "fatal"]


@dataclass(frozen=True, slots=True)
class AttributeRecord:
    """One attribute that annotations of a label may carry."""

    name: str
    type: Literal["text", "number", "select", "checkbox"] = "text"
    values: tuple[str, ...] = ()
    default: str | float | bool | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """A class of the label schema; ``parent`` names another label for hierarchy."""

    name: str
    color: str = ""
    parent: str | None = None
    attributes: tuple[AttributeRecord, ...] = ()
    source_id: str | int | None = None
    keypoints: tuple[str, ...] = ()
    """Names of the key points, in the order of :class:`Keypoints` triples."""
    skeleton: tuple[tuple[int, int], ...] = ()
    """Edges between key points as pairs of indices from 0."""
    stuff: bool = False
    """A region without instances (sky, road), as COCO's ``isthing`` = 0."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of the class in the file it came from (supercategory, description …), kept for the way back."""


@dataclass(frozen=True, slots=True, init=False)
class AnnotationRecord:
    """One object: label + geometry + attributes. ``score`` is set for predictions only."""

    label: str
    geometry: Geometry
    attributes: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    score: float | None = None
    group: str | None = None
    z_order: int = 0
    crowd: bool = False
    track: str | int | None = None
    """Which object of a video it is; the same on every frame."""
    part_of: str | None = None
    """``id`` of the annotation on the same image that it belongs to."""
    box: Box | None = None
    """The object's own box where a file states one beside key points."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """Unknown fields of the file it came from, kept for the way back."""

    def __init__(
        self,
        label: str,
        geometry: Geometry,
        attributes: Mapping[str, Any] | None = None,
        id: str | None = None,  # noqa: A002 -- the field's name
        score: float | None = None,
        group: str | None = None,
        z_order: int = 0,
        crowd: bool = False,
        track: str | int | None = None,
        part_of: str | None = None,
        box: Box | None = None,
        source: Mapping[str, Any] | None = None,
    ) -> None:
        """Fill the slots themselves: records are made by the million, and the usual way takes twice as long."""
        _label(self, label)
        _geometry(self, geometry)
        _attributes(self, {} if attributes is None else attributes)
        _id(self, id)
        _score(self, score)
        _group(self, group)
        _z_order(self, z_order)
        _crowd(self, crowd)
        _track(self, track)
        _part_of(self, part_of)
        _box(self, box)
        _source(self, {} if source is None else source)


_label, _geometry, _attributes, _id, _score, _group, _z_order, _crowd, _track, _part_of, _box, _source = (
    vars(AnnotationRecord)[item.name].__set__ for item in fields(AnnotationRecord)
)


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One picture and what is on it. ``name`` is the relative POSIX path with extension; sizes are displayed pixels.

    ``width`` and ``height`` are 0 where nobody says them: then shapes can still be put on an image that is known by name.
    """

    name: str
    width: int
    height: int
    annotations: tuple[AnnotationRecord, ...] = ()
    split: str | None = None
    path: Path | None = None
    """Where its bytes can be read now, if they can."""
    id: str | None = None
    predictions: tuple[AnnotationRecord, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issue:
    """Something noticed while reading or writing a dataset."""

    code: str
    severity: Severity
    text: str
    file: str | None = None
    where: str | None = None
    """Line number, JSON pointer or object id inside the file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a quality check found on one image; ``annotations`` are the ids concerned."""

    code: str
    severity: Severity
    text: str
    annotations: tuple[str, ...] = ()
