"""Model versions: registering what a training left, renaming, deleting."""

from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from annotator.events import publish
from annotator.models import Project, User
from trainer.core.job import RunFolder
from trainer.core.manifest import read_records
from trainer.models import ModelVersion, Run
from trainer.services.leases import Claim, end_claim
from trainer.services.run_events import record_state


def register_model(claim: Claim, run: Run, folder: RunFolder, result: dict[str, Any]) -> None:
    """Put weights and report into the store and write the model with the run's end in one transaction."""
    weights = folder.root / result["weights"]
    key = f"models/{run.project_id}/{run.id}"
    weights_key = _store(weights, f"{key}/weights{weights.suffix}")
    report_key = _store(folder.report, f"{key}/report.json")
    images, objects = _training_size(folder)
    with transaction.atomic():
        Project.objects.select_for_update().get(id=run.project_id)  # numbers are given one after the other
        done = end_claim(
            claim,
            state=Run.State.DONE,
            progress=1.0,
            ended_at=Now(),
            provenance=_provenance(run, result),
            result={"metrics": result["metrics"], "epochs": result["epochs"]},
        )
        if not done:
            return
        model = ModelVersion.objects.create(
            project_id=run.project_id,
            number=1 + (ModelVersion.objects.filter(project_id=run.project_id).aggregate(n=Max("number"))["n"] or 0),
            name=run.name,
            run=run,
            backend=run.backend,
            task=run.task,
            labels=_labels(run),
            weights_key=weights_key,
            sha256=result["sha256"],
            bytes=result["bytes"],
            metrics=_figures(result["metrics"]),
            report_key=report_key,
            labelled_images=images,
            labelled_objects=objects,
        )
        publish("model", project_id=run.project_id, id=model.id, number=model.number)
        finished = Run.objects.get(id=run.id)
        record_state(finished, Run.State.DONE, f"Model {model.number} is ready.")


def _figures(metrics: dict[str, float | None]) -> dict[str, float]:
    """What models are compared by: no counts, nothing that could not be computed."""
    return {name: v for name, v in metrics.items() if v is not None and name not in {"images", "instances"}}


def _labels(run: Run) -> list[dict[str, Any]]:
    labels = run.version.labels if run.version is not None else []
    return [{"id": label["id"], "name": label["name"]} for label in labels]


def _store(source: Path, key: str) -> str:
    """Write a file under ``key``, replacing what an interrupted attempt left."""
    if default_storage.exists(key):
        default_storage.delete(key)
    with source.open("rb") as content:
        return str(default_storage.save(key, File(content)))


def _training_size(folder: RunFolder) -> tuple[int, int]:
    """Images and objects of the training split."""
    counts = [len(record.annotations) for record in read_records(folder.manifest) if record.split in {"train", None}]
    return len(counts), sum(counts)


def _provenance(run: Run, result: dict[str, Any]) -> dict[str, Any]:
    version = run.version
    return {
        "dataset": {"version": str(version.id), "number": version.number, "hash": version.hash} if version else None,
        "split": result["split"],
        "backend": run.backend,
        "options": run.options,
        "seed": run.seed,
        "start_weights": {"name": run.weights, **result["environment"].get("start_weights", {})},
        "attempts": run.attempt,
        "epochs": result["epochs"],
        "weights_sha256": result["sha256"],
        **{
            name: result["environment"].get(name)
            for name in ("code", "python", "libraries", "hardware", "train_seconds")
        },
    }


def rename_model(*, actor: User, model: ModelVersion, name: str) -> ModelVersion:
    """Give a model a name of its own."""
    model.name = name.strip()[:200]
    model.save(update_fields=["name"])
    publish("model", project_id=model.project_id, id=model.id, number=model.number, by=actor.id)
    return model
