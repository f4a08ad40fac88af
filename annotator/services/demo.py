"""The demo project: pictures that the program draws itself, partly labelled, so that Train can be pressed at once."""

import io
from typing import Any

import numpy as np
from django.db import transaction

from annotator.core.demo import LABELS, Scene, draw_scene
from annotator.core.progress import Progress
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
    seed = int(job.parameters.get("seed", SEED))
    present = {image.name: image for image in job.project.images.all()}
    labels = {label.name: label.id for label in job.project.labels.all()}
    for number in range(IMAGES):
        name = f"pond-{number + 1:03d}.jpg"
        labelled = number < LABELLED
        image = present.get(name)
        if image is None or (labelled and image.state == Image.State.NEW):
            scene = draw_scene(np.random.default_rng([seed, number]))
            # Not in one transaction: decoding the picture would hold SQLite's write lock.
            image = image or _add(job, name, scene)
            if labelled and image is not None:
                import_annotations(
                    actor=job.created_by,
                    image=image,
                    records=scene.annotations,
                    labels=labels,
                    state=Image.State.LABELLED,
                )
        progress.advance(number + 1, IMAGES, "Drawing pictures")
    return {"images": IMAGES, "labelled": LABELLED}


def _add(job: Job, name: str, scene: Scene) -> Image | None:
    buffer = io.BytesIO()
    scene.picture.save(buffer, "JPEG", quality=90)
    return add_image_file(actor=job.created_by, project=job.project, name=name, data=buffer.getvalue()).image
