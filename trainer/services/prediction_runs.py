"""Predictions of a finished run as rows; older pending ones of the same images step back."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from annotator.core.geometry.types import geometry_to_json
from annotator.events import publish
from annotator.models import Image, Label
from trainer.core.job import RunFolder
from trainer.core.shards import ImageObjects, read_objects
from trainer.models import Prediction, Run
from trainer.services.leases import Claim, end_claim
from trainer.services.run_events import record_state

_IMAGES_PER_TRANSACTION = 200


def store_predictions(claim: Claim, run: Run, folder: RunFolder, result: dict[str, Any]) -> None:
    """Write all predicted objects in short transactions, then end the run.

    A repeated call after a kill begins anew: rows of this run that nobody has decided on are dropped first.
    """
    _forget(run)
    labels = _label_ids(run)
    stored = sum(_store_batch(run, batch, labels) for batch in _batches(folder))
    with transaction.atomic():
        summary = {"images": result["images"], "objects": stored, "embedder": result.get("embedder", {})}
        if not end_claim(
            claim,
            state=Run.State.DONE,
            progress=1.0,
            ended_at=Now(),
            result=summary,
            provenance={**result["environment"], "options": run.options, "scope": run.scope},
        ):
            return
        publish("predictions", project_id=run.project_id, run=run.id)
        record_state(Run.objects.get(id=run.id), Run.State.DONE, f"{stored} objects on {result['images']} images.")


def _forget(run: Run) -> None:
    Prediction.objects.filter(run=run, state=Prediction.State.PENDING).delete()


def _label_ids(run: Run) -> dict[str, int]:
    """Label id by class name of the model, for labels that may still be given."""
    model_labels = run.model.labels if run.model is not None else []
    alive = set(Label.objects.filter(project_id=run.project_id, archived=False).values_list("id", flat=True))
    return {label["name"]: label["id"] for label in model_labels if label["id"] in alive}


def _batches(folder: RunFolder) -> Iterator[list[ImageObjects]]:
    batch: list[ImageObjects] = []
    for entry in read_objects(folder.shards):
        batch.append(entry)
        if len(batch) == _IMAGES_PER_TRANSACTION:
            yield batch
            batch = []
    if batch:
        yield batch


def _store_batch(run: Run, batch: list[ImageObjects], labels: dict[str, int]) -> int:
    ids = [UUID(entry.image) for entry in batch]
    with transaction.atomic():
        existing = set(Image.objects.filter(project_id=run.project_id, id__in=ids).values_list("id", flat=True))
        rows = [
            Prediction(
                image_id=UUID(entry.image),
                run=run,
                model=run.model,
                label_id=labels[record.label],
                kind=record.geometry.kind,
                geometry=geometry_to_json(record.geometry),
                score=record.score if record.score is not None else 0.0,
            )
            for entry in batch
            if UUID(entry.image) in existing
            for record in entry.objects
            if record.label in labels
        ]
        older = Prediction.objects.filter(image_id__in=ids, state=Prediction.State.PENDING).exclude(run=run)
        older.update(state=Prediction.State.SUPERSEDED)
        Prediction.objects.bulk_create(rows, batch_size=1000)
    return len(rows)
