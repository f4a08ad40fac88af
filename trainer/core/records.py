"""Frozen records between training services and plugins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.core.records import AnnotationRecord


class ModelTask(StrEnum):
    """What a model predicts."""

    DETECT = "detect"
    SEGMENT = "segment"
    CLASSIFY = "classify"


@dataclass(frozen=True, slots=True)
class DatasetFolder:
    """A materialised dataset version: ``manifest`` is JSON Lines, one image record a line; images are read by path."""

    root: Path
    manifest: Path
    labels: tuple[str, ...]
    """Class names by class index."""
    task: ModelTask


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything a backend needs besides its data; a run with the same values is the same run."""

    options: Any
    """The backend's parsed ``Options``."""
    output: Path
    """Folder for checkpoints and artifacts; outlives a crash."""
    device: str = "cpu"
    """``cpu``, ``cuda:0``, …"""
    seed: int = 0
    weights: Path | None = None
    """Pretrained weights to start from; ``None`` = from scratch."""
    resume_from: Path | None = None
    """Checkpoint of an earlier attempt of the same run."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What training leaves: the weights file and its final validation metrics by name."""

    weights: Path
    metrics: Mapping[str, float]
    epochs: int
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoxFeatures:
    """Per-box signals kept for acquisition: top boxes of one image, best first.

    ``scores`` (K,), ``labels`` (K,) class indices, ``probabilities`` (K, C) independent sigmoids,
    ``features`` (K, F) from the map at the kept anchor, L2-normalised by the consumer.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int32]
    probabilities: NDArray[np.float32]
    features: NDArray[np.float32]

    @classmethod
    def none(cls, classes: int = 0, width: int = 0) -> "BoxFeatures":
        """No boxes, with probabilities (0, ``classes``) and features (0, ``width``)."""
        return cls(
            np.zeros((0, 4), np.float32),
            np.zeros(0, np.float32),
            np.zeros(0, np.int32),
            np.zeros((0, classes), np.float32),
            np.zeros((0, width), np.float32),
        )

    def __len__(self) -> int:
        """Number of boxes K."""
        return len(self.scores)


@dataclass(frozen=True, slots=True)
class ImagePrediction:
    """One image's prediction: objects in image pixels, an embedding (D,) and box signals."""

    image_id: str
    objects: tuple[AnnotationRecord, ...]
    embedding: NDArray[np.float32]
    boxes: BoxFeatures


@dataclass(frozen=True, slots=True)
class PoolArrays:
    """What an acquisition strategy may look at; arrays are aligned with ``ids`` (length N).

    Only what the strategy ``needs`` is filled; the rest is empty. ``boxes[i]`` are the kept boxes of image i.
    ``labelled_embeddings`` is (M, D); ``labelled_counts`` (C,) objects per class already labelled, in the order of
    ``label_names``, which is also what ``BoxFeatures.labels`` index; ``duplicate_group`` (N,) equal numbers mark
    near-duplicates, −1 for none; ``covered_groups`` are those of its groups that hold a labelled image.
    For classification every image has one row of boxes whose ``probabilities`` add up to one.
    """

    ids: Sequence[str]
    embeddings: NDArray[np.float32]
    boxes: Sequence[BoxFeatures]
    labelled_embeddings: NDArray[np.float32]
    labelled_counts: NDArray[np.int64]
    duplicate_group: NDArray[np.int64]
    labelled_total: int = 0
    validation_map50: float | None = None
    task: ModelTask = ModelTask.DETECT
    label_names: tuple[str, ...] = ()
    covered_groups: frozenset[int] = frozenset()

    def __len__(self) -> int:
        """Number of images N."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Pick:
    """One chosen image: index into the pool, score (higher = more wanted) and the reason for people."""

    index: int
    score: float
    reason: str
    kind: str = "score"
    """``uncertain``, ``rare``, ``diverse``, ``random``, ``empty``, ``duplicate`` or an own word (≤ 20 letters)."""
    details: Mapping[str, Any] = field(default_factory=dict)
