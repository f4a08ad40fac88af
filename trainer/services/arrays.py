"""Embeddings and box signals that prediction runs left, as acquisition wants them."""

from collections.abc import Iterable

from trainer.core.shards import PoolSignals, read_signals
from trainer.models import Run
from trainer.queries.folders import run_folder


def load_pool_arrays(run: Run, image_ids: Iterable[str] | None = None) -> PoolSignals:
    """Signals of a finished prediction run for ``image_ids`` (all when ``None``), in the run's own order.

    Images that the run did not see are missing from the answer; the caller decides what to do about them.
    """
    return read_signals(run_folder(run.id).shards, image_ids)
