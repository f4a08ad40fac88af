"""``marquee loop``: train, predict, pick, wait until the picks are labelled, and again; prints the learning curve."""

import os
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from annotator.core.errors import AnnotatorError, InvalidInput, PluginError
from annotator.management.base import DONE, MarqueeCommand
from annotator.models import Project
from trainer.management.commands.train import find_project, parse_pairs
from trainer.models import ModelVersion, Round, Run
from trainer.queries.learning_curve import LearningCurve, load_learning_curve
from trainer.queries.pool import labelled_images, pool_images
from trainer.queries.rounds import with_counts
from trainer.services import supervision
from trainer.services.rounds import finish_rounds, start_round
from trainer.services.runs import cancel_run, start_prediction, start_training
from trainer.services.selection import select_round

POLL_SECONDS = 0.5
OVER = {Run.State.DONE, Run.State.FAILED, Run.State.CANCELLED}
BAR_WIDTH = 40


class LoopStopped(AnnotatorError):
    """A run or a round of the loop did not end well."""

    code = "loop_stopped"


class Command(MarqueeCommand):
    """Works in this process; a worker that runs beside it may take runs over, which changes nothing."""

    help = "Train, predict and pick the next batch; wait until it is labelled; again. Prints the learning curve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project and choices of each step."""
        super().add_arguments(parser)
        parser.add_argument("project", help="name or id of the project")
        parser.add_argument("--rounds", type=int, default=1, help="how many batches to pick (default: 1)")
        parser.add_argument("--size", type=int, default=20, help="images per batch (default: 20)")
        parser.add_argument("--strategy", default="hybrid", help="acquisition strategy (default: hybrid)")
        parser.add_argument(
            "--strategy-option", action="append", default=[], metavar="NAME=VALUE", help="option of the strategy"
        )
        parser.add_argument("--backend", default="ultralytics", help="training backend (default: ultralytics)")
        parser.add_argument("--weights", default="", help="start weights by name; empty trains from scratch")
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="option of the backend")
        parser.add_argument("--seed", type=int, default=0, help="seed of trainings and rounds (default: 0)")
        parser.add_argument("--no-wait", action="store_true", help="end after picking, without waiting for labels")

    def run(self, **options: Any) -> int:
        """The loop."""
        if options["rounds"] < 1:
            raise InvalidInput("--rounds must be at least 1.")
        project = find_project(options["project"])
        with _working():
            for turn in range(options["rounds"]):
                if not self._turn(project, turn, options):
                    break
            else:
                if not options["no_wait"]:
                    self._train(project, options)
        self._show(project)
        return DONE

    def _turn(self, project: Project, turn: int, options: dict[str, Any]) -> bool:
        """Train, predict, pick and wait once; ``False`` when nothing is left to pick."""
        model = self._train(project, options)
        if not pool_images(project).exists():
            self.say("Every image is labelled, queued or held out: nothing is left to pick.")
            return False
        if model is not None:
            self._follow(start_prediction(actor=None, project=project, model=model.id), "Predicting")
        picked = self._pick(project, model, options, seed=options["seed"] + turn)
        if not options["no_wait"]:
            self._wait(picked)
        return True

    def _train(self, project: Project, options: dict[str, Any]) -> ModelVersion | None:
        """Train on everything that is labelled; without labels there is nothing to train and the round starts cold."""
        if not labelled_images(project).exists():
            self.say("Nothing is labelled yet: the first batch is picked without a model.")
            return None
        run = start_training(
            actor=None,
            project=project,
            backend=options["backend"],
            task=project.task,
            options=parse_pairs(options["option"]),
            weights=options["weights"],
            seed=options["seed"],
        )
        self._follow(run, "Training")
        model = ModelVersion.objects.get(run=run)
        metrics = ", ".join(f"{name} {value:.3f}" for name, value in model.metrics.items() if isinstance(value, float))
        self.say(f"Model {model.number} from {model.labelled_images} images: {metrics}")
        return model

    def _follow(self, run: Run, title: str) -> None:
        """Show a run until it is over; raises :class:`LoopStopped` when it did not end well."""

        def look() -> tuple[bool, float]:
            run.refresh_from_db()
            return run.state in OVER, run.progress

        try:
            self._until(look, title)
        except KeyboardInterrupt:
            cancel_run(actor=None, run=run)
            raise
        if run.state != Run.State.DONE:
            raise LoopStopped(f"{title} ended as {run.state}. {run.error}".strip())

    def _pick(self, project: Project, model: ModelVersion | None, options: dict[str, Any], *, seed: int) -> Round:
        picked = start_round(
            actor=None,
            project=project,
            strategy=options["strategy"],
            options=parse_pairs(options["strategy_option"]),
            size=options["size"],
            seed=seed,
            model=model,
        )
        select_round(round_id=picked.id, owner=f"loop:{os.getpid()}")

        def look() -> tuple[bool, float]:
            picked.refresh_from_db()
            return picked.state != Round.State.SELECTING, picked.progress

        self._until(look, "Picking")
        if picked.state == Round.State.FAILED:
            raise PluginError(picked.error)
        count = picked.picks.count()
        self.say(f"Round {picked.number}: {count} of {picked.pool_size} images picked by {picked.strategy}.")
        return picked

    def _wait(self, picked: Round) -> None:
        """Wait for people."""

        def look() -> tuple[bool, float]:
            finish_rounds([picked.id])
            counted = with_counts(Round.objects.filter(id=picked.id)).get()
            done = counted.state != Round.State.OPEN
            return done, 1 - counted.waiting / max(counted.picked, 1)

        self._until(look, f"Waiting for labels of round {picked.number}")

    def _until(self, look: Callable[[], tuple[bool, float]], title: str) -> None:
        with self.progress() as bar:
            while True:
                done, share = look()
                bar.advance(round(share * 100), 100, title)
                if done:
                    return
                time.sleep(POLL_SECONDS)

    def _show(self, project: Project) -> None:
        curve = load_learning_curve(project)
        for line in draw_curve(curve):
            self.say(line)
        rounds = [
            {"number": r.number, "state": r.state, "strategy": r.strategy, "picked": r.picked} for r in curve.rounds
        ]
        self.result({"project": project.id, "metric": curve.metric, "points": curve.points, "rounds": rounds})


def draw_curve(curve: LearningCurve) -> Iterator[str]:
    """The learning curve as lines of text with bars."""
    if not curve.points:
        yield "No model has been measured yet."
        return
    yield f"{'model':>5} {'images':>7} {'objects':>8}  {curve.metric}"
    for point in curve.points:
        bar = "█" * round(point["value"] * BAR_WIDTH)
        row = f"{point['number']:>5} {point['labelled_images']:>7} {point['labelled_objects']:>8}"
        yield f"{row}  {point['value']:.3f} {bar}"


@contextmanager
def _working() -> Iterator[None]:
    """Work on waiting runs in a thread for the length of the block."""
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.is_set() and not supervision.shutting_down.is_set():
                supervision.work()
                stop.wait(POLL_SECONDS)
        finally:
            connection.close()

    thread = threading.Thread(target=work, name="loop-worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        supervision.shutting_down.set()  # ends a child that is still at work; its run goes back to the queue
        thread.join()
        supervision.shutting_down.clear()
