"""What an annotation may say in a project: labels, attributes, geometry and limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from uuid import UUID

import msgspec

from annotator.config import get_config
from annotator.core.errors import InvalidInput
from annotator.core.extras import PREFIX
from annotator.core.geometry.types import geometry_to_json
from annotator.core.geometry.validate import GeometryLimits, parse_geometry
from annotator.models import Annotation, Image, Label

MAX_ATTRIBUTES, MAX_TEXT, MAX_NAME = 64, 2000, 120
MAX_EXTRA = 20_000
"""Bytes of JSON in one of our own attributes (fields of a file that are kept for the way back)."""
CLIENT_SOURCES = (Annotation.Source.MANUAL, Annotation.Source.PREDICTION, Annotation.Source.PREDICTION_EDITED)


class UnknownLabel(InvalidInput):
    """The label does not belong to the project."""

    code = "unknown_label"


class ArchivedLabel(InvalidInput):
    """The label is kept for old annotations only."""

    code = "archived_label"


class InvalidAttribute(InvalidInput):
    """An attribute has a value that the label schema does not allow."""

    code = "invalid_attribute"


class InvalidField(InvalidInput):
    """Another field of an operation cannot be used."""

    code = "invalid_field"


@dataclass(frozen=True, slots=True)
class AnnotationRules:
    """The rules of one image, loaded once per save (one query)."""

    width: int
    height: int
    labels: Mapping[int, Label]
    limits: GeometryLimits
    max_objects: int

    @classmethod
    def of(cls, image: Image) -> "AnnotationRules":
        """Load the label schema of the image's project."""
        return cls.of_project(image.project_id, width=image.width, height=image.height)

    @classmethod
    def of_project(cls, project_id: UUID, *, width: int = 0, height: int = 0) -> "AnnotationRules":
        """Load the label schema of a project, for many images whose sizes the caller looks after."""
        config = get_config()
        return cls(
            width=width,
            height=height,
            labels={label.id: label for label in Label.objects.filter(project_id=project_id)},
            limits=GeometryLimits(vertices=config.max_vertices),
            max_objects=config.max_objects,
        )

    def geometry(self, value: Any) -> dict[str, Any]:
        """Checked geometry as stored."""
        parsed = parse_geometry(value, width=self.width, height=self.height, limits=self.limits)
        return geometry_to_json(parsed)

    def label(self, value: Any, *, keep: int | None = None) -> int:
        """Checked label id; ``keep`` is the one that the annotation has already, archived or not."""
        label = self.labels.get(value) if isinstance(value, int) and not isinstance(value, bool) else None
        if label is None:
            raise UnknownLabel("The label does not exist in this project (any more); load the labels again.")
        if label.archived and label.id != keep:
            raise ArchivedLabel(f"The label “{label.name}” is archived; choose another one or bring it back.")
        return label.id

    def attributes(self, value: Any, *, label: int) -> dict[str, Any]:
        """Checked attribute values: only known names, each of its declared type. Missing ones may come later."""
        if not isinstance(value, dict) or len(value) > MAX_ATTRIBUTES:
            raise InvalidAttribute(f"Attributes are an object of at most {MAX_ATTRIBUTES} values.")
        declared = {str(item.get("name")): item for item in self.labels[label].attributes}
        checked = {}
        for name, item in value.items():
            if str(name).startswith(PREFIX):
                checked[str(name)] = _extra(str(name), item)
                continue
            if ":" in str(name) and name not in declared:
                checked[str(name)] = _foreign(str(name), item)
                continue
            if name not in declared:
                raise InvalidAttribute(
                    f"“{str(name)[:60]}” is no attribute of “{self.labels[label].name}”. "
                    f"Known: {', '.join(sorted(declared)) or 'none'}."
                )
            if item is not None:
                checked[name] = _attribute(declared[name], item)
        return checked


def _extra(name: str, value: Any) -> Any:
    """What :mod:`annotator.core.extras` packed: any JSON, within limits."""
    try:
        text = msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidAttribute(f"“{name[:60]}” cannot be kept with the annotation: {error}.") from None
    if len(text) > MAX_EXTRA or b"\\u0000" in text:
        raise InvalidAttribute(f"“{name[:60]}” is too large or too odd to be kept with the annotation.")
    return msgspec.json.decode(text)  # what is no number in JSON has become null


def _is_storable(text: str) -> bool:
    """Neither NUL nor half a surrogate pair: no database takes them."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _foreign(name: str, value: Any) -> Any:
    """A field of another format (``voc:truncated``, ``attr:…``), kept as it came for the way back: plain and small."""
    items = value if isinstance(value, list) else [value]
    plain = all(item is None or isinstance(item, str | int | float | bool) for item in items)
    finite = all(not isinstance(item, float) or isfinite(item) for item in items)
    texts = [name, *(item for item in items if isinstance(item, str))]
    plain = plain and all(_is_storable(text) for text in texts)
    if len(name) > MAX_NAME or not plain or not finite or len(str(value)) > MAX_TEXT:
        raise InvalidAttribute(f"“{name[:60]}” is too large or too deep to be kept with the annotation.")
    return value


def _attribute(declared: Mapping[str, Any], value: Any) -> Any:
    kind, name = declared.get("type", "text"), declared["name"]
    if kind == "checkbox" and isinstance(value, bool):
        return value
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return value
    if kind == "text" and isinstance(value, str) and len(value) <= MAX_TEXT and _is_storable(value):
        return value
    if kind == "select" and isinstance(value, str):
        if value in declared.get("values", ()):
            return value
        raise InvalidAttribute(f"“{value[:60]}” is no value of “{name}”. Known: {', '.join(declared['values'])}.")
    raise InvalidAttribute(f"The attribute “{name}” wants a {kind} value.")


def checked_order(value: Any) -> int:
    """Drawing order within what every database stores."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**31 - 1:
        raise InvalidField("“z_order” is a whole number.")
    return value


def checked_source(value: Any) -> str:
    """How the annotation came to be; imports are never made by a browser."""
    if value not in CLIENT_SOURCES:
        raise InvalidField(f"“source” is one of {', '.join(CLIENT_SOURCES)}.")
    return str(value)


def checked_score(value: Any) -> float | None:
    """Confidence from 0 to 1, or none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidField("“score” is a number from 0 to 1, or null.")
    return float(value)


def checked_prediction(value: Any) -> UUID | None:
    """Id of the prediction that was accepted, or none."""
    try:
        return None if value is None else UUID(str(value))
    except ValueError:
        raise InvalidField("“prediction” is the id of a prediction, or null.") from None
