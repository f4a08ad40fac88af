"""Exports: a project or a frozen version in a chosen format, packed into an archive, with a report of what was lost."""

import json
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from annotator.config import get_config
from annotator.core.errors import InvalidInput, NotFound, PluginError
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import FOREIGN_ATTRIBUTE, AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.models import Annotation, DatasetVersion, Image, Job, Label, Project, User
from annotator.plugins.base import Options, parse_options
from annotator.plugins.families import FORMATS
from annotator.plugins.formats import DatasetFormat
from annotator.queries.annotations import iter_image_records
from annotator.queries.files import open_local
from annotator.queries.versions import read_manifest
from annotator.services.audit import record
from annotator.services.files import put_object
from annotator.services.jobs import create_job

REPORT_NAME = "export_report.json"
KEEP_FOR = timedelta(days=7)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKED = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".zip"})


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What to write: ``version`` (id), or images in ``states`` (empty = labelled and reviewed), or ``everything``."""

    format: str
    options: dict[str, Any] = field(default_factory=dict)
    version: str | None = None
    states: tuple[str, ...] = ()
    everything: bool = False
    with_images: bool = True


@dataclass(slots=True)
class _Source:
    """Where the records come from, as often as they are needed."""

    total: int
    labels: list[LabelRecord]
    records: Callable[[bool], Iterator[ImageRecord]]


def create_export(*, actor: User, project: Project, settings: ExportSettings) -> Job:
    """Check the settings and queue the export; raises an ``AnnotatorError`` when something in them cannot be used."""
    _format(settings)
    source = _source(project, settings)
    if source.total == 0:
        raise InvalidInput("There is nothing to export: no image is in this selection.")
    with transaction.atomic():
        parameters = msgspec.to_builtins(settings)
        job = create_job(actor=actor, project=project, kind=Job.Kind.EXPORT, parameters=parameters)
        record(actor=actor, action="export.created", project=project, target=str(job.id), detail=parameters)
    return job


def run_export(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the job: write, pack, store. After a crash it begins from the start; nothing half-done is ever visible."""
    settings = msgspec.convert(job.parameters, ExportSettings)
    home = get_config().home / "exports"
    home.mkdir(parents=True, exist_ok=True)
    name = f"{_slug(job.project.name)}-{settings.format}.zip"
    key = f"exports/{job.project_id}/{job.id}.zip"
    with tempfile.TemporaryDirectory(dir=home, prefix=f"{job.id}-") as folder:
        target = Path(folder) / "archive.zip"
        result = export_archive(project=job.project, settings=settings, target=target, progress=progress)
        with target.open("rb") as file:
            put_object(key, file)
    return {**result, "file": key, "name": name}


def export_archive(*, project: Project, settings: ExportSettings, target: Path, progress: Progress) -> dict[str, Any]:
    """Write the selection as a zip archive to ``target``; returns counts, losses and issues."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as name:
        folder = Path(name) / "data"
        folder.mkdir()
        result = export_folder(project=project, settings=settings, target=folder, progress=progress)
        _pack(folder, target, progress, total=result["counts"]["images"])
    result["bytes"] = target.stat().st_size
    return result


def export_folder(*, project: Project, settings: ExportSettings, target: Path, progress: Progress) -> dict[str, Any]:
    """Write the selection below ``target`` (an empty folder); returns counts, losses and issues."""
    plugin, options = _format(settings)
    source = _source(project, settings)
    issues = IssueCollector()
    total = 2 * source.total
    progress.advance(0, total, "Looking for what the format cannot hold")
    losses = plugin.losses(source.records(False), options=options)
    counts = {"images": 0, "annotations": 0}
    used: Counter[str] = Counter()

    def counted() -> Iterator[ImageRecord]:
        for image in source.records(settings.with_images):
            counts["images"] += 1
            counts["annotations"] += len(image.annotations)
            used.update(annotation.label for annotation in image.annotations)
            if settings.with_images and image.path is None:
                text = f"The picture of “{image.name}” is not in the store any more; its annotations were written."
                issues(Issue("image_not_found", "warning", text, file=image.name))
            yield replace(image, annotations=tuple(_own_names(a) for a in image.annotations))

    plugin.write(
        counted(),
        target,
        labels=source.labels,
        options=options,
        report=issues,
        progress=_Part(progress, total, "Writing"),
    )
    _warn_of_backgrounds(project, settings, issues)
    result = {
        "format": settings.format,
        "counts": counts,
        **counts,
        "labels": [{"source": label.name, "n": used[label.name]} for label in source.labels],
        "lossy": [{"code": loss.code, "count": loss.count, "text": loss.text} for loss in losses],
        "issues": issues.as_json(),
    }
    text = json.dumps({**result, "options": msgspec.to_builtins(options)}, ensure_ascii=False, indent=2)
    (target / REPORT_NAME).write_text(text + "\n", encoding="utf-8")
    return result


def _warn_of_backgrounds(project: Project, settings: ExportSettings, issues: IssueCollector) -> None:
    """Files say “nothing is on it” and “nobody looked yet” in the same way; a model would learn the first."""
    if settings.version is not None:
        return
    done = {Image.State.LABELLED, Image.State.REVIEWED}
    if settings.everything or set(settings.states) - done:
        unfinished = Image.objects.filter(project=project, annotation_count=0).exclude(state__in=done)
        if not settings.everything:
            unfinished = unfinished.filter(state__in=list(settings.states))
        if number := unfinished.count():
            text = f"{number} images are not labelled yet; in the files they look as if nothing was on them."
            issues(Issue("unlabelled_as_background", "warning", text))


@dataclass(slots=True)
class _Part:
    """Progress of the writing half: one unit per picture."""

    progress: Progress
    total: int
    message: str

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Pass on; the format's own total is not ours."""
        del total
        self.progress.advance(done, self.total, message or self.message)


