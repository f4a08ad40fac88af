"""The exported program answers like the weights it came from."""

from pathlib import Path
from typing import Any

import pytest
import torch

from annotator.core.errors import InvalidInput
from annotator.core.progress import SilentProgress
from annotator.plugins.base import parse_options
from tests.trainer.exporters.conftest import save_untrained
from trainer.core.records import ModelTask
from trainer.exporters.torchscript import TorchScriptExporter
from trainer.plugins.testing import ExporterContract

# torch announces the end of its tracer, and says of each branch in the network that the trace takes one side of it
pytestmark = pytest.mark.filterwarnings(
    "ignore::torch.jit.TracerWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
)


def test_torchscript_gives_the_same_answer(weights: Path, tmp_path: Path) -> None:
    from ultralytics.nn.tasks import load_checkpoint

    options = parse_options(TorchScriptExporter, {"imgsz": 64})
    asked: dict[str, Any] = {"task": ModelTask.DETECT, "labels": ("a", "b"), "options": options}
    files = TorchScriptExporter().export(weights, tmp_path, **asked, progress=SilentProgress())
    assert [path.name for path in files] == ["model.torchscript", "labels.txt"]
    assert files[1].read_text() == "a\nb\n"
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = load_checkpoint(weights)[0](picture)[0]
        found = torch.jit.load(str(files[0]))(picture)
    found = found[0] if isinstance(found, (tuple, list)) else found
    assert torch.allclose(found, expected, atol=1e-3, rtol=1e-3)
    assert [path.name for path in weights.parent.iterdir()] == ["model.pt"], "something was written beside the weights"


def test_weights_of_another_task_are_refused(weights: Path, tmp_path: Path) -> None:
    options = parse_options(TorchScriptExporter, {})
    asked: dict[str, Any] = {"task": ModelTask.SEGMENT, "labels": ("a",), "options": options}
    with pytest.raises(InvalidInput, match="for the task “detect”, not for “segment”"):
        TorchScriptExporter().export(weights, tmp_path, **asked, progress=SilentProgress())


class TestTorchScriptExporter(ExporterContract):
    plugin = TorchScriptExporter
    options = {"imgsz": 64}

    def weights(self, folder: Path) -> Path:
        return save_untrained(folder / "model.pt")
