"""The label schema of a project: always written as a whole, so that nobody overwrites what they have not seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from annotator.core.errors import Conflict, InvalidInput
from annotator.core.labels import (
    check_attributes,
    check_color,
    check_hierarchy,
    check_hotkeys,
    check_keypoints,
    check_names,
    next_color,
    next_hotkey,
)
from annotator.events import label_schema_changed, publish, send_after_commit
from annotator.models import Annotation, Label, Project, User
from annotator.services.audit import record

LabelInput = Mapping[str, Any]
"""``{"id"?, "name", "color"?, "hotkey"?, "parent"? (id or name), "attributes"?, "archived"?,
"keypoints"?, "skeleton"?, "stuff"?, "source"?}``."""

_FIELDS = ("name", "color", "hotkey", "attributes", "archived", "keypoints", "skeleton", "stuff", "source")


@transaction.atomic
def replace_labels(*, actor: User, project: Project, schema_revision: int, labels: Sequence[LabelInput]) -> Project:
    """Make the schema be ``labels``, in that order. Rows with an id are kept and changed, others are new.

    Raises :class:`Conflict` when ``schema_revision`` is not the newest, or when a used label is missing: such a label
    can be archived, never dropped; :class:`InvalidInput` when the list breaks a rule of ``core.labels``.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if schema_revision != project.schema_revision:
        raise Conflict(
            "Somebody else changed the labels in the meantime. Load them again and repeat your change.",
            fields={"schema_revision": project.schema_revision},
        )
    existing = {label.id: label for label in project.labels.all()}
    rows = _complete(labels, existing)
    _drop(existing, {row["id"] for row in rows if row["id"] is not None})
    _write(project, rows, existing)
    project.schema_revision += 1
    project.save(update_fields=["schema_revision", "updated_at"])
    record(actor=actor, action="labels.changed", project=project, detail={"labels": len(rows)})
    send_after_commit(label_schema_changed, project_id=project.id)
    publish("project", project_id=project.id, id=str(project.id))
    return project


def add_labels(*, project: Project, labels: Sequence[LabelInput]) -> None:
    """First labels of a new project, within the caller's transaction."""
    _write(project, _complete(labels, {}), {})


def _complete(labels: Sequence[LabelInput], existing: Mapping[int, Label]) -> list[dict[str, Any]]:
    """Input rows with every field filled in and checked; ``parent`` becomes a name."""
    rows = [_known(item, existing) for item in labels]
    check_names([row["name"] for row in rows])
    names = {row["id"]: row["name"] for row in rows if row["id"] is not None}
    for row in rows:
        row["parent"] = _parent_name(row, names)
        row["color"] = check_color(row["color"] or next_color(other["color"] for other in rows))
        if row["hotkey"] is None:
            row["hotkey"] = next_hotkey(other["hotkey"] for other in rows if other["hotkey"])
        row["attributes"] = check_attributes(row["name"], row["attributes"])
        row["keypoints"], row["skeleton"] = check_keypoints(row["name"], row["keypoints"], row["skeleton"])
    check_hotkeys((row["name"], row["hotkey"]) for row in rows)
    check_hierarchy({row["name"]: row["parent"] for row in rows})
    return rows


def _known(item: LabelInput, existing: Mapping[int, Label]) -> dict[str, Any]:
    """The row with what the input leaves out taken from the stored label, or from the defaults."""
    label = existing.get(item["id"]) if item.get("id") is not None else None
    if item.get("id") is not None and label is None:
        raise InvalidInput(f"There is no label with the id {item['id']} in this project.")
    return {
        "id": label.id if label else None,
        "name": str(item["name"]).strip(),
        "color": item.get("color", label.color if label else ""),
        "hotkey": item.get("hotkey", label.hotkey if label else None),
        "parent": item.get("parent", label.parent_id if label else None),
        "attributes": item.get("attributes", label.attributes if label else []),
        "archived": item.get("archived", label.archived if label else False),
        "keypoints": item.get("keypoints", label.keypoints if label else []),
        "skeleton": item.get("skeleton", label.skeleton if label else []),
        "stuff": item.get("stuff", label.stuff if label else False),
        "source": item.get("source", label.source if label else {}),
    }


def _parent_name(row: Mapping[str, Any], names: Mapping[int, str]) -> str | None:
    parent = row["parent"]
    if parent is None or isinstance(parent, str):
        return parent or None
    if parent not in names:
        raise InvalidInput(f"The parent of “{row['name']}” ({parent}) is not among the labels.")
    return names[parent]


def _drop(existing: dict[int, Label], kept: set[int]) -> None:
    """Delete stored labels that the new schema leaves out; raise when one is used."""
    gone = [label for label in existing.values() if label.id not in kept]
    used = set(Annotation.objects.filter(label__in=gone).values_list("label", flat=True).distinct())
    if names := [label.name for label in gone if label.id in used]:
        raise Conflict(f"“{names[0]}” is used by annotations and cannot be removed. Archive it instead.")
    Label.objects.filter(id__in=[label.id for label in gone]).delete()
    for label in gone:
        del existing[label.id]


def _write(project: Project, rows: Sequence[Mapping[str, Any]], existing: Mapping[int, Label]) -> None:
    _free_names(rows, existing)
    written: dict[str, Label] = {}
    for position, row in enumerate(rows):
        label = existing.get(row["id"]) or Label(project=project)
        for field in _FIELDS:
            setattr(label, field, row[field])
        label.position, label.parent = position, None
        label.save()
        written[label.name] = label
    for row in rows:
        if row["parent"] is not None:
            written[row["name"]].parent = written[row["parent"]]
    Label.objects.bulk_update([written[row["name"]] for row in rows if row["parent"] is not None], ["parent"])


def _free_names(rows: Sequence[Mapping[str, Any]], existing: Mapping[int, Label]) -> None:
    """Two labels may swap their names: give renamed ones a name nobody can choose first."""
    renamed = [existing[row["id"]] for row in rows if row["id"] in existing and existing[row["id"]].name != row["name"]]
    for label in renamed:
        Label.objects.filter(pk=label.pk).update(name=f"\x1f{label.pk}")
