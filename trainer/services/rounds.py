"""Rounds: start one, close one, notice when one is finished."""

import secrets
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from annotator.core.errors import Conflict, InvalidInput
from annotator.dispatch import enqueue
from annotator.events import publish
from annotator.models import Image, Project, User
from annotator.plugins.base import parse_options
from annotator.services.audit import record
from trainer.models import ModelVersion, Round, RoundPick
from trainer.plugins.families import STRATEGIES
from trainer.plugins.strategies import Need
from trainer.queries.pool import WAITING, newest_predicting_model, pool_images, prediction_runs

TASK = "trainer.select_round"
QUEUE = "cpu"
MAX_SIZE = 10_000
PRIORITY = 1.0
"""Picks get priorities above this and at most one more: behind what people move up by hand, before everything else."""


def start_round(
    *,
    actor: User | None,
    project: Project,
    strategy: str,
    size: int,
    options: dict[str, Any] | None = None,
    seed: int | None = None,
    model: ModelVersion | None = None,
) -> Round:
    """Check everything that can be checked at once, write the round and let a worker select.

    Without ``model`` the newest one that has predicted is used where the strategy looks at predictions. Raises
    :class:`InvalidInput` or :class:`Conflict` with what to do.
    """
    plugin = STRATEGIES.get(strategy)
    parse_options(plugin, options)
    if not 1 <= size <= MAX_SIZE:
        raise InvalidInput(f"A round picks 1 to {MAX_SIZE} images, not {size}.")
    model = _checked_model(project, model, needs=plugin.needs, wants=plugin.wants, title=plugin.title)
    if not pool_images(project).exists():
        raise InvalidInput("No image is left to pick: all are labelled, queued, skipped or held out for validation.")
    try:
        with transaction.atomic():
            return _create(actor, project, strategy, dict(options or {}), size, seed, model)
    except IntegrityError:
        raise Conflict("A round of this project is being selected now. Wait until it is there.") from None


def _checked_model(
    project: Project, model: ModelVersion | None, *, needs: frozenset[Need], wants: frozenset[Need], title: str
) -> ModelVersion | None:
    if Need.SCORES not in needs | wants:
        return None
    if model is None:
        model = newest_predicting_model(project)
    elif model.project_id != project.id:
        raise InvalidInput("This model belongs to another project.")
    elif not prediction_runs(model).exists():
        raise InvalidInput(f"Model {model.number} has not predicted any image yet. Start a prediction with it first.")
    if model is None and Need.SCORES in needs:
        raise InvalidInput(
            f"{title} needs a model's predictions. Train a model and let it predict, or choose another strategy."
        )
    return model


def _create(
    actor: User | None,
    project: Project,
    strategy: str,
    options: dict[str, Any],
    size: int,
    seed: int | None,
    model: ModelVersion | None,
) -> Round:
    Project.objects.select_for_update().get(id=project.id)  # numbers are given one after the other
    highest = Round.objects.filter(project=project).aggregate(n=Max("number"))["n"] or 0
    started = Round.objects.create(
        project=project,
        number=highest + 1,
        strategy=strategy,
        options=options,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        size=size,
        model=model,
        created_by=actor,
    )
    record(
        actor=actor,
        action="round.started",
        project=project,
        target=f"round {started.number}",
        detail={"strategy": strategy},
    )
    announce(started)
    enqueue(TASK, queue=QUEUE, round_id=str(started.id))
    return started


def announce(changed: Round) -> None:
    """Tell browsers what the row says."""
    publish(
        "round",
        project_id=changed.project_id,
        id=changed.id,
        number=changed.number,
        state=changed.state,
        progress=changed.progress,
        message=changed.message,
    )


def close_round(*, actor: User, round: Round) -> Round:  # noqa: A002 -- the concept's name
    """End a round early: what is not labelled yet goes back to the ordinary order. Closing again is harmless."""
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(id=round.id)
        if locked.state not in {Round.State.OPEN, Round.State.SELECTING}:
            return locked
        _end(locked)
        record(actor=actor, action="round.closed", project=locked.project, target=f"round {locked.number}")
        return locked


def _end(ended: Round) -> None:
    ended.state, ended.ended_at = Round.State.DONE, timezone.now()
    ended.owner, ended.lease_until = "", None
    ended.save(update_fields=["state", "ended_at", "owner", "lease_until"])
    rest = RoundPick.objects.filter(round=ended, image=OuterRef("pk"))
    Image.objects.filter(Exists(rest), state__in=WAITING, priority__gt=PRIORITY, priority__lte=PRIORITY + 1).update(
        priority=0.0, priority_reason=""
    )
    announce(ended)


def finish_rounds(rounds: Iterable[UUID] | None = None) -> int:
    """End open rounds (all when ``None``) of which no pick waits any more; returns how many ended. Idempotent."""
    waiting = RoundPick.objects.filter(round=OuterRef("pk"), image__state__in=WAITING)
    open_rounds = Round.objects.filter(~Exists(waiting), state=Round.State.OPEN)
    if rounds is not None:
        open_rounds = open_rounds.filter(id__in=list(rounds))
    ended = 0
    for pk in open_rounds.values_list("id", flat=True):
        with transaction.atomic():
            locked = Round.objects.select_for_update().filter(~Exists(waiting), id=pk, state=Round.State.OPEN).first()
            if locked is not None:
                _end(locked)
                ended += 1
    return ended


def finish_rounds_of(*, project_id: UUID | str, image_id: UUID | str | None = None) -> int:
    """End the rounds that an image, or the removal of some, has finished."""
    candidates = Round.objects.filter(project_id=project_id, state=Round.State.OPEN)
    if image_id is not None:
        candidates = candidates.filter(picks__image_id=image_id)
    ids = list(candidates.values_list("id", flat=True))
    if ids and image_id is not None:
        for number, pk in candidates.values_list("number", "id"):
            publish("round", project_id=project_id, id=pk, number=number, state=Round.State.OPEN)
    return finish_rounds(ids) if ids else 0
