"""Where an import of the server reads from: an upload or a folder inside the allowed roots."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from annotator.core.errors import InvalidInput, NotFound
from annotator.models import Project, Source, Upload
from annotator.queries.import_roots import allowed_path, import_roots
from annotator.queries.uploads import upload_path
from annotator.services.import_settings import ImportSettings
from annotator.services.import_sources import find_source, folder_of

MAX_LISTED = 500
"""Entries of one server folder that are listed."""
_FILES = (
    ".zip",
    ".tar",
    ".tgz",
    ".gz",
    ".bz2",
    ".xz",
    ".json",
    ".xml",
    ".csv",
    ".jsonl",
    ".ndjson",
    ".txt",
    ".tfrecord",
)


@dataclass(frozen=True, slots=True)
class Located:
    """Where the files lie now, and what they are called."""

    path: Path
    name: str
    upload: Upload | None = None
    source: Source | None = None
    """Must be fetched first (:func:`fetch_source`)."""


def locate(project: Project, settings: ImportSettings) -> Located:
    """What ``settings`` point at; raises :class:`InvalidInput`, :class:`NotFound` or :class:`PermissionRefused`."""
    if sum(place is not None for place in (settings.upload, settings.path, settings.source)) != 1:
        raise InvalidInput("Name either an upload, a path of the server, or a source of the project.")
    if settings.source is not None:
        source = find_source(project, settings.source)
        return Located(folder_of(source), source.name, source=source)
    if settings.upload is not None:
        upload = find_upload(project, settings.upload)
        return Located(upload_path(upload), upload.name, upload)
    path = allowed_path(settings.path or "")
    return Located(path, path.name)


def list_places(text: str) -> dict[str, Any]:
    """Folders and dataset files at a server path (the roots themselves when empty), for picking one.

    ``{"path", "parent", "entries": [{"name", "path", "folder"}], "more"}``; links that lead out of the roots are left out.
    """
    roots = import_roots()
    if not text:
        entries = [{"name": str(root), "path": str(root), "folder": True} for root in roots if root.is_dir()]
        return {"path": "", "parent": None, "entries": entries, "more": False}
    folder = allowed_path(text)
    if not folder.is_dir():
        raise InvalidInput(f"“{folder.name}” is a file, not a folder.")
    found = []
    for child in sorted(folder.iterdir(), key=lambda path: (not path.is_dir(), path.name.casefold())):
        inside = any(child.resolve().is_relative_to(root) for root in roots)
        if inside and not child.name.startswith(".") and (child.is_dir() or child.name.lower().endswith(_FILES)):
            found.append({"name": child.name, "path": str(child), "folder": child.is_dir()})
            if len(found) > MAX_LISTED:
                break
    parent = "" if folder in roots else str(folder.parent)
    return {"path": str(folder), "parent": parent, "entries": found[:MAX_LISTED], "more": len(found) > MAX_LISTED}


def find_upload(project: Project, upload_id: UUID | str) -> Upload:
    """A complete upload of the project; raises :class:`NotFound` or :class:`InvalidInput`."""
    upload = Upload.objects.filter(project=project, id=upload_id).first()
    if upload is None or upload.state == Upload.State.CANCELLED or not upload_path(upload).exists():
        raise NotFound("The uploaded archive is not there (any more); upload it again.")
    if upload.state != Upload.State.COMPLETE:
        raise InvalidInput("The upload is not complete; send the rest first.")
    return upload
