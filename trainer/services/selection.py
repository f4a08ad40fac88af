"""The work behind a round: load the pool, run the strategy, write picks. Done by one worker under a lease."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from numpy.typing import NDArray

from annotator.config import get_config
from annotator.core.errors import AnnotatorError, Cancelled, PluginError
from annotator.dispatch import enqueue
from annotator.models import Image
from annotator.plugins.base import Options, parse_options
from trainer.core.records import Pick, PoolArrays
from trainer.models import Round, RoundPick
from trainer.plugins.families import STRATEGIES
from trainer.plugins.strategies import AcquisitionStrategy
from trainer.queries.pool import still_offered
from trainer.services.pool_arrays import LoadedPool, load_pool
from trainer.services.rounds import PRIORITY, QUEUE, TASK, announce, finish_rounds

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
WRITE_SECONDS = 0.5
SCORES_PER_TRANSACTION = 500


def _until() -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(Now() + timedelta(seconds=get_config().lease_seconds), output_field=DateTimeField())


class RoundProgress:
    """Writes progress to the round's row at most twice a second, renews the lease; raises when the round was closed."""

    def __init__(self, round_id: UUID, owner: str) -> None:
        self._mine = Round.objects.filter(id=round_id, owner=owner, state=Round.State.SELECTING)
        self._written = 0.0

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far it is."""
        now = time.monotonic()
        if now - self._written < WRITE_SECONDS:
            return
        self._written = now
        share = done / total if total else 0.0
        if not self._mine.update(progress=share, message=message[:300], lease_until=_until()):
            raise Cancelled("The round was closed while it was selected.")
        announce(self._mine.get())


@contextmanager
def _kept_alive(round_id: UUID, owner: str) -> Iterator[None]:
    """Renew the lease from a thread while a strategy computes, which knows nothing of leases and may take long."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(get_config().lease_seconds / 3):
            try:
                Round.objects.filter(id=round_id, owner=owner).update(lease_until=_until())
            finally:
                connection.close()

    thread = threading.Thread(target=renew, name="round-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def select_round(*, round_id: UUID | str, owner: str) -> bool:
    """Select the picks of a waiting round; ``False`` when somebody else does, or it is over. Safe to repeat."""
    if not _claim(round_id, owner):
        return False
    chosen = Round.objects.select_related("project", "model").get(id=round_id)
    announce(chosen)
    try:
        plugin = STRATEGIES.get(chosen.strategy)
        options = parse_options(plugin, chosen.options)
        progress = RoundProgress(chosen.id, owner)
        pool = load_pool(project=chosen.project, model=chosen.model, strategy=plugin, progress=progress)
        progress.advance(1, 1, "Choosing")
        with _kept_alive(chosen.id, owner):
            picks = _run(plugin, pool.arrays, chosen, options)
        _store(chosen, owner, pool, picks)
        _store_scores(plugin, pool.arrays, chosen, options)
    except Cancelled:
        return False
    except AnnotatorError as error:
        _fail(chosen, owner, error.detail)
    return True


def _claim(round_id: UUID | str, owner: str) -> bool:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return bool(
        Round.objects.filter(free, id=round_id, state=Round.State.SELECTING, attempt__lt=MAX_ATTEMPTS).update(
            owner=owner, lease_until=_until(), attempt=F("attempt") + 1
        )
    )


def _run(plugin: type[AcquisitionStrategy], pool: PoolArrays, chosen: Round, options: Options) -> list[Pick]:
    """The strategy's picks, checked: a guest may fail in any way, and must not hurt more than its own round."""
    rng = np.random.default_rng(chosen.seed)
    try:
        picks = list(plugin().select(pool, size=chosen.size, options=options, rng=rng))
    except AnnotatorError:
        raise
    except Exception as error:
        logger.exception("The strategy %s failed.", chosen.strategy)
        raise PluginError(
            f"The strategy “{plugin.title}” failed: {type(error).__name__}: {error}. Choose another one."
        ) from error
    indices = [pick.index for pick in picks]
    if len(set(indices)) != len(indices) or not all(0 <= index < len(pool) for index in indices):
        raise PluginError(f"The strategy “{plugin.title}” picked an image twice or one that was not offered.")
    return picks[: chosen.size]


def _store(chosen: Round, owner: str, pool: LoadedPool, picks: Sequence[Pick]) -> None:
    """Write picks and queue order in one transaction; images that were taken in the meantime are left out."""
    ids = pool.arrays.ids
    with transaction.atomic():
        mine = Round.objects.select_for_update().filter(id=chosen.id, owner=owner, state=Round.State.SELECTING)
        current = mine.first()
        if current is None:
            raise Cancelled("The round was closed while it was selected.")
        offered = still_offered([UUID(ids[pick.index]) for pick in picks])
        kept = [pick for pick in picks if ids[pick.index] in offered]
        RoundPick.objects.bulk_create(
            [
                RoundPick(
                    round=current, image_id=UUID(ids[pick.index]), rank=rank, score=_finite(pick.score),
                    kind=pick.kind[:20], reason=pick.reason[:300], details=dict(pick.details),
                )
                for rank, pick in enumerate(kept, start=1)
            ],
            batch_size=500,
        )  # fmt: skip
        for rank, pick in enumerate(kept):
            Image.objects.filter(id=ids[pick.index]).update(
                priority=PRIORITY + (len(kept) - rank) / len(kept),
                priority_reason=pick.reason[:300],
                score=_finite(pick.score),
            )
        current.state, current.progress, current.message = Round.State.OPEN, 1.0, pool.note[:300]
        current.pool_size, current.run_id = len(ids), pool.run_id
        current.owner, current.lease_until, current.error = "", None, ""
        current.save()
        announce(current)
    finish_rounds([current.id])


def _store_scores(plugin: type[AcquisitionStrategy], pool: PoolArrays, chosen: Round, options: Options) -> None:
    """Scores of all images that were ranked, for the gallery's order; a strategy that looks at nothing has none."""
    if not plugin.needs:
        return
    picked = set(map(str, RoundPick.objects.filter(round=chosen).values_list("image_id", flat=True)))
    try:
        scores: NDArray[np.float64] = plugin().score(pool, options=options, rng=np.random.default_rng(chosen.seed))
    except Exception:  # the picks are there; a score is only an extra
        logger.exception("The strategy %s gave picks but no scores.", chosen.strategy)
        return
    if len(scores) != len(pool):
        return
    rows = [
        Image(id=UUID(name), score=_finite(float(score)))
        for name, score in zip(pool.ids, scores, strict=True)
        if name not in picked
    ]
    for start in range(0, len(rows), SCORES_PER_TRANSACTION):
        Image.objects.bulk_update(rows[start : start + SCORES_PER_TRANSACTION], ["score"])


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else 0.0


def _fail(chosen: Round, owner: str, text: str) -> None:
    with transaction.atomic():
        failed = Round.objects.filter(id=chosen.id, owner=owner, state=Round.State.SELECTING).update(
            state=Round.State.FAILED, error=text, message="", owner="", lease_until=None, ended_at=Now()
        )
        if failed:
            announce(Round.objects.get(id=chosen.id))


def sweep_rounds() -> int:
    """Wake workers for rounds nobody selects, give up after three tries, end finished ones; returns how many wait."""
    finish_rounds()
    abandoned = Round.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()), state=Round.State.SELECTING
    )
    with transaction.atomic():
        for chosen in abandoned.filter(attempt__gte=MAX_ATTEMPTS):
            sentence = f"Selecting was interrupted {chosen.attempt} times. Start a new round."
            abandoned.filter(id=chosen.id).update(state=Round.State.FAILED, error=sentence, owner="", ended_at=Now())
    old = Q(created_at__lt=Now() - timedelta(seconds=30)) | Q(lease_until__isnull=False)
    waiting = list(abandoned.filter(old).values_list("id", flat=True))
    for pk in waiting:
        enqueue(TASK, queue=QUEUE, round_id=str(pk))
    return len(waiting)
