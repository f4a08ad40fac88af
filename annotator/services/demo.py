"""The demo project: pictures that the program draws itself, partly labelled, so that Train can be pressed at once."""

import io
from typing import Any

import numpy as np
from django.db import transaction

from annotator.core.demo import LABELS, draw_scene
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord
from annotator.models import Image, Job, Project, User
from annotator.services.annotations import import_annotations
from annotator.services.intake import add_image_file
from annotator.services.jobs import create_job
from annotator.services.projects import create_project

NAME = "Demo: garden pond"
IMAGES = 72
LABELLED = 30
SEED = 7


@transaction.atomic
def create_demo_project(*, actor: User) -> tuple[Project, Job]:
    """Make the project with its classes and queue the drawing of its pictures."""
    project = create_project(
        actor=actor,
        name=NAME,
        description="Koi, lily pads and turtles, drawn by Marquee. Thirty pictures are labelled: train, predict, pick, correct.",
        task=Project.Task.DETECT,
        labels=[{"name": label.name, "color": label.color, "hotkey": str(n)} for n, label in enumerate(LABELS, 1)],
        is_demo=True,
    )
    return project, create_job(actor=actor, project=project, kind=Job.Kind.DEMO, parameters={"seed": SEED})


def run_demo(job: Job, progress: Progress) -> dict[str, Any]:
    """Draw what is not there yet; starting again after a crash goes on where it was."""
    project = job.project
    seed = int(job.parameters.get("seed", SEED))
    present = set(project.images.values_list("name", flat=True))
    labels = {label.name: label.id for label in project.labels.all()}
    for number in range(IMAGES):
        name = f"pond-{number + 1:03d}.jpg"
        if name not in present:
            _add_scene(job, labels, name, np.random.default_rng([seed, number]), labelled=number < LABELLED)
        progress.advance(number + 1, IMAGES, "Drawing pictures")
    return {"images": IMAGES, "labelled": LABELLED}


@transaction.atomic
def _add_scene(job: Job, labels: dict[str, int], name: str, rng: np.random.Generator, *, labelled: bool) -> None:
    scene = draw_scene(rng)
    buffer = io.BytesIO()
    scene.picture.save(buffer, "JPEG", quality=90)
    result = add_image_file(actor=job.created_by, project=job.project, name=name, data=buffer.getvalue())
    if labelled and result.image is not None:
        _label(job.created_by, result.image, scene.annotations, labels)


def _label(actor: User | None, image: Image, annotations: tuple[AnnotationRecord, ...], labels: dict[str, int]) -> None:
    import_annotations(actor=actor, image=image, records=annotations, labels=labels, state=Image.State.LABELLED)
