"""The label schema as plain objects (in manifests) and as records (for formats)."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from annotator.core.records import AttributeRecord, LabelRecord
from annotator.models import Annotation, Label, Project

_DETAILS = ("attributes", "keypoints", "skeleton", "stuff", "source")


def schema_in_use(project: Project) -> list[dict[str, Any]]:
    """Labels in class-index order: all that can be given, and archived ones that are still on annotations.

    ``{"id", "name", "color"}``, and ``parent`` (a name), ``attributes``, ``keypoints``, ``skeleton``, ``stuff`` and
    ``source`` where they say something.
    """
    labels = list(Label.objects.filter(project=project).select_related("parent").order_by("position", "id"))
    archived = [label.id for label in labels if label.archived]
    used = {
        label
        for label in archived
        if Annotation.objects.filter(label=label, deleted=False).exists()  # few, and each stops at the first row
    }
    return [_plain(label) for label in labels if not label.archived or label.id in used]


def _plain(label: Label) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": label.id, "name": label.name, "color": label.color}
    if label.parent is not None:
        plain["parent"] = label.parent.name
    return {**plain, **{name: value for name in _DETAILS if (value := getattr(label, name))}}


def label_records(labels: Iterable[Mapping[str, Any]], *, format_name: str) -> list[LabelRecord]:
    """Records of a schema; ids and other fields of the source go back only into the format that they came from."""
    return [_record(label, format_name) for label in labels]


def _record(label: Mapping[str, Any], format_name: str) -> LabelRecord:
    source = label.get("source") or {}
    own = source if source.get("format") == format_name else {}
    return LabelRecord(
        name=label["name"],
        color=label.get("color", ""),
        parent=label.get("parent"),
        attributes=msgspec.convert(label.get("attributes", []), tuple[AttributeRecord, ...]),
        source_id=own.get("id"),
        keypoints=tuple(label.get("keypoints", ())),
        skeleton=tuple((int(a), int(b)) for a, b in label.get("skeleton", ())),
        stuff=bool(label.get("stuff")),
        source=own.get("fields") or {},
    )
