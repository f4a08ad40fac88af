"""Where a conversion writes: beside the target first, and in its place only when all went well."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.core.errors import AnnotatorError, Conflict, InvalidInput, NotFound
from annotator.core.packing import ARCHIVES, pack
from annotator.core.progress import Progress


def check_target(target: Path, overwrite: bool, source: Path) -> None:
    """Raise when something is there already (:class:`Conflict`) or the folder around it is not (:class:`NotFound`).

    What is read is never written over, whatever ``overwrite`` says: not the source, nor a folder around it or inside it.
    """
    if not target.parent.is_dir():
        raise NotFound(f"There is no folder {target.parent}.")
    here, there = target.resolve(), source.resolve()
    if there.is_relative_to(here):
        raise Conflict(f"{target} is what would be read, or holds it. Choose another target.")
    if here.is_relative_to(there):
        raise Conflict(f"{target} lies inside of what would be read. Choose a target beside it.")
    taken = any(target.iterdir()) if target.is_dir() else target.exists()
    if taken and not overwrite:
        raise Conflict(f"{target} is there already. Choose another target, or add --overwrite to replace it.")


@contextmanager
def target_folder(target: Path, progress: Progress) -> Iterator[Path]:
    """An empty folder to write into; moved or packed into its place when the block went well, removed when not."""
    place = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    place.chmod(0o777 & ~_umask())
    try:
        folder = place / "data"
        folder.mkdir()
        yield folder
        made = folder
        if target.name.lower().endswith(ARCHIVES):
            made = place / target.name
            pack(folder, made, progress)
        _clear(target)
        made.replace(target)
    except OSError as error:
        if isinstance(error, AnnotatorError):
            raise
        raise InvalidInput(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _clear(target: Path) -> None:
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
