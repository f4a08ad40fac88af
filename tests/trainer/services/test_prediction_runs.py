"""Predicted objects become rows; older pending ones step back; decided ones stay."""

from pathlib import Path

import numpy as np
import pytest

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord
from annotator.models import Image, Project
from tests.factories.images import make_image
from tests.factories.projects import make_project
from trainer.core.job import RunFolder
from trainer.core.records import BoxFeatures, ImagePrediction
from trainer.core.shards import write_shard
from trainer.models import ModelVersion, Prediction, Run
from trainer.services.leases import Claim
from trainer.services.prediction_runs import store_predictions

pytestmark = pytest.mark.django_db
RESULT = {"images": 2, "embedder": {"name": "e/1"}, "environment": {}}


@pytest.fixture
def project() -> Project:
    return make_project(labels=("cell", "plate", "old"))


def make_run(project: Project) -> tuple[Run, Claim]:
    labels = [{"id": label.id, "name": label.name} for label in project.labels.all()]
    number = ModelVersion.objects.count() + 1
    model = ModelVersion.objects.create(
        project=project, number=number, backend="fake", task="detect", weights_key="x", sha256="0", labels=labels
    )
    run = Run.objects.create(
        project=project, kind="predict", backend="fake", task="detect", model=model, state="running", owner="me"
    )
    return run, Claim(run.id, 0, "cpu", "me")


def write(folder: RunFolder, *images: tuple[Image | str, list[str]]) -> None:
    boxes = BoxFeatures(
        np.zeros((0, 4), np.float32),
        np.zeros(0, np.float32),
        np.zeros(0, np.int32),
        np.zeros((0, 3), np.float32),
        np.zeros((0, 2), np.float32),
    )
    predictions = [
        ImagePrediction(
            str(getattr(image, "id", image)),
            tuple(AnnotationRecord(label, Box(1.0, 2.0, 3.0, 4.0), score=0.75) for label in labels),
            np.zeros(4, np.float32),
            boxes,
        )
        for image, labels in images
    ]
    write_shard(folder.shards, 0, predictions)


def test_rows_and_the_end_of_the_run(project: Project, tmp_path: Path) -> None:
    first, second = make_image(project), make_image(project)
    run, claim = make_run(project)
    write(RunFolder(tmp_path), (first, ["cell", "plate"]), (second, []))
    store_predictions(claim, run, RunFolder(tmp_path), RESULT)
    rows = Prediction.objects.filter(image=first)
    assert sorted(rows.values_list("label__name", "kind", "score", "state")) == [
        ("cell", "box", 0.75, "pending"),
        ("plate", "box", 0.75, "pending"),
    ]
    assert rows[0].geometry == {"type": "box", "x": 1.0, "y": 2.0, "w": 3.0, "h": 4.0}
    run.refresh_from_db()
    assert (run.state, run.result, run.progress) == (
        "done",
        {"images": 2, "objects": 2, "embedder": {"name": "e/1"}},
        1.0,
    )


def test_repeated_after_a_kill_nothing_is_doubled(project: Project, tmp_path: Path) -> None:
    image = make_image(project)
    run, claim = make_run(project)
    write(RunFolder(tmp_path), (image, ["cell"]))
    store_predictions(claim, run, RunFolder(tmp_path), RESULT)
    Run.objects.filter(id=run.id).update(state="running", owner="me")
    store_predictions(claim, run, RunFolder(tmp_path), RESULT)
    assert Prediction.objects.count() == 1


def test_newer_predictions_supersede_pending_ones_only(project: Project, tmp_path: Path) -> None:
    image, other = make_image(project), make_image(project)
    old, claim = make_run(project)
    write(RunFolder(tmp_path / "old"), (image, ["cell", "cell"]), (other, ["cell"]))
    store_predictions(claim, old, RunFolder(tmp_path / "old"), RESULT)
    accepted = Prediction.objects.filter(image=image)[0]
    Prediction.objects.filter(id=accepted.id).update(state="accepted")
    new, claim = make_run(project)
    write(RunFolder(tmp_path / "new"), (image, ["plate"]))
    store_predictions(claim, new, RunFolder(tmp_path / "new"), RESULT)
    assert sorted(Prediction.objects.filter(image=image).values_list("run", "state")) == sorted(
        [(old.id, "accepted"), (old.id, "superseded"), (new.id, "pending")]
    )
    assert Prediction.objects.get(image=other).state == "pending", "images outside the new run keep theirs"


def test_what_vanished_in_the_meantime_is_left_out(project: Project, tmp_path: Path) -> None:
    image, gone = make_image(project), make_image(project)
    foreign = make_image(make_project())
    run, claim = make_run(project)
    write(RunFolder(tmp_path), (image, ["cell", "old", "unknown"]), (gone, ["cell"]), (foreign, ["cell"]))
    gone.delete()
    project.labels.filter(name="old").update(archived=True)
    store_predictions(claim, run, RunFolder(tmp_path), RESULT)
    assert list(Prediction.objects.values_list("image", "label__name")) == [(image.id, "cell")]
