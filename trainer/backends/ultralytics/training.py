"""Trains with Ultralytics 8.4: arguments, start, resume, live values. Adapts one version; others change internals."""

import logging
import math
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from annotator.core.errors import InvalidInput, Unavailable
from trainer.backends.ultralytics.catalogue import SUFFIX
from trainer.backends.ultralytics.dataset import Layout, lay_out
from trainer.backends.ultralytics.metrics import common_names
from trainer.backends.ultralytics.options import UltralyticsOptions
from trainer.core.records import DatasetFolder, ModelTask, TrainConfig, TrainedModel
from trainer.plugins.backends import TrainingMonitor
from trainer.plugins.quiet import silence_ultralytics

_TINY = {"t": [0.33, 0.125, 1024]}
"""Depth, width and largest number of channels of “tiny”: a tenth of the nano network's work."""


def train(dataset: DatasetFolder, config: TrainConfig, monitor: TrainingMonitor) -> TrainedModel:
    """Train to the end, to an early finish, or on from a checkpoint; returns the best model on validation."""
    silence_ultralytics()
    layout = lay_out(dataset, config.output / "dataset")
    for note in layout.notes:
        monitor.log(note)
    from ultralytics.models.yolo.model import YOLO  # noqa: PLC0415 -- reads the environment when imported

    _forward_log(monitor)
    folder = config.output / "train"
    started = time.monotonic()
    if config.resume_from is not None:
        _restore_best(folder)
        model = _open(YOLO, config.resume_from)
        arguments: dict[str, Any] = {"resume": True, "save_dir": str(folder)}
    else:
        shutil.rmtree(folder, ignore_errors=True)
        model = _open(YOLO, config.weights) if config.weights else _from_scratch(YOLO, config, dataset.task)
        arguments = _arguments(config, layout, dataset)
    if model.task != dataset.task.value:
        raise InvalidInput(
            f"The start weights are for the task “{model.task}”, this training is for “{dataset.task.value}”."
        )
    reporter = _Reporter(monitor, layout.counts["train"])
    reporter.attach(model)
    model.train(**arguments, data=str(layout.data), device=config.device.removeprefix("cuda:"), plots=False)
    trainer = model.trainer
    weights = trainer.best if trainer.best.exists() else trainer.last
    return TrainedModel(
        weights=Path(weights),
        metrics=reporter.latest,
        epochs=reporter.last_epoch + 1,
        extra={"train_seconds": round(time.monotonic() - started, 1), **_start(config)},
    )


def _start(config: TrainConfig) -> dict[str, Any]:
    if config.weights is None:
        return {}
    import hashlib  # noqa: PLC0415 -- only here

    return {"start_weights": {"sha256": hashlib.sha256(config.weights.read_bytes()).hexdigest()}}


def _open(factory: Any, path: Path) -> Any:
    """Open a checkpoint; whatever is wrong with a file is said in one sentence."""
    try:
        return factory(str(path))
    except Exception as error:  # a broken or foreign file fails in many ways inside the library
        raise Unavailable(
            f"The weights {path.name} cannot be used: {type(error).__name__}: {str(error)[:300]}"
        ) from error


def _from_scratch(factory: Any, config: TrainConfig, task: ModelTask) -> Any:
    options: UltralyticsOptions = config.options
    name = f"{options.architecture}{SUFFIX[task]}.yaml"
    path = _tiny_definition(config.output, SUFFIX[task]) if options.architecture == "yolo11-tiny" else Path(name)
    return factory(str(path), task=task.value)


