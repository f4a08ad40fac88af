"""Computes missing thumbnail embeddings and keeps them."""

import logging
import os
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.core.files.storage import default_storage
from numpy.typing import NDArray
from PIL import Image as Pictures

from annotator.core.errors import AnnotatorError
from annotator.core.ids import uuid7
from annotator.core.images import DECODE_ERRORS
from annotator.core.progress import Progress
from annotator.services.files import ensure_variant
from trainer.core.thumbnails import thumbnail_embedding
from trainer.queries.embeddings import embedding_folder, load_embeddings

logger = logging.getLogger(__name__)

BATCH = 256
"""Vectors per file: what a killed worker loses at most."""


def ensure_embeddings(*, project_id: UUID, hashes: Sequence[str], progress: Progress) -> dict[str, NDArray[np.float32]]:
    """Vector by SHA-256, computed where it is not cached. Pictures that cannot be read are left out and logged."""
    found = load_embeddings(project_id, hashes)
    missing = [name for name in dict.fromkeys(hashes) if name not in found]
    for start in range(0, len(missing), BATCH):
        fresh: dict[str, NDArray[np.float32]] = {}
        for name in missing[start : start + BATCH]:
            progress.advance(start + len(fresh), len(missing), "Looking at the pictures")
            vector = _embed(name)
            if vector is not None:
                fresh[name] = vector
        _keep(project_id, fresh)
        found |= fresh
    return found


def _embed(sha256: str) -> NDArray[np.float32] | None:
    try:
        with default_storage.open(ensure_variant("thumb", sha256)) as file, Pictures.open(file) as picture:
            return thumbnail_embedding(picture)
    except (AnnotatorError, *DECODE_ERRORS) as error:
        logger.warning("Picture %s cannot be embedded: %s", sha256[:12], error)
        return None


def _keep(project_id: UUID, vectors: dict[str, NDArray[np.float32]]) -> None:
    """Write one more file, whole or not at all; two workers that do the same work do no harm."""
    if not vectors:
        return
    folder = embedding_folder(project_id)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{uuid7()}.npz"
    partial = target.with_name(f".{target.name}.{os.getpid()}.npz")
    np.savez(partial, hashes=np.array(list(vectors)), vectors=np.stack(list(vectors.values())).astype(np.float16))
    partial.replace(target)
