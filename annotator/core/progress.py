"""What long work is handed instead of reaching for the world: progress, cancellation."""

from typing import Protocol


class Progress(Protocol):
    """Reports progress and raises :class:`annotator.core.errors.Cancelled` when somebody cancelled the work."""

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say that ``done`` of ``total`` units are finished; a checkpoint for cancellation."""


class SilentProgress:
    """A :class:`Progress` that listens to nobody; for tests and notebooks."""

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Do nothing."""
