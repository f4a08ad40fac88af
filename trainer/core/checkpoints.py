"""Our own copies of checkpoints: always complete, the last two kept, so that a run resumes after any kill."""

import os
import re
import shutil
from pathlib import Path

KEPT = 2
_NAME = re.compile(r"^epoch-(\d{6})\.[A-Za-z0-9]+$")


def keep_checkpoint(source: Path, folder: Path, *, epoch: int) -> Path:
    """Copy a checkpoint of (0-based) ``epoch`` to ``folder`` atomically and drop all but the newest two."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"epoch-{epoch:06d}{source.suffix}"
    partial = folder / f".partial{source.suffix}"
    with source.open("rb") as reader, partial.open("wb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
        writer.flush()
        os.fsync(writer.fileno())
    partial.replace(target)
    for old in checkpoints(folder)[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def checkpoints(folder: Path) -> list[Path]:
    """Complete checkpoints, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.match(path.name))


def newest_checkpoint(folder: Path) -> Path | None:
    """The checkpoint to resume from, if there is one."""
    found = checkpoints(folder)
    return found[-1] if found else None
