"""Reads of annotations: as the browser gets them, and as streams of records for exports and dataset versions."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import TextField
from django.db.models.functions import Cast

from annotator.core.errors import NotFound
from annotator.core.geometry.measures import bounding_box
from annotator.core.geometry.types import Geometry
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.models import Annotation, Image, Label, Project
from annotator.queries.files import open_local

CHUNK = 500
"""Images per step of a stream: memory does not grow with the project."""
_GEOMETRY = msgspec.json.Decoder(Geometry)


def list_annotations(image_id: UUID | str) -> list[dict[str, Any]]:
    """Wire shapes of all live annotations of one image, lowest first (one query)."""
    rows = Annotation.objects.filter(image_id=image_id, deleted=False).order_by("z_order", "created_at", "id")
    return [annotation_wire(row) for row in rows]


def annotation_wire(annotation: Annotation) -> dict[str, Any]:
    """One annotation as it is sent to browsers."""
    return {
        "id": str(annotation.id),
        "label": annotation.label_id,
        "geometry": annotation.geometry,
        "attributes": annotation.attributes,
        "z_order": annotation.z_order,
        "revision": annotation.revision,
        "source": annotation.source,
        "score": annotation.score,
        "prediction": str(annotation.prediction) if annotation.prediction else None,
        "created_by": annotation.created_by_id,
        "updated_at": annotation.updated_at.isoformat(),
    }


def list_boxes(image_ids: Sequence[UUID], *, most: int = 60) -> dict[UUID, list[list[float]]]:
    """``[label id, x, y, w, h]`` of up to ``most`` shapes per image, for drawing on thumbnails (one query)."""
    boxes: dict[UUID, list[list[float]]] = {image_id: [] for image_id in image_ids}
    rows = (
        Annotation.objects.filter(image_id__in=image_ids, deleted=False)
        .exclude(kind="tag")
        .order_by("image_id", "z_order", "created_at", "id")
        .values_list("image_id", "label_id", _text_of("geometry"))
    )
    for image_id, label_id, geometry in rows.iterator(chunk_size=2000):
        kept = boxes[image_id]
        box = bounding_box(_GEOMETRY.decode(geometry)) if len(kept) < most else None
        if box is not None:
            kept.append([label_id, box.x, box.y, box.w, box.h])
    return boxes


def _text_of(column: str) -> Cast:
    """A JSON column as its text: decoded at once into what is wanted, not by way of dictionaries."""
    return Cast(column, TextField())


def iter_image_records(
    project: Project,
    *,
    image_ids: Sequence[UUID | str] | None = None,
    states: Iterable[str] | None = None,
    splits: dict[str, str] | None = None,
    with_annotations: bool = True,
    with_paths: bool = False,
) -> Iterator[ImageRecord]:
    """Stream the images of a project by id (or the given ``image_ids``, in that order) with their annotations.

    ``splits`` overrides the split per image id. With ``with_paths`` each record names a readable file, if the image has
    one; with a remote store it is valid until the record's chunk has been consumed. Two queries per 500 images.
    """
    labels = dict(Label.objects.filter(project=project).values_list("id", "name"))
    for images in _chunks(project, image_ids, states):
        annotations = _annotations_of(images, labels) if with_annotations else {}
        with ExitStack() as stack:
            folder: Path | None = None
            for image in images:
                path = None
                if with_paths and image.has_file:
                    folder = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="marquee-")))
                    with suppress(NotFound):  # lost from the store: the caller reports records without a file
                        path = stack.enter_context(open_local(image.sha256, folder=folder))
                split = (splits or {}).get(str(image.id), image.split) or None
                yield ImageRecord(
                    name=image.name,
                    width=image.width,
                    height=image.height,
                    annotations=tuple(annotations.get(image.id, ())),
                    split=split,
                    path=path,
                    id=str(image.id),
                    source=image.metadata.get("source", {}),
                )


def _chunks(
    project: Project, image_ids: Sequence[UUID | str] | None, states: Iterable[str] | None
) -> Iterator[list[Image]]:
    images = Image.objects.filter(project=project).order_by("id")
    if states is not None:
        images = images.filter(state__in=list(states))
    if image_ids is not None:
        for start in range(0, len(image_ids), CHUNK):
            wanted = [UUID(str(i)) for i in image_ids[start : start + CHUNK]]
            found = {image.id: image for image in images.filter(id__in=wanted)}
            yield [found[i] for i in wanted if i in found]
        return
    last: UUID | None = None
    while True:
        page = list((images if last is None else images.filter(id__gt=last))[:CHUNK])
        if page:
            yield page
        if len(page) < CHUNK:
            return
        last = page[-1].id


def _annotations_of(images: Sequence[Image], labels: dict[int, str]) -> dict[UUID, list[AnnotationRecord]]:
    records: dict[UUID, list[AnnotationRecord]] = defaultdict(list)
    rows = (
        Annotation.objects.filter(image_id__in=[image.id for image in images], deleted=False)
        .order_by("image_id", "z_order", "created_at", "id")
        .values_list("id", "image_id", "label_id", _text_of("geometry"), _text_of("attributes"), "z_order")
    )
    for annotation_id, image_id, label_id, geometry, attributes, z_order in rows.iterator(chunk_size=2000):
        records[image_id].append(
            AnnotationRecord(
                label=labels[label_id],
                geometry=_GEOMETRY.decode(geometry),
                attributes={} if attributes == "{}" else msgspec.json.decode(attributes),
                id=str(annotation_id),
                z_order=z_order,
            )
        )
    return records
