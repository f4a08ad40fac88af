"""Values to begin with fit machine, data and start weights."""

from typing import Any

import pytest

from annotator.plugins.base import parse_options
from trainer.backends.ultralytics.backend import UltralyticsBackend
from trainer.core.records import ModelTask

HERE: dict[str, Any] = {
    "task": ModelTask.DETECT,
    "images": 30,
    "longest_side": 480,
    "on_gpu": False,
    "pretrained": False,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {"imgsz": 256, "epochs": 60, "architecture": "yolo11-tiny"}),
        ({"pretrained": True}, {"imgsz": 320, "epochs": 30}),
        ({"on_gpu": True}, {"imgsz": 480, "epochs": 200}),
        ({"longest_side": 20}, {"imgsz": 128, "epochs": 60, "architecture": "yolo11-tiny"}),
        ({"images": 0}, {"imgsz": 256, "epochs": 200, "architecture": "yolo11-tiny"}),
        ({"images": 100_000}, {"imgsz": 256, "epochs": 15, "architecture": "yolo11-tiny"}),
        ({"task": ModelTask.CLASSIFY}, {"imgsz": 128, "epochs": 60, "architecture": "yolo11-tiny"}),
    ],
)
def test_suggestions_are_valid_options(change: dict[str, Any], expected: dict[str, Any]) -> None:
    found = UltralyticsBackend.suggested_options(**HERE | change)
    assert found == expected
    parse_options(UltralyticsBackend, found)
