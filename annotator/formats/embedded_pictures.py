"""Pictures that lie inside annotation files, put where they can be read for as long as somebody needs them."""

import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

from annotator.formats.encoded_bitmaps import bytes_of_base64
from annotator.formats.files import picture_size


class _LentPath(type(Path())):  # type: ignore[misc]
    """A path whose file goes when nobody holds the path any more."""


class EmbeddedPictures:
    """Unpacks base64 pictures into a temporary folder; every file lives as long as its path."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._count = 0

    def unpack(self, text: Any) -> Path | None:
        """The picture's path; ``None`` when the text is no picture."""
        try:
            data = bytes_of_base64(text)
        except ValueError:
            return None
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="marquee-")
        self._count += 1
        path = _LentPath(self._folder, f"{self._count}{_suffix(data)}")
        weakref.finalize(path, _remove, str(path), self._folder)
        path.parent.mkdir(mode=0o700, exist_ok=True)  # it goes with its last file
        path.write_bytes(data)
        return path if picture_size(path) is not None else None


def _suffix(data: bytes) -> str:
    marks = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"BM": ".bmp", b"RIFF": ".webp"}
    return next((suffix for mark, suffix in marks.items() if data.startswith(mark)), ".tif")


def _remove(file: str, folder: str) -> None:
    with suppress(OSError):
        Path(file).unlink()
        Path(folder).rmdir()  # when it was the last one
