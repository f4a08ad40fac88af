"""Cuts large pictures into tiles: in workers, when somebody looks at one or when it is so large that waiting would be long."""

import logging
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core.files.storage import default_storage

from annotator.config import get_config
from annotator.core.errors import AnnotatorError
from annotator.core.tiles import Tile, cut_rows
from annotator.dispatch import enqueue
from annotator.models import Image
from annotator.queries.files import TILES_DONE, open_local, tile_key, tiles_folder
from annotator.services.files import delete_folder, put_object

logger = logging.getLogger(__name__)

TILES_TASK = "annotator.make_tiles"
ASK_SECONDS = 10.0
_REMEMBERED, _WRITERS = 1000, 4
_asked: dict[str, float] = {}
_wanted: set[str] = set()
_cutting = threading.Lock()
"""Pictures are decoded as a whole: one at a time per process."""


def request_tiles(hashes: Iterable[str]) -> None:
    """Have a worker cut these pictures."""
    enqueue(TILES_TASK, hashes=",".join(hashes))


def ask_for_tiles(sha256: str) -> None:
    """The same for somebody who waits and asks again and again: messages get lost, but not every second."""
    now = time.monotonic()
    if now - _asked.get(sha256, -ASK_SECONDS) < ASK_SECONDS:
        return
    if len(_asked) > _REMEMBERED:
        _asked.clear()
    _asked[sha256] = now
    request_tiles([sha256])


def has_tiles(sha256: str) -> bool:
    """Whether all tiles of a picture are there."""
    return default_storage.exists(tile_key(sha256, TILES_DONE))


def make_tiles(sha256: str) -> bool:
    """Cut a picture, unless it is cut already or being cut here; returns whether its tiles are there now.

    Raises ``NotFound`` and the like when the picture is not there or cannot be decoded.
    """
    if has_tiles(sha256):
        return True
    if sha256 in _wanted:
        return False
    _wanted.add(sha256)
    try:
        with _cutting:
            _cut(sha256)
    finally:
        _wanted.discard(sha256)
    return True


def _cut(sha256: str) -> None:
    def put(tile: Tile) -> None:
        put_object(tile_key(sha256, f"{tile.level}/{tile.column}_{tile.row}.webp"), tile.encoded(), durable=False)

    with (
        tempfile.TemporaryDirectory(prefix="marquee-") as folder,
        open_local(sha256, folder=Path(folder)) as path,
        ThreadPoolExecutor(_WRITERS) as writers,
    ):
        for row in cut_rows(path, max_pixels=get_config().max_pixels):
            list(writers.map(put, row))  # to hear of errors
    put_object(tile_key(sha256, TILES_DONE), b"")
    if not Image.objects.filter(sha256=sha256).exists():  # deleted meanwhile
        delete_folder(tiles_folder(sha256))


def make_tiles_of(hashes: Iterable[str]) -> int:
    """Cut some pictures; returns how many have tiles now. Those that cannot be cut are left out."""
    made = 0
    for sha256 in hashes:
        try:
            made += make_tiles(sha256)
        except AnnotatorError as error:
            logger.warning("No tiles of %s…: %s", sha256[:12], error)
    return made
