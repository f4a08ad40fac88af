"""Celery tasks of background jobs."""

import os
import socket

from celery import shared_task

from annotator.core.ids import uuid7
from annotator.services import jobs


@shared_task(name=jobs.TASK)
def run_job(job_id: str) -> None:
    """Do the job if nobody else has it; a repeated message is harmless."""
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid7().hex[-12:]}"
    jobs.run_job(job_id=job_id, owner=owner)
