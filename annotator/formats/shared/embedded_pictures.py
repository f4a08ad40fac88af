"""Pictures that lie inside annotation files, put where they can be read for as long as somebody needs them."""

from pathlib import Path
from typing import Any

from annotator.formats.shared.encoded_bitmaps import bytes_of_base64
from annotator.formats.shared.files import picture_size
from annotator.formats.shared.spooled_pictures import PictureSpool

_MARKS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"BM": ".bmp", b"RIFF": ".webp"}


class EmbeddedPictures:
    """Unpacks base64 pictures into a temporary folder; every file lives as long as its path."""

    def __init__(self) -> None:
        self._spool: PictureSpool | None = None

    def unpack(self, text: Any) -> Path | None:
        """The picture's path; ``None`` when the text is no picture."""
        try:
            data = bytes_of_base64(text)
        except ValueError:
            return None
        self._spool = self._spool or PictureSpool()
        suffix = next((suffix for mark, suffix in _MARKS.items() if data.startswith(mark)), ".tif")
        path = self._spool.put(data, suffix)
        return path if picture_size(path) is not None else None
