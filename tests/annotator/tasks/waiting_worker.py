"""A real Celery worker whose exports wait for a file ``go``; run as a script it prepares the database of its home."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
django.setup()

from annotator.celery import app  # noqa: E402 -- models can be imported only now
from annotator.config import get_config  # noqa: E402
from annotator.core.progress import Progress  # noqa: E402
from annotator.models import Job, Project  # noqa: E402
from annotator.services import jobs  # noqa: E402

__all__ = ["app"]


def wait_for_go(job: Job, progress: Progress) -> dict[str, Any]:
    """Work until somebody says ``go``."""
    go: Path = get_config().home / "go"
    rounds = 0
    while not go.exists():
        rounds += 1
        progress.advance(rounds, None, f"Attempt {job.attempt}")
        time.sleep(0.05)
    return {"finished_by_attempt": job.attempt}


jobs.HANDLERS[Job.Kind.EXPORT] = wait_for_go


def prepare() -> None:
    """Make the tables, and a job that everybody forgot."""
    from django.conf import settings
    from django.core.management import call_command

    apps = (name.rpartition(".")[2] for name in ("annotator", "trainer", "auth", "contenttypes", "sessions"))
    settings.MIGRATION_MODULES = dict.fromkeys(apps)
    call_command("migrate", run_syncdb=True, verbosity=0)
    job = Job.objects.create(project=Project.objects.create(name="Cells"), kind=Job.Kind.EXPORT)
    Job.objects.filter(id=job.id).update(created_at=datetime(2020, 1, 1, tzinfo=UTC))


if __name__ == "__main__":
    prepare()
