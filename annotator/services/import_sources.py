"""Datasets in a bucket or another source, fetched into a folder that is kept a while: looking and importing fetch once."""

import shutil
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

import msgspec

from annotator.config import get_config
from annotator.core.archives import COPY_BYTES, ArchiveLimits
from annotator.core.errors import InvalidInput, LimitExceeded, NotFound, Unavailable
from annotator.core.names import clean_name
from annotator.core.progress import Progress
from annotator.models import Project, Source
from annotator.plugins.base import Options
from annotator.plugins.sources import ImageSource, SourceItem
from annotator.queries.sources import opened_source

KEEP_SECONDS = 24 * 3600
SPARE_BYTES = 256 * 2**20
"""Disk space that stays free for the database."""
_INDEX = "index.json"


def find_source(project: Project, source_id: UUID | str) -> Source:
    """A source of the project; raises :class:`NotFound`."""
    source = Source.objects.filter(project=project, id=source_id).first()
    if source is None:
        raise NotFound("This project has no such source (any more).")
    return source


def folder_of(source: Source) -> Path:
    """Where its files lie: the folder itself, or the place that :func:`fetch_source` fills."""
    if source.plugin == "folder":
        _, options = opened_source(source.plugin, source.options)
        return Path(str(getattr(options, "path", "")))
    return _home() / str(source.id) / "files"


def fetch_source(source: Source, progress: Progress) -> None:
    """Bring the folder in step with the source: what is new or changed is fetched, what is gone is removed."""
    if source.plugin == "folder":
        return
    plugin, options = opened_source(source.plugin, source.options)
    home = _home() / str(source.id)
    known = _read_index(home)
    (home / "files").mkdir(parents=True, exist_ok=True)
    found: dict[str, str] = {}
    for number, item in enumerate(_limited(plugin.files(options=options)), start=1):
        name = clean_name(item.name)
        tag = f"{item.etag or ''}|{item.size}"
        if known.get(name) != tag or item.etag is None or not (home / "files" / name).exists():
            _fetch(plugin, options, item, home / "files" / name, home / "part")
        found[name] = tag
        progress.advance(number, None, "Fetching")
    if not found:
        raise InvalidInput(f"The source “{source.name}” holds no files.")
    for name in known.keys() - found.keys():
        if (home / "files" / name).is_file():
            (home / "files" / name).unlink()
    _write_index(home, found)


def _limited(items: Iterator[SourceItem]) -> Iterator[SourceItem]:
    limits, total = ArchiveLimits(), 0
    for item in islice(items, limits.entries):
        total += item.size or 0
        if total > limits.total_bytes:
            raise LimitExceeded(f"The source holds more than {limits.total_bytes // 2**20:,} MiB. Import a part of it.")
        yield item
    if next(items, None) is not None:
        raise LimitExceeded(f"The source holds more than {limits.entries:,} files. Import a part of it.")


def _fetch(plugin: ImageSource, options: Options, item: SourceItem, target: Path, part: Path) -> None:
    """One file, whole or not at all. Empty objects that stand for folders (S3 consoles make them) give way to folders."""
    if target.is_dir() and not item.size:
        return
    for parent in target.parents:
        if parent.is_file() and parent.stat().st_size == 0:
            parent.unlink()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(target.parent).free < (item.size or 0) + SPARE_BYTES:
            raise Unavailable("The server's disk has no room for the files of this source. Free some space.")
        with plugin.open(item, options=options) as stream, part.open("wb") as file:
            shutil.copyfileobj(stream, file, COPY_BYTES)
        part.replace(target)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise InvalidInput(f"“{item.name}” is a file and a folder at the same time; rename one of them.") from None


def _home() -> Path:
    return get_config().home / "import-sources"


def _read_index(home: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((home / _INDEX).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def _write_index(home: Path, found: dict[str, str]) -> None:
    (home / _INDEX).write_bytes(msgspec.json.encode(found))


def sweep_fetched(*, now: float | None = None) -> int:
    """Delete fetched files that nobody looked at for a day; returns how many sources."""
    removed = 0
    for home in _home().iterdir() if _home().is_dir() else ():
        index = home / _INDEX
        used = (index if index.exists() else home).stat().st_mtime
        if (now or time.time()) - used > KEEP_SECONDS:
            shutil.rmtree(home, ignore_errors=True)
            removed += 1
    return removed
