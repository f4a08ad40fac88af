"""Imports: a dataset in files becomes images, labels and annotations of a project; importing twice adds nothing.

The files are read twice: a survey counts everything and decides what labels mean; then, unless it is a dry run,
pictures and annotations go in, in chunks that are each committed, so that work goes on where it stopped.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from django.db import transaction
from django.utils import timezone

from annotator.config import get_config
from annotator.core.errors import InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import FOREIGN_ATTRIBUTE, AnnotationRecord, ImageRecord, Issue
from annotator.models import Image, Job, Project, User
from annotator.plugins.base import Options, parse_options
from annotator.plugins.formats import DatasetFormat
from annotator.plugins.opening import opened_dataset
from annotator.plugins.recognition import FormatGuess, choose_format
from annotator.queries.uploads import upload_path
from annotator.services.annotations import import_many
from annotator.services.audit import record
from annotator.services.import_files import allowed_path, find_upload
from annotator.services.import_labels import LabelChoice, LabelPlan, create_missing, plan_labels
from annotator.services.import_matching import fresh_records, live_annotations
from annotator.services.intake import Intake, IntakeResult
from annotator.services.jobs import create_job
from annotator.services.uploads import cancel_upload

CHUNK = 50
"""Pictures per committed step."""
Mode = Literal["add", "replace", "skip"]


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What to bring in, and how.

    ``labels`` says what names in the files mean: a label id, ``create`` or ``ignore``; names that are not in it are
    matched by name or created. ``label_fraction`` brings in the annotations of only that part of the annotated images
    (seeded, the same part of every split); the others come in without.
    """

    upload: str | None = None
    path: str | None = None
    format: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    mode: Mode = "add"
    labels: dict[str, LabelChoice] = field(default_factory=dict)
    dry_run: bool = False
    keep_splits: bool = True
    label_fraction: float = 1.0
    seed: int = 0


@dataclass
class Survey:
    """What is in the files."""

    images: int = 0
    missing: int = 0
    without: int = 0
    annotations: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    annotated: dict[str | None, list[str]] = field(default_factory=dict)
    """Split → names of the images that were annotated (with or without objects)."""

    def add(self, image: ImageRecord) -> None:
        """Count one image."""
        self.images += 1
        self.missing += image.path is None
        self.without += not image.annotations
        self.annotations += len(image.annotations)
        self.splits[image.split or ""] += 1
        self.kinds.update(a.geometry.kind for a in image.annotations)
        self.labels.update(a.label for a in image.annotations)
        if is_annotated(image):
            self.annotated.setdefault(image.split, []).append(image.name)


def is_annotated(image: ImageRecord) -> bool:
    """Whether somebody annotated the image, be it with nothing on it; readers say when there was no file for it."""
    return bool(image.source.get("annotated", True))


def create_import(*, actor: User, project: Project, settings: ImportSettings) -> Job:
    """Check the settings and queue the import; raises an ``AnnotatorError`` when something in them cannot be used."""
    if (settings.upload is None) == (settings.path is None):
        raise InvalidInput("Name either an upload or a path of the server.")
    if settings.upload is not None:
        find_upload(project, settings.upload)
    else:
        allowed_path(settings.path or "")
    if not 0 < settings.label_fraction <= 1:
        raise InvalidInput("The fraction of labels lies between 0 and 1.")
    with transaction.atomic():
        parameters = msgspec.to_builtins(settings)
        job = create_job(actor=actor, project=project, kind=Job.Kind.IMPORT, parameters=parameters)
        if not settings.dry_run:
            detail = {key: parameters[key] for key in ("format", "mode", "path", "upload")}
            record(actor=actor, action="import.created", project=project, target=str(job.id), detail=detail)
    return job


