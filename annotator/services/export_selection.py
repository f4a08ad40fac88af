"""What an export writes: a view of the images, some states, everything, or a frozen version, as a stream of records."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from annotator.core.errors import InvalidInput, NotFound, PluginError
from annotator.core.extras import unpack_extras
from annotator.core.records import FOREIGN_ATTRIBUTE, AnnotationRecord, ImageRecord, LabelRecord
from annotator.core.splits import SplitRule
from annotator.models import DatasetVersion, Image, Project
from annotator.plugins.base import Options, parse_options
from annotator.plugins.families import FORMATS
from annotator.plugins.formats import DatasetFormat
from annotator.queries.annotations import iter_image_records
from annotator.queries.files import open_local
from annotator.queries.images import ImageFilter, filter_images
from annotator.queries.schema import label_records, schema_in_use
from annotator.queries.versions import read_manifest
from annotator.services.splits import chosen_states, draft_split

CHUNK = 500


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What to write: ``version`` (id), a ``view``, images in ``states`` (empty = labelled and reviewed), or ``everything``.

    Without ``split`` images keep the split they have; with it they are divided as a version would be, or, without
    ``split.keep_fixed``, all anew.
    """

    format: str
    options: dict[str, Any] = field(default_factory=dict)
    version: str | None = None
    view: ImageFilter | None = None
    states: tuple[str, ...] = ()
    everything: bool = False
    with_images: bool = True
    split: SplitRule | None = None
    dry_run: bool = False
    """Only count what there is and what the format cannot hold."""


@dataclass(slots=True)
class Selection:
    """Where the records come from, as often as they are needed."""

    total: int
    labels: list[LabelRecord]
    records: Callable[[bool], Iterator[ImageRecord]]
    """With or without paths of pictures. Attributes, groups and tracks are as the files have them."""
    pictures: Callable[[], int]
    """Bytes of all pictures."""
    information: Mapping[str, Any]
    unfinished: QuerySet[Image] | None = None
    """Images of the selection that nobody finished; files cannot tell them from empty ones."""
    warnings: list[dict[str, Any]] = field(default_factory=list)


def chosen_format(settings: ExportSettings) -> tuple[DatasetFormat, Options]:
    """The plugin and its options; raises an ``AnnotatorError`` that names what does not fit."""
    cls = FORMATS.get(settings.format)
    if not cls.can_write:
        raise PluginError(f"{cls.title} can be read but not written.")
    return cls(), parse_options(cls, settings.options)


def select(project: Project, settings: ExportSettings) -> Selection:
    """The selection that the settings mean; raises :class:`InvalidInput` for one that cannot be.

    Labels, and what a file said of the whole set, go back only into the format that they came from.
    """
    if settings.version is not None:
        return _from_version(project, settings)
    images = chosen_images(project, settings)
    splits: dict[str, str] = {}
    warnings: list[dict[str, Any]] = []
    if settings.split is not None:
        draft = draft_split(project, images, settings.split, refresh_held_out=not settings.split.keep_fixed)
        splits, warnings = draft.plan.splits, draft.warnings
    done = {Image.State.LABELLED, Image.State.REVIEWED}
    return Selection(
        total=images.count(),
        labels=label_records(schema_in_use(project), format_name=settings.format),
        records=lambda with_paths: _stream(project, images, splits, with_paths),
        pictures=lambda: sum(size for size in images.order_by().values_list("bytes", flat=True).iterator(5000)),
        information=_information(project, settings.format),
        unfinished=images.filter(annotation_count=0).exclude(state__in=done),
        warnings=warnings,
    )


def chosen_images(project: Project, settings: ExportSettings) -> QuerySet[Image]:
    """The images of a selection that is no version."""
    images = Image.objects.filter(project=project)
    if settings.view is not None:
        return filter_images(images, settings.view)
    return images if settings.everything else images.filter(state__in=chosen_states(settings.states))


def _information(project: Project, format_name: str) -> Mapping[str, Any]:
    found = project.information.get(format_name)
    return found if isinstance(found, Mapping) else {}


def _from_version(project: Project, settings: ExportSettings) -> Selection:
    if settings.split is not None:
        raise InvalidInput("A frozen version keeps its own split. Leave the split out, or export a view.")
    try:
        found = DatasetVersion.objects.filter(project=project, id=UUID(str(settings.version))).first()
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput("This project has no such dataset version.")
    version = found
    return Selection(
        total=int(version.counts.get("images", 0)),
        labels=label_records(version.labels, format_name=settings.format),
        records=lambda with_paths: _ready(read_manifest(version), with_paths),
        pictures=lambda: _bytes_of(version),
        information=_information(project, settings.format),
    )


def _bytes_of(version: DatasetVersion) -> int:
    """Bytes of the pictures that are still here."""
    total, ids = 0, []
    for image in read_manifest(version):
        ids.append(UUID(str(image.id)))
        if len(ids) == CHUNK:
            total += _bytes_in(ids)
            ids = []
    return total + _bytes_in(ids)


def _bytes_in(ids: list[UUID]) -> int:
    return sum(Image.objects.filter(id__in=ids).values_list("bytes", flat=True))


def _stream(
    project: Project, images: QuerySet[Image], splits: dict[str, str], with_paths: bool
) -> Iterator[ImageRecord]:
    """The images in order of id, 500 at a time: memory does not grow with their number."""
    return _ready(_records(project, images, splits), with_paths)


def _records(project: Project, images: QuerySet[Image], splits: dict[str, str]) -> Iterator[ImageRecord]:
    ordered, last = images.order_by("id").values_list("id", "sha256"), None
    while True:
        page = dict((ordered if last is None else ordered.filter(id__gt=last))[:CHUNK])
        for image in iter_image_records(project, image_ids=list(page), splits=splits):
            facts = {"sha256": page[UUID(str(image.id))], "source": dict(image.source)}
            yield replace(image, source=facts)
        if len(page) < CHUNK:
            return
        last = max(page)


def _ready(records: Iterator[ImageRecord], with_paths: bool) -> Iterator[ImageRecord]:
    """Records as formats want them, with readable files where the bytes are in the store."""
    with tempfile.TemporaryDirectory(prefix="marquee-") as name:
        for image in records:
            with ExitStack() as stack:
                sha256, path = str(image.source.get("sha256", "")), None
                if with_paths and sha256:
                    try:
                        path = stack.enter_context(open_local(sha256, folder=Path(name)))
                    except NotFound:
                        path = None
                yield replace(
                    image,
                    path=path,
                    annotations=tuple(_as_in_files(a) for a in image.annotations),
                    source=image.source.get("source", {}),
                )


def _as_in_files(annotation: AnnotationRecord) -> AnnotationRecord:
    """Groups and the like in their places; attributes that the schema does not know get their own names back."""
    annotation = unpack_extras(annotation)
    given = annotation.attributes
    if not any(name.startswith(FOREIGN_ATTRIBUTE) for name in given):
        return annotation
    kept = {name: value for name, value in given.items() if not name.startswith(FOREIGN_ATTRIBUTE)}
    foreign = {name.removeprefix(FOREIGN_ATTRIBUTE): given[name] for name in given if name not in kept}
    return replace(annotation, attributes={**foreign, **kept})
