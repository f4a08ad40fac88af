"""What people decide about predictions. Accepting is a save of an annotation that names its prediction."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotator.events import publish
from annotator.models import Annotation, AnnotationRevision, Image, User
from trainer.models import Prediction

CHUNK = 400
LOOK_BACK = 20_000
"""Annotation revisions that a fresh worker looks through again."""
_DECIDED = (Prediction.State.ACCEPTED, Prediction.State.EDITED)

_seen_revision: int | None = None


def reject_predictions(*, actor: User, image: Image, ids: Sequence[UUID], undo: bool = False) -> int:
    """Turn predictions down, or take that back with ``undo``; returns how many changed. Accepted ones stay accepted."""
    wanted = Prediction.objects.filter(image=image, id__in=ids)
    with transaction.atomic():
        if undo:
            changed = wanted.filter(state=Prediction.State.REJECTED).update(
                state=Prediction.State.PENDING, decided_by=None, decided_at=None
            )
        else:
            changed = wanted.filter(state=Prediction.State.PENDING).update(
                state=Prediction.State.REJECTED, decided_by=actor, decided_at=timezone.now()
            )
        if changed:
            publish("predictions", project_id=image.project_id, image=image.id)
    return changed


def follow_annotations(*, prediction_ids: Iterable[UUID | str], actor_id: int | None = None) -> int:
    """Bring predictions in line with the annotations that name them; returns how many changed.

    A live annotation makes its prediction accepted or edited; without one a decided prediction is pending again (or
    superseded when a newer run predicted the image). Depends on the rows only, so that it may be repeated at any time.
    """
    ids = list({UUID(str(pk)) for pk in prediction_ids})
    changed = 0
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            changed += _follow(ids[start : start + CHUNK], actor_id)
    return changed


def _follow(ids: list[UUID], actor_id: int | None) -> int:
    predictions = list(Prediction.objects.select_for_update().filter(id__in=ids))
    live: dict[tuple[UUID, UUID], Annotation] = {}
    for shape in Annotation.objects.filter(
        prediction__in=ids, image__in=[p.image_id for p in predictions], deleted=False
    ):
        if shape.prediction is not None:
            live[shape.prediction, shape.image_id] = shape
    newest = _newest_runs({p.image_id for p in predictions})
    moved = [
        p for p in predictions if _bring_in_line(p, live.get((p.id, p.image_id)), newest.get(p.image_id), actor_id)
    ]
    Prediction.objects.bulk_update(moved, ["state", "annotation", "decided_by", "decided_at"], batch_size=CHUNK)
    return len(moved)


def _newest_runs(image_ids: set[UUID]) -> dict[UUID, UUID]:
    """The newest run that predicted each image (ids are ordered by time)."""
    rows = Prediction.objects.filter(image__in=image_ids).order_by().values_list("image_id", "run_id").distinct()
    newest: dict[UUID, UUID] = {}
    for image_id, run_id in rows:
        newest[image_id] = max(run_id, newest.get(image_id, run_id))
    return newest


def _bring_in_line(prediction: Prediction, shape: Annotation | None, newest: UUID | None, actor_id: int | None) -> bool:
    if shape is not None:
        edited = shape.source != Annotation.Source.PREDICTION
        state = Prediction.State.EDITED if edited else Prediction.State.ACCEPTED
        if (prediction.state, prediction.annotation) == (state, shape.id):
            return False
        prediction.annotation = shape.id
        prediction.decided_by_id = actor_id or shape.updated_by_id
        prediction.decided_at = timezone.now()
    else:
        if prediction.state not in _DECIDED:
            return False
        current = newest == prediction.run_id
        state = Prediction.State.PENDING if current else Prediction.State.SUPERSEDED
        prediction.annotation, prediction.decided_by_id, prediction.decided_at = None, None, None
    prediction.state = state
    return True


def sweep_predictions() -> int:
    """Follow saves whose news was lost (a killed web process), by the annotation history since the last look."""
    global _seen_revision
    newest = AnnotationRevision.objects.aggregate(n=Max("id"))["n"] or 0
    since = max(newest - LOOK_BACK, 0) if _seen_revision is None else _seen_revision
    if newest == since:
        return 0
    touched = AnnotationRevision.objects.filter(id__gt=since, id__lte=newest).values("annotation")
    shapes = Annotation.objects.filter(id__in=touched, prediction__isnull=False)
    changed = follow_annotations(prediction_ids=[pk for pk in shapes.values_list("prediction", flat=True) if pk])
    _seen_revision = newest
    return changed