def run_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the job; starting again after a crash adds what is not there yet."""
    settings = msgspec.convert(job.parameters, ImportSettings)
    if job.created_by is None:
        raise InvalidInput("The account that started this import is gone; start it again.")
    upload = find_upload(job.project, settings.upload) if settings.upload else None
    source = upload_path(upload) if upload else allowed_path(settings.path or "")
    result = import_dataset(
        actor=job.created_by,
        project=job.project,
        source=source,
        settings=settings,
        progress=progress,
        work=get_config().home / "imports" / str(job.id),
    )
    if upload is not None and not settings.dry_run:
        cancel_upload(upload=upload)
    return result


def import_dataset(
    *, actor: User, project: Project, source: Path, settings: ImportSettings, progress: Progress, work: Path
) -> dict[str, Any]:
    """Bring a folder or zip archive in and return the report; ``work`` is a folder for unpacking."""
    issues = IssueCollector()
    with opened_dataset(source, work=work, report=issues, progress=progress) as folder:
        plugin, guesses = choose_format(folder, settings.format)
        options = parse_options(type(plugin), settings.options)
        survey = _survey(plugin, folder, options, issues, progress)
        declared = plugin.labels(folder, options=options, report=_ignore)
        plan = plan_labels(project, declared, survey.labels, settings.labels)
        report = _report(plugin, guesses, survey, plan)
        if not settings.dry_run:
            ids = create_missing(actor=actor, project=project, plan=plan)
            run = _Run(actor, project, settings, ids, _chosen(survey, settings), survey.images, issues, progress)
            images = plugin.read(folder, options=options, report=_ignore)
            with Intake(actor=actor, project=project) as intake:
                run.take_in(intake, images)
            report["counts"] |= run.counts
        return {**report, "dry_run": settings.dry_run, "issues": issues.as_json()}


def _ignore(issue: Issue) -> None:
    """What the survey reported already."""
    del issue


def _survey(
    plugin: DatasetFormat, folder: Path, options: Options, issues: IssueCollector, progress: Progress
) -> Survey:
    survey = Survey()
    for image in plugin.read(folder, options=options, report=issues):
        survey.add(image)
        progress.advance(survey.images, None, "Looking")
    if survey.images == 0:
        raise InvalidInput(
            "Nothing that can be imported was found in these files.", fields={"issues": issues.as_json()}
        )
    return survey


def _chosen(survey: Survey, settings: ImportSettings) -> frozenset[str] | None:
    """Names of the images whose annotations come in; ``None`` = all. The same share of every split, at least one."""
    if settings.label_fraction >= 1:
        return None
    rng = np.random.default_rng(settings.seed)
    chosen: list[str] = []
    for split in sorted(survey.annotated, key=lambda s: s or ""):
        names = sorted(survey.annotated[split])
        count = max(1, round(settings.label_fraction * len(names)))
        chosen += [names[i] for i in rng.permutation(len(names))[:count].tolist()]
    return frozenset(chosen)


def _report(plugin: DatasetFormat, guesses: list[FormatGuess], survey: Survey, plan: list[LabelPlan]) -> dict[str, Any]:
    own = next((guess for guess in guesses if guess.title == plugin.title), None)
    return {
        "format": own.name if own else plugin.title,
        "confidence": own.confidence if own else None,
        "reasons": list(own.reasons) if own else [],
        "candidates": [guess.as_json() for guess in guesses],
        "counts": {
            "images": survey.images,
            "missing_on_disc": survey.missing,
            "without_annotations": survey.without,
            "annotations": survey.annotations,
            "by_type": dict(survey.kinds),
            "by_split": dict(survey.splits),
        },
        "labels": [label.as_json() for label in plan],
    }


@dataclass
class _Run:
    """The second reading: everything goes in."""

    actor: User
    project: Project
    settings: ImportSettings
    labels: Mapping[str, int]
    chosen: frozenset[str] | None
    total: int
    issues: IssueCollector
    progress: Progress
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            (
                "images_added", "images_matched", "images_renamed", "images_refused", "images_not_here",
                "annotations_added", "annotations_already_there", "annotations_replaced", "annotations_refused",
                "images_skipped", "images_labelled",
            ),
            0,
        )
    )  # fmt: skip
    _declared: dict[int, frozenset[str]] = field(default_factory=dict)

    def take_in(self, intake: Intake, images: Iterator[ImageRecord]) -> None:
        """Bring ``images`` in, chunk by chunk."""
        self._declared = {
            label.id: frozenset(str(item.get("name")) for item in label.attributes)
            for label in self.project.labels.all()
        }
        done = 0
        self.progress.advance(0, self.total, "Importing")
        while chunk := list(islice(images, CHUNK)):
            pairs: list[tuple[Image, ImageRecord]] = []
            for image in chunk:
                row = self._picture(intake, image)
                if row is not None:
                    pairs.append((row, image))
                done += 1
                self.progress.advance(done, self.total, "Importing")
            wanted = [pair for pair in pairs if self._wants_annotations(pair[1])]
            self._annotate(wanted)

    def _wants_annotations(self, image: ImageRecord) -> bool:
        return is_annotated(image) and (self.chosen is None or image.name in self.chosen)

    def _picture(self, intake: Intake, image: ImageRecord) -> Image | None:
        """The image row that belongs to a record: new, found by its bytes, or (without a file) found by its name."""
        if image.path is None:
            found = Image.objects.filter(project=self.project, name=image.name).first()
            self.counts["images_matched" if found else "images_not_here"] += 1
            return found
        split = (image.split or "") if self.settings.keep_splits else ""
        source = {key: value for key, value in image.source.items() if key != "annotated"}
        result = intake.add(image.path, name=image.name, split=split, metadata={"source": source} if source else None)
        self._count(result)
        if result.image is not None and result.status == "duplicate" and split and not result.image.split:
            Image.objects.filter(id=result.image.id, split="").update(split=split)
        return result.image

    def _count(self, result: IntakeResult) -> None:
        key = {"added": "added", "renamed": "renamed", "duplicate": "matched", "refused": "refused"}[result.status]
        self.counts[f"images_{key}"] += 1
        if result.status == "refused":
            self.issues(Issue(result.code, "error", result.detail, file=result.name))

    def _annotate(self, pairs: list[tuple[Image, ImageRecord]]) -> None:
        live = live_annotations([image.id for image, _ in pairs])
        items = []
        backgrounds = []
        for image, seen in pairs:
            here = live.get(image.id, [])
            if self.settings.mode == "skip" and here:
                self.counts["images_skipped"] += 1
                continue
            records = [self._own(a) for a in seen.annotations if a.label in self.labels]
            fresh = fresh_records(records, here, self.labels, width=image.width, height=image.height)
            self.counts["annotations_already_there"] += len(records) - len(fresh)
            if self.settings.mode == "replace" and (fresh or len(records) != len(here)):
                items.append((image.id, records))
            elif fresh:
                items.append((image.id, fresh))
            elif not here and not seen.annotations:
                backgrounds.append(image.id)
        self._write(items)
        new = Image.objects.filter(id__in=backgrounds, state=Image.State.NEW)
        self.counts["images_labelled"] += new.update(state=Image.State.LABELLED, submitted_at=timezone.now())

    def _write(self, items: list[Any]) -> None:
        mode: Mode = "replace" if self.settings.mode == "replace" else "add"
        found = import_many(
            actor=self.actor,
            project=self.project,
            items=items,
            labels=self.labels,
            mode=mode,
            state=Image.State.LABELLED,
            report=self.issues,
        )
        self.counts["annotations_added"] += found.added
        self.counts["annotations_replaced"] += found.replaced
        self.counts["annotations_refused"] += found.refused
        self.counts["images_labelled"] += found.images

    def _own(self, annotation: AnnotationRecord) -> AnnotationRecord:
        """Attributes that the schema does not know are kept under a prefix, so that an export can give them back."""
        declared = self._declared.get(self.labels[annotation.label], frozenset())
        unknown = [name for name in annotation.attributes if name not in declared and ":" not in name]
        if not unknown:
            return annotation
        renamed = {
            f"{FOREIGN_ATTRIBUTE}{n}" if n in unknown else n: value for n, value in annotation.attributes.items()
        }
        return replace(annotation, attributes=renamed)


def sweep_imports() -> int:
    """Delete unpacked archives whose job is over; returns how many."""
    folder = get_config().home / "imports"
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not Job.objects.filter(id=path.name, state__in=("queued", "running")).exists():
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed
