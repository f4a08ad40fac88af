"""The images of a run as records with local paths."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.db.models import Count, QuerySet

from annotator.core.errors import Conflict
from annotator.core.records import ImageRecord
from annotator.models import Annotation, Image
from annotator.queries.versions import read_manifest
from trainer.models import Run
from trainer.services.pictures import picture_file

_CHUNK = 500


def training_images(run: Run) -> Iterator[ImageRecord]:
    """The frozen records of the run's dataset version; pictures that were deleted since are left out."""
    if run.version is None:
        raise Conflict("The dataset version of this run is gone.")
    chunk: list[ImageRecord] = []
    for record in read_manifest(run.version):
        chunk.append(record)
        if len(chunk) == _CHUNK:
            yield from _with_paths(chunk)
            chunk = []
    yield from _with_paths(chunk)


def _with_paths(records: list[ImageRecord]) -> Iterator[ImageRecord]:
    images = Image.objects.in_bulk([record.id for record in records if record.id])
    by_id = {str(key): image for key, image in images.items()}
    for record in records:
        if (image := by_id.get(str(record.id))) is not None:
            yield replace(record, path=picture_file(image))


def pool(run: Run) -> QuerySet[Image]:
    """The images that a prediction run was asked for: ``unlabelled``, ``all`` or a list of ids."""
    images = Image.objects.filter(project_id=run.project_id).exclude(sha256="")
    wanted = run.scope.get("images", "unlabelled")
    if wanted == "unlabelled":
        return images.exclude(state__in=[Image.State.LABELLED, Image.State.REVIEWED])
    return images if wanted == "all" else images.filter(id__in=wanted)


def prediction_images(run: Run) -> Iterator[ImageRecord]:
    """Records without annotations of the run's pool."""
    for image in pool(run).order_by("id").iterator(chunk_size=_CHUNK):
        yield ImageRecord(
            name=image.name, width=image.width, height=image.height, id=str(image.id), path=picture_file(image)
        )


def draws_polygons(project_id: UUID) -> bool:
    """True when the project's people draw polygons more often than they brush masks."""
    kinds = Annotation.objects.filter(image__project_id=project_id, deleted=False, kind__in=["polygon", "mask"])
    counts = dict(kinds.values_list("kind").annotate(n=Count("id")).order_by())
    return bool(counts.get("polygon", 0) >= counts.get("mask", 0))
