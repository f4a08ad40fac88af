"""``marquee export``: a project or a version of it as files in a chosen format."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotator.core.errors import Conflict, InvalidInput, NotFound
from annotator.management.base import DONE, ISSUES, MarqueeCommand
from annotator.management.choices import need_project, parse_option
from annotator.models import DatasetVersion, Image
from annotator.plugins.families import FORMATS
from annotator.services.exports import ExportSettings, export_archive, export_folder


class Command(MarqueeCommand):
    """Write a dataset."""

    help = "Write a project's labelled images (or a frozen version) in a chosen format, as a folder or a zip archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, how and where to."""
        super().add_arguments(parser)
        parser.add_argument("project", help="name or id")
        parser.add_argument("target", type=Path, help="a new folder, or a file that ends in .zip")
        parser.add_argument("--format", required=True, choices=FORMATS.names())
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="option of the format")
        parser.add_argument("--from-version", type=int, metavar="NUMBER", help="number of a frozen version")
        parser.add_argument(
            "--state", action="append", default=[], choices=Image.State.values, help="only these states"
        )
        parser.add_argument("--all", action="store_true", dest="everything", help="images that are not labelled, too")
        parser.add_argument("--no-images", action="store_true", help="annotations only")

    def run(self, **options: Any) -> int:
        """Export and print the report."""
        project = need_project(options["project"])
        target: Path = options["target"].expanduser().resolve()
        if target.exists() and (target.is_file() or any(target.iterdir())):
            raise Conflict(f"{options['target']} is there already; choose a new name.")
        settings = ExportSettings(
            format=options["format"],
            options=dict(parse_option(text) for text in options["option"]),
            version=self._version(project.id, options["from_version"]),
            states=tuple(options["state"]),
            everything=options["everything"],
            with_images=not options["no_images"],
        )
        if not target.parent.is_dir():
            raise InvalidInput(f"The folder {target.parent} does not exist.")
        with self.progress() as progress:
            if target.suffix.lower() == ".zip":
                report = export_archive(project=project, settings=settings, target=target, progress=progress)
            else:
                target.mkdir(exist_ok=True)
                report = export_folder(project=project, settings=settings, target=target, progress=progress)
        counts = report["counts"]
        self.say(f"{counts['images']} images and {counts['annotations']} annotations are in {target}.")
        for loss in report["lossy"]:
            self.say(f"  {loss['count']:>6} × {loss['code']}: {loss['text']}")
        for issue in report["issues"]:
            self.say(f"  {issue['n']:>6} × {issue['code']}: {issue['samples'][0]['text']}")
        self.result({"target": str(target), **report})
        return ISSUES if report["lossy"] or report["issues"] else DONE

    def _version(self, project_id: Any, number: int | None) -> str | None:
        if number is None:
            return None
        version = DatasetVersion.objects.filter(project_id=project_id, number=number).first()
        if version is None:
            raise NotFound(f"The project has no version {number}.")
        return str(version.id)
