"""Reads of frozen dataset versions."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from annotator.core.errors import FormatError, NotFound, Unavailable
from annotator.core.manifest import ManifestHeader, digest_of, line_id, read_header, read_images, read_lines
from annotator.core.records import ImageRecord
from annotator.models import DatasetVersion, Image

CHUNK = 400


def list_versions(*, project_id: UUID | str) -> QuerySet[DatasetVersion]:
    """Versions of a project, newest first."""
    return DatasetVersion.objects.filter(project_id=project_id).select_related("created_by")


def read_manifest(version: DatasetVersion) -> Iterator[ImageRecord]:
    """Yield the frozen images with their annotations and splits; ``source["sha256"]`` names the picture's bytes.

    Raises :class:`NotFound` when the manifest is missing from the store. Images may have been deleted since: their
    record is still here, their bytes may not be.
    """
    with _open(version) as file:
        yield from read_images(file)


def read_manifest_lines(version: DatasetVersion) -> Iterator[bytes]:
    """Yield the frozen images undecoded, in order of id; raises as :func:`read_manifest`."""
    with _open(version) as file:
        yield from read_lines(file)


def manifest_header(version: DatasetVersion) -> ManifestHeader:
    """Labels in class order and held-out images of a version."""
    with _open(version) as file:
        return read_header(file)


def _open(version: DatasetVersion) -> "File[bytes]":
    try:
        return default_storage.open(version.manifest_key)
    except FileNotFoundError:
        raise NotFound(f"The manifest of {version} is missing from the store.") from None
    except OSError as error:
        raise Unavailable(f"The object store does not answer: {error}. Try again.") from error


def held_out_images(*, project_id: UUID | str) -> dict[str, str]:
    """Image id → ``val`` or ``test`` for every image that was ever held out in a version of the project.

    Validation must not move between rounds, or their figures could not be compared; and a model must never be trained
    on what an earlier one was measured with.
    """
    newest = list_versions(project_id=project_id).order_by("-number").first()
    if newest is None:
        return {}
    return {image: split for split, ids in manifest_header(newest).held_out.items() for image in ids}


def verify_version(version: DatasetVersion) -> dict[str, Any]:
    """Whether the stored manifest still is what was frozen, and which of its pictures are not in the store any more.

    ``{"ok", "hash", "expected", "images", "missing_images", "error"}``: ``missing_images`` are images that were deleted
    from the project since. A manifest that cannot be read is an answer (``ok`` false), not an error.
    """
    found: dict[str, Any] = {"expected": version.hash, "hash": "", "images": 0, "missing_images": 0, "error": ""}
    try:
        with _open(version) as file:
            found["hash"], found["images"] = digest_of(file)
        if found["hash"] == version.hash:
            found["missing_images"] = _count_missing(version)
        else:
            found["error"] = "The manifest was changed after it was frozen."
    except (NotFound, FormatError) as error:
        found["error"] = error.detail
    return {**found, "ok": not found["error"]}


def _count_missing(version: DatasetVersion) -> int:
    missing = 0
    ids = _ids(version)
    while some := list(islice(ids, CHUNK)):
        wanted = [UUID(image_id) for image_id in some]
        missing += len(wanted) - Image.objects.filter(project=version.project_id, id__in=wanted).count()
    return missing


def _ids(version: DatasetVersion) -> Iterator[str]:
    for line in read_manifest_lines(version):
        yield line_id(line)


def diff_keys(version: DatasetVersion) -> list[str]:
    """Store keys of kept comparisons with this version, whether or not they were made."""
    others = DatasetVersion.objects.filter(project=version.project_id).exclude(id=version.id)
    keys = []
    for other in others.values_list("id", flat=True):
        keys += [diff_key(version.project_id, version.id, other), diff_key(version.project_id, other, version.id)]
    return keys


def diff_key(project_id: UUID, base: UUID, head: UUID) -> str:
    """Where the comparison of two versions is kept; both never change, so it never does."""
    return f"versions/{project_id}/diff-{base}-{head}.jsonl"