def _tiny_definition(output: Path, suffix: str) -> Path:
    """The YOLO11 definition with one scale of our own."""
    from ultralytics.utils import ROOT  # noqa: PLC0415 -- heavy

    document = yaml.safe_load((ROOT / "cfg/models/11" / f"yolo11{suffix}.yaml").read_text(encoding="utf-8"))
    document["scales"] = _TINY
    output.mkdir(parents=True, exist_ok=True)
    path = output / f"yolo11-tiny{suffix}.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def _arguments(config: TrainConfig, layout: Layout, dataset: DatasetFolder) -> dict[str, Any]:
    options: UltralyticsOptions = config.options
    images, on_gpu = layout.counts["train"], config.device.startswith("cuda")
    batch = options.batch or automatic_batch(images, on_gpu=on_gpu)
    shared = {
        "project": str(config.output),
        "name": "train",
        "exist_ok": True,
        "epochs": options.epochs,
        "imgsz": math.ceil(options.imgsz / 32) * 32,
        "batch": batch,
        "nbs": batch,  # a step per batch: with the library's 64 a small set gets almost no steps
        "patience": options.patience or options.epochs,
        "optimizer": options.optimizer,
        "lr0": options.lr0 or automatic_rate(options.optimizer, pretrained=config.weights is not None),
        "lrf": options.lrf,
        "weight_decay": options.weight_decay,
        "warmup_epochs": min(options.warmup_epochs, options.epochs / 2),
        "warmup_bias_lr": 0.0 if options.optimizer != "SGD" else 0.1,
        "freeze": options.freeze or None,
        "workers": options.workers if on_gpu else 0,
        "amp": _precision(options, on_gpu=on_gpu),
        "seed": config.seed,
        "deterministic": True,
        "pretrained": config.weights is not None,
        "fliplr": options.fliplr,
        "flipud": options.flipud,
        "degrees": options.degrees,
        "scale": options.scale,
        "val": True,
        "verbose": False,
    }
    if dataset.task is ModelTask.CLASSIFY:
        return shared
    return {**shared, "mosaic": options.mosaic, "close_mosaic": min(options.close_mosaic, options.epochs // 2)}


def automatic_batch(images: int, *, on_gpu: bool) -> int:
    """A power of two that gives small sets at least about a dozen steps an epoch: 2–16, up to 32 on a GPU."""
    largest = 32 if on_gpu else 16
    return int(min(largest, max(2, 2 ** int(math.log2(max(images / 12, 2))))))


def automatic_rate(optimizer: str, *, pretrained: bool) -> float:
    """First learning rate: smaller from given weights, larger for SGD."""
    if optimizer == "SGD":
        return 0.01
    return 0.001 if pretrained else 0.002


def _precision(options: UltralyticsOptions, *, on_gpu: bool) -> bool | str:
    """bf16 where the GPU has it: as fast as fp16 and without the check that wants to download a network."""
    if not (options.amp and on_gpu):
        return False
    import torch  # noqa: PLC0415 -- heavy

    return "bf16" if torch.cuda.is_bf16_supported() else True


def _restore_best(folder: Path) -> None:
    """The library writes ``best.pt`` in place; a kill may have torn it, our own copy is whole."""
    kept = folder / "weights" / "best.kept.pt"
    if kept.exists():
        shutil.copyfile(kept, folder / "weights" / "best.pt")
    else:
        (folder / "weights" / "best.pt").unlink(missing_ok=True)


class _Reporter:
    """Passes the library's callbacks on to the monitor."""

    def __init__(self, monitor: TrainingMonitor, images: int) -> None:
        self._monitor = monitor
        self._images = images
        self._batch = 0
        self._seen = 0
        self._begun = 0.0
        self._over = False
        self.last_epoch = -1
        self.latest: Mapping[str, float] = {}

    def attach(self, model: Any) -> None:
        """Register with a model."""
        model.add_callback("on_train_epoch_start", self._epoch_start)
        model.add_callback("on_train_batch_end", self._batch_end)
        model.add_callback("on_model_save", self._saved)
        model.add_callback("on_fit_epoch_end", self._epoch_end)

    def _epoch_start(self, trainer: Any) -> None:
        self._batch, self._seen, self._begun = 0, 0, time.monotonic()

    def _batch_end(self, trainer: Any) -> None:
        batches = len(trainer.train_loader)
        self._seen = min(self._seen + int(trainer.batch_size), self._images)
        elapsed = max(time.monotonic() - self._begun, 1e-6)
        self._monitor.batch(
            epoch=int(trainer.epoch),
            epochs=int(trainer.epochs),
            batch=self._batch,
            batches=batches,
            images_per_s=self._seen / elapsed,
            losses={name: float(value) for name, value in (trainer.tloss or {}).items()},
        )
        self._batch += 1
        if self._monitor.should_stop():
            trainer.stop = True  # looked at after each batch: validates, saves and ends with a usable model

    def _saved(self, trainer: Any) -> None:
        if trainer.best_fitness == trainer.fitness and trainer.best.exists():
            partial = trainer.best.with_name(".best.partial.pt")
            shutil.copyfile(trainer.best, partial)
            partial.replace(trainer.best.with_name("best.kept.pt"))
        self._monitor.checkpoint(Path(trainer.last), epoch=int(trainer.epoch))

    def _epoch_end(self, trainer: Any) -> None:
        epoch = int(trainer.epoch)
        if self._over or epoch <= self.last_epoch or epoch >= int(trainer.epochs) or trainer.tloss is None:
            return  # after the end the library reports the best model once more as if it were another epoch
        self.last_epoch, self._over = epoch, bool(trainer.stop)
        losses = {name: float(value) for name, value in trainer.label_loss_items(trainer.tloss).items()}
        values = {**common_names(trainer.metrics, trainer.args.task), **losses}
        self.latest = values
        rates = {f"lr/{index}": float(rate) for index, rate in enumerate(list(trainer.lr.values())[:1])}
        self._monitor.metrics(epoch=epoch, values={**values, **rates})


class _LogHandler(logging.Handler):
    def __init__(self, monitor: TrainingMonitor) -> None:
        super().__init__(logging.INFO)
        self._monitor = monitor

    def emit(self, record: logging.LogRecord) -> None:
        """Forward the lines of one record without progress-bar rests."""
        for line in record.getMessage().replace("\r", "\n").splitlines():
            if line.strip():
                self._monitor.log(_plain(line))


def _plain(line: str) -> str:
    """Without terminal colours."""
    parts = line.split("\x1b[")
    return parts[0] + "".join(part.partition("m")[2] if "m" in part[:8] else part for part in parts[1:])


def _forward_log(monitor: TrainingMonitor) -> None:
    from ultralytics.utils import LOGGER  # noqa: PLC0415 -- heavy

    LOGGER.addHandler(_LogHandler(monitor))
