"""Background jobs: create, claim under a lease, report progress, cancel, finish, take over.

The row is the truth; a queue message only wakes a worker up. A claim is one compare-and-set UPDATE, so a message
delivered twice starts nothing twice, and a job whose worker died is taken over when its lease has expired.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psutil
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from annotator.config import get_config
from annotator.core.errors import AnnotatorError, Cancelled, Conflict
from annotator.core.ids import uuid7
from annotator.core.progress import Progress
from annotator.dispatch import enqueue
from annotator.events import publish
from annotator.models import Job, Project, User

logger = logging.getLogger(__name__)

Handler = Callable[[Job, Progress], dict[str, Any]]
"""Does the work of one kind of job and returns its result; must be safe to start again after a crash."""

HANDLERS: dict[str, str | Handler] = {
    Job.Kind.IMPORT: "annotator.services.imports.run_import",
    Job.Kind.EXPORT: "annotator.services.exports.run_export",
    Job.Kind.UNPACK: "annotator.services.uploads.run_unpack",
    Job.Kind.DEMO: "annotator.services.demo.run_demo",
    Job.Kind.SYNC: "annotator.services.source_sync.run_sync",
    Job.Kind.VERSION: "annotator.services.version_jobs.run_version",
}
TASK = "annotator.run_job"
MAX_ATTEMPTS = 3
WAKE_AGAIN = timedelta(seconds=60)
WRITE_SECONDS = 0.5


class LeaseLost(AnnotatorError):
    """Another worker has taken the job over; this one must stop without touching its row."""

    code = "lease_lost"
    status = 409


def create_job(*, actor: User | None, project: Project, kind: str, parameters: dict[str, Any]) -> Job:
    """Queue a job and wake a worker up after commit."""
    job = Job.objects.create(project=project, kind=kind, parameters=parameters, created_by=actor)
    enqueue(TASK, job_id=str(job.id))
    announce(job)
    return job


def announce(job: Job) -> None:
    """Tell browsers what the row says."""
    publish(
        "job",
        project_id=job.project_id,
        id=job.id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        message=job.message,
    )


def claim_job(*, job_id: UUID | str, owner: str) -> Job | None:
    """Take a queued job, or a running one whose lease has expired; ``None`` when somebody else has it or it is over."""
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    claimed = Job.objects.filter(free, id=job_id, cancel_requested=False, attempt__lt=MAX_ATTEMPTS).update(
        state=Job.State.RUNNING,
        owner=owner,
        lease_until=Now() + _lease(),
        attempt=F("attempt") + 1,
        started_at=Now(),
        error="",
    )
    return Job.objects.select_related("project", "created_by").get(id=job_id) if claimed else None


def _lease() -> timedelta:
    return timedelta(seconds=get_config().lease_seconds)


class JobProgress:
    """Writes progress to the job's row, renews its lease, and raises when the job was cancelled or taken over.

    Rows are written at most every ``WRITE_SECONDS``; ``clock`` is monotonic seconds.
    """

    def __init__(self, job: Job, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        self._clock = clock
        self._written = float("-inf")

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say that ``done`` of ``total`` units are finished; raises :class:`Cancelled` or :class:`LeaseLost`."""
        job = self._job
        job.done, job.message = done, message or job.message
        job.total = job.total if total is None else total
        now = self._clock()
        if now - self._written < WRITE_SECONDS:
            return
        self._written = now
        self.write()

    def write(self) -> None:
        """Write what is known now."""
        job = self._job
        mine = Job.objects.filter(id=job.id, owner=job.owner, attempt=job.attempt, state=Job.State.RUNNING)
        renewed = mine.filter(cancel_requested=False).update(
            done=job.done, total=job.total, message=job.message[:300], lease_until=Now() + _lease()
        )
        if not renewed:
            if mine.filter(cancel_requested=True).exists():
                raise Cancelled("The job was cancelled.")
            raise LeaseLost("The job is being done by another worker now.")
        announce(job)


def run_job(*, job_id: UUID | str, owner: str) -> Job | None:
    """Claim the job, do its work and write how it ended; ``None`` when there was nothing to claim."""
    job = claim_job(job_id=job_id, owner=owner)
    if job is None:
        return None
    announce(job)
    try:
        result = _handler(job.kind)(job, JobProgress(job))
    except LeaseLost as error:
        logger.warning("Job %s: %s", job.id, error)
    except Cancelled as error:
        _end(job, Job.State.CANCELLED, error=str(error))
    except AnnotatorError as error:
        if error.retryable and job.attempt < MAX_ATTEMPTS:
            _put_back(job, error)
        else:
            _end(job, Job.State.FAILED, error=error.detail)
    except Exception as error:  # the row must say how it ended whatever went wrong
        logger.exception("Job %s failed.", job.id)
        _end(
            job,
            Job.State.FAILED,
            error=f"Unexpected {type(error).__name__}: {error}. The server's log has the details.",
        )
    else:
        _end(job, Job.State.DONE, result=result)
    return job


