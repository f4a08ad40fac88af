"""A prediction job: one pass over the images, written in shards; complete shards of an earlier attempt are kept."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from annotator.core.geometry.masks import polygon_of_mask
from annotator.core.geometry.types import Mask
from annotator.core.records import AnnotationRecord, ImageRecord
from trainer.core.job import JobSpec, RunFolder, write_atomically
from trainer.core.journal import Journal
from trainer.core.manifest import read_records
from trainer.core.outlines import simplified
from trainer.core.records import ImagePrediction
from trainer.core.shards import SHARD_SIZE, shard_complete, write_shard
from trainer.job.monitor import JournalMonitor, JournalProgress
from trainer.job.provenance import describe_environment, file_sha256
from trainer.plugins.families import BACKENDS

OUTLINE_TOLERANCE = 1.0
"""Largest distance in pixels between a predicted mask and the polygon drawn around it."""


def predict(spec: JobSpec, folder: RunFolder, monitor: JournalMonitor, journal: Journal) -> None:
    """Predict every image of the manifest and write ``result.json``; stops between shards when asked to."""
    if folder.result.exists():
        return
    monitor.phase("preparing")
    images = list(read_records(folder.manifest))
    predictor = BACKENDS.get(spec.backend)().load(
        Path(spec.weights), task=spec.task, labels=spec.labels, device=spec.device
    )
    monitor.phase("predicting")
    progress = JournalProgress(journal, monitor)
    found = 0
    for shard, begin in enumerate(range(0, len(images), SHARD_SIZE)):
        part = images[begin : begin + SHARD_SIZE]
        if shard_complete(folder.shards, shard):
            continue
        results: list[ImagePrediction] = []
        for prediction in predictor.predict(_pairs(part), confidence=spec.confidence):
            results.append(_in_shape(prediction, polygons=spec.polygons))
            found += len(prediction.objects)
            progress.advance(begin + len(results), len(images))
        write_shard(folder.shards, shard, results)
    result = {
        "images": len(images),
        "objects": found,
        "embedder": {"name": predictor.embedder, "weights": file_sha256(Path(spec.weights))},
        "environment": describe_environment(spec.device),
    }
    write_atomically(folder.result, orjson.dumps(result))


def _pairs(images: Sequence[ImageRecord]) -> list[tuple[str, Path]]:
    return [(image.id, image.path) for image in images if image.id is not None and image.path is not None]


def _in_shape(prediction: ImagePrediction, *, polygons: bool) -> ImagePrediction:
    if not polygons:
        return prediction
    return replace(prediction, objects=tuple(_as_polygon(o) for o in prediction.objects))


def _as_polygon(record: AnnotationRecord) -> AnnotationRecord:
    if not isinstance(record.geometry, Mask):
        return record
    return replace(record, geometry=simplified(polygon_of_mask(record.geometry), OUTLINE_TOLERANCE))
