"""The labelling queue: who gets which image, for how long, and how it ends.

Two people never hold one image: a partial unique constraint allows one open assignment per image, and the claim takes
the image row's lock first (``SKIP LOCKED`` on PostgreSQL; on SQLite the transaction starts with the write lock).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annotator.core.errors import Conflict, NotFound
from annotator.core.project_settings import read_settings
from annotator.events import image_submitted, publish, send_after_commit
from annotator.models import Assignment, Image, Project, User
from annotator.queries.assignments import find_open_assignment, waiting_images

MAX_TRIES = 20


class TakenOver(Conflict):
    """The lease ran out and somebody else was given the image."""

    code = "taken_over"


class ImageTaken(Conflict):
    """Somebody else is labelling the image that was asked for."""

    code = "image_taken"


def claim_next(*, actor: User, project: Project, after: UUID | None = None) -> Assignment | None:
    """Give ``actor`` the most important free image, or again the one they hold; ``None`` when nothing is left.

    With ``after`` an image that they hold is given back and the next one behind it in queue order is taken (from the
    start again when it was the last).
    """
    for _ in range(MAX_TRIES):
        try:
            with transaction.atomic():
                return _claim_next(actor, project, after)
        except (IntegrityError, TakenOver):  # somebody else was given this image between our look and our claim
            continue
    raise Conflict("Too many people ask for images at the same moment; try again.")


def claim_image(*, actor: User, project: Project, image_id: UUID, take_over: bool = False) -> Assignment:
    """Give ``actor`` a certain image, whatever its state.

    Raises :class:`ImageTaken` when somebody else is at it, unless ``take_over`` ends their lease.
    """
    try:
        with transaction.atomic():
            image = Image.objects.select_for_update().filter(project=project, pk=image_id).first()
            if image is None:
                raise NotFound("This image does not exist in this project.")
            holder = _holder(image)
            if holder is not None and holder.user_id == actor.pk:
                return _renew(holder, project)
            if holder is not None and (take_over or holder.lease_until <= timezone.now()):
                _end(holder, Assignment.State.EXPIRED)
            elif holder is not None:
                raise _image_taken(holder)
            _give_back(actor, project)
            return _assign(actor, project, image)
    except IntegrityError:
        raise ImageTaken("Somebody else has just been given this image.") from None


def heartbeat(*, actor: User, assignment: Assignment) -> Assignment:
    """Renew the lease; raises :class:`Conflict` when it has ended or somebody else has taken the image over."""
    with transaction.atomic():
        return _renew(_own_open(actor, assignment), assignment.image.project)


def submit(*, actor: User, assignment: Assignment) -> Assignment:
    """The image is labelled. Submitting again is harmless; raises :class:`Conflict` when the image was taken over."""
    with transaction.atomic():
        current = _locked(actor, assignment)
        if current.state == Assignment.State.SUBMITTED:
            return current
        current = _own_open(actor, current)
        now = timezone.now()
        _set_image(current, state=Image.State.LABELLED, submitted_at=now)
        _end(current, Assignment.State.SUBMITTED)
        project_id, image_id = current.image.project_id, current.image_id
        send_after_commit(image_submitted, project_id=project_id, image_id=image_id, user_id=actor.pk)
        return current


def skip(*, actor: User, assignment: Assignment, reason: str = "") -> Assignment:
    """Leave the image out of the queue; the reason is kept with it. Skipping again is harmless."""
    with transaction.atomic():
        current = _locked(actor, assignment)
        if current.state == Assignment.State.SKIPPED:
            return current
        current = _own_open(actor, current)
        metadata = {**current.image.metadata, "skipped": {"reason": reason[:500], "by": str(actor)}}
        _set_image(current, state=Image.State.SKIPPED, metadata=metadata)
        _end(current, Assignment.State.SKIPPED)
        return current


def release(*, actor: User, assignment: Assignment) -> Assignment:
    """Give the image back to the queue; harmless when it is not held any more."""
    with transaction.atomic():
        current = _locked(actor, assignment)
        if current.state == Assignment.State.OPEN:
            _end(current, Assignment.State.RELEASED)
        return current


def _claim_next(actor: User, project: Project, after: UUID | None) -> Assignment | None:
    held = find_open_assignment(project, actor)
    if held is not None and held.image_id != after:
        return _renew(held, project)
    if held is not None:
        _end(held, Assignment.State.RELEASED)
    image = _pick(actor, project, after)
    return None if image is None else _assign(actor, project, image)


def _pick(actor: User, project: Project, after: UUID | None) -> Image | None:
    waiting = waiting_images(project, actor)
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    behind = _behind(waiting, project, after)
    image = behind.first() if behind is not None else None
    if image is None:
        image = (waiting if after is None else waiting.exclude(pk=after)).first()
    return image


def _behind(waiting: QuerySet[Image], project: Project, after: UUID | None) -> QuerySet[Image] | None:
    last = Image.objects.filter(project=project, pk=after).first() if after else None
    if last is None:
        return None
    return waiting.filter(Q(priority__lt=last.priority) | Q(priority=last.priority, id__gt=last.id))


def _assign(actor: User, project: Project, image: Image) -> Assignment:
    """Open an assignment, ending one whose lease has run out."""
    Assignment.objects.filter(image=image, state=Assignment.State.OPEN, lease_until__lte=timezone.now()).update(
        state=Assignment.State.EXPIRED, ended_at=timezone.now()
    )
    assignment = Assignment.objects.create(image=image, user=actor, lease_until=_lease_end(project))
    _publish(assignment)
    return assignment


def _give_back(actor: User, project: Project) -> None:
    for held in Assignment.objects.filter(user=actor, state=Assignment.State.OPEN, image__project=project):
        _end(held, Assignment.State.RELEASED)


def _holder(image: Image) -> Assignment | None:
    return Assignment.objects.select_related("user", "image").filter(image=image, state=Assignment.State.OPEN).first()


def _lease_end(project: Project) -> datetime:
    return timezone.now() + timedelta(minutes=read_settings(project.settings).lease_minutes)


def _renew(assignment: Assignment, project: Project) -> Assignment:
    assignment.lease_until = _lease_end(project)
    still_open = Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.OPEN)
    if not still_open.update(lease_until=assignment.lease_until):
        raise _taken_over()
    return assignment


def _locked(actor: User, assignment: Assignment) -> Assignment:
    """The row as it is now, locked together with its image; raises :class:`NotFound` when it is not the actor's."""
    Image.objects.select_for_update().filter(pk=assignment.image_id).first()
    current = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("image__project", "user")
        .filter(pk=assignment.pk, user=actor)
        .first()
    )
    if current is None:
        raise NotFound("This assignment does not exist, or it is somebody else's.")
    return current


