"""The Celery task that works on runs. A message only wakes a worker up; rows say what is to be done."""

from celery import shared_task
from celery.signals import worker_shutting_down

from annotator.tasks.sweep import register_sweeper
from trainer.services import supervision
from trainer.services.sweeping import TASK, sweep_runs

register_sweeper("runs", sweep_runs)


@shared_task(name=TASK, ignore_result=True)
def run() -> None:
    """Work on waiting runs as long as this host has a free device."""
    supervision.work()


@worker_shutting_down.connect
def _stop_children(**_: object) -> None:
    """A worker that shuts down does not wait hours for a training: the run is queued again, with its checkpoint."""
    supervision.shutting_down.set()
