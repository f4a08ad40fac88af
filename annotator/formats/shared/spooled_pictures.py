"""Pictures that came inside of a file, on disc for as long as somebody holds their path."""

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    _PathBase = Path
else:
    _PathBase = type(Path())  # Path itself cannot be subclassed before Python 3.12


class SpooledPath(_PathBase):
    """A path whose file is removed together with it. Hold the path, or the record with it, while the file is needed."""

    keeper: "PictureSpool"


class PictureSpool:
    """A temporary folder; it is removed with its last path."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="marquee-pictures-"))
        self._count = 0
        self._finalizer = weakref.finalize(self, shutil.rmtree, str(self._folder), ignore_errors=True)

    def put(self, data: bytes, suffix: str) -> Path:
        """Write the bytes of a picture; its file lives as long as the path that is returned."""
        self._count += 1
        path = SpooledPath(self._folder / f"{self._count:08d}{suffix}")
        path.write_bytes(data)
        path.keeper = self
        weakref.finalize(path, _remove, str(path))
        return path


def _remove(name: str) -> None:
    Path(name).unlink(missing_ok=True)
