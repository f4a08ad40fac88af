"""The training form warns honestly and suggests what this machine can do."""

from typing import Any

import pytest

from annotator.models import Project
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from trainer.models import DeviceSlot
from trainer.queries import training
from trainer.queries.training import describe_training

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(labels=("cell", "plate"))


def label(project: Project, images: int, objects: int, **fields: Any) -> None:
    cell = project.labels.get(name="cell")
    for _ in range(images):
        image = make_image(project, state="labelled", **fields)
        for _ in range(objects):
            make_annotation(image, cell)


def test_counts_only_what_is_submitted(project: Project) -> None:
    label(project, 2, 3)
    unfinished = make_image(project, state="in_progress")
    make_annotation(unfinished, project.labels.get(name="plate"))
    make_annotation(project.images.filter(state="labelled")[0], project.labels.get(name="cell"), deleted=True)
    form = describe_training(project=project)
    assert form["labelled_images"] == 2
    assert form["labels"] == [{"name": "cell", "count": 6}, {"name": "plate", "count": 0}]


def test_warnings(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    label(project, 2, 3)
    monkeypatch.setattr(training, "weights_folders", list)
    warnings = " ".join(describe_training(project=project)["warnings"])
    assert "Only 2 images are labelled" in warnings
    assert "Fewer than 10 objects of: cell, plate" in warnings
    assert "training starts from scratch" in warnings
    assert "No worker that trains has reported in" in warnings
    DeviceSlot.objects.create(host="h", device="cpu")
    assert "There is no GPU" in " ".join(describe_training(project=project)["warnings"])
    DeviceSlot.objects.create(host="h", device="cuda:0")
    assert "GPU" not in " ".join(describe_training(project=project)["warnings"])


def test_suggestion_fits_machine_and_pictures(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "weights_folders", list)
    label(project, 40, 1, width=1000, height=800)
    slot = DeviceSlot.objects.create(host="h", device="cpu")
    assert suggested(project) == {"imgsz": 256, "epochs": 45, "architecture": "yolo11-tiny"}
    slot.delete()
    DeviceSlot.objects.create(host="h", device="cuda:0")
    assert suggested(project) == {"imgsz": 640, "epochs": 180}


def suggested(project: Project) -> dict[str, Any]:
    backends = describe_training(project=project)["backends"]
    options: dict[str, Any] = next(b["suggested_options"] for b in backends if b["name"] == "ultralytics")
    return options
