"""The backend keeps the promises of its family, for each task."""

from trainer.backends.ultralytics.backend import UltralyticsBackend
from trainer.core.records import ModelTask
from trainer.plugins.testing import BackendContract


class TestUltralyticsBackend(BackendContract):
    plugin = UltralyticsBackend
    options = {"architecture": "yolo11-tiny", "epochs": 1, "imgsz": 64, "batch": 4}
    tasks = tuple(ModelTask)
