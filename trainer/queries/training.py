"""What the training form needs to know: data, backends, weights, devices, and honest warnings."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from annotator.config import get_config
from annotator.core.errors import PluginError
from annotator.models import Image, Label, Project
from annotator.plugins.base import options_schema
from trainer.core.records import ModelTask
from trainer.models import DeviceSlot
from trainer.plugins.backends import ModelBackend
from trainer.plugins.families import BACKENDS
from trainer.queries.weights import earlier_models, weights_folders

FEW_IMAGES, FEW_OBJECTS = 20, 10
SILENT_AFTER = timedelta(minutes=2)
"""A device whose worker was not heard of for this long is not on offer."""
LABELLED = (Image.State.LABELLED, Image.State.REVIEWED)


def describe_training(*, project: Project) -> dict[str, Any]:
    """Everything the form shows."""
    labelled = Image.objects.filter(project=project, state__in=LABELLED).exclude(sha256="")
    images = labelled.count()
    labels = _label_counts(project)
    devices = list_devices()
    backends = [_describe_backend(name, project, images, devices) for name in BACKENDS.names()]
    return {
        "labelled_images": images,
        "labels": labels,
        "warnings": list(_warnings(images, labels, devices, backends, project)),
        "backends": backends,
        "devices": devices,
    }


def _label_counts(project: Project) -> list[dict[str, Any]]:
    counted = Q(annotations__deleted=False, annotations__image__state__in=LABELLED)
    rows = Label.objects.filter(project=project, archived=False).annotate(n=Count("annotations", filter=counted))
    return [{"name": label.name, "count": label.n} for label in rows.order_by("position", "id")]


def list_devices() -> list[dict[str, Any]]:
    """Devices of workers that were heard of lately, or that a run holds."""
    alive = Q(seen_at__gt=timezone.now() - SILENT_AFTER) | Q(run__isnull=False)
    slots = DeviceSlot.objects.filter(alive).order_by("host", "device")
    return [
        {
            "host": s.host,
            "device": s.device,
            "description": s.description,
            "busy_run": str(s.run_id) if s.run_id else None,
        }
        for s in slots
    ]


def _describe_backend(name: str, project: Project, images: int, devices: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        backend = BACKENDS.get(name)
    except PluginError as error:
        return _absent(name, str(error))
    missing = backend.unavailable()
    weights = _weights(name, backend, project)
    return {
        "name": name,
        "title": backend.title,
        "description": backend.description,
        "tasks": sorted(task.value for task in backend.tasks),
        "available": not missing,
        "error": missing,
        "architectures": {task.value: list(backend.architectures(task)) for task in sorted(backend.tasks)},
        "options_schema": options_schema(backend),
        "suggested_options": backend.suggested_options(
            task=ModelTask(project.task),
            images=images,
            longest_side=_usual_side(project),
            on_gpu=_any_gpu(devices),
            pretrained=any(w["task"] == project.task and w["available"] for w in weights),
        ),
        "weights": weights,
    }


def _absent(name: str, error: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "tasks": [],
        "architectures": {},
        "options_schema": {},
        "suggested_options": {},
        "weights": [],
    }
    return {"name": name, "title": name, "description": "", "available": False, "error": error, **nothing}


def _weights(name: str, backend: type[ModelBackend], project: Project) -> list[dict[str, Any]]:
    choices = [*earlier_models(project.id, name), *backend.weights(weights_folders())]
    allowed = get_config().allow_downloads
    return [asdict(c) | {"downloadable": c.downloadable and allowed} for c in choices if c.available or allowed]


def _warnings(
    images: int,
    labels: list[dict[str, Any]],
    devices: list[dict[str, Any]],
    backends: list[dict[str, Any]],
    project: Project,
) -> Any:
    if images == 0:
        yield "No image is labelled yet. Label some and submit them before you train."
    elif images < FEW_IMAGES:
        yield f"Only {images} images are labelled. A first model needs about {FEW_IMAGES}; expect little from fewer."
    rare = [row["name"] for row in labels if row["count"] < FEW_OBJECTS]
    if rare and images:
        yield f"Fewer than {FEW_OBJECTS} objects of: {', '.join(rare)}. The model will hardly find these."
    if not any(weight["task"] == project.task for backend in backends for weight in backend["weights"]):
        yield (
            "There are no pretrained weights for this task on the server, so training starts from scratch and needs "
            "many more images. Put weights into MARQUEE_HOME/weights, or set MARQUEE_ALLOW_DOWNLOADS=1."
        )
    if not devices:
        yield "No worker that trains has reported in. A run waits until one does."
    elif not _any_gpu(devices):
        yield "There is no GPU: training runs on the processor and takes far longer. Choose small images and networks."


def _any_gpu(devices: list[dict[str, Any]]) -> bool:
    return any(row["device"].startswith("cuda") for row in devices)


def _usual_side(project: Project) -> int:
    """Mean longer side of the project's images in pixels."""
    return round(Image.objects.filter(project=project).aggregate(side=Avg(Greatest("width", "height")))["side"] or 640)
