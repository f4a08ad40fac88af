"""Changes of images: their place in the work, and their removal."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotator.core.errors import Conflict, InvalidInput
from annotator.core.names import clean_name
from annotator.events import images_removed, publish, send_after_commit
from annotator.models import Assignment, Image, Project, User
from annotator.services import audit
from annotator.services.files import delete_blobs_after_commit
from annotator.services.splits import refuse_locked_moves

BulkAction = Literal["delete", "set_split", "set_state", "prioritise", "reset"]
DONE = frozenset({Image.State.LABELLED, Image.State.REVIEWED})
CHUNK = 500
"""Images per transaction of a bulk change: other writers get their turn in between."""


def update_image(*, actor: User, image: Image, changes: Mapping[str, Any]) -> Image:
    """Change ``name``, ``split``, ``state``, ``priority`` or ``metadata``.

    Raises :class:`Conflict` for a used name, and for a way into or out of a locked test set.
    """
    values = dict(changes)
    if "name" in values:
        values["name"] = clean_name(values["name"])
    if "state" in values:
        values |= _state_values(values["state"])
    if "split" in values:
        refuse_locked_moves(image.project, Image.objects.filter(pk=image.pk), values["split"])
    for name, value in values.items():
        setattr(image, name, value)
    try:
        with transaction.atomic():
            image.save(update_fields=list(values))
    except IntegrityError:
        raise Conflict(f"Another image of this project is called “{values['name']}”; choose another name.") from None
    publish("image", project_id=image.project_id, id=image.id, actor=actor.pk)
    return image


def change_images(
    *, actor: User, project: Project, images: QuerySet[Image], action: BulkAction, value: Any = None
) -> int:
    """Do one thing to many images of one project, 500 per transaction; returns how many were changed."""
    values = None if action == "delete" else _bulk_values(action, value)
    if action == "set_split":
        refuse_locked_moves(project, images.filter(project=project), value)
    ids = list(images.filter(project=project).order_by("id").values_list("id", flat=True))
    changed = 0
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        if values is None:
            changed += delete_images(actor=actor, project=project, image_ids=some)
        else:
            changed += Image.objects.filter(project=project, id__in=some).update(**values)
            if action == "reset":
                _release(some)
    if values is not None and changed:
        publish("images", project_id=project.id, changed=changed)
    return changed


def delete_images(*, actor: User, project: Project, image_ids: list[UUID]) -> int:
    """Remove images with everything on them, and their bytes when no other project uses them."""
    with transaction.atomic():
        rows = list(Image.objects.select_for_update().filter(project=project, id__in=image_ids))
        if not rows:
            return 0
        ids = [image.id for image in rows]
        Image.objects.filter(id__in=ids).delete()
        audit.record(
            actor=actor,
            action="images.deleted",
            project=project,
            target=rows[0].name if len(rows) == 1 else f"{len(rows)} images",
            detail={"count": len(rows), "names": [image.name for image in rows[:50]]},
        )
        delete_blobs_after_commit(image.sha256 for image in rows)
        send_after_commit(images_removed, project_id=project.id, image_ids=ids)
        publish("images", project_id=project.id, removed=len(ids))
    return len(ids)


def reopen_image(*, actor: User, image: Image) -> Image:
    """Take a submitted, reviewed or skipped image back into work."""
    if image.state in {Image.State.LABELLED, Image.State.REVIEWED, Image.State.SKIPPED}:
        image.state = Image.State.IN_PROGRESS
        image.submitted_at = None
        image.save(update_fields=["state", "submitted_at"])
        publish("image", project_id=image.project_id, id=image.id, actor=actor.pk)
    return image


def _state_values(state: str) -> dict[str, Any]:
    return {"state": state, "submitted_at": timezone.now() if state in DONE else None}


def _bulk_values(action: str, value: Any) -> dict[str, Any]:
    if action == "set_split" and value in Image.Split.values:
        return {"split": value}
    if action == "set_state" and value in Image.State.values:
        return _state_values(value)
    if action == "prioritise" and isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return {"priority": float(value), "priority_reason": "Moved up by hand" if value > 0 else ""}
    if action == "reset":
        return {"state": Image.State.NEW, "submitted_at": None, "priority": 0.0, "priority_reason": "", "score": None}
    allowed = {"set_split": Image.Split.values, "set_state": Image.State.values, "prioritise": "a number"}
    raise InvalidInput(f"“value” of {action} must be one of {allowed.get(action)}, not “{str(value)[:40]}”.")


def _release(image_ids: list[UUID]) -> None:
    Assignment.objects.filter(image_id__in=image_ids, state=Assignment.State.OPEN).update(
        state=Assignment.State.RELEASED, ended_at=timezone.now()
    )
