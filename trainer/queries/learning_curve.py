"""The learning curve: validation metric of successive models against what was labelled, and the rounds between."""

from dataclasses import dataclass
from typing import Any

from annotator.models import Project
from trainer.core.curves import CurvePoint, common_metric, gain_per_hundred, recent_gain
from trainer.models import ModelVersion, Round
from trainer.queries.rounds import with_counts


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """Points oldest first, all with the same ``metric``."""

    metric: str | None
    points: list[dict[str, Any]]
    rounds: list[Any]
    recent_gain: float | None
    gain_per_hundred: float | None


def load_learning_curve(project: Project) -> LearningCurve:
    """The curve of a project; models without the common metric are left out."""
    models = list(ModelVersion.objects.filter(project=project).order_by("number"))
    metric = common_metric([model.metrics for model in models])
    shown = [model for model in models if metric is not None and isinstance(model.metrics.get(metric), int | float)]
    points = [
        CurvePoint(model.number, model.labelled_images, model.labelled_objects, float(model.metrics[str(metric)]))
        for model in shown
    ]
    return LearningCurve(
        metric=metric,
        points=[_point(model, point, str(metric)) for model, point in zip(shown, points, strict=True)],
        rounds=list(with_counts(Round.objects.filter(project=project)).order_by("number")),
        recent_gain=recent_gain(points),
        gain_per_hundred=gain_per_hundred(points),
    )


def _point(model: ModelVersion, point: CurvePoint, metric: str) -> dict[str, Any]:
    return {
        "model": model.id,
        "number": point.number,
        "labelled_images": point.images,
        "labelled_objects": point.objects,
        "metric": metric,
        "value": point.value,
        "created_at": model.created_at,
    }
