"""Predictions of an image, and how many of a model's were accepted."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from annotator.models import Image, Project
from trainer.models import ModelVersion, Prediction

State = Prediction.State


def pending_predictions(image: Image) -> tuple[ModelVersion | None, list[Prediction]]:
    """What the newest run proposes on ``image`` and nobody has decided on, best first, with its model."""
    newest = Prediction.objects.filter(image=image).order_by("-run_id").select_related("model").first()
    if newest is None:
        return None, []
    rows = Prediction.objects.filter(image=image, run_id=newest.run_id, state=State.PENDING)
    return newest.model, list(rows.order_by("-score", "id"))


def rejected_ids(image: Image) -> list[UUID]:
    """Predictions of ``image`` that were turned down, the last decision first."""
    rejected = Prediction.objects.filter(image=image, state=State.REJECTED)
    return list(rejected.order_by("-decided_at", "id").values_list("id", flat=True))


def count_decisions(project: Project) -> list[dict[str, Any]]:
    """Per model, newest first: accepted, edited, rejected and pending objects, and the share accepted untouched."""
    counts = {name: Count("predictions", filter=Q(predictions__state=name)) for name in _COUNTED}
    models = ModelVersion.objects.filter(project=project).annotate(**counts).order_by("-number")
    return [_row(model) for model in models if any(getattr(model, name) for name in _COUNTED)]


_COUNTED = (State.ACCEPTED.value, State.EDITED.value, State.REJECTED.value, State.PENDING.value)


def _row(model: Any) -> dict[str, Any]:
    values = {name: int(getattr(model, name)) for name in _COUNTED}
    decided = values["accepted"] + values["edited"] + values["rejected"]
    share = values["accepted"] / decided if decided else None
    return {"model": {"id": model.id, "number": model.number}, **values, "accepted_share": share}
