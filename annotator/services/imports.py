"""Imports: a dataset in files becomes images, labels and annotations of a project; importing twice adds nothing.

The files are read twice: a survey counts everything and decides what labels mean; then, unless it is a dry run,
pictures and annotations go in, in chunks that are each committed, so that work goes on where it stopped.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from annotator.config import get_config
from annotator.core.errors import AnnotatorError, Conflict, InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import Issue
from annotator.dispatch import enqueue
from annotator.models import ImportChunk, Job, Label, Project, User
from annotator.plugins.base import parse_options
from annotator.plugins.opening import opened_dataset
from annotator.plugins.reading import read_images, read_labels
from annotator.plugins.recognition import choose_format
from annotator.services.audit import record
from annotator.services.import_files import locate
from annotator.services.import_known import Matcher
from annotator.services.import_labels import LabelPlan, create_missing, plan_labels, remember_labels
from annotator.services.import_ledger import KEEP_FOR, JobLedger
from annotator.services.import_pin import check_glance, check_token, content_digest, glance, make_token, repeat_dry_run
from annotator.services.import_report import Spool, describe
from annotator.services.import_run import ImportRun
from annotator.services.import_settings import ImportSettings
from annotator.services.import_sources import fetch_source, sweep_fetched
from annotator.services.import_survey import choose_annotated, take_survey
from annotator.services.import_undo import run_undo
from annotator.services.intake import Intake
from annotator.services.jobs import TASK, announce, create_job
from annotator.services.suggestions import keeps_suggestions
from annotator.services.upkeep import refresh_statistics
from annotator.services.uploads import cancel_upload


def create_import(*, actor: User, project: Project, settings: ImportSettings) -> Job:
    """Check the settings and queue the import; raises an ``AnnotatorError`` when something in them cannot be used.

    With the token of a dry run :class:`Conflict` is raised when the files have changed since.
    """
    if settings.token and not settings.dry_run:
        settings = repeat_dry_run(project, settings)
    located = locate(project, settings)
    if settings.token and located.source is None:
        check_glance(project, settings.token, located.path)
    _check(project, settings)
    with transaction.atomic():
        parameters = msgspec.to_builtins(settings)
        job = create_job(actor=actor, project=project, kind=Job.Kind.IMPORT, parameters=parameters)
        if not settings.dry_run:
            detail = {key: parameters[key] for key in ("format", "mode", "path", "upload")}
            record(actor=actor, action="import.created", project=project, target=str(job.id), detail=detail)
    return job


def _check(project: Project, settings: ImportSettings) -> None:
    if not 0 < settings.label_fraction <= 1:
        raise InvalidInput("The fraction of labels lies between 0 and 1.")
    if settings.mode == "predictions" and not keeps_suggestions():
        raise InvalidInput("This installation keeps no suggestions (the trainer is not installed). Import as labels.")
    plan_labels(project, [], dict.fromkeys(settings.labels, 0), settings.labels)  # refuses labels that are not there


def resume_import(*, actor: User, job: Job) -> Job:
    """Let a failed or cancelled import go on; chunks that are done are not done again. Raises :class:`Conflict`."""
    if job.kind != Job.Kind.IMPORT or job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
        raise Conflict("Only an import that failed or was cancelled can go on.")
    if "undo" not in job.parameters:
        settings = msgspec.convert(job.parameters, ImportSettings)
        locate(job.project, settings)
    with transaction.atomic():
        changed = Job.objects.filter(id=job.id, state=job.state).update(
            state=Job.State.QUEUED, cancel_requested=False, attempt=0, error="", ended_at=None, lease_until=None
        )
        if not changed:
            raise Conflict("This import goes on already.")
        enqueue(TASK, job_id=str(job.id))
        record(actor=actor, action="import.resumed", project=job.project, target=str(job.id))
    job.refresh_from_db()
    announce(job)
    return job


def run_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the job; starting again after a crash adds what is not there yet."""
    if "undo" in job.parameters:
        return run_undo(job, progress)
    settings = msgspec.convert(job.parameters, ImportSettings)
    if job.created_by is None:
        raise InvalidInput("The account that started this import is gone; start it again.")
    located = locate(job.project, settings)
    if located.source is not None:
        fetch_source(located.source, progress)
    folder = get_config().home / "imports"
    with Spool(folder / f"{job.id}.jsonl") as spool:
        try:
            result = import_dataset(
                actor=job.created_by,
                project=job.project,
                source=located.path,
                name=located.name,
                settings=settings,
                progress=progress,
                work=folder / str(job.id),
                ledger=None if settings.dry_run else JobLedger(job),
                spool=spool,
            )
        except AnnotatorError as error:
            job.result = {"failure": {"code": error.code, "detail": error.detail, "fields": error.fields}}
            raise
        result |= spool.store(job, result["issues"])
    result["name"] = located.name
    if not settings.dry_run:
        refresh_statistics()
    if located.upload is not None and not settings.dry_run:
        cancel_upload(upload=located.upload)
    return result


