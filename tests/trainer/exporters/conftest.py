"""Weights to convert."""

from pathlib import Path

import pytest

from trainer.plugins.quiet import silence_ultralytics


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained nano network."""
    silence_ultralytics()
    from ultralytics import YOLO

    path = tmp_path_factory.mktemp("weights") / "model.pt"
    YOLO("yolo11n.yaml", task="detect").save(str(path))
    return path
