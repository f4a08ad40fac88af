"""Cached thumbnail embeddings: array files below ``MARQUEE_HOME/embeddings``, one folder per recipe and project."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from annotator.config import get_config
from trainer.core.thumbnails import VERSION, WIDTH


def embedding_folder(project_id: UUID) -> Path:
    """Where the vectors of a project's pictures lie."""
    return get_config().home / "embeddings" / VERSION / str(project_id)


def load_embeddings(project_id: UUID, hashes: Iterable[str]) -> dict[str, NDArray[np.float32]]:
    """Vector by SHA-256 for those of ``hashes`` that are cached. A damaged file counts as absent."""
    wanted = set(hashes)
    found: dict[str, NDArray[np.float32]] = {}
    for path in sorted(embedding_folder(project_id).glob("*.npz")):
        try:
            with np.load(path, allow_pickle=False) as arrays:
                names, rows = arrays["hashes"].tolist(), arrays["vectors"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            continue
        if rows.shape != (len(names), WIDTH):
            continue
        found.update((name, row) for name, row in zip(names, rows, strict=True) if name in wanted)
    return found