def _handler(kind: str) -> Handler:
    handler = HANDLERS[kind]
    return import_string(handler) if isinstance(handler, str) else handler


def _end(job: Job, state: Job.State, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    job.state, job.error = state, error
    job.result = job.result if result is None else result
    changed = Job.objects.filter(id=job.id, owner=job.owner, attempt=job.attempt, state=Job.State.RUNNING).update(
        state=state,
        result=job.result,
        error=error,
        done=job.done,
        total=job.total,
        message=job.message[:300],
        lease_until=None,
        ended_at=Now(),
    )
    if changed:
        announce(job)


def _put_back(job: Job, error: AnnotatorError) -> None:
    """Queue again after a failure that may pass; the sweep wakes a worker up."""
    job.state, job.message = Job.State.QUEUED, f"Trying again: {error.detail}"[:300]
    Job.objects.filter(id=job.id, owner=job.owner, attempt=job.attempt, state=Job.State.RUNNING).update(
        state=job.state, message=job.message, lease_until=Now() + timedelta(seconds=5 * job.attempt)
    )
    announce(job)


def cancel_job(*, actor: User | None, job: Job) -> Job:
    """Stop a job: at once while it waits, at its next checkpoint while it runs; raises ``Conflict`` when it is over."""
    ended = Job.objects.filter(id=job.id, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, cancel_requested=True, ended_at=Now(), error=_cancelled_by(actor)
    )
    if not ended:
        asked = Job.objects.filter(id=job.id, state=Job.State.RUNNING).update(cancel_requested=True)
        if not asked:
            job.refresh_from_db()
            raise Conflict(f"The job is {job.get_state_display().lower()} already.", fields={"state": job.state})
    job.refresh_from_db()
    announce(job)
    return job


def _cancelled_by(actor: User | None) -> str:
    return f"Cancelled by {actor}." if actor else "Cancelled."


def worker_name() -> str:
    """Unique name of one claim: host, process and a random part."""
    return f"{_host()}:{os.getpid()}:{uuid7().hex[-12:]}"


def _host() -> str:
    return socket.gethostname().replace(":", "-")[:60]


def _expire_dead_owners() -> None:
    """Leases of processes of this host that are gone need not run out (a container has a host name of its own)."""
    for job in Job.objects.filter(state=Job.State.RUNNING, owner__startswith=f"{_host()}:", lease_until__gte=Now()):
        process = job.owner.split(":")[1]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            gone = Job.objects.filter(id=job.id, owner=job.owner, state=Job.State.RUNNING)
            gone.update(lease_until=Now() - timedelta(seconds=1))


def sweep_jobs() -> int:
    """Wake workers up for expired and forgotten jobs and end those that cannot go on; returns how many were touched."""
    _expire_dead_owners()
    touched = 0
    expired = Q(state=Job.State.RUNNING, lease_until__lt=Now())
    for job in Job.objects.filter(expired, Q(cancel_requested=True) | Q(attempt__gte=MAX_ATTEMPTS)):
        touched += _end_abandoned(job)
    for job in Job.objects.filter(expired, cancel_requested=False, attempt__lt=MAX_ATTEMPTS):
        enqueue(TASK, job_id=str(job.id))
        touched += 1
    forgotten = Q(lease_until__lt=Now()) | Q(lease_until=None, created_at__lt=Now() - WAKE_AGAIN)
    for job in Job.objects.filter(forgotten, state=Job.State.QUEUED):
        # lease_until of a waiting job is the time of its next wake-up, so that a long queue is not woken every sweep
        Job.objects.filter(id=job.id, state=Job.State.QUEUED).update(lease_until=Now() + WAKE_AGAIN)
        enqueue(TASK, job_id=str(job.id))
        touched += 1
    return touched


def _end_abandoned(job: Job) -> int:
    cancelled = job.cancel_requested
    job.state = Job.State.CANCELLED if cancelled else Job.State.FAILED
    job.error = (
        "Cancelled." if cancelled else f"The worker stopped {job.attempt} times while it did this; it was given up."
    )
    changed = Job.objects.filter(id=job.id, state=Job.State.RUNNING, attempt=job.attempt, lease_until__lt=Now()).update(
        state=job.state, error=job.error, lease_until=None, ended_at=Now()
    )
    if changed:
        announce(job)
    return changed
