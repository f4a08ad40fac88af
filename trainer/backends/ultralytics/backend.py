"""The Ultralytics backend: what the server may know of it. Everything heavy is imported when a job calls it."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

from trainer.backends.ultralytics.catalogue import list_weights
from trainer.backends.ultralytics.options import Architecture, UltralyticsOptions
from trainer.backends.ultralytics.suggestions import suggest
from trainer.core.records import DatasetFolder, ModelTask, TrainConfig, TrainedModel
from trainer.plugins.backends import ModelBackend, Predictor, TrainingMonitor, WeightsChoice


class UltralyticsBackend(ModelBackend):
    """YOLO11 and YOLO26: detection, instance segmentation, classification."""

    title = "Ultralytics YOLO"
    description = (
        "Fast, strong networks for boxes, masks and classes. Ultralytics holds that trained models are under "
        "AGPL-3.0, too; an enterprise licence exists."
    )
    tasks = frozenset(ModelTask)
    Options = UltralyticsOptions

    @classmethod
    def architectures(cls, task: ModelTask) -> Sequence[str]:
        """The same names for every task, smallest first."""
        return get_args(Architecture)

    @classmethod
    def unavailable(cls) -> str:
        """Say what to install where the training packages are missing."""
        missing = [name for name in ("torch", "ultralytics", "faster_coco_eval") if find_spec(name) is None]
        if not missing:
            return ""
        return f"Training needs {', '.join(missing)}. Install the extra with: pip install 'marquee[train]'."

    @classmethod
    def weights(cls, folders: Sequence[Path]) -> Sequence[WeightsChoice]:
        """Weights files of this server and official ones."""
        return list_weights(folders)

    @classmethod
    def suggested_options(
        cls, *, task: ModelTask, images: int, longest_side: int, on_gpu: bool, pretrained: bool
    ) -> dict[str, Any]:
        """Sizes and epochs that fit; without a GPU and without weights the tiny network, which is done in a minute."""
        return suggest(task=task, images=images, longest_side=longest_side, on_gpu=on_gpu, pretrained=pretrained)

    def download_weights(self, name: str, folder: Path) -> Path:
        """Fetch official weights into ``folder``."""
        from trainer.backends.ultralytics.downloads import download  # noqa: PLC0415 -- heavy

        return download(name, folder)

    def train(self, dataset: DatasetFolder, config: TrainConfig, monitor: TrainingMonitor) -> TrainedModel:
        """Train, or go on from ``config.resume_from``."""
        from trainer.backends.ultralytics.training import train  # noqa: PLC0415 -- heavy

        return train(dataset, config, monitor)

    def evaluate(
        self, dataset: DatasetFolder, weights: Path, *, split: str, device: str, output: Path
    ) -> dict[str, Any]:
        """Predict one split with our own pass and compare it with the truth."""
        from trainer.backends.ultralytics.evaluation import evaluate  # noqa: PLC0415 -- heavy

        return evaluate(dataset, weights, split=split, device=device)

    def load(self, weights: Path, *, task: ModelTask, labels: Sequence[str], device: str) -> Predictor:
        """Load weights; code hidden in them is refused, not run."""
        from trainer.backends.ultralytics.inference import load  # noqa: PLC0415 -- heavy

        return load(weights, task=task, labels=labels, device=device)
