"""Reads of resumable uploads."""

from pathlib import Path

from annotator.config import get_config
from annotator.models import Upload


def upload_path(upload: Upload) -> Path:
    """Where the bytes of an upload lie; the name of the upload plays no part in it."""
    return get_config().home / "uploads" / str(upload.id)


def received_bytes(upload: Upload) -> int:
    """How much has arrived: the file is the truth, so that a crash in the middle of a part loses nothing."""
    if upload.state != Upload.State.OPEN:
        return upload.offset
    try:
        return upload_path(upload).stat().st_size
    except FileNotFoundError:
        return 0
