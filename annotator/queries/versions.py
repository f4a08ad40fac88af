"""Reads of frozen dataset versions."""

from collections.abc import Iterator
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from annotator.core.errors import NotFound, Unavailable
from annotator.core.manifest import ManifestHeader, read_header, read_images
from annotator.core.records import ImageRecord
from annotator.models import DatasetVersion


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
