"""Common ground of Marquee's commands: ``--json``, progress on stderr, sentences instead of tracebacks, exit codes."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console

from annotator.core.errors import AnnotatorError
from annotator.management.bar import BarProgress, bar_progress
from annotator.management.cli import MODULES

DONE, ISSUES, REFUSED = 0, 1, 2
"""Exit codes: clean; done, with issues to read; refused or failed."""


class MarqueeCommand(BaseCommand):
    """Subclasses implement :meth:`run` (returns the exit code) and may call :meth:`say`, :meth:`result`, :meth:`progress`."""

    requires_system_checks: list[str] = []
    suppressed_base_arguments: set[str] = {
        "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color",
    }  # fmt: skip

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Name the command as people type it."""
        short = {module: name for name, module in MODULES.items()}.get(subcommand, subcommand)
        return super().create_parser("marquee", short, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--json``; subclasses call super and add their own."""
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="print one JSON document on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and turn expected errors into a sentence and exit code 2."""
        self.as_json: bool = options["as_json"]
        self.console = Console(stderr=True, highlight=False)
        try:
            code = self.run(**options)
        except AnnotatorError as error:
            if self.as_json:
                self.result({"code": error.code, "detail": error.detail, **error.fields})
            self.console.print(f"[red]✗[/red] {error.detail}", soft_wrap=True)
            code = REFUSED
        except KeyboardInterrupt:
            self.console.print("Stopped.")
            code = 130
        if code:
            sys.exit(code)

    def run(self, **options: Any) -> int:
        """Do the work; return :data:`DONE`, :data:`ISSUES` or :data:`REFUSED`."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """A line for people; silent with ``--json``."""
        if not self.as_json:
            self.stdout.write(text)

    def result(self, document: dict[str, Any]) -> None:
        """The JSON document; silent without ``--json``."""
        if self.as_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False, default=str))

    @contextmanager
    def progress(self) -> Iterator[BarProgress]:
        """A progress bar on standard error for the length of the block."""
        with bar_progress(self.console, hidden=self.as_json) as progress:
            yield progress
