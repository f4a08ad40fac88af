"""TorchScript: runs wherever libtorch does, without Python."""

from pathlib import Path
from typing import Annotated

import msgspec

from annotator.core.progress import Progress
from annotator.plugins.base import Options as BaseOptions
from trainer.core.records import ModelTask
from trainer.exporters.labels import write_labels
from trainer.exporters.yolo import convert
from trainer.plugins.exporters import DeploymentExporter


class TorchScriptOptions(BaseOptions, frozen=True):
    """What can be chosen."""

    imgsz: Annotated[
        int, msgspec.Meta(ge=32, le=4096, title="Image size", description="Side of the input in pixels.")
    ] = 640


class TorchScriptExporter(DeploymentExporter):
    """YOLO weights as a TorchScript program."""

    title = "TorchScript"
    description = "One file that libtorch runs in C++ or Python; needs no further package."
    Options = TorchScriptOptions

    def export(
        self,
        weights: Path,
        folder: Path,
        *,
        task: ModelTask,
        labels: tuple[str, ...],
        options: BaseOptions,
        progress: Progress,
    ) -> list[Path]:
        """Write ``model.torchscript`` and ``labels.txt``."""
        size = msgspec.convert(msgspec.to_builtins(options), TorchScriptOptions).imgsz
        return [
            convert(weights, folder, task=task, progress=progress, format="torchscript", imgsz=size),
            write_labels(folder, labels),
        ]