def _own_open(actor: User, assignment: Assignment) -> Assignment:
    current = _locked(actor, assignment)
    if current.state == Assignment.State.EXPIRED:
        raise _taken_over()
    if current.state != Assignment.State.OPEN:
        raise Conflict(f"You have finished with this image already ({current.state}). Open it again to go on.")
    return current


def _image_taken(holder: Assignment) -> ImageTaken:
    person = {"id": holder.user_id, "name": str(holder.user)}
    return ImageTaken(
        f"{holder.user} is labelling this image now.", fields={"holder": person, "lease_until": holder.lease_until}
    )


def _taken_over() -> TakenOver:
    return TakenOver("The time for this image ran out and somebody else took it over. Your shapes are saved.")


def _set_image(assignment: Assignment, **values: object) -> None:
    Image.objects.filter(pk=assignment.image_id).update(**values)
    for name, value in values.items():
        setattr(assignment.image, name, value)


def _end(assignment: Assignment, state: Assignment.State) -> None:
    now = timezone.now()
    assignment.state, assignment.ended_at = state, now
    assignment.seconds = max((now - assignment.created_at).total_seconds(), 0.0)
    assignment.save(update_fields=["state", "ended_at", "seconds"])
    _publish(assignment)


def _publish(assignment: Assignment) -> None:
    image = assignment.image
    publish("image", project_id=image.project_id, id=image.id, assigned_to=assignment.user_id, state=assignment.state)
