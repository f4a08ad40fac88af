"""``marquee import``: a dataset from this machine into a project."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotator.core.errors import InvalidInput, NotFound
from annotator.management.base import DONE, ISSUES, MarqueeCommand
from annotator.management.choices import find_actor, find_project, parse_option
from annotator.models import Project, User
from annotator.plugins.families import FORMATS
from annotator.services.import_settings import ImportSettings, LabelChoice, NewLabel
from annotator.services.imports import import_dataset
from annotator.services.projects import create_project


class Command(MarqueeCommand):
    """Bring a dataset in."""

    help = "Bring a dataset (folder or zip archive) into a project; importing twice adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from, where to, and how."""
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, help="folder or zip archive")
        parser.add_argument("--project", required=True, help="name or id; a new project is made when there is none")
        parser.add_argument("--task", choices=Project.Task.values, default=Project.Task.DETECT, help="of a new project")
        parser.add_argument("--format", default="", help=f"{', '.join(FORMATS.names())}; found out when left out")
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="option of the format")
        parser.add_argument(
            "--mode",
            choices=["add", "replace", "skip", "predictions"],
            default="add",
            help="what becomes of objects on images that have some; predictions: suggestions instead of labels",
        )
        parser.add_argument(
            "--label",
            action="append",
            default=[],
            metavar="NAME=MEANING",
            help="a label of the project, create, create:NEW NAME or ignore",
        )
        parser.add_argument("--label-fraction", type=float, default=1.0, help="annotate only this part of the images")
        parser.add_argument("--seed", type=int, default=0, help="for --label-fraction")
        parser.add_argument("--ignore-splits", action="store_true", help="do not keep the dataset's own splits")
        parser.add_argument(
            "--size-only", action="store_true", help="make images of records that have a size but no picture"
        )
        parser.add_argument("--token", default="", help="of a dry run: refuse when the files have changed since")
        parser.add_argument("--dry-run", action="store_true", help="look and report, change nothing")
        parser.add_argument("--user", default="", help="whose work this is; the first administrator by default")

    def run(self, **options: Any) -> int:
        """Import and print the report."""
        source = options["path"].expanduser().resolve()
        if not source.exists():
            raise NotFound(f"There is no file or folder {options['path']}.")
        if not 0 < options["label_fraction"] <= 1:
            raise InvalidInput("--label-fraction lies between 0 and 1.")
        actor = find_actor(options["user"])
        existing = find_project(options["project"])
        project = existing or create_project(actor=actor, name=options["project"], task=options["task"])
        try:
            report = self._import(actor, project, source, options)
        finally:
            if existing is None and not project.images.exists():
                project.delete()  # made for nothing: a dry run, or a dataset that was refused
        self._tell(report, project)
        self.result({"project": str(project.id) if project.pk else None, **report})
        return ISSUES if any(issue["severity"] in {"error", "warning"} for issue in report["issues"]) else DONE

    def _import(self, actor: User, project: Project, source: Path, options: dict[str, Any]) -> dict[str, Any]:
        settings = ImportSettings(
            path=str(source),
            format=options["format"],
            options=dict(parse_option(text) for text in options["option"]),
            mode=options["mode"],
            labels=dict(_meaning(text, project) for text in options["label"]),
            dry_run=options["dry_run"],
            keep_splits=not options["ignore_splits"],
            label_fraction=options["label_fraction"],
            seed=options["seed"],
            size_only=options["size_only"],
            token=options["token"],
        )
        with tempfile.TemporaryDirectory(prefix="marquee-import-") as name, self.progress() as progress:
            work = Path(name) / "files"
            return import_dataset(
                actor=actor, project=project, source=source, settings=settings, progress=progress, work=work
            )

    def _tell(self, report: dict[str, Any], project: Project) -> None:
        counts = report["counts"]
        self.say(f"{report['format']}: {counts['images']} images, {counts['annotations']} annotations in the files.")
        if report["dry_run"]:
            self.say(
                f"Dry run, nothing was changed: {counts['new'] + counts['size_only']} images are new, "
                f"{counts['matched']} are in the project, {counts['without_file']} have no picture here."
            )
            self.say(f"To import exactly this: --token {report['token']}")
        else:
            self.say(
                f"“{project.name}”: {counts['images_added'] + counts['images_renamed']} images added, "
                f"{counts['images_matched']} were there, {counts['images_refused']} refused; "
                f"{counts['annotations_added']} annotations added, {counts['annotations_already_there']} were there, "
                f"{counts['suggestions_added']} suggestions added."
            )
        for issue in report["issues"]:
            self.say(f"  {issue['severity']:<8}{issue['n']:>6} × {issue['code']}: {issue['samples'][0]['text']}")


def _meaning(text: str, project: Project) -> tuple[str, LabelChoice]:
    name, found, meaning = text.rpartition("=")
    if not found:
        raise InvalidInput(f"--label {text} has no meaning; write --label NAME=LABEL, NAME=create or NAME=ignore.")
    if meaning in {"create", "ignore"}:
        return name, "create" if meaning == "create" else "ignore"
    if meaning.startswith("create:") and meaning.removeprefix("create:").strip():
        return name, NewLabel(meaning.removeprefix("create:").strip())
    label = project.labels.filter(name=meaning).first()
    if label is None:
        raise InvalidInput(f"“{project.name}” has no label “{meaning}”.")
    return name, label.id
