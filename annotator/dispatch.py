"""The single door to Celery. A message is only a wake-up: rows in the database say what is to be done."""

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def enqueue(name: str, *, queue: str = "io", **ids: str | int) -> None:
    """Send task ``name`` with primitive ``ids`` after the current transaction commits.

    A broker that does not answer is no error for the caller: the row is there and the sweep of the worker enqueues it again.
    """
    transaction.on_commit(partial(_send, name, queue, ids))


def _send(name: str, queue: str, ids: dict[str, str | int]) -> None:
    from annotator.celery import app  # noqa: PLC0415 -- composition root: Celery is configured from settings

    try:
        app.send_task(name, kwargs=ids, queue=queue, retry=False)
    except (OperationalError, ConnectionError, OSError) as error:
        logger.warning("Queue does not answer (%s); %s %s waits for the sweep.", error, name, ids)
