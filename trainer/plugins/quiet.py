"""Silences Ultralytics before it is imported: no telemetry, no installation, no code from weights, own settings."""

import json
import os
import tempfile
from pathlib import Path

_INTEGRATIONS = (
    "sync",
    "clearml",
    "comet",
    "dvc",
    "mlflow",
    "raytune",
    "tensorboard",
    "wandb",
    "vscode_msg",
    "openvino_msg",
)


def silence_ultralytics() -> None:
    """Set what Ultralytics 8.4 reads at import; must run first. Its own settings go below ``XDG_CONFIG_HOME``."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path(tempfile.gettempdir()) / f"marquee-libraries-{os.getuid()}")
    config = Path(base) / "ultralytics"
    os.environ.update(
        YOLO_OFFLINE="1",
        YOLO_AUTOINSTALL="0",
        YOLO_CONFIG_DIR=str(config),
        YOLO_VERBOSE="true",
        ULTRALYTICS_SAFE_LOAD="1",
        ULTRALYTICS_SKIP_REQUIREMENTS_CHECKS="1",
        MPLCONFIGDIR=str(config / "matplotlib"),
        WANDB_MODE="disabled",
    )
    os.environ.pop("ULTRALYTICS_API_KEY", None)
    _write_settings(config)


def _write_settings(config: Path) -> None:
    """The settings file that the library would otherwise make itself, with everything that talks switched off."""
    folder = config / "Ultralytics"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "settings.json"
    if path.exists():
        return
    partial = folder / f".settings.{os.getpid()}.json"
    folders = {name: str(config / name) for name in ("datasets_dir", "weights_dir", "runs_dir")}
    partial.write_text(json.dumps({**folders, **dict.fromkeys(_INTEGRATIONS, False)}))
    partial.replace(path)
