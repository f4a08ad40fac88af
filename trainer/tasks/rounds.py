"""The Celery task that selects the picks of a round."""

import os
import socket

from celery import shared_task

from annotator.core.ids import uuid7
from annotator.tasks.sweep import register_sweeper
from trainer.services.predictions import sweep_predictions
from trainer.services.rounds import TASK
from trainer.services.selection import select_round as select
from trainer.services.selection import sweep_rounds

register_sweeper("rounds", sweep_rounds)
register_sweeper("predictions", sweep_predictions)


@shared_task(name=TASK, ignore_result=True)
def select_round(round_id: str) -> None:
    """Select if nobody else does; a repeated message is harmless."""
    select(round_id=round_id, owner=f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid7().hex[-12:]}")
