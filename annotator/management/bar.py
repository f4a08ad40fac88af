"""A progress bar on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class BarProgress:
    """An ``annotator.core.progress.Progress`` drawn as a bar."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None)

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=done, total=total, description=message)


@contextmanager
def bar_progress(console: Console | None = None, *, hidden: bool = False) -> Iterator[BarProgress]:
    """A bar for the length of the block."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = console or Console(stderr=True, highlight=False)
    with Progress(*columns, console=shown, transient=True, disable=hidden) as bar:
        yield BarProgress(bar)
