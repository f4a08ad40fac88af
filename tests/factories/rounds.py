"""Models, prediction runs with their arrays, and rounds for tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord
from annotator.models import Image, Project
from trainer.core.records import BoxFeatures, ImagePrediction
from trainer.core.shards import write_shard
from trainer.models import ModelVersion, Prediction, Round, RoundPick, Run
from trainer.queries.folders import run_folder

GEOMETRY = {"type": "box", "x": 1.0, "y": 2.0, "w": 30.0, "h": 40.0}


def make_model(project: Project, number: int = 1, **fields: Any) -> ModelVersion:
    """A model of all labels of ``project``."""
    labels = [{"id": label.id, "name": label.name} for label in project.labels.order_by("position")]
    values = {"backend": "ultralytics", "task": "detect", "weights_key": "", "sha256": "0" * 64, "labels": labels}
    return ModelVersion.objects.create(
        project=project, number=number, **{**values, "metrics": {"map50": 0.6, "map50_95": 0.4}, **fields}
    )


def boxes_with(*vectors: Sequence[float]) -> BoxFeatures:
    """Boxes with these class probabilities."""
    p = np.asarray(vectors, np.float32).reshape(len(vectors), -1)
    labels = p.argmax(axis=1).astype(np.int32)
    return BoxFeatures(np.ones((len(p), 4), np.float32), p.max(axis=1), labels, p, np.ones((len(p), 4), np.float32))


def make_prediction_run(model: ModelVersion, seen: Mapping[Image, BoxFeatures]) -> Run:
    """A finished prediction run with arrays on disk and a pending prediction row per box."""
    run = Run.objects.create(
        project=model.project, kind="predict", backend=model.backend, task=model.task, state=Run.State.DONE, model=model
    )
    names = [label["name"] for label in model.labels]
    rows = []
    for number, (image, boxes) in enumerate(seen.items()):
        objects = tuple(
            AnnotationRecord(names[label], Box(1, 2, 30, 40), score=float(score))
            for label, score in zip(boxes.labels, boxes.scores, strict=True)
        )
        embedding = np.cos(np.arange(8) * (number + 1)).astype(np.float32)
        rows.append(ImagePrediction(str(image.id), objects, embedding, boxes))
        for label, score in zip(boxes.labels, boxes.scores, strict=True):
            make_prediction(run, image, label=model.labels[label]["id"], score=float(score))
    if rows:
        write_shard(run_folder(run.id).shards, 0, rows)
    return run


def make_prediction(run: Run, image: Image, *, label: int, score: float = 0.5, **fields: Any) -> Prediction:
    """One predicted box."""
    return Prediction.objects.create(
        image=image,
        run=run,
        model_id=run.model_id,
        label_id=label,
        kind="box",
        geometry=GEOMETRY,
        score=score,
        **fields,
    )


def make_round(project: Project, images: Sequence[Image] = (), **fields: Any) -> Round:
    """An open round with these picks."""
    values = {
        "number": Round.objects.filter(project=project).count() + 1,
        "strategy": "random",
        "size": len(images) or 1,
    }
    made = Round.objects.create(project=project, **{**values, "state": Round.State.OPEN, **fields})
    for rank, image in enumerate(images, start=1):
        RoundPick.objects.create(round=made, image=image, rank=rank, score=0.0, kind="random", reason="Random check")
        Image.objects.filter(pk=image.pk).update(priority=2 - rank / 100, priority_reason="Random check")
    return made
