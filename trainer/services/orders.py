"""Prepares the order of a run: images, start weights and options, as files in the run's folder."""

from pathlib import Path

from annotator.config import get_config
from annotator.core.errors import Conflict
from trainer.core.job import JobSpec, RunFolder, write_spec
from trainer.core.manifest import write_records
from trainer.core.records import ModelTask
from trainer.models import Run
from trainer.queries.weights import StartWeights, resolve_weights
from trainer.services.inputs import draws_polygons, prediction_images, training_images
from trainer.services.leases import Claim
from trainer.services.processes import device_in_job
from trainer.services.weights import local_weights


def prepare_order(run: Run, folder: RunFolder, claim: Claim) -> JobSpec:
    """Write manifest (once) and spec (every attempt); raises an ``AnnotatorError`` when that is impossible."""
    folder.root.mkdir(parents=True, exist_ok=True)
    if not folder.manifest.exists():
        images = training_images(run) if run.kind == Run.Kind.TRAIN else prediction_images(run)
        if write_records(folder.manifest, images) == 0:
            folder.manifest.unlink()
            raise Conflict("There are no images to work on. Label some, or choose others, and start again.")
    spec = _training_spec(run, claim) if run.kind == Run.Kind.TRAIN else _prediction_spec(run, claim)
    write_spec(folder, spec)
    return spec


def _training_spec(run: Run, claim: Claim) -> JobSpec:
    version = run.version
    if version is None:
        raise Conflict("The dataset version of this run is gone.")
    start = resolve_weights(run.backend, run.weights, project_id=run.project_id)
    return JobSpec(
        run=str(run.id),
        kind="train",
        backend=run.backend,
        task=ModelTask(run.task),
        labels=tuple(label["name"] for label in version.labels),
        options=run.options,
        device=device_in_job(claim.device),
        seed=run.seed,
        attempt=run.attempt,
        weights=str(_start_file(start) or ""),
        official_weights=start.official,
        weights_folder=str(get_config().home / "weights"),
    )


def _start_file(start: StartWeights) -> Path | None:
    return local_weights(start.model) if start.model is not None else start.path


def _prediction_spec(run: Run, claim: Claim) -> JobSpec:
    model = run.model
    if model is None:
        raise Conflict("The model of this run is gone.")
    return JobSpec(
        run=str(run.id),
        kind="predict",
        backend=model.backend,
        task=ModelTask(model.task),
        labels=tuple(label["name"] for label in model.labels),
        options=run.options,
        device=device_in_job(claim.device),
        seed=run.seed,
        attempt=run.attempt,
        weights=str(local_weights(model)),
        confidence=float(run.scope.get("confidence", 0.1)),
        polygons=draws_polygons(run.project_id),
    )
