"""Runs as people start and control them."""

from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from annotator.core.errors import Conflict, InvalidInput, LimitExceeded, Unavailable
from annotator.models import DatasetVersion, Project, User
from annotator.plugins.base import parse_options
from annotator.services.audit import record
from annotator.services.versions import create_version
from trainer.core.records import ModelTask
from trainer.models import ModelVersion, Run
from trainer.plugins.families import BACKENDS
from trainer.queries.weights import resolve_weights
from trainer.services.inputs import pool
from trainer.services.run_events import record_state
from trainer.services.sweeping import wake_worker

WAITING_LIMIT = 50
"""Runs of one project that may wait or work at the same time."""


def start_training(
    *,
    actor: User | None,
    project: Project,
    backend: str,
    task: str,
    options: dict[str, Any],
    weights: str = "",
    seed: int = 0,
    name: str = "",
    version: UUID | None = None,
    freeze: dict[str, Any] | None = None,
) -> Run:
    """Queue a training on a frozen version, or on one that is frozen now; what cannot work is refused at once."""
    values = check_training(project=project, backend=backend, task=task, options=options, weights=weights)
    with transaction.atomic():
        _check_queue(project)
        dataset = _version(actor, project, version, freeze)
        run = Run.objects.create(
            project=project,
            kind=Run.Kind.TRAIN,
            name=name.strip()[:200],
            backend=backend,
            task=task,
            options=values,
            weights=weights,
            seed=seed,
            version=dataset,
            created_by=actor,
        )
        _announce(actor, run)
    return run


def check_training(
    *, project: Project, backend: str, task: str, options: dict[str, Any], weights: str
) -> dict[str, Any]:
    """The complete options of a training; raises an ``AnnotatorError`` whose sentence names what does not fit."""
    plugin = BACKENDS.get(backend)
    if missing := plugin.unavailable():
        raise Unavailable(missing)
    if ModelTask(task) not in plugin.tasks:
        raise InvalidInput(f"{plugin.title} cannot be trained for the task “{task}”.")
    start = resolve_weights(backend, weights, project_id=project.id)
    if start.model is not None and start.model.task != task:
        raise InvalidInput(f"Model {start.model.number} is for the task “{start.model.task}”, not for “{task}”.")
    values: dict[str, Any] = msgspec.to_builtins(parse_options(plugin, options))
    return values


def _version(
    actor: User | None, project: Project, version: UUID | None, freeze: dict[str, Any] | None
) -> DatasetVersion:
    if version is not None:
        found = DatasetVersion.objects.filter(project=project, id=version).first()
        if found is None:
            raise InvalidInput("This project has no such dataset version.")
        return found
    return create_version(actor=actor, project=project, **(freeze or {}))


def start_prediction(
    *,
    actor: User | None,
    project: Project,
    model: UUID,
    images: str | list[UUID] = "unlabelled",
    confidence: float = 0.1,
) -> Run:
    """Queue a prediction over the pool; raises :class:`Conflict` when it is empty."""
    version = ModelVersion.objects.filter(project=project, id=model).first()
    if version is None:
        raise InvalidInput("This project has no such model.")
    wanted = images if isinstance(images, str) else [str(image) for image in images]
    with transaction.atomic():
        _check_queue(project)
        run = Run(
            project=project,
            kind=Run.Kind.PREDICT,
            name=f"Predictions of model {version.number}",
            backend=version.backend,
            task=version.task,
            model=version,
            scope={"images": wanted, "confidence": confidence},
            created_by=actor,
        )
        if not pool(run).exists():
            raise Conflict("There are no images to predict: every image of the choice is labelled or gone.")
        run.save(force_insert=True)
        _announce(actor, run)
    return run


def _check_queue(project: Project) -> None:
    waiting = Run.objects.filter(project=project, state__in=[Run.State.QUEUED, Run.State.RUNNING]).count()
    if waiting >= WAITING_LIMIT:
        raise LimitExceeded(
            f"{waiting} runs of this project wait or work already. Wait for some of them, or cancel them."
        )


def _announce(actor: User | None, run: Run) -> None:
    record(actor=actor, action="run.started", project=run.project, target=str(run.id), detail={"kind": run.kind})
    record_state(run, Run.State.QUEUED, f"{_who(actor)} started the run.")
    wake_worker()


def cancel_run(*, actor: User | None, run: Run) -> Run:
    """End a run without a result; its last checkpoint stays, so that it can be resumed."""
    with transaction.atomic():
        waiting = Run.objects.filter(id=run.id, state=Run.State.QUEUED).update(
            state=Run.State.CANCELLED, stop_requested=Run.Stop.CANCEL, ended_at=Now()
        )
        working = 0 if waiting else _ask(run, Run.Stop.CANCEL)
        if not (waiting or working):
            raise Conflict(f"The run is over: {_now(run).state}.")
        record(actor=actor, action="run.cancelled", project=run.project, target=str(run.id))
        current = _now(run)
        record_state(current, current.state, f"{_who(actor)} cancelled the run.")
    return current


def finish_run(*, actor: User | None, run: Run) -> Run:
    """Ask a training to finish early: it validates, keeps its best model and ends."""
    if run.kind != Run.Kind.TRAIN:
        raise Conflict("Only a training can be finished early. Cancel the prediction instead.")
    with transaction.atomic():
        if not _ask(run, Run.Stop.FINISH):
            raise Conflict(f"Only a training that works can be finished early; this one is {_now(run).state}.")
        record(actor=actor, action="run.finished", project=run.project, target=str(run.id))
        current = _now(run)
        record_state(current, current.state, f"{_who(actor)} asked the training to finish early.")
    return current


def _ask(run: Run, stop: Run.Stop) -> int:
    """Write a request on a run that works; to cancel outweighs to finish."""
    working = Run.objects.filter(id=run.id, state=Run.State.RUNNING)
    return working.filter(~Q(stop_requested=Run.Stop.CANCEL)).update(stop_requested=stop)


def resume_run(*, actor: User | None, run: Run) -> Run:
    """Queue a failed or cancelled run again; it goes on from its last checkpoint."""
    with transaction.atomic():
        again = Run.objects.filter(id=run.id, state__in=[Run.State.FAILED, Run.State.CANCELLED]).update(
            state=Run.State.QUEUED,
            stop_requested=Run.Stop.NONE,
            attempt=0,
            error="",
            exit_code=None,
            ended_at=None,
            owner="",
        )
        if not again:
            raise Conflict(f"Only a failed or cancelled run can be resumed; this one is {_now(run).state}.")
        record(actor=actor, action="run.resumed", project=run.project, target=str(run.id))
        current = _now(run)
        record_state(current, current.state, f"{_who(actor)} resumed the run.")
        wake_worker()
    return current


def _who(actor: User | None) -> str:
    """For sentences: a person, or a command on the server."""
    return str(actor) if actor is not None else "A command on the server"


def _now(run: Run) -> Run:
    return Run.objects.select_related("version", "model", "created_by", "project").get(id=run.id)
