"""A guest backend that learns nothing and obeys the same contract: epochs, checkpoints, resume, early finish.

It is found by its entry point like any installed guest, also by the subprocess. ``start`` and ``stop`` lines in
``trace`` show who ran when.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from annotator.core.errors import InvalidInput
from annotator.core.geometry.types import Box, Tag
from annotator.core.records import AnnotationRecord
from annotator.plugins.base import Options
from trainer.core.manifest import read_records
from trainer.core.records import BoxFeatures, DatasetFolder, ImagePrediction, ModelTask, TrainConfig, TrainedModel
from trainer.plugins.backends import ModelBackend, Predictor, TrainingMonitor


class FakeOptions(Options, frozen=True):
    epochs: Annotated[int, msgspec.Meta(ge=1, title="Epochs")] = 3
    epoch_seconds: float = 0.0
    trace: str = ""
    wait_for: str = ""
    """From epoch 2 on, wait until this file exists."""
    refuse: bool = False
    crash: bool = False


class FakePredictor(Predictor):
    def __init__(self, labels: Sequence[str], task: ModelTask) -> None:
        self._labels, self._task = labels, task

    def predict(
        self, images: Sequence[tuple[str, Path]], *, confidence: float, on_image: Callable[[int], None] | None = None
    ) -> Iterator[ImagePrediction]:
        for index, (image_id, _) in enumerate(images):
            probabilities = np.full((1, len(self._labels)), 0.1, np.float32)
            probabilities[0, 0] = 0.9
            geometry = Tag() if self._task is ModelTask.CLASSIFY else Box(1.0, 2.0, 3.0, 4.0)
            yield ImagePrediction(
                image_id=image_id,
                objects=(AnnotationRecord(self._labels[0], geometry, score=0.9),) if confidence <= 0.9 else (),
                embedding=np.arange(8, dtype=np.float32),
                boxes=BoxFeatures(
                    np.array([[1, 2, 4, 6]], np.float32),
                    np.array([0.9], np.float32),
                    np.array([0], np.int32),
                    probabilities,
                    np.ones((1, 8), np.float32),
                ),
            )
            if on_image is not None:
                on_image(index + 1)


class FakeBackend(ModelBackend):
    title = "Fake"
    description = "For tests."
    tasks = frozenset(ModelTask)
    Options = FakeOptions

    def train(self, dataset: DatasetFolder, config: TrainConfig, monitor: TrainingMonitor) -> TrainedModel:
        options: FakeOptions = config.options
        self._trace(options, "start")
        if options.refuse:
            raise InvalidInput("The fake backend refuses this dataset. Choose another one.")
        if options.crash:
            raise RuntimeError("a bug in the backend")
        images = sum(1 for _ in read_records(dataset.manifest))
        first = int(json.loads(config.resume_from.read_text())["epoch"]) + 1 if config.resume_from else 0
        config.output.mkdir(parents=True, exist_ok=True)
        epoch = first - 1
        for epoch in range(first, options.epochs):
            time.sleep(options.epoch_seconds)
            monitor.batch(
                epoch=epoch,
                epochs=options.epochs,
                batch=0,
                batches=1,
                images_per_s=float(images),
                losses={"loss": 1 / (epoch + 1)},
            )
            checkpoint = config.output / "last.json"
            checkpoint.write_text(json.dumps({"epoch": epoch}))
            monitor.checkpoint(checkpoint, epoch=epoch)
            monitor.metrics(epoch=epoch, values={"map50": epoch / options.epochs})
            monitor.log(f"epoch {epoch} done")
            while options.wait_for and epoch >= 1 and not Path(options.wait_for).exists() and not monitor.should_stop():
                time.sleep(0.02)
            if monitor.should_stop():
                break
        weights = config.output / "best.json"
        weights.write_text(json.dumps({"epochs": epoch + 1, "first": first}))
        self._trace(options, "stop")
        return TrainedModel(weights, {"map50": 0.5}, epoch + 1, {"start_weights": {"first": first}})

    def evaluate(
        self, dataset: DatasetFolder, weights: Path, *, split: str, device: str, output: Path
    ) -> dict[str, Any]:
        return {"split": split, "overall": {"map50": 0.5, "map50_95": 0.25}, "classes": []}

    def load(self, weights: Path, *, task: ModelTask, labels: Sequence[str], device: str) -> Predictor:
        json.loads(weights.read_text())
        return FakePredictor(labels, task)

    @staticmethod
    def _trace(options: FakeOptions, word: str) -> None:
        if options.trace:
            with Path(options.trace).open("a") as file:
                file.write(f"{word} {os.getpid()} {time.monotonic()}\n")
