"""``marquee export``: a project or a version of it as files in a chosen format."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotator.core.errors import Conflict, InvalidInput, NotFound
from annotator.core.packing import ARCHIVES
from annotator.core.splits import SplitRule, check_rule
from annotator.management.base import DONE, ISSUES, MarqueeCommand
from annotator.management.choices import need_project, parse_option
from annotator.models import DatasetVersion, Image
from annotator.plugins.families import FORMATS
from annotator.plugins.formats import grave_losses
from annotator.services.export_selection import ExportSettings
from annotator.services.exports import export_archive, export_folder, look_at_export


class Command(MarqueeCommand):
    """Write a dataset."""

    help = "Write a project's labelled images (or a frozen version) in a chosen format, as a folder or a zip archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, how and where to."""
        super().add_arguments(parser)
        parser.add_argument("project", help="name or id")
        parser.add_argument("target", type=Path, help="a new folder, or a file that ends in .zip, .tar or .tar.gz")
        parser.add_argument("--format", required=True, choices=FORMATS.names())
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="option of the format")
        parser.add_argument("--from-version", type=int, metavar="NUMBER", help="number of a frozen version")
        parser.add_argument(
            "--state", action="append", default=[], choices=Image.State.values, help="only these states"
        )
        parser.add_argument("--all", action="store_true", dest="everything", help="images that are not labelled, too")
        parser.add_argument("--no-images", action="store_true", help="annotations only")
        parser.add_argument("--split", metavar="TRAIN,VAL,TEST", help="divide anew, in parts like 0.8,0.2,0")
        parser.add_argument("--seed", type=int, default=0, help="of --split")
        parser.add_argument("--together", default="", help="folder, uploader or metadata:<field>, for --split")
        parser.add_argument("--dry-run", action="store_true", help="only say what the format cannot hold")

    def run(self, **options: Any) -> int:
        """Export and print the report."""
        project = need_project(options["project"])
        target: Path = options["target"].expanduser().resolve()
        looking = options["dry_run"]
        if not looking and target.exists() and (target.is_file() or any(target.iterdir())):
            raise Conflict(f"{options['target']} is there already; choose a new name.")
        settings = ExportSettings(
            format=options["format"],
            options=dict(parse_option(text) for text in options["option"]),
            version=self._version(project.id, options["from_version"]),
            states=tuple(options["state"]),
            everything=options["everything"],
            with_images=not options["no_images"],
            split=self._split(options),
            dry_run=looking,
        )
        if not looking and not target.parent.is_dir():
            raise InvalidInput(f"The folder {target.parent} does not exist.")
        with self.progress() as progress:
            if looking:
                report = look_at_export(project=project, settings=settings, progress=progress)
            elif target.name.lower().endswith(ARCHIVES):
                report = export_archive(project=project, settings=settings, target=target, progress=progress)
            else:
                target.mkdir(exist_ok=True)
                report = export_folder(project=project, settings=settings, target=target, progress=progress)
        counts = report["counts"]
        where = "would be written" if looking else f"are in {target}"
        self.say(f"{counts['images']} images and {counts['annotations']} annotations {where}.")
        for loss in report["lossy"]:
            self.say(f"  {loss['count']:>6} × {loss['code']}: {loss['text']}")
        for issue in report["issues"]:
            self.say(f"  {issue['n']:>6} × {issue['code']}: {issue['samples'][0]['text']}")
        self.result({"target": str(target), **report})
        return ISSUES if grave_losses(report["lossy"]) or report["issues"] else DONE

    def _split(self, options: dict[str, Any]) -> SplitRule | None:
        if options["split"] is None:
            return None
        try:
            train, val, test = (float(part) for part in options["split"].split(","))
        except ValueError:
            raise InvalidInput(
                "--split takes three numbers: the parts of train, val and test, like 0.8,0.2,0."
            ) from None
        fractions = {"train": train, "val": val, "test": test}
        return check_rule(
            SplitRule(fractions=fractions, seed=options["seed"], together=options["together"], keep_fixed=False)
        )

    def _version(self, project_id: Any, number: int | None) -> str | None:
        if number is None:
            return None
        version = DatasetVersion.objects.filter(project_id=project_id, number=number).first()
        if version is None:
            raise NotFound(f"The project has no version {number}.")
        return str(version.id)
