"""``marquee train``: freeze what is labelled, train, and say how good the model is."""

import threading
import time
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from annotator.core.errors import InvalidInput, NotFound
from annotator.management.base import DONE, REFUSED, MarqueeCommand
from annotator.models import DatasetVersion, Project
from trainer.models import Run
from trainer.queries.runs import detailed_runs
from trainer.services import supervision
from trainer.services.runs import cancel_run, start_training

POLL_SECONDS = 0.5
OVER = {Run.State.DONE, Run.State.FAILED, Run.State.CANCELLED}


class Command(MarqueeCommand):
    """Trains here, in this process; with --detach a worker does it."""

    help = "Freeze the labelled images of a project, train a model and print its metrics."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project and choices of the training."""
        super().add_arguments(parser)
        parser.add_argument("project", help="name or id of the project")
        parser.add_argument("--backend", default="ultralytics", help="training backend (default: ultralytics)")
        parser.add_argument("--task", choices=["detect", "segment", "classify"], help="default: the project's")
        parser.add_argument("--weights", default="", help="start weights by name; empty trains from scratch")
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="option of the backend")
        parser.add_argument("--seed", type=int, default=0, help="seed of the training (default: 0)")
        parser.add_argument("--dataset", type=int, metavar="NUMBER", help="train on this frozen version")
        parser.add_argument("--name", default="", help="name of the run and its model")
        parser.add_argument("--detach", action="store_true", help="only queue the run; a worker trains")

    def run(self, **options: Any) -> int:
        """Queue the run, then work on it and follow it."""
        project = find_project(options["project"])
        run = start_training(
            actor=None,
            project=project,
            backend=options["backend"],
            task=options["task"] or project.task,
            options=parse_pairs(options["option"]),
            weights=options["weights"],
            seed=options["seed"],
            name=options["name"],
            version=find_version(project, options["dataset"]),
        )
        if options["detach"]:
            self.say(f"Queued: {run.id}")
            self.result({"run": run.id, "state": run.state})
            return DONE
        return self._report(self._follow(run))

    def _follow(self, run: Run) -> Run:
        """Work on waiting runs in a thread and show how this one goes."""
        worker = threading.Thread(target=_work_until, args=(run,), daemon=True)
        worker.start()
        try:
            with self.progress() as bar:
                while (current := detailed_runs().get(id=run.id)).state not in OVER:
                    live = current.status
                    message = str(live.get("phase") or current.state)
                    bar.advance(round(current.progress * 1000), 1000, message)
                    time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            cancel_run(actor=None, run=run)
            raise
        finally:
            supervision.shutting_down.set()
            worker.join()
        return current

    def _report(self, run: Run) -> int:
        model = getattr(run, "trained", None)
        metrics = model.metrics if model is not None else {}
        number = model.number if model is not None else None
        self.result({"run": run.id, "state": run.state, "model": number, "metrics": metrics, "error": run.error})
        if run.state != Run.State.DONE:
            self.console.print(f"[red]✗[/red] {run.error or 'The run was cancelled.'}", soft_wrap=True, markup=True)
            return REFUSED
        self.say(f"Model {number}: " + ", ".join(f"{name} {value:.3f}" for name, value in metrics.items()))
        return DONE


def _work_until(run: Run) -> None:
    """Work on waiting runs, also those of others that come first, until ``run`` is over or we are asked to stop."""
    try:
        while not supervision.shutting_down.is_set() and not Run.objects.filter(id=run.id, state__in=OVER).exists():
            supervision.work()
            time.sleep(POLL_SECONDS)
    finally:
        connection.close()


def find_project(text: str) -> Project:
    """A project by id or by its name; raises :class:`NotFound` or, for names given twice, :class:`InvalidInput`."""
    try:
        projects = list(Project.objects.filter(id=UUID(text)))
    except ValueError:
        projects = list(Project.objects.filter(name=text))
    if not projects:
        raise NotFound(f"There is no project “{text}”.")
    if len(projects) > 1:
        raise InvalidInput(
            f"{len(projects)} projects are called “{text}”; give the id: {', '.join(str(p.id) for p in projects)}."
        )
    return projects[0]


def find_version(project: Project, number: int | None) -> UUID | None:
    """The id of dataset version ``number``; raises :class:`NotFound` when there is none."""
    if number is None:
        return None
    version = DatasetVersion.objects.filter(project=project, number=number).first()
    if version is None:
        raise NotFound(f"“{project.name}” has no dataset version {number}.")
    return version.id


def parse_pairs(pairs: list[str]) -> dict[str, Any]:
    """``["epochs=5", "optimizer=SGD"]`` as values: JSON where it is, else text."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InvalidInput(f"Write options as NAME=VALUE, not “{pair}”.")
        try:
            values[name.strip()] = orjson.loads(text)
        except orjson.JSONDecodeError:
            values[name.strip()] = text
    return values
