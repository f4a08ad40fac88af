"""Pins what a dry run saw, so that the import after it does exactly that or says what changed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.errors import Conflict
from annotator.core.progress import Progress
from annotator.models import Job, Project
from annotator.plugins.listing import walk_files
from annotator.services.import_settings import ImportSettings, LabelChoice

_PICTURES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif", ".jp2"}
)
_PINNED = ("upload", "path", "source", "format", "options", "keep_splits", "label_fraction", "seed", "size_only")
"""Settings that a dry run fixes; mode and labels are chosen after it."""


def glance(source: Path) -> str:
    """A digest of names, sizes and times of all files: quick enough for a request."""
    digest = hashlib.sha256()
    for name, path in _files(source):
        facts = path.stat()
        digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def content_digest(source: Path, progress: Progress) -> str:
    """A digest of the contents of all files; of pictures in a folder only name, size and time are looked at."""
    digest = hashlib.sha256()
    for number, (name, path) in enumerate(_files(source)):
        digest.update(f"{name}\0".encode(errors="surrogateescape"))
        if source.is_dir() and path.suffix.lower() in _PICTURES:
            facts = path.stat()
            digest.update(f"{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
        else:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        progress.advance(number, None, "Checking the files")
    return digest.hexdigest()


def _files(source: Path) -> Iterator[tuple[str, Path]]:
    if not source.is_dir():
        yield source.name, source
        return
    for path in walk_files(source):
        yield path.relative_to(source).as_posix(), path


def make_token(settings: ImportSettings, *, format_name: str, content: str) -> str:
    """The token of a dry run: files, format and options."""
    pinned = {**_pinned(settings), "format": format_name, "content": content}
    return hashlib.sha256(msgspec.json.encode(pinned, order="sorted")).hexdigest()


def _pinned(settings: ImportSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in _PINNED}


def repeat_dry_run(project: Project, settings: ImportSettings) -> ImportSettings:
    """The settings of the dry run that ``settings.token`` belongs to, with mode and labels of ``settings``.

    Labels that are not named again mean what the dry run said. Raises :class:`Conflict` when there is no such dry run,
    or when other settings contradict it.
    """
    looked = Job.objects.filter(project=project, kind=Job.Kind.IMPORT, result__token=settings.token).first()
    if looked is None:
        raise Conflict("Nobody looked at these files with this token. Look at them again before you import.")
    before = msgspec.convert(looked.parameters, ImportSettings)
    default = ImportSettings()
    for name in _PINNED:
        given, seen = getattr(settings, name), getattr(before, name)
        if given != getattr(default, name) and given not in (seen, looked.result.get(name)):
            raise Conflict(
                f"“{name}” is not what it was when the files were looked at. Look at them again with this setting.",
                fields={"setting": name},
            )
    shown: dict[str, LabelChoice] = msgspec.convert(looked.result.get("choices", {}), dict[str, LabelChoice])
    values = {**_pinned(before), "format": looked.result.get("format", before.format)}
    return ImportSettings(
        **values, mode=settings.mode, labels={**shown, **settings.labels}, dry_run=False, token=settings.token
    )


def check_glance(project: Project, token: str, source: Path) -> None:
    """Raise :class:`Conflict` when the files do not look as they did in the dry run of this token."""
    looked = Job.objects.filter(project=project, kind=Job.Kind.IMPORT, result__token=token).first()
    if looked is not None and looked.result.get("glance") != glance(source):
        raise _changed()


def check_token(settings: ImportSettings, *, format_name: str, content: str) -> None:
    """Raise :class:`Conflict` when the token is not that of these files, format and options."""
    if settings.token and settings.token != make_token(settings, format_name=format_name, content=content):
        raise _changed()


def _changed() -> Conflict:
    return Conflict("The files have changed since you looked at them; nothing was imported. Look at them again.")
