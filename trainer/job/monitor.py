"""Turns what a backend reports into journal events."""

import threading
import time
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path

from annotator.core.errors import Cancelled
from trainer.core.checkpoints import keep_checkpoint
from trainer.core.journal import Journal

BATCH_INTERVAL = 0.5
"""Seconds between two live events inside an epoch."""


class JournalMonitor:
    """The :class:`TrainingMonitor` of a job."""

    def __init__(self, journal: Journal, checkpoints: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._checkpoints = checkpoints
        self._clock = clock
        self._stop = threading.Event()
        self._last_batch = float("-inf")
        self._begun: tuple[float, float] | None = None

    def request_stop(self) -> None:
        """Ask the training to finish early; safe from a signal handler."""
        self._stop.set()

    def should_stop(self) -> bool:
        """True when somebody asked to finish early."""
        return self._stop.is_set()

    def phase(self, name: str) -> None:
        """Say what the job is doing now."""
        self._journal.write("phase", phase=name)

    def metrics(self, *, epoch: int, values: Mapping[str, float]) -> None:
        """Metrics after an epoch (0-based)."""
        self._journal.write("metrics", epoch=epoch, values=finite(values))

    def batch(
        self, *, epoch: int, epochs: int, batch: int, batches: int, images_per_s: float, losses: Mapping[str, float]
    ) -> None:
        """Progress inside an epoch (both 0-based); written at most twice a second."""
        now = self._clock()
        done = (epoch + (batch + 1) / max(batches, 1)) / max(epochs, 1)
        if self._begun is None:
            self._begun = (now, done)
            self.phase("training")
        last_of_epoch = batch + 1 >= batches
        if now - self._last_batch < BATCH_INTERVAL and not last_of_epoch:
            return
        self._last_batch = now
        begun, begun_at = self._begun
        gained = done - begun_at
        self._journal.write(
            "batch",
            epoch=epoch,
            epochs=epochs,
            batch=batch,
            batches=batches,
            images_per_s=round(images_per_s, 2),
            seconds_left=round((now - begun) / gained * (1 - done), 1) if gained > 0 else None,
            progress=round(min(done, 1.0), 5),
            losses=finite(losses),
        )

    def checkpoint(self, path: Path, *, epoch: int) -> None:
        """Copy a complete checkpoint into the run's own folder."""
        keep_checkpoint(path, self._checkpoints, epoch=epoch)
        self._journal.write("checkpoint", epoch=epoch)

    def log(self, line: str) -> None:
        """One line for the run's log."""
        self._journal.write("log", line=line[:2000])


class JournalProgress:
    """The :class:`annotator.core.progress.Progress` of a job, for predictions and exports."""

    def __init__(
        self, journal: Journal, monitor: JournalMonitor, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._journal = journal
        self._monitor = monitor
        self._clock = clock
        self._begun = clock()
        self._last = float("-inf")

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Report ``done`` of ``total`` images; raises :class:`Cancelled` after a request to stop."""
        if self._monitor.should_stop():
            raise Cancelled("The run was stopped.")
        now = self._clock()
        if now - self._last < BATCH_INTERVAL and done != total:
            return
        self._last = now
        rate = done / (now - self._begun) if now > self._begun else 0.0
        self._journal.write(
            "batch",
            done=done,
            total=total,
            message=message,
            images_per_s=round(rate, 2),
            seconds_left=round((total - done) / rate, 1) if total and rate else None,
            progress=round(done / total, 5) if total else 0.0,
        )


def finite(values: Mapping[str, float]) -> dict[str, float | None]:
    """Plain numbers for JSON; what is not finite becomes ``None``."""
    return {name: round(float(value), 6) if isfinite(value) else None for name, value in values.items()}