def _own_names(annotation: AnnotationRecord) -> AnnotationRecord:
    """Attributes of an import that the schema does not know get their own names back."""
    given = annotation.attributes
    if not any(name.startswith(FOREIGN_ATTRIBUTE) for name in given):
        return annotation
    kept = {name: value for name, value in given.items() if not name.startswith(FOREIGN_ATTRIBUTE)}
    foreign = {name.removeprefix(FOREIGN_ATTRIBUTE): given[name] for name in given if name not in kept}
    return replace(annotation, attributes={**foreign, **kept})


def _format(settings: ExportSettings) -> tuple[DatasetFormat, Options]:
    cls = FORMATS.get(settings.format)
    if not cls.can_write:
        raise PluginError(f"{cls.title} can be read but not written.")
    return cls(), parse_options(cls, settings.options)


def _source(project: Project, settings: ExportSettings) -> _Source:
    if settings.version is not None:
        return _from_version(project, settings.version)
    states = None if settings.everything else settings.states or (Image.State.LABELLED, Image.State.REVIEWED)
    if states is not None and (unknown := sorted(set(states) - set(Image.State.values))):
        raise InvalidInput(f"“{unknown[0]}” is no state of an image. There are {', '.join(Image.State.values)}.")
    images = Image.objects.filter(project=project)
    total = (images if states is None else images.filter(state__in=list(states))).count()
    used = set(
        Annotation.objects.filter(image__project=project, deleted=False)
        .order_by()
        .values_list("label", flat=True)
        .distinct()
    )
    labels = Label.objects.filter(project=project).select_related("parent").order_by("position", "id")
    known = [label for label in labels if not label.archived or label.id in used]
    return _Source(
        total,
        [LabelRecord(label.name, label.color, label.parent.name if label.parent else None) for label in known],
        lambda with_paths: iter_image_records(project, states=states, with_paths=with_paths),
    )


def _from_version(project: Project, version_id: str) -> _Source:
    try:
        version = DatasetVersion.objects.filter(project=project, id=UUID(version_id)).first()
    except ValueError:
        version = None
    if version is None:
        raise InvalidInput("This project has no such dataset version.")
    found = version
    return _Source(
        int(found.counts.get("images", 0)),
        [LabelRecord(label["name"], label.get("color", "")) for label in found.labels],
        lambda with_paths: _with_paths(read_manifest(found)) if with_paths else read_manifest(found),
    )


def _with_paths(records: Iterator[ImageRecord]) -> Iterator[ImageRecord]:
    """Frozen records with readable files where the bytes are still in the store."""
    with tempfile.TemporaryDirectory(prefix="marquee-") as name:
        for image in records:
            with ExitStack() as stack:
                try:
                    path = stack.enter_context(open_local(str(image.source.get("sha256")), folder=Path(name)))
                except NotFound:
                    path = None
                yield replace(image, path=path)


def _pack(folder: Path, target: Path, progress: Progress, *, total: int) -> None:
    """Zip ``folder`` in a stable order with fixed times; pictures are stored, texts are compressed."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    folders = [path for path in sorted(folder.rglob("*")) if path.is_dir() and not any(path.iterdir())]
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for path in folders:
            archive.writestr(zipfile.ZipInfo(f"{path.relative_to(folder).as_posix()}/", _EPOCH), b"")
        for number, path in enumerate(files, start=1):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if path.suffix.lower() in _PACKED else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(info, "w") as packed:
                shutil.copyfileobj(source, packed, 1 << 20)
            path.unlink()
            progress.advance(total + number * total // len(files), 2 * total, "Packing")


def _slug(name: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")
    return "-".join(part for part in kept.split("-") if part)[:60] or "dataset"


def sweep_exports() -> int:
    """Delete archives of exports that ended a week ago; their reports stay. Returns how many."""
    removed = 0
    old = Job.objects.filter(kind=Job.Kind.EXPORT, state=Job.State.DONE, ended_at__lt=timezone.now() - KEEP_FOR)
    for job in old.filter(result__has_key="file"):
        default_storage.delete(job.result.pop("file"))
        job.result["expired"] = True
        Job.objects.filter(id=job.id).update(result=job.result)
        removed += 1
    return removed
