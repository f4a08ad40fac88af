"""A training job: train (or resume), evaluate, leave the result."""

from pathlib import Path
from typing import Any

import orjson

from annotator.core.errors import Unavailable
from annotator.plugins.base import parse_options
from trainer.core.checkpoints import newest_checkpoint
from trainer.core.job import JobSpec, RunFolder, write_atomically
from trainer.core.manifest import read_records
from trainer.core.records import DatasetFolder, TrainConfig
from trainer.job.monitor import JournalMonitor, finite
from trainer.job.provenance import describe_environment, file_sha256
from trainer.plugins.backends import ModelBackend
from trainer.plugins.families import BACKENDS


def train(spec: JobSpec, folder: RunFolder, monitor: JournalMonitor) -> None:
    """Train to the end and write ``result.json``; a finished training is not repeated, only its evaluation is."""
    if folder.result.exists():
        return
    backend = BACKENDS.get(spec.backend)()
    dataset = DatasetFolder(folder.root, folder.manifest, spec.labels, spec.task)
    if not folder.trained.exists():
        _train(backend, spec, folder, dataset, monitor)
    trained: dict[str, Any] = orjson.loads(folder.trained.read_bytes())
    weights = folder.root / trained["weights"]
    monitor.phase("evaluating")
    split = _evaluation_split(folder.manifest)
    report = backend.evaluate(dataset, weights, split=split, device=spec.device, output=folder.output / "evaluation")
    write_atomically(folder.report, orjson.dumps(report, option=orjson.OPT_SERIALIZE_NUMPY))
    result = {
        "weights": trained["weights"],
        "sha256": file_sha256(weights),
        "bytes": weights.stat().st_size,
        "epochs": trained["epochs"],
        "metrics": finite(report["overall"]),
        "split": split,
        "environment": {**trained["environment"], **trained["extra"]},
    }
    write_atomically(folder.result, orjson.dumps(result))


def _train(
    backend: ModelBackend, spec: JobSpec, folder: RunFolder, dataset: DatasetFolder, monitor: JournalMonitor
) -> None:
    monitor.phase("preparing")
    resume = newest_checkpoint(folder.checkpoints)
    config = TrainConfig(
        options=parse_options(type(backend), spec.options),
        output=folder.output,
        device=spec.device,
        seed=spec.seed,
        weights=None if resume else _start_weights(backend, spec, monitor),
        resume_from=resume,
    )
    model = backend.train(dataset, config, monitor)
    document = {
        "weights": str(model.weights.relative_to(folder.root)),
        "metrics": finite(model.metrics),
        "epochs": model.epochs,
        "extra": dict(model.extra),
        "environment": describe_environment(spec.device),
    }
    write_atomically(folder.trained, orjson.dumps(document))


def _start_weights(backend: ModelBackend, spec: JobSpec, monitor: JournalMonitor) -> Path | None:
    if spec.official_weights:
        monitor.log(f"Downloading {spec.official_weights} …")
        return backend.download_weights(spec.official_weights, Path(spec.weights_folder))
    if not spec.weights:
        monitor.log("No pretrained weights were chosen: training starts from scratch (random weights).")
        return None
    path = Path(spec.weights)
    if not path.is_file():
        raise Unavailable(f"The start weights {path.name} are no longer there. Choose others and train again.")
    monitor.log(f"Starting from the weights {path.name}.")
    return path


def _evaluation_split(manifest: Path) -> str:
    """The split to judge by: validation, else test, else training (which the report then says)."""
    present = {record.split for record in read_records(manifest)}
    return next((split for split in ("val", "test") if split in present), "train")
