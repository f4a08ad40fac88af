"""Background jobs of versions: freezing, restoring, and the kept comparison of two."""

import tempfile
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.core.files.base import File

from annotator.core.errors import NotFound, Unavailable
from annotator.core.progress import Progress
from annotator.models import DatasetVersion, Job, Project, User
from annotator.queries.version_diff import open_diff, write_diff
from annotator.queries.versions import diff_key, verify_version
from annotator.services.audit import record
from annotator.services.files import put_object
from annotator.services.jobs import create_job
from annotator.services.version_restore import restore_version
from annotator.services.versions import VersionSettings, freeze_version


def start_restore(*, actor: User, version: DatasetVersion) -> Job:
    """Queue the restoring of a version; raises :class:`NotFound` or ``FormatError`` when its manifest is not whole."""
    found = verify_version(version)
    if not found["ok"]:
        raise NotFound(f"Version {version.number} cannot be restored. {found['error']}")
    detail = {"number": version.number}
    record(actor=actor, action="version.restored", project=version.project, target=str(version.id), detail=detail)
    parameters = {"action": "restore", "version": str(version.id), "number": version.number}
    return create_job(actor=actor, project=version.project, kind=Job.Kind.VERSION, parameters=parameters)


def run_version(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the job; started again after a crash it makes no second version and goes on restoring where it stopped."""
    parameters = dict(job.parameters)
    made = uuid5(job.id, "version")
    if parameters.pop("action") == "freeze":
        settings = msgspec.convert(parameters, VersionSettings)
        version = freeze_version(
            actor=job.created_by, project=job.project, settings=settings, version_id=made, progress=progress
        )
        return {"version": str(version.id), "number": version.number, "counts": version.counts}
    found = _version(job.project, parameters["version"])
    if job.created_by is None:
        raise NotFound("The person who asked for this does not exist any more.")
    return restore_version(actor=job.created_by, version=found, batch=job.id, backup_id=made, progress=progress)


def _version(project: Project, version_id: str) -> DatasetVersion:
    version = DatasetVersion.objects.filter(project=project, id=UUID(version_id)).first()
    if version is None:
        raise NotFound("This version was deleted in the meantime.")
    return version


def compare_versions(base: DatasetVersion, head: DatasetVersion) -> "File[bytes]":
    """The comparison, made now when nobody looked at it before; raises ``InvalidInput`` for two projects."""
    kept = open_diff(base, head)
    if kept is None:
        with tempfile.TemporaryFile() as file:
            write_diff(base, head, file)
            file.seek(0)
            put_object(diff_key(base.project_id, base.id, head.id), file)
        kept = open_diff(base, head)
    if kept is None:
        raise Unavailable("The object store lost the comparison. Try again.")
    return kept
