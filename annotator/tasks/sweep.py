"""The periodic sweep: a thread of every worker that looks for work nobody does any more.

No extra beat process is needed. Sweepers must be idempotent, because every worker runs them.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.db import close_old_connections

from annotator.services.exports import sweep_exports
from annotator.services.imports import sweep_imports
from annotator.services.jobs import sweep_jobs
from annotator.services.source_sync import sweep_fetched
from annotator.services.upkeep import sweep_statistics
from annotator.services.uploads import sweep_uploads

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 15.0
_sweepers: dict[str, Callable[[], object]] = {
    "jobs": sweep_jobs,
    "exports": sweep_exports,
    "imports": sweep_imports,
    "sources": sweep_fetched,
    "statistics": sweep_statistics,
    "uploads": sweep_uploads,
}
_stop = threading.Event()


def register_sweeper(name: str, sweeper: Callable[[], object]) -> None:
    """Call ``sweeper`` in every sweep (other packages register theirs when their tasks are loaded)."""
    _sweepers[name] = sweeper


def sweep_once() -> list[str]:
    """Run every sweeper; one that fails is logged and does not stop the others. Returns the names of those that ran."""
    ran = []
    close_old_connections()
    for name, sweeper in list(_sweepers.items()):
        try:
            sweeper()
        except Exception:  # a sweeper of another package may fail in any way; the next period tries again
            logger.exception("The sweeper “%s” failed.", name)
        else:
            ran.append(name)
    close_old_connections()
    return ran


def _run(stop: threading.Event, period: float) -> None:
    while True:
        sweep_once()
        if stop.wait(period):
            return


@worker_ready.connect
def start_sweeping(**_: Any) -> None:
    """Start the thread when the worker is ready; the first sweep is at once, so that a restart picks work up."""
    _stop.clear()
    threading.Thread(target=_run, args=(_stop, PERIOD_SECONDS), name="sweep", daemon=True).start()


@worker_shutdown.connect
def stop_sweeping(**_: Any) -> None:
    """Let the thread end with the worker."""
    _stop.set()
