"""Weights of our own models: from the store to a local file, checked against their hash."""

import hashlib
import shutil
from pathlib import Path

from django.core.files.storage import default_storage

from annotator.config import get_config
from annotator.core.errors import Unavailable
from trainer.models import ModelVersion


def local_weights(model: ModelVersion) -> Path:
    """A local file with the model's weights; raises :class:`Unavailable` when they are missing or were changed."""
    cached = get_config().home / "cache" / "models" / f"{model.sha256}{Path(model.weights_key).suffix}"
    if not cached.exists():
        _fetch(model, cached)
    with cached.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != model.sha256:
        cached.unlink()
        raise Unavailable(f"The weights of model {model.number} are not those that were trained; they are not used.")
    return cached


def _fetch(model: ModelVersion, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with default_storage.open(model.weights_key, "rb") as source, partial.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
    except FileNotFoundError:
        raise Unavailable(f"The weights of model {model.number} are no longer in the store.") from None
    partial.replace(target)
