"""Fetches official weights, only when somebody chose them and the administrator allows downloads."""

import shutil
import urllib.error
import urllib.request
from pathlib import Path

from annotator.core.errors import Unavailable
from trainer.backends.ultralytics.catalogue import list_weights

RELEASE = "https://github.com/ultralytics/assets/releases/download/v8.4.0"
TIMEOUT_SECONDS = 60


def download(name: str, folder: Path, *, base: str = RELEASE) -> Path:
    """Save the official file ``name`` in ``folder`` and return it; raises :class:`Unavailable` when that fails."""
    if name not in {choice.name for choice in list_weights(()) if choice.downloadable}:
        raise Unavailable(f"{name} is not one of the official weights.")
    target = folder / name
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}.partial"
    try:
        with urllib.request.urlopen(f"{base}/{name}", timeout=TIMEOUT_SECONDS) as answer, partial.open("wb") as file:  # noqa: S310 -- our own https address
            shutil.copyfileobj(answer, file, 1 << 20)
    except (urllib.error.URLError, OSError) as error:
        partial.unlink(missing_ok=True)
        raise Unavailable(
            f"{name} could not be downloaded from {base} ({error}). Put the file into MARQUEE_HOME/weights, or train "
            "from scratch."
        ) from error
    partial.replace(target)
    return target
