"""``marquee backup``: everything in one archive."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotator.config import get_config
from annotator.management.base import DONE, MarqueeCommand
from annotator.services.backup import write_backup


class Command(MarqueeCommand):
    """Write database and files into one tar archive; the product may run meanwhile."""

    help = "Write database and files into one tar archive; the product may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        super().add_arguments(parser)
        parser.add_argument("target", nargs="?", type=Path, help="file to write; marquee-<date>.tar here by default")

    def run(self, **options: Any) -> int:
        """Write and say where."""
        target: Path = options["target"] or Path(f"marquee-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar")
        with self.progress() as progress:
            manifest = write_backup(config=get_config(), target=target.resolve(), progress=progress)
        self.say(f"{manifest['path']}: {manifest['files']} files, {manifest['bytes'] / 1e6:.1f} MB")
        if manifest["images_in_bucket"]:
            self.say(
                f"Images and models stay in the bucket {manifest['images_in_bucket']}; back that up with its own tools."
            )
        self.result(manifest)
        return DONE
