"""Jobs: one claim, leases, progress, cancel, retry, sweep."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.core.errors import Cancelled, Conflict, InvalidInput, Unavailable
from annotator.core.progress import Progress
from annotator.models import Job, Project
from annotator.services import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_job() -> Callable[..., Job]:
    project = Project.objects.create(name="Cells")

    def build(**values: Any) -> Job:
        return Job.objects.create(project=project, **{"kind": Job.Kind.EXPORT, **values})

    return build


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.Handler], None]:
    return lambda handler: monkeypatch.setitem(jobs.HANDLERS, Job.Kind.EXPORT, handler)


def _past() -> Any:
    return timezone.now() - timedelta(minutes=5)


def test_only_one_claim_wins(make_job: Callable[..., Job]) -> None:
    job = make_job()
    assert jobs.claim_job(job_id=job.id, owner="a") is not None
    assert jobs.claim_job(job_id=job.id, owner="b") is None
    job.refresh_from_db()
    assert (job.state, job.owner, job.attempt) == (Job.State.RUNNING, "a", 1)
    assert job.lease_until is not None
    assert job.lease_until > timezone.now()


def test_an_expired_lease_is_taken_over_and_the_old_worker_notices(make_job: Callable[..., Job]) -> None:
    job = make_job()
    old = jobs.claim_job(job_id=job.id, owner="a")
    assert old is not None
    Job.objects.update(lease_until=_past())
    new = jobs.claim_job(job_id=job.id, owner="b")
    assert new is not None
    assert new.attempt == 2
    with pytest.raises(jobs.LeaseLost):
        jobs.JobProgress(old).advance(1, 10)
    jobs.JobProgress(new).advance(5, 10, "half")
    job.refresh_from_db()
    assert (job.done, job.total, job.message) == (5, 10, "half")


def test_progress_is_written_at_most_twice_a_second(make_job: Callable[..., Job]) -> None:
    job = jobs.claim_job(job_id=make_job().id, owner="a")
    assert job is not None
    now = [0.0]
    progress = jobs.JobProgress(job, clock=lambda: now[0])
    progress.advance(1, 9)
    progress.advance(2)
    assert Job.objects.get().done == 1
    now[0] = 0.6
    progress.advance(3)
    assert Job.objects.get().done == 3


def test_a_job_runs_to_its_result(make_job: Callable[..., Job], handle: Callable[[jobs.Handler], None]) -> None:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        progress.advance(3, 3, "all")
        return {"images": 3}

    handle(work)
    job = make_job()
    jobs.run_job(job_id=job.id, owner="a")
    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.error) == (Job.State.DONE, {"images": 3}, 3, "")
    assert job.ended_at is not None
    assert jobs.run_job(job_id=job.id, owner="b") is None, "a repeated message starts nothing"


def test_cancel_waiting_and_running(make_job: Callable[..., Job], handle: Callable[[jobs.Handler], None]) -> None:
    waiting = jobs.cancel_job(actor=None, job=make_job())
    assert waiting.state == Job.State.CANCELLED
    with pytest.raises(Conflict, match="cancelled already"):
        jobs.cancel_job(actor=None, job=waiting)

    def work(job: Job, progress: Progress) -> dict[str, Any]:
        jobs.cancel_job(actor=None, job=Job.objects.get(id=job.id))
        progress.advance(1)
        raise AssertionError("the checkpoint must stop the work")

    handle(work)
    job = make_job()
    jobs.run_job(job_id=job.id, owner="a")
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


@pytest.mark.parametrize(
    ("error", "state", "text"),
    [
        (InvalidInput("The file is empty."), Job.State.FAILED, "The file is empty."),
        (Unavailable("The store does not answer."), Job.State.QUEUED, ""),
        (RuntimeError("boom"), Job.State.FAILED, "Unexpected RuntimeError: boom"),
        (Cancelled("Enough."), Job.State.CANCELLED, "Enough."),
    ],
)
def test_how_errors_end(
    make_job: Callable[..., Job],
    handle: Callable[[jobs.Handler], None],
    error: Exception,
    state: str,
    text: str,
) -> None:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        raise error

    handle(work)
    job = make_job()
    jobs.run_job(job_id=job.id, owner="a")
    job.refresh_from_db()
    assert job.state == state
    assert text in job.error


def test_retries_end(make_job: Callable[..., Job], handle: Callable[[jobs.Handler], None]) -> None:
    def work(job: Job, progress: Progress) -> dict[str, Any]:
        raise Unavailable("The store does not answer.")

    handle(work)
    job = make_job()
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.run_job(job_id=job.id, owner="a")
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.FAILED, 3)


def test_the_sweep_wakes_workers(
    make_job: Callable[..., Job],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, **ids: sent.append(ids["job_id"]))
    fresh = make_job()
    forgotten = make_job()
    Job.objects.filter(id=forgotten.id).update(created_at=_past())
    orphan = make_job(state=Job.State.RUNNING, owner="dead", attempt=1, lease_until=_past())
    alive = make_job(state=Job.State.RUNNING, owner="b", attempt=1, lease_until=timezone.now() + timedelta(minutes=1))
    hopeless = make_job(state=Job.State.RUNNING, owner="dead", attempt=3, lease_until=_past())
    unwanted = make_job(state=Job.State.RUNNING, owner="dead", attempt=1, lease_until=_past(), cancel_requested=True)

    jobs.sweep_jobs()
    assert sorted(sent) == sorted([str(forgotten.id), str(orphan.id)])
    states = {job.id: job.state for job in Job.objects.all()}
    assert states[hopeless.id] == Job.State.FAILED
    assert states[unwanted.id] == Job.State.CANCELLED
    assert (states[fresh.id], states[alive.id]) == (Job.State.QUEUED, Job.State.RUNNING)

    sent.clear()
    jobs.sweep_jobs()
    assert sent == [str(orphan.id)], "a waiting job is not woken at every sweep"


def test_leases_of_dead_processes_of_this_host_need_not_run_out(make_job: Callable[..., Job]) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host, own = jobs.worker_name().split(":")[:2]
    soon = timezone.now() + timedelta(minutes=1)
    dead = make_job(state=Job.State.RUNNING, owner=f"{host}:{ended.pid}:x", attempt=1, lease_until=soon)
    others = [
        make_job(state=Job.State.RUNNING, owner=owner, attempt=1, lease_until=soon)
        for owner in (f"{host}:{own}:x", f"elsewhere:{ended.pid}:x")
    ]
    jobs.sweep_jobs()
    assert jobs.claim_job(job_id=dead.id, owner="new") is not None
    assert [jobs.claim_job(job_id=job.id, owner="new") for job in others] == [None, None]
