"""Exports: a selection in a chosen format, packed into an archive, with a report of what was lost."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from annotator.config import get_config
from annotator.core.errors import InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.packing import pack
from annotator.core.progress import Progress, SilentProgress
from annotator.core.records import ImageRecord, Issue
from annotator.core.tally import Tally
from annotator.models import Job, Project, User
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat, LossCounter
from annotator.services.audit import record
from annotator.services.export_selection import ExportSettings, Selection, chosen_format, select
from annotator.services.files import put_object
from annotator.services.jobs import create_job

REPORT_NAME = "export_report.json"
KEEP_FOR = timedelta(days=7)
SAMPLED = 100
"""Images, drawn by chance, that a look writes to estimate the size of the whole."""


def create_export(*, actor: User, project: Project, settings: ExportSettings) -> Job:
    """Check the settings and queue the export, or with ``dry_run`` only a look at what it would lose.

    Raises an ``AnnotatorError`` when something in the settings cannot be used.
    """
    chosen_format(settings)
    # The split is decided by the job: it may take long.
    if select(project, replace(settings, split=None) if settings.version is None else settings).total == 0:
        raise InvalidInput("There is nothing to export: no image is in this selection.")
    with transaction.atomic():
        parameters = msgspec.to_builtins(settings)
        job = create_job(actor=actor, project=project, kind=Job.Kind.EXPORT, parameters=parameters)
        if not settings.dry_run:
            record(actor=actor, action="export.created", project=project, target=str(job.id), detail=parameters)
    return job


def run_export(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the job: write, pack, store. After a crash it begins from the start; nothing half-done is ever visible."""
    settings = msgspec.convert(job.parameters, ExportSettings)
    if settings.dry_run:
        return look_at_export(project=job.project, settings=settings, progress=progress)
    home = get_config().home / "exports"
    home.mkdir(parents=True, exist_ok=True)
    name = f"{_slug(job.project.name)}-{settings.format}.zip"
    key = f"exports/{job.project_id}/{job.id}.zip"
    with tempfile.TemporaryDirectory(dir=home, prefix=f"{job.id}-") as folder:
        target = Path(folder) / "archive.zip"
        result = export_archive(project=job.project, settings=settings, target=target, progress=progress)
        with target.open("rb") as file:
            result["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            put_object(key, file)
    return {**result, "file": key, "name": name}


def look_at_export(*, project: Project, settings: ExportSettings, progress: Progress) -> dict[str, Any]:
    """What an export would hold and lose, and about how large it would be; nothing is kept."""
    plugin, options = chosen_format(settings)
    progress.advance(0, None, "Choosing the images")
    selection = select(project, settings)
    tally, lost, sample, chance = Tally(), LossCounter(), list[ImageRecord](), Random(0)  # noqa: S311 -- no secret
    for image in selection.records(False):
        progress.advance(tally.images, selection.total, "Looking for what the format cannot hold")
        tally.add(image)
        lost.add(plugin.lost(image, options=options))
        _keep_some(sample, image, tally.images, chance)
    issues = IssueCollector()
    _warn(selection, issues)
    pictures = selection.pictures() if settings.with_images else 0
    texts = _texts_of(plugin, options, selection, sample) * tally.images // max(len(sample), 1)
    progress.advance(selection.total, selection.total, "Looked")
    return {
        "dry_run": True,
        **_report(settings, selection, plugin, tally, lost, issues),
        "estimate": {"bytes": pictures + texts, "pictures": pictures, "annotations": texts},
        "warnings": selection.warnings,
    }


def _keep_some(sample: list[ImageRecord], image: ImageRecord, seen: int, chance: Random) -> None:
    """Keep each of ``seen`` images with the same chance (Vitter's algorithm R): the first ones may be special."""
    if len(sample) < SAMPLED:
        sample.append(image)
    elif (place := chance.randrange(seen)) < SAMPLED:
        sample[place] = image


def _texts_of(plugin: DatasetFormat, options: Options, selection: Selection, sample: list[ImageRecord]) -> int:
    """Bytes of some images without pictures, written and packed to find out."""
    with tempfile.TemporaryDirectory(prefix="marquee-look-") as name:
        folder, packed = Path(name) / "data", Path(name) / "packed.zip"
        folder.mkdir()
        plugin.write(
            sample,
            folder,
            labels=selection.labels,
            options=options,
            report=IssueCollector(),
            progress=SilentProgress(),
            information=selection.information,
        )
        pack(folder, packed, SilentProgress())
        return packed.stat().st_size


def export_archive(*, project: Project, settings: ExportSettings, target: Path, progress: Progress) -> dict[str, Any]:
    """Write the selection as the archive that the name of ``target`` says; returns counts, losses and issues."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as name:
        folder = Path(name) / "data"
        folder.mkdir()
        result = export_folder(project=project, settings=settings, target=folder, progress=progress)
        images = int(result["counts"]["images"])
        pack(folder, target, _Second(progress, images))
    result["bytes"] = target.stat().st_size
    return result


def export_folder(*, project: Project, settings: ExportSettings, target: Path, progress: Progress) -> dict[str, Any]:
    """Write the selection below ``target`` (an empty folder); returns counts, losses and issues."""
    plugin, options = chosen_format(settings)
    progress.advance(0, None, "Choosing the images")
    selection = select(project, settings)
    issues, tally, lost = IssueCollector(), Tally(), LossCounter()

    def counted() -> Iterator[ImageRecord]:
        for image in selection.records(settings.with_images):
            tally.add(image)
            lost.add(plugin.lost(image, options=options))
            if settings.with_images and image.path is None:
                text = f"The picture of “{image.name}” is not in the store; its annotations were written."
                issues(Issue("image_not_found", "warning", text, file=image.name))
            progress.advance(tally.images, 2 * selection.total, "Writing")
            yield image

    plugin.write(
        counted(),
        target,
        labels=selection.labels,
        options=options,
        report=issues,
        progress=_Alive(progress, tally, 2 * selection.total),
        information=selection.information,
    )
    _warn(selection, issues)
    result = _report(settings, selection, plugin, tally, lost, issues)
    text = json.dumps({**result, "options": msgspec.to_builtins(options)}, ensure_ascii=False, indent=2)
    (target / REPORT_NAME).write_text(text + "\n", encoding="utf-8")
    return result


def _report(
    settings: ExportSettings,
    selection: Selection,
    plugin: DatasetFormat,
    tally: Tally,
    lost: LossCounter,
    issues: IssueCollector,
) -> dict[str, Any]:
    n_of = tally.by_label()
    losses = [*lost.losses(), *plugin.lost_labels(selection.labels, n_of)]
    return {
        "format": settings.format,
        "counts": tally.as_json(),
        "images": tally.images,
        "annotations": tally.annotations,
        "labels": [{"source": label.name, "n": n_of[label.name]} for label in selection.labels],
        "lossy": [{"code": loss.code, "count": loss.count, "text": loss.text} for loss in losses],
        "issues": issues.as_json(),
    }


def _warn(selection: Selection, issues: IssueCollector) -> None:
    """Files say “nothing is on it” and “nobody looked yet” in the same way; a model would learn the first."""
    if selection.unfinished is not None and (number := selection.unfinished.count()):
        text = f"{number} images are not labelled yet; in the files they look as if nothing was on them."
        issues(Issue("unlabelled_as_background", "warning", text))


@dataclass(slots=True)
class _Alive:
    """For the writer, while the images are counted here: something happens, and the job may be cancelled."""

    progress: Progress
    tally: Tally
    total: int

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say again how many images passed."""
        del done, total, message
        self.progress.advance(self.tally.images, self.total, "Writing")


@dataclass(slots=True)
class _Second:
    """The second half of the work: files packed become images of the whole."""

    progress: Progress
    images: int

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Pass on, in the units of the whole."""
        del message
        share = done / total if total else 1.0
        self.progress.advance(self.images + int(share * self.images), 2 * self.images, "Packing")


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
