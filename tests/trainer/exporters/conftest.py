"""Weights to convert."""

from pathlib import Path

import pytest

from trainer.plugins.quiet import silence_ultralytics


def save_untrained(path: Path) -> Path:
    """An untrained nano detector."""
    silence_ultralytics()
    from ultralytics import YOLO

    YOLO("yolo11n.yaml", task="detect").save(str(path))
    return path


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights to convert."""
    return save_untrained(tmp_path_factory.mktemp("weights") / "model.pt")
