"""What the exporters for YOLO weights share: the library's own conversion, in a folder of ours."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from annotator.core.errors import InvalidInput, Unavailable
from annotator.core.progress import Progress
from trainer.core.records import ModelTask
from trainer.plugins.quiet import silence_ultralytics


def convert(weights: Path, folder: Path, *, task: ModelTask, progress: Progress, **arguments: Any) -> Path:
    """Convert ``weights`` and put the file into ``folder``; raises ``AnnotatorError`` when that cannot be done."""
    silence_ultralytics()
    from ultralytics.models.yolo.model import YOLO  # noqa: PLC0415 -- reads the environment when imported

    progress.advance(0, 1, "Converting")
    with tempfile.TemporaryDirectory(prefix="marquee-export-") as scratch:
        copy = Path(scratch) / f"model{weights.suffix}"  # the library writes beside the weights
        shutil.copyfile(weights, copy)
        try:
            model: Any = YOLO(str(copy))
            if model.task != task.value:
                raise InvalidInput(f"The weights are for the task “{model.task}”, not for “{task.value}”.")
            result = Path(str(model.export(device="cpu", verbose=False, **arguments)))
        except ModuleNotFoundError as error:
            raise Unavailable(
                f"This export needs the package {error.name}. Install it with: pip install {error.name}."
            ) from error
        target = folder / result.name
        shutil.move(result, target)
    progress.advance(1, 1, "Converted")
    return target
