"""ONNX: runs in ONNX Runtime, OpenVINO, TensorRT and many others."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import msgspec

from annotator.core.errors import Unavailable
from annotator.core.progress import Progress
from annotator.plugins.base import Options as BaseOptions
from trainer.core.records import ModelTask
from trainer.exporters.labels import write_labels
from trainer.exporters.yolo import convert
from trainer.plugins.exporters import DeploymentExporter

NEEDED = ("onnx",)


class OnnxOptions(BaseOptions, frozen=True):
    """What can be chosen."""

    imgsz: Annotated[
        int, msgspec.Meta(ge=32, le=4096, title="Image size", description="Side of the input in pixels.")
    ] = 640
    dynamic: Annotated[
        bool, msgspec.Meta(title="Any input size", description="Let programs choose size and batch.")
    ] = False
    simplify: Annotated[
        bool,
        msgspec.Meta(
            title="Simplify", description="Needs the package onnxslim.", extra_json_schema={"x-advanced": True}
        ),
    ] = False


class OnnxExporter(DeploymentExporter):
    """YOLO weights as an ONNX graph."""

    title = "ONNX"
    description = "The common exchange format of networks. Needs the package onnx on the machine that converts."
    Options = OnnxOptions

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
        """Write ``model.onnx`` and ``labels.txt``; raises :class:`Unavailable` naming a missing package."""
        chosen = msgspec.convert(msgspec.to_builtins(options), OnnxOptions)
        missing = [name for name in (*NEEDED, *(("onnxslim",) if chosen.simplify else ())) if find_spec(name) is None]
        if missing:
            names = " ".join(missing)
            raise Unavailable(f"ONNX export needs {names}. Install it where runs are worked on: pip install {names}.")
        arguments = {"imgsz": chosen.imgsz, "dynamic": chosen.dynamic, "simplify": chosen.simplify}
        return [
            convert(weights, folder, task=task, progress=progress, format="onnx", **arguments),
            write_labels(folder, labels),
        ]
