"""Celery tasks of background jobs."""

from celery import shared_task

from annotator.services import jobs


@shared_task(name=jobs.TASK)
def run_job(job_id: str) -> None:
    """Do the job if nobody else has it; a repeated message is harmless."""
    jobs.run_job(job_id=job_id, owner=jobs.worker_name())
