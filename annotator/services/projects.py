"""Projects: made, changed, deleted."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from annotator.core.errors import InvalidInput
from annotator.core.permissions import Role
from annotator.core.project_settings import merge_settings
from annotator.events import images_removed, publish, send_after_commit
from annotator.models import Annotation, AnnotationRevision, Membership, Project, User
from annotator.services.audit import record
from annotator.services.files import delete_blobs_after_commit
from annotator.services.labels import LabelInput, add_labels


@transaction.atomic
def create_project(
    *,
    actor: User,
    name: str,
    description: str = "",
    task: str = Project.Task.DETECT,
    labels: Sequence[LabelInput] = (),
    settings: Mapping[str, Any] | None = None,
    is_demo: bool = False,
) -> Project:
    """Make a project; ``actor`` becomes its owner. ``labels`` without colour or hotkey get free ones."""
    project = Project.objects.create(
        name=_check_name(name),
        description=description,
        task=task,
        settings=merge_settings({}, settings or {}),
        is_demo=is_demo,
        created_by=actor,
    )
    Membership.objects.create(user=actor, project=project, role=Role.OWNER)
    add_labels(project=project, labels=labels)
    record(actor=actor, action="project.created", project=project, target=project.name)
    publish("project", project_id=project.id, id=str(project.id))
    return project


@transaction.atomic
def change_project(*, actor: User, project: Project, **changes: Any) -> Project:
    """Change ``name``, ``description``, ``task`` or ``settings`` (merged); raises :class:`InvalidInput`."""
    if "name" in changes:
        changes["name"] = _check_name(changes["name"])
    if "settings" in changes:
        # A form that was open for a while must not undo a lock: that has a way of its own.
        given = {name: value for name, value in changes["settings"].items() if name != "test_locked"}
        changes["settings"] = merge_settings(project.settings, given)
    for field, value in changes.items():
        setattr(project, field, value)
    project.save(update_fields=[*changes, "updated_at"])
    record(
        actor=actor, action="project.changed", project=project, target=project.name, detail={"fields": sorted(changes)}
    )
    publish("project", project_id=project.id, id=str(project.id))
    return project


@transaction.atomic
def delete_project(*, actor: User, project: Project, confirm: str) -> None:
    """Delete a project with everything in it; ``confirm`` must be its name."""
    if confirm != project.name:
        raise InvalidInput("Type the project's name exactly to delete it. Nothing was deleted.")
    project_id, name = project.id, project.name
    images = [str(image) for image in project.images.values_list("id", flat=True)]
    delete_blobs_after_commit(project.images.values_list("sha256", flat=True))
    transaction.on_commit(partial(_delete_objects, _own_objects(project)))
    # Annotations protect their labels, so they go first; both are single statements without loading rows.
    AnnotationRevision.objects.filter(image__project=project).delete()
    Annotation.objects.filter(image__project=project).delete()
    publish("project", project_id=project_id, id=str(project_id))
    project.delete()
    record(actor=actor, action="project.deleted", target=name, detail={"id": str(project_id), "images": len(images)})
    send_after_commit(images_removed, project_id=project_id, image_ids=images)


def _own_objects(project: Project) -> list[str]:
    """Store keys that only this project uses: manifests of its versions, archives of its exports."""
    archives = project.jobs.filter(result__has_key="file").values_list("result", flat=True)
    return [*project.versions.values_list("manifest_key", flat=True), *(result["file"] for result in archives)]


def _delete_objects(keys: list[str]) -> None:
    for key in keys:
        default_storage.delete(key)


def _check_name(name: str) -> str:
    stripped = name.strip()
    if not stripped:
        raise InvalidInput("A project needs a name.", fields={"fields": {"name": ["A project needs a name."]}})
    return stripped
