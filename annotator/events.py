"""News sent after commit: Django signals for other packages, a Redis channel for browsers.

Signals tell somebody who must not be known here (the trainer, webhooks); they never finish our own work.
"""

import json
import logging
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

annotations_changed = Signal()
"""kwargs: project_id, image_id, actor_id, changes = [{"id", "op", "prediction", "source", "label"}]."""
images_added = Signal()
"""kwargs: project_id, image_ids."""
images_removed = Signal()
"""kwargs: project_id, image_ids."""
image_submitted = Signal()
"""kwargs: project_id, image_id, user_id."""
label_schema_changed = Signal()
"""kwargs: project_id."""

CHANNEL = "marquee.events"


def send_after_commit(signal: Signal, **kwargs: Any) -> None:
    """Send ``signal`` once the surrounding transaction has committed; receivers' errors are logged, not raised."""
    transaction.on_commit(partial(_send_robust, signal, kwargs))


def _send_robust(signal: Signal, kwargs: dict[str, Any]) -> None:
    for receiver, result in signal.send_robust(sender=None, **kwargs):
        if isinstance(result, Exception):
            logger.error("Receiver %s failed.", receiver, exc_info=result)


def publish(topic: str, *, project_id: UUID | str | None = None, user_id: int | None = None, **data: Any) -> None:
    """Tell browsers after commit that ``topic`` changed; best effort, browsers also poll.

    ``project_id`` limits it to members, ``user_id`` to one person. The message is ``{"topic", "project", "data"}``.
    """
    message = json.dumps(
        {"topic": topic, "project": str(project_id) if project_id else None, "user": user_id, "data": data}, default=str
    )
    transaction.on_commit(partial(_publish, message))


def _publish(message: str) -> None:
    from annotator.redis import REDIS_ERRORS, get_redis  # noqa: PLC0415 -- keeps migrations and tests free of a connection

    try:
        get_redis().publish(CHANNEL, message)
    except REDIS_ERRORS as error:
        logger.debug("Event not published: %s", error)
