"""Writes to the object store: whole objects only, so that a killed process never leaves half a picture behind."""

import io
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction

from annotator.config import get_config
from annotator.core.errors import AnnotatorError
from annotator.core.images import render_variant
from annotator.models import Image
from annotator.queries.files import VARIANTS, blob_key, local_store, open_local, tiles_folder, variant_key
from annotator.queries.sources import fetch_original

logger = logging.getLogger(__name__)


def put_object(key: str, source: BinaryIO | bytes, *, durable: bool = True) -> None:
    """Store ``source`` under ``key``, replacing what was there; readers see the old or the new object, never a part.

    Without ``durable`` it may be gone after a power cut: for what is one of many and can be made again.
    """
    store = local_store()
    if store is None:
        content = ContentFile(source) if isinstance(source, bytes) else File(source)
        default_storage.save(key, content)
        return
    target = Path(store.path(key))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(io.BytesIO(source) if isinstance(source, bytes) else source, out, 1 << 20)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def put_blob(sha256: str, source: BinaryIO) -> None:
    """Store a picture's bytes under their hash, unless they are there already."""
    if not default_storage.exists(blob_key(sha256)):
        source.seek(0)
        put_object(blob_key(sha256), source)


def ensure_blob(sha256: str) -> None:
    """Fetch a picture that was left at its source into the store, unless it is there; raises ``NotFound`` and the like.

    The sweep takes such copies away again after a while.
    """
    if not default_storage.exists(blob_key(sha256)):
        put_object(blob_key(sha256), fetch_original(sha256))


def put_variant(variant: str, sha256: str, webp: bytes) -> None:
    """Store a variant that was made elsewhere (the thumbnail at intake)."""
    put_object(variant_key(variant, sha256), webp)


def ensure_variant(variant: str, sha256: str) -> str:
    """Store key of a variant, made now when it is not there. Raises ``NotFound`` when the picture itself is missing."""
    key = variant_key(variant, sha256)
    if not default_storage.exists(key):
        with (
            tempfile.TemporaryDirectory(prefix="marquee-") as folder,
            open_local(sha256, folder=Path(folder)) as path,
        ):
            put_object(key, render_variant(path, VARIANTS[variant], max_pixels=get_config().max_pixels))
    return key


def make_previews(hashes: Iterable[str]) -> int:
    """Make previews before somebody waits for them; returns how many could be made. Missing pictures are left out."""
    made = 0
    for sha256 in hashes:
        try:
            ensure_variant("preview", sha256)
        except AnnotatorError as error:
            logger.warning("No preview of %s…: %s", sha256[:12], error)
        else:
            made += 1
    return made


def delete_blobs_after_commit(hashes: Iterable[str]) -> None:
    """Really delete pictures that no image row of any project uses any more, once the transaction has committed."""
    transaction.on_commit(partial(_delete_unused, sorted(set(hashes) - {""})))


def _delete_unused(hashes: list[str]) -> None:
    for start in range(0, len(hashes), 400):
        some = hashes[start : start + 400]
        used = set(Image.objects.filter(sha256__in=some).values_list("sha256", flat=True))
        for sha256 in some:
            if sha256 not in used:
                default_storage.delete(blob_key(sha256))
                for variant in VARIANTS:
                    default_storage.delete(variant_key(variant, sha256))
                delete_folder(tiles_folder(sha256))


def delete_folder(key: str) -> None:
    """Delete all objects below ``key``; nothing is there mostly."""
    store = local_store()
    if store is not None:
        shutil.rmtree(store.path(key), ignore_errors=True)
        return
    folders, names = default_storage.listdir(key)
    for name in filter(None, names):
        default_storage.delete(f"{key}/{name}")
    for folder in folders:
        delete_folder(f"{key}/{folder}")
