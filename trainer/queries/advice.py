"""What to do next in the loop of labelling, training, predicting and picking; and the figure of the best model."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from annotator.models import Project
from annotator.queries.contributions import Metric, NextAction
from trainer.core.curves import headline
from trainer.models import ModelVersion, Round, Run
from trainer.queries.pool import pool_images, prediction_runs
from trainer.queries.rounds import open_picks

LEAST_NEW = 10
NEW_SHARE = 0.1
"""Training again pays when this share of the last dataset, and at least :data:`LEAST_NEW`, was labelled since."""
METRIC_TITLES = {
    "map50_95": "mAP50-95",
    "map50": "mAP50",
    "accuracy_top1": "accuracy",
    "accuracy_top5": "top-5 accuracy",
}


def advise(project: Project, counts: Mapping[str, int]) -> NextAction | None:
    """The one thing to do now, ``None`` without any; ``counts`` has ``images`` and ``labelled``."""
    model = ModelVersion.objects.filter(project=project).select_related("run__version").order_by("-number").first()
    return _work_in_progress(project) or _next_step(project, model, counts)


def _work_in_progress(project: Project) -> NextAction | None:
    active = Run.objects.filter(project=project, state__in=(Run.State.QUEUED, Run.State.RUNNING)).order_by("id").first()
    if active is not None and active.kind == Run.Kind.TRAIN:
        return NextAction("wait", f"A model is being trained: {active.progress:.0%}.")
    if active is not None:
        return NextAction("wait", f"A model is predicting the images: {active.progress:.0%}.")
    if Round.objects.filter(project=project, state=Round.State.SELECTING).exists():
        return NextAction("wait", "The next images to label are being picked.")
    return None


def _next_step(project: Project, model: ModelVersion | None, counts: Mapping[str, int]) -> NextAction | None:
    if waiting := open_picks(project):
        return NextAction(
            "label",
            "1 picked image waits to be labelled."
            if waiting == 1
            else f"{waiting:,} picked images wait to be labelled.",
        )
    if model is None:
        return NextAction("train", f"{_images(counts['labelled'])} labelled: train the first model.")
    known = _dataset_size(model)
    fresh = counts["labelled"] - known
    if fresh >= max(LEAST_NEW, NEW_SHARE * known):
        return NextAction("train", f"{_images(fresh)} labelled since model {model.number}: train again.")
    left = pool_images(project).count()
    if not left:
        return None
    if not prediction_runs(model).exists():
        return NextAction("predict", f"Let model {model.number} predict the {_images(left)} not labelled yet.")
    return NextAction("pick", "Pick the images that help the next model most.")


def _dataset_size(model: ModelVersion) -> int:
    """Images of the dataset version that the model was trained and measured on."""
    version = model.run.version if model.run is not None else None
    return int(version.counts.get("images", 0)) if version is not None else model.labelled_images


def _images(count: int) -> str:
    return f"{count} image" if count == 1 else f"{count:,} images"


def best_model_metrics(project_ids: Sequence[UUID]) -> dict[UUID, Metric]:
    """Headline metric of each project's best model."""
    best: dict[UUID, Metric] = {}
    rows = ModelVersion.objects.filter(project__in=project_ids).values_list("project", "metrics")
    for project_id, metrics in rows:
        found = headline(metrics)
        if found is None:
            continue
        metric = Metric(METRIC_TITLES[found[0]], found[1])
        if project_id not in best or metric.value > best[project_id].value:
            best[project_id] = metric
    return best
