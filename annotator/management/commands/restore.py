"""``marquee restore``: bring a backup back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command

from annotator.config import get_config
from annotator.core.errors import Conflict
from annotator.embedded.start import CannotStart, lock_home
from annotator.management.base import DONE, MarqueeCommand
from annotator.services.backup import restore_backup


class Command(MarqueeCommand):
    """Bring a backup back; the product must be stopped."""

    help = "Bring a backup back into MARQUEE_HOME and the configured database; stop the product first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and whether existing data may be moved aside."""
        super().add_arguments(parser)
        parser.add_argument("source", type=Path, help="archive written by marquee backup")
        parser.add_argument("--force", action="store_true", help="move an existing database and store aside first")

    def run(self, **options: Any) -> int:
        """Restore, then bring the database to this version's schema."""
        config = get_config()
        config.home.mkdir(parents=True, exist_ok=True)
        try:
            lock = lock_home(config)
        except CannotStart as error:
            raise Conflict(f"{error} Stop it before restoring.") from error
        with lock, self.progress() as progress:
            report = restore_backup(config=config, source=options["source"], force=options["force"], progress=progress)
        call_command("migrate", verbosity=0)
        self.say(f"Restored {report['restored']} files of {report['created']}.")
        if report["moved_aside"]:
            self.say(f"What was here before lies in {report['moved_aside']}.")
        self.result(report)
        return DONE
