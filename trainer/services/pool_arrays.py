"""Puts together what an acquisition strategy may look at: signals of a model, thumbnail embeddings, counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import InvalidInput
from annotator.core.progress import Progress
from annotator.models import Project
from trainer.core.coverage import is_cold
from trainer.core.records import BoxFeatures, ModelTask, PoolArrays
from trainer.core.shards import PoolSignals
from trainer.models import ModelVersion
from trainer.plugins.strategies import AcquisitionStrategy, Need
from trainer.queries import pool as pool_queries
from trainer.queries.pool import PoolImage
from trainer.services.arrays import load_pool_arrays
from trainer.services.embeddings import ensure_embeddings

ENOUGH_COVERED = 0.9
"""Share of labelled images whose embedding by the model must be known to measure distances in the model's space."""

Vectors = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class LoadedPool:
    """The pool and, in words, what was left out of it."""

    arrays: PoolArrays
    run_id: UUID | None
    note: str


@dataclass(frozen=True, slots=True)
class _Signals:
    """What a model knows about images, by image id."""

    boxes: dict[str, BoxFeatures]
    embeddings: Vectors
    run_id: UUID | None


def load_pool(
    *, project: Project, model: ModelVersion | None, strategy: type[AcquisitionStrategy], progress: Progress
) -> LoadedPool:
    """Everything that ``strategy`` needs, and wants where it is there; raises :class:`InvalidInput` with what to do."""
    held_out = pool_queries.held_out(project)
    images = offered = pool_queries.as_pool(pool_queries.pool_images(project), without=held_out)
    if not images:
        raise InvalidInput("No image is left to pick: all are labelled, queued, skipped or held out for validation.")
    labelled = pool_queries.as_pool(pool_queries.labelled_images(project), without=held_out)
    signals = _load_signals(strategy, model, images, labelled)
    images, note = _with_signals(strategy, images, signals)
    names = pool_queries.class_names(project, model)
    counts = pool_queries.count_labelled_objects(project, without=held_out)
    arrays = PoolArrays(
        ids=[image.id for image in images],
        embeddings=np.zeros((len(images), 0), np.float32),
        boxes=[signals.boxes[image.id] for image in images] if signals.boxes else [],
        labelled_embeddings=np.zeros((0, 0), np.float32),
        labelled_counts=np.asarray([counts.get(label, 0) for label in names], np.int64),
        duplicate_group=np.full(len(images), -1, np.int64),
        labelled_total=len(labelled),
        validation_map50=_map50(model) if signals.boxes else None,
        task=ModelTask(model.task if model is not None and signals.boxes else project.task),
        label_names=tuple(names.values()),
    )
    if Need.EMBEDDINGS in strategy.needs | strategy.wants:
        arrays, unreadable = _with_embeddings(arrays, project, tuple(images), labelled, signals, progress)
        note = " ".join(filter(None, [note, unreadable]))
    return LoadedPool(_with_groups(arrays, project, offered), signals.run_id, note)


def _load_signals(
    strategy: type[AcquisitionStrategy], model: ModelVersion | None, images: list[PoolImage], labelled: list[PoolImage]
) -> _Signals:
    """Newest signals of each image from the model's prediction runs."""
    empty = _Signals({}, {}, None)
    if Need.SCORES not in strategy.needs | strategy.wants:
        return empty
    if model is None:
        if Need.SCORES in strategy.needs:
            raise InvalidInput(
                f"{strategy.title} needs a model's predictions. Train a model first, or choose another strategy."
            )
        return empty
    wanted = {image.id for image in (*images, *labelled)}
    boxes: dict[str, BoxFeatures] = {}
    embeddings: Vectors = {}
    newest: UUID | None = None
    for run in pool_queries.prediction_runs(model):
        found: PoolSignals = load_pool_arrays(run, wanted - boxes.keys())
        for name, vector, kept in zip(found.ids, found.embeddings, found.boxes, strict=True):
            boxes[name], embeddings[name] = kept, vector
        newest = newest or (run.id if found.ids else None)
        if len(boxes) == len(wanted):
            break
    return _Signals(boxes, embeddings, newest)


def _with_signals(
    strategy: type[AcquisitionStrategy], images: list[PoolImage], signals: _Signals
) -> tuple[list[PoolImage], str]:
    """The images to choose from. Those that the model has not seen are left out, or all are taken without scores."""
    seen = [image for image in images if image.id in signals.boxes]
    if not seen and Need.SCORES in strategy.needs:
        raise InvalidInput(
            "The model has not looked at the unlabelled images yet. Start a prediction over them, then pick again."
        )
    if not seen:
        signals.boxes.clear()
        return images, ""
    left = len(images) - len(seen)
    return seen, f"{_images(left)} left out: not predicted by the model yet." if left else ""


def _map50(model: ModelVersion | None) -> float | None:
    value = model.metrics.get("map50") if model is not None else None
    return float(value) if isinstance(value, int | float) else None


def _with_embeddings(
    arrays: PoolArrays,
    project: Project,
    images: Sequence[PoolImage],
    labelled: Sequence[PoolImage],
    signals: _Signals,
    progress: Progress,
) -> tuple[PoolArrays, str]:
    """Embeddings of pool and labelled images in one space: the model's where it serves, else the thumbnails'."""
    known = [image for image in labelled if image.id in signals.embeddings]
    covered = not labelled or len(known) >= ENOUGH_COVERED * len(labelled)
    if signals.boxes and (covered or not is_cold(arrays)):
        rows = _stack([signals.embeddings[image.id] for image in images])
        return replace(
            arrays, embeddings=rows, labelled_embeddings=_stack([signals.embeddings[i.id] for i in known])
        ), ""
    hashes = [image.sha256 for image in (*images, *labelled)]
    vectors = ensure_embeddings(project_id=project.id, hashes=hashes, progress=progress)
    readable = [index for index, image in enumerate(images) if image.sha256 in vectors]
    if not readable:
        raise InvalidInput(
            "None of the images can be read. Look at the gallery, and upload them again if they are damaged."
        )
    lost = len(images) - len(readable)
    shrunk = replace(
        arrays,
        ids=[images[index].id for index in readable],
        boxes=[arrays.boxes[index] for index in readable] if arrays.boxes else [],
        embeddings=_stack([vectors[images[index].sha256] for index in readable]),
        labelled_embeddings=_stack([vectors[image.sha256] for image in labelled if image.sha256 in vectors]),
    )
    return shrunk, f"{_images(lost)} left out: not readable." if lost else ""


def _with_groups(arrays: PoolArrays, project: Project, offered: Sequence[PoolImage]) -> PoolArrays:
    groups, covered = pool_queries.duplicate_groups(project, offered)
    numbers = np.asarray([groups.get(image, -1) for image in arrays.ids], np.int64)
    return replace(arrays, duplicate_group=numbers, covered_groups=covered)


def _stack(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(rows) if rows else np.zeros((0, 0), np.float32)


def _images(count: int) -> str:
    return "1 image was" if count == 1 else f"{count} images were"
