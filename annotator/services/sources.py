"""Sources of a project: added, changed, removed, tried out."""

from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction

from annotator.core.errors import Conflict, PermissionRefused
from annotator.models import Job, Project, Source, User
from annotator.plugins.base import options_schema
from annotator.plugins.families import SOURCES
from annotator.queries.access import is_instance_admin
from annotator.queries.sources import opened_source, secret_names
from annotator.services.audit import record
from annotator.services.jobs import create_job

PROBED = 5


def probe_source(*, actor: User, plugin: str, options: dict[str, Any]) -> dict[str, Any]:
    """Look whether a place can be reached: the first few names there; raises ``AnnotatorError`` with the reason."""
    _check_admin_options(actor, plugin, options)
    source, parsed = opened_source(plugin, options)
    found = list(islice(source.items(options=parsed), PROBED + 1))
    return {"names": [item.name for item in found[:PROBED]], "more": len(found) > PROBED}


def create_source(
    *, actor: User, project: Project, name: str, plugin: str, options: dict[str, Any], copies: bool = True
) -> Source:
    """Add a place; raises :class:`InvalidInput` for options that do not fit, :class:`Conflict` for a taken name."""
    _check_admin_options(actor, plugin, options)
    opened_source(plugin, options)
    source = Source(project=project, name=name.strip(), plugin=plugin, options=options, copies=copies, created_by=actor)
    try:
        with transaction.atomic():
            source.save()
            _record(actor, "source.created", source)
    except IntegrityError:
        raise Conflict(f"There is a source called “{source.name}” already.") from None
    return source


def update_source(
    *,
    actor: User,
    source: Source,
    name: str | None = None,
    options: dict[str, Any] | None = None,
    copies: bool | None = None,
) -> Source:
    """Change a place. Secrets that are left out or empty stay as they are."""
    if options is not None:
        kept = {key: source.options[key] for key in secret_names(source.plugin) if source.options.get(key)}
        given = {key: value for key, value in options.items() if value != "" or key not in kept}
        merged = {**kept, **given}
        _check_admin_options(actor, source.plugin, merged)
        opened_source(source.plugin, merged)
        source.options = merged
    source.name = (name or source.name).strip()
    source.copies = source.copies if copies is None else copies
    try:
        with transaction.atomic():
            source.save()
            _record(actor, "source.changed", source)
    except IntegrityError:
        raise Conflict(f"There is a source called “{source.name}” already.") from None
    return source


def delete_source(*, actor: User, source: Source) -> None:
    """Forget a place; its images stay. Raises :class:`Conflict` while originals lie only there."""
    left = source.files.exclude(image=None).count() if not source.copies else 0
    if left:
        raise Conflict(
            f"{left} images of this source were never copied. Switch copying on and synchronise, or delete the images.",
            fields={"images": left},
        )
    with transaction.atomic():
        _record(actor, "source.deleted", source)
        source.delete()


def start_sync(*, actor: User, source: Source) -> Job:
    """Queue a synchronisation; while one waits or runs, that one is the answer."""
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        active = Job.objects.filter(
            project_id=source.project_id, kind=Job.Kind.SYNC, state__in=(Job.State.QUEUED, Job.State.RUNNING)
        )
        for job in active:
            if job.parameters.get("source") == str(source.id):
                return job
        parameters = {"source": str(source.id), "name": source.name}
        return create_job(actor=actor, project=source.project, kind=Job.Kind.SYNC, parameters=parameters)


def _check_admin_options(actor: User, plugin: str, options: dict[str, Any]) -> None:
    properties = options_schema(SOURCES.get(plugin)).get("properties", {})
    for name, field in properties.items():
        wanted = options.get(name)
        if field.get("x-admin") and wanted not in (None, field.get("default")) and not is_instance_admin(actor):
            raise PermissionRefused(f"Only an administrator may set “{field.get('title', name)}”.")


def _record(actor: User, action: str, source: Source) -> None:
    detail = {"name": source.name, "plugin": source.plugin}
    record(actor=actor, action=action, project=source.project, target=str(source.id), detail=detail)
