"""A missing package is named before anything is done."""

from pathlib import Path
from typing import Any

import pytest

from annotator.core.errors import Unavailable
from annotator.core.progress import SilentProgress
from annotator.plugins.base import parse_options
from tests.trainer.exporters.conftest import save_untrained
from trainer.core.records import ModelTask
from trainer.exporters.onnx import OnnxExporter
from trainer.plugins.testing import ExporterContract

# torch announces the end of its tracer, and says of each branch in the network that the trace takes one side of it
pytestmark = pytest.mark.filterwarnings(
    "ignore::torch.jit.TracerWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
)


@pytest.mark.parametrize(
    ("options", "present", "sentence"),
    [({}, set(), "pip install onnx."), ({"simplify": True}, {"onnx"}, "pip install onnxslim.")],
)
def test_missing_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], present: set[str], sentence: str
) -> None:
    monkeypatch.setattr("trainer.exporters.onnx.find_spec", lambda name: object() if name in present else None)
    asked: dict[str, Any] = {
        "task": ModelTask.DETECT,
        "labels": ("a",),
        "options": parse_options(OnnxExporter, options),
    }
    with pytest.raises(Unavailable, match=sentence):
        OnnxExporter().export(tmp_path / "model.pt", tmp_path, **asked, progress=SilentProgress())
    assert list(tmp_path.iterdir()) == []


class TestOnnxExporter(ExporterContract):
    plugin = OnnxExporter
    options = {"imgsz": 64}

    def weights(self, folder: Path) -> Path:
        return save_untrained(folder / "model.pt")
