"""Supervises the subprocess of a run: leases, journal, requests of people, restart after a kill.

The row is the truth. Whoever wakes a worker up only says “look”: the worker takes the oldest waiting run and a free
device, or nothing. Any process may be killed at any time; the sweep finds the expired lease and the run goes on from
its checkpoint.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from annotator.config import get_config
from annotator.core.errors import AnnotatorError
from trainer.core.job import EXIT_REFUSED, RunFolder
from trainer.models import Run, RunEvent
from trainer.queries.folders import run_folder
from trainer.services.devices import host_name, refresh_slots
from trainer.services.leases import MAX_ATTEMPTS, Claim, claim_next, end_claim, renew
from trainer.services.orders import prepare_order
from trainer.services.outcomes import store_outcome
from trainer.services.processes import JobProcess, last_lines
from trainer.services.run_events import record_state, store_new_events

logger = logging.getLogger(__name__)
shutting_down = threading.Event()
"""Set when the worker is asked to stop: children are ended, their runs go back to the queue."""

POLL_SECONDS = 0.25
FINISH_GRACE_SECONDS = 1800
"""Time a job has to validate and save after a request to finish early."""


class LeaseLostError(Exception):
    """Somebody else took the run over; we must not write anything any more."""


def work() -> int:
    """Carry out waiting runs, oldest first, until no run or no free device of this host is left; returns how many."""
    refresh_slots()
    count = 0
    while not shutting_down.is_set():
        claim = claim_next(f"{host_name()}/{os.getpid()}/{uuid4().hex[:8]}")
        if claim is None:
            break
        count += 1
        supervise(claim)
    return count


def supervise(claim: Claim) -> None:
    """Carry out one attempt of one run; every expected failure ends in a state and a sentence on the row."""
    folder = run_folder(claim.run_id)
    run = Run.objects.get(id=claim.run_id)
    with transaction.atomic():
        record_state(run, Run.State.RUNNING, f"Attempt {run.attempt} on {host_name()}, {claim.device}.")
    with _heartbeat(claim) as heartbeat:
        try:
            _attempt(claim, run, folder, heartbeat)
        except LeaseLostError:
            logger.warning("Run %s was taken over by another worker.", claim.run_id)
        except AnnotatorError as error:
            _fail(claim, str(error))
        except Exception as error:  # our own bug must end in a sentence on the run, not in a run that hangs
            logger.exception("Supervising run %s failed.", claim.run_id)
            _fail(claim, f"An internal error stopped the run: {type(error).__name__}: {error}")


def _attempt(claim: Claim, run: Run, folder: RunFolder, heartbeat: "Heartbeat") -> None:
    if not folder.result.exists():
        prepare_order(run, folder, claim)
        heartbeat.check()
        process = JobProcess(folder, threads=get_config().training_threads or os.cpu_count() or 1, device=claim.device)
        try:
            requested = _follow(claim, folder, process, heartbeat)
        finally:
            process.kill()
        while store_new_events(claim, folder):
            pass
        if not _ended_well(claim, run, folder, process, requested):
            return
    heartbeat.check()
    store_outcome(claim, run, folder)


def _follow(claim: Claim, folder: RunFolder, process: JobProcess, heartbeat: "Heartbeat") -> str:
    """Follow the journal until the process ends or has to be ended; returns why it was ended, empty when by itself."""
    finish_by: float | None = None
    while process.exit_code() is None:
        time.sleep(POLL_SECONDS)
        heartbeat.check()
        if shutting_down.is_set():
            return "shutdown"
        stop = _look(claim, folder)
        if stop == Run.Stop.CANCEL:
            return "cancel"
        if stop == Run.Stop.FINISH and finish_by is None:
            process.finish()
            finish_by = time.monotonic() + FINISH_GRACE_SECONDS
        if finish_by is not None and time.monotonic() > finish_by:
            return "finish_timeout"
    return ""


def _look(claim: Claim, folder: RunFolder) -> str:
    """Store what is new and read what people ask for; a database that is away for a moment only delays both."""
    try:
        store_new_events(claim, folder)
        return Run.objects.filter(id=claim.run_id).values_list("stop_requested", flat=True).first() or ""
    except (OperationalError, InterfaceError) as error:
        logger.warning("Database does not answer while run %s goes on: %s", claim.run_id, error)
        close_old_connections()
        return ""


def _ended_well(claim: Claim, run: Run, folder: RunFolder, process: JobProcess, requested: str) -> bool:
    """Decide what the end of the process means; ``True`` when its result is complete."""
    code = process.exit_code() or 0
    if requested == "cancel":
        _end(claim, Run.State.CANCELLED, "Cancelled.", exit_code=code, ended_at=Now())
    elif requested == "shutdown":
        text = "The worker was stopped; the run continues when one is back."
        _end(claim, Run.State.QUEUED, text, attempt=F("attempt") - 1, device="")
    elif requested == "finish_timeout":
        _fail(claim, "The run did not finish in time after the request to finish early, and was ended.", code)
    elif code == 0 and folder.result.exists():
        return True
    elif code < 0 and run.attempt < MAX_ATTEMPTS:
        text = f"The training process was killed (signal {-code}); the run continues from its last checkpoint."
        _end(claim, Run.State.QUEUED, text, exit_code=code, device="")
    else:
        _fail(claim, _why(claim, folder, code), code)
    return False


def _why(claim: Claim, folder: RunFolder, code: int) -> str:
    """One sentence about a failed job: its own when it gave one, else the last lines of its log."""
    said = RunEvent.objects.filter(run_id=claim.run_id, kind="log", data__error=True).order_by("-id").first()
    if code == EXIT_REFUSED and said is not None:
        return str(said.data.get("line", ""))
    lines = " | ".join(last_lines(folder.log)) or "nothing was written to the log"
    how = f"was killed {MAX_ATTEMPTS} times (signal {-code})" if code < 0 else f"ended with exit code {code}"
    return f"The training process {how}. Last lines of its log: {lines}"


def _fail(claim: Claim, sentence: str, code: int | None = None) -> None:
    _end(claim, Run.State.FAILED, sentence, error=sentence, exit_code=code, ended_at=Now())


def _end(claim: Claim, state: str, text: str, **changes: Any) -> None:
    """Give the claim back with a new state; a lost lease changes nothing."""
    with transaction.atomic():
        if end_claim(claim, state=state, **changes):
            record_state(Run.objects.get(id=claim.run_id), state, text)


class Heartbeat:
    """Renews the leases of a claim in a thread of its own, so that slow preparation never loses a run."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._over = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat {claim.run_id}", daemon=True)

    def start(self) -> None:
        """Begin to renew."""
        self._thread.start()

    def stop(self) -> None:
        """Stop renewing and wait for the thread."""
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Raise :class:`LeaseLostError` when the lease is gone."""
        if self._lost.is_set():
            raise LeaseLostError

    def _beat(self) -> None:
        interval, lease = get_config().heartbeat_seconds, get_config().lease_seconds
        renewed = time.monotonic()
        while not self._over.wait(interval):
            try:
                if not renew(self._claim):
                    self._lost.set()
                    break
                renewed = time.monotonic()
            except DatabaseError as error:  # away for a moment: that must not end a run of hours
                logger.warning("Lease of run %s not renewed: %s", self._claim.run_id, error)
                close_old_connections()
                if time.monotonic() - renewed > lease:
                    self._lost.set()
                    break
        connection.close()


@contextmanager
def _heartbeat(claim: Claim) -> Iterator[Heartbeat]:
    heartbeat = Heartbeat(claim)
    heartbeat.start()
    try:
        yield heartbeat
    finally:
        heartbeat.stop()
