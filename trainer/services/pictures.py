"""Pictures as local files for as long as a run needs them: the store's own, or copies in a cache for remote stores."""

import shutil
from pathlib import Path

from django.core.files.storage import default_storage

from annotator.config import get_config
from annotator.models import Image
from annotator.queries.files import blob_key, local_store


def picture_file(image: Image) -> Path | None:
    """A local file with the picture's bytes; ``None`` when there are none (the run leaves the image out)."""
    if not image.has_file:
        return None
    store = local_store()
    if store is not None:
        path = Path(store.path(blob_key(image.sha256)))
        return path if path.exists() else None
    return _cached(image.sha256)


def _cached(sha256: str) -> Path | None:
    """The copy in ``MARQUEE_HOME/cache/images``, fetched when it is not there."""
    target = get_config().home / "cache" / "images" / sha256[:2] / sha256
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{sha256}.partial")
    try:
        with default_storage.open(blob_key(sha256), "rb") as source, partial.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
    except FileNotFoundError:
        partial.unlink(missing_ok=True)
        return None
    partial.replace(target)
    return target
