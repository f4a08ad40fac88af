"""Judges weights by our own pass over a split and the common metrics, so that numbers of all backends compare."""

from pathlib import Path
from typing import Any

import numpy as np

from annotator.core.records import ImageRecord
from trainer.backends.ultralytics.inference import load
from trainer.core.evaluation.objects import object_report
from trainer.core.evaluation.tags import tag_report
from trainer.core.manifest import read_records
from trainer.core.records import DatasetFolder, ModelTask

LOWEST_CONFIDENCE = 0.001
"""Average precision looks at the whole ranking, so nearly everything is kept."""


def evaluate(dataset: DatasetFolder, weights: Path, *, split: str, device: str) -> dict[str, Any]:
    """The evaluation report of one split; see :mod:`trainer.core.evaluation`."""
    images = [
        r for r in read_records(dataset.manifest) if _in_split(r, split) and r.path is not None and r.path.is_file()
    ]
    predictor = load(weights, task=dataset.task, labels=dataset.labels, device=device)
    pairs = [(str(number), image.path) for number, image in enumerate(images) if image.path is not None]
    predictions = list(predictor.predict(pairs, confidence=LOWEST_CONFIDENCE))
    if dataset.task is ModelTask.CLASSIFY:
        rows = [prediction.boxes.probabilities[0] for prediction in predictions]
        table = np.stack(rows) if rows else np.zeros((0, len(dataset.labels)), np.float32)
        return tag_report(images, table, dataset.labels, split=split)
    objects = [prediction.objects for prediction in predictions]
    return object_report(images, objects, dataset.labels, split=split, masks=dataset.task is ModelTask.SEGMENT)


def _in_split(record: ImageRecord, split: str) -> bool:
    return (record.split or "train") == split
