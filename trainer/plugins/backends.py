"""Contract of the family *backends*: libraries that train and run models."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from annotator.core.errors import Unavailable
from annotator.plugins.base import Plugin
from trainer.core.records import DatasetFolder, ImagePrediction, ModelTask, TrainConfig, TrainedModel


class TrainingMonitor(Protocol):
    """What a backend reports while it trains; calls are cheap and safe from any thread."""

    def metrics(self, *, epoch: int, values: Mapping[str, float]) -> None:
        """Metrics after an epoch (0-based)."""

    def batch(
        self, *, epoch: int, epochs: int, batch: int, batches: int, images_per_s: float, losses: Mapping[str, float]
    ) -> None:
        """Progress inside an epoch."""

    def checkpoint(self, path: Path, *, epoch: int) -> None:
        """A complete checkpoint was written; it is copied atomically and the last two are kept."""

    def log(self, line: str) -> None:
        """One line for the run's log."""

    def should_stop(self) -> bool:
        """True when somebody asked to finish early: stop at the next safe point and keep the best model."""


@dataclass(frozen=True, slots=True)
class WeightsChoice:
    """Weights a run may start from: ``name`` is stored, ``available`` says whether they are here already."""

    name: str
    title: str
    task: ModelTask
    available: bool
    downloadable: bool
    note: str = ""


class Predictor(ABC):
    """A loaded model."""

    embedder: ClassVar[str] = ""
    """What makes its embeddings, with a version: only embeddings of one name and one model can be compared."""

    @abstractmethod
    def predict(
        self, images: Sequence[tuple[str, Path]], *, confidence: float, on_image: Callable[[int], None] | None = None
    ) -> Iterator[ImagePrediction]:
        """Predict ``(image id, path)`` pairs in batches, in order; one pass gives objects, scores and embeddings."""


class ModelBackend(Plugin):
    """Trains a model from a folder and loads it again. Imported only inside the job subprocess."""

    tasks: ClassVar[frozenset[ModelTask]] = frozenset()

    @classmethod
    def architectures(cls, task: ModelTask) -> Sequence[str]:
        """Names of the architectures for ``task``, smallest first; needs no heavy import."""
        return ()

    @classmethod
    def unavailable(cls) -> str:
        """Why this backend cannot work on this machine and what to do, empty when it can; needs no heavy import."""
        return ""

    @classmethod
    def weights(cls, folders: Sequence[Path]) -> Sequence[WeightsChoice]:
        """Pretrained weights found in ``folders`` or offered for download; needs no heavy import."""
        return ()

    @classmethod
    def suggested_options(
        cls, *, task: ModelTask, images: int, longest_side: int, on_gpu: bool, pretrained: bool
    ) -> dict[str, Any]:
        """Option values to begin with here, for ``images`` labelled pictures of about ``longest_side`` pixels.

        ``pretrained``: start weights for the task are here. What is not named keeps its default; no heavy import.
        """
        return {}

    def download_weights(self, name: str, folder: Path) -> Path:
        """Fetch official weights into ``folder``; called only where downloads are allowed and somebody chose them."""
        raise Unavailable(f"{self.title} offers no weights named {name} for download.")

    @abstractmethod
    def train(self, dataset: DatasetFolder, config: TrainConfig, monitor: TrainingMonitor) -> TrainedModel:
        """Train to the end, to ``monitor.should_stop`` or raise; resumes when ``config.resume_from`` is given."""

    @abstractmethod
    def evaluate(
        self, dataset: DatasetFolder, weights: Path, *, split: str, device: str, output: Path
    ) -> dict[str, Any]:
        """Evaluation report of one split: overall and per-class metrics, curves, confusion matrix, worst images."""

    @abstractmethod
    def load(self, weights: Path, *, task: ModelTask, labels: Sequence[str], device: str) -> Predictor:
        """Load weights for prediction; never executes code hidden in them."""
