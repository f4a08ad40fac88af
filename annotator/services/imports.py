"""Imports: a dataset in files becomes images, labels and annotations of a project; importing twice adds nothing.

The files are read twice: a survey counts everything and decides what labels mean; then, unless it is a dry run,
pictures and annotations go in, in chunks that are each committed, so that work goes on where it stopped.
"""

import shutil
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from annotator.config import get_config
from annotator.core.errors import InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import Issue
from annotator.models import Job, Project, User
from annotator.plugins.base import parse_options
from annotator.plugins.formats import DatasetFormat
from annotator.plugins.opening import opened_dataset
from annotator.plugins.recognition import FormatGuess, choose_format
from annotator.queries.uploads import upload_path
from annotator.services.audit import record
from annotator.services.import_files import allowed_path, find_upload
from annotator.services.import_labels import LabelPlan, create_missing, plan_labels
from annotator.services.import_run import ImportRun
from annotator.services.import_settings import ImportSettings
from annotator.services.import_survey import Survey, choose_annotated, take_survey
from annotator.services.intake import Intake
from annotator.services.jobs import create_job
from annotator.services.uploads import cancel_upload


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
        survey = take_survey(plugin, folder, options, issues, progress)
        declared = plugin.labels(folder, options=options, report=_ignore)
        plan = plan_labels(project, declared, survey.labels, settings.labels)
        report = _report(plugin, guesses, survey, plan)
        if not settings.dry_run:
            ids = create_missing(actor=actor, project=project, plan=plan)
            run = ImportRun(
                actor, project, settings, ids, choose_annotated(survey, settings), survey.images, issues, progress
            )
            images = plugin.read(folder, options=options, report=_ignore)
            with Intake(actor=actor, project=project) as intake:
                run.take_in(intake, images)
            report["counts"] |= run.counts
        return {**report, "dry_run": settings.dry_run, "issues": issues.as_json()}


def _ignore(issue: Issue) -> None:
    """What the survey reported already."""
    del issue


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


def sweep_imports() -> int:
    """Delete unpacked archives whose job is over; returns how many."""
    folder = get_config().home / "imports"
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not Job.objects.filter(id=path.name, state__in=("queued", "running")).exists():
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed
