"""Where the bytes of pictures lie, signed links to them, and local files to work on.

Pictures lie in the object store under their SHA-256 (``blobs/ab/cd/<sha>``), their smaller variants beside them. The
store is Django's default storage: a folder of ``MARQUEE_HOME`` or an S3-compatible bucket.
"""

import base64
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, default_storage, storages
from django.utils import timezone

from annotator.core.errors import NotFound, Unavailable
from annotator.core.images import EXTENSIONS, PREVIEW_SIDE, THUMB_SIDE
from annotator.core.signing import expiry_after, is_valid, sign
from annotator.core.tiles import TILE_SIDE, count_levels
from annotator.models import Image
from annotator.queries.sources import fetch_original

PREFIX: Final = "/files/"
VARIANTS: Final = {"thumb": THUMB_SIDE, "preview": PREVIEW_SIDE}
"""Name → longer side in pixels; all are WebP."""
SCREEN_FORMATS: Final = frozenset({"JPEG", "PNG", "WEBP"})
WHOLE_FORMATS: Final = SCREEN_FORMATS | {"BMP"}
WHOLE_SIDE, WHOLE_PIXELS = 12_000, 40_000_000
"""The largest picture that browsers decode as one bitmap without trouble (160 MB); larger ones come in tiles."""
TILES_DONE: Final = "done"
"""An object beside the tiles, written when all are there."""
SMALL_BYTES: Final = 4_000_000
"""A picture up to this size and :data:`PREVIEW_SIDE` is its own preview: nothing is lost by compressing it again."""


def blob_key(sha256: str) -> str:
    """Store key of a picture's own bytes."""
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def variant_key(variant: str, sha256: str) -> str:
    """Store key of a smaller variant."""
    return f"variants/{variant}/{sha256[:2]}/{sha256[2:4]}/{sha256}.webp"


def tile_key(sha256: str, name: str) -> str:
    """Store key of a tile (``level/column_row.webp``), or of :data:`TILES_DONE`."""
    return f"{tiles_folder(sha256)}/{name}"


def tiles_folder(sha256: str) -> str:
    """Where all tiles of a picture lie."""
    return f"tiles/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def local_store() -> FileSystemStorage | None:
    """The store when its files can be opened by path, else ``None`` (S3)."""
    store: Storage = storages["default"]
    return store if isinstance(store, FileSystemStorage) else None


def thumb_url(image: Image, *, now: datetime | None = None) -> str | None:
    """Signed link to a WebP of at most 256 pixels; ``None`` for an image without its file, as in the next two."""
    if not image.has_file:
        return None
    return signed_url(f"thumb/{image.sha256}.webp", now=now)


def preview_url(image: Image, *, now: datetime | None = None) -> str | None:
    """Signed link to a WebP of at most 2048 pixels, or to the picture itself when that is no larger."""
    if not image.has_file:
        return None
    if is_own_preview(image):
        return original_url(image, now=now)
    return signed_url(f"preview/{image.sha256}.webp", now=now)


def original_url(image: Image, *, now: datetime | None = None) -> str | None:
    """Signed link to the picture's own bytes."""
    if not image.has_file:
        return None
    return signed_url(f"original/{image.sha256}.{EXTENSIONS[image.format]}", now=now)


def sharp_url(image: Image, *, now: datetime | None = None) -> str | None:
    """Signed link to the picture itself, where browsers can show it in one piece and the preview is not already it."""
    if not _has_more(image) or not _fits_screen(image):
        return None
    return original_url(image, now=now)


def tiles_of(image: Image, *, now: datetime | None = None) -> dict[str, Any] | None:
    """Where to find the tiles of a picture that has more to show than its preview, but not in one piece."""
    levels = count_levels(image.width, image.height)
    if not levels or not _has_more(image) or _fits_screen(image):
        return None
    folder = f"tiles/{image.sha256}"
    path, _, query = signed_url(folder, now=now).partition("?")
    return {"url": f"{path}/{{level}}/{{column}}_{{row}}.webp?{query}", "size": TILE_SIDE, "levels": levels}


def _has_more(image: Image) -> bool:
    return image.has_file and not is_own_preview(image)


def _fits_screen(image: Image) -> bool:
    """Whether a browser shows the original right: a format it knows, 8 bits, not too large for one bitmap."""
    return (
        image.format in WHOLE_FORMATS
        and "mode" not in image.metadata
        and max(image.width, image.height) <= WHOLE_SIDE
        and image.width * image.height <= WHOLE_PIXELS
    )


def is_huge(image: Image) -> bool:
    """Whether cutting tiles takes so long that it is done before anybody asks for one."""
    return image.width * image.height > WHOLE_PIXELS and tiles_of(image) is not None


def is_own_preview(image: Image) -> bool:
    """Whether browsers can show the original as it is, at once."""
    return (
        image.format in SCREEN_FORMATS
        and image.orientation == 1
        and max(image.width, image.height) <= PREVIEW_SIDE
        and image.bytes <= SMALL_BYTES
        and not image.metadata.keys() & {"mode", "frames"}
    )


def download_url(key: str, *, name: str, now: datetime | None = None) -> str:
    """Signed link to any object of the store as a download called ``name`` (exports, reports, weights)."""
    token = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
    return signed_url(f"download/{token}/{quote(name, safe='')}", now=now)


def signed_url(path: str, *, now: datetime | None = None) -> str:
    """Link to ``/files/<path>`` that is valid for one to two days; links of the same day are equal."""
    expires = expiry_after(now or timezone.now())
    return f"{PREFIX}{path}?e={expires}&s={sign(path, key=_signing_key(), expires=expires)}"


def is_signed(path: str, *, expires: str, signature: str) -> bool:
    """Whether the link to ``/files/<path>`` (as written, percent-encoded) is ours and still holds."""
    if not (expires.isascii() and expires.isdigit() and len(expires) < 12):
        return False
    return is_valid(path, signature, key=_signing_key(), expires=int(expires))


@cache
def _signing_key() -> bytes:
    return hashlib.sha256(b"marquee.files:" + settings.SECRET_KEY.encode()).digest()


@contextmanager
def local_path(image: Image) -> Iterator[Path]:
    """A readable local file with the picture's bytes, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="marquee-") as name, open_local(image.sha256, folder=Path(name)) as path:
        yield path


@contextmanager
def open_local(sha256: str, *, folder: Path) -> Iterator[Path]:
    """The file of a blob: its own in a local store, else a copy in ``folder``, from the store or from its source.

    Raises :class:`NotFound` when nobody has it (any more).
    """
    if not sha256:
        raise NotFound("The file of this picture was never here; upload it under the same name.")
    store = local_store()
    if store is not None:
        path = Path(store.path(blob_key(sha256)))
        if path.exists():
            yield path
            return
    path = folder / sha256
    try:
        with default_storage.open(blob_key(sha256)) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except FileNotFoundError:
        path.write_bytes(fetch_original(sha256))  # it was left where it is
    except OSError as error:
        raise Unavailable(f"The object store does not answer: {error}. Try again.") from error
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