def import_dataset(
    *,
    actor: User,
    project: Project,
    source: Path,
    settings: ImportSettings,
    progress: Progress,
    work: Path,
    name: str = "",
    ledger: JobLedger | None = None,
    spool: Spool | None = None,
) -> dict[str, Any]:
    """Bring a folder, an archive or one annotation file in and return the report; ``work`` is a folder for unpacking.

    ``name`` is what the file is called where it has another name on the disk, ``ledger`` lets a repeated call skip what
    is done, and ``spool`` keeps every issue.
    """
    issues = IssueCollector(spool)
    pinned = settings.dry_run or bool(settings.token)
    seen = glance(source) if settings.dry_run else ""
    content = content_digest(source, progress) if pinned else ""
    with opened_dataset(source, work=work, report=issues, progress=progress, name=name) as folder:
        plugin, guesses = choose_format(folder, settings.format)
        format_name = settings.format or guesses[0].name
        check_token(settings, format_name=format_name, content=content)
        options = parse_options(type(plugin), settings.options)
        matcher = Matcher(project, settings, issues)
        survey = take_survey(plugin, folder, options, issues, progress, matcher)
        declared = read_labels(plugin, folder, options=options, report=_ignore)
        plan = plan_labels(project, declared, survey.by_label(), settings.labels, format_name)
        report = describe(
            format_name=format_name,
            guesses=guesses,
            survey=survey,
            plan=plan,
            options=msgspec.to_builtins(options),
        )
        if settings.dry_run:
            token = make_token(settings, format_name=format_name, content=content)
            report |= {"token": token, "glance": seen, "mode": settings.mode}
        else:
            ids = _make_labels(actor, project, plan, declared, format_name, ledger)
            _keep_information(project, format_name, plugin.information(folder, options=options))
            run = ImportRun(
                actor=actor,
                project=project,
                settings=settings,
                labels=ids,
                chosen=choose_annotated(survey, settings),
                total=survey.tally.images,
                issues=issues,
                progress=progress,
                ledger=ledger,
                name=name or source.name,
            )
            with Intake(actor=actor, project=project) as intake:
                run.take_in(intake, read_images(plugin, folder, options=options, report=_ignore))
            report["counts"] |= run.counts
            report |= {"mode": settings.mode}
        return {**report, "dry_run": settings.dry_run, "issues": issues.as_json()}


def _ignore(issue: Issue) -> None:
    """What the survey reported already."""
    del issue


def _make_labels(
    actor: User,
    project: Project,
    plan: list[LabelPlan],
    declared: list[Any],
    format_name: str,
    ledger: JobLedger | None,
) -> dict[str, int]:
    before = set(Label.objects.filter(project=project).values_list("id", flat=True))
    with transaction.atomic():
        ids = create_missing(actor=actor, project=project, plan=plan, declared=declared, format_name=format_name)
        if ledger is not None:
            ledger.note_labels(set(Label.objects.filter(project=project).values_list("id", flat=True)) - before)
        remember_labels(project=project, plan=plan, ids=ids)
    return ids


def _keep_information(project: Project, format_name: str, information: Mapping[str, Any]) -> None:
    """What the set says of itself, so that an export in the same format can say it again."""
    if not information:
        return
    with transaction.atomic():
        row = Project.objects.select_for_update().get(pk=project.pk)
        row.information = {**row.information, format_name: msgspec.to_builtins(dict(information))}
        row.save(update_fields=["information"])


def sweep_imports() -> int:
    """Delete unpacked archives whose job is over, and ledgers and long reports of imports that ended long ago."""
    folder = get_config().home / "imports"
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        active = Job.objects.filter(id=path.name.partition(".")[0], state__in=("queued", "running"))
        if not active.exists():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed += 1
    long_ago = timezone.now() - KEEP_FOR
    old, _ = ImportChunk.objects.filter(job__ended_at__lt=long_ago).delete()
    for job in Job.objects.filter(kind=Job.Kind.IMPORT, ended_at__lt=long_ago, result__has_key="issues_file"):
        default_storage.delete(job.result.pop("issues_file"))
        Job.objects.filter(id=job.id).update(result=job.result)
        removed += 1
    return removed + old + sweep_fetched()
