"""The next step of the loop."""

from typing import Any

import pytest

from annotator.models import DatasetVersion, Image, Project
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run, make_round
from trainer.models import ModelVersion, Round, Run
from trainer.queries.advice import advise, best_model_metrics

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(labels=("cell",))


def advice(project: Project, labelled: int = 30) -> tuple[str, str] | None:
    found = advise(project, {"images": 100, "labelled": labelled})
    return (found.kind, found.text) if found else None


def trained_on(project: Project, images: int) -> ModelVersion:
    version = DatasetVersion.objects.create(project=project, number=1, hash="0" * 64, counts={"images": images})
    run = Run.objects.create(project=project, kind="train", backend="x", task="detect", state="done", version=version)
    return make_model(project, run=run)


def test_first_training(project: Project) -> None:
    assert advice(project) == ("train", "30 images labelled: train the first model.")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"kind": "train", "state": "running", "progress": 0.25}, "A model is being trained: 25%."),
        ({"kind": "predict", "state": "queued"}, "A model is predicting the images: 0%."),
    ],
)
def test_wait_for_what_runs(project: Project, values: dict[str, Any], text: str) -> None:
    Run.objects.create(project=project, backend="x", task="detect", **values)
    assert advice(project) == ("wait", text)


def test_wait_for_the_selection(project: Project) -> None:
    make_round(project, state=Round.State.SELECTING)
    assert advice(project) == ("wait", "The next images to label are being picked.")


def test_label_what_was_picked(project: Project) -> None:
    images = [make_image(project) for _ in range(3)]
    make_round(project, images)
    assert advice(project) == ("label", "3 picked images wait to be labelled.")
    Image.objects.exclude(pk=images[0].pk).update(state=Image.State.LABELLED)
    assert advice(project) == ("label", "1 picked image waits to be labelled.")


def test_train_again_when_enough_is_new(project: Project) -> None:
    trained_on(project, 200)
    make_image(project)
    assert advice(project, 219) == ("predict", "Let model 1 predict the 1 image not labelled yet.")
    assert advice(project, 220) == ("train", "20 images labelled since model 1: train again.")


def test_pick_when_the_model_has_predicted(project: Project) -> None:
    model = trained_on(project, 30)
    make_prediction_run(model, {make_image(project): boxes_with([0.5])})
    assert advice(project) == ("pick", "Pick the images that help the next model most.")


def test_nothing_to_say_when_all_is_labelled(project: Project) -> None:
    trained_on(project, 30)
    assert advice(project) is None


def test_best_metric_of_each_project(project: Project) -> None:
    make_model(project, 1, metrics={"map50_95": 0.5})
    make_model(project, 2, metrics={"map50_95": 0.4})
    other = make_project()
    make_model(other, 1, metrics={"accuracy_top1": 0.9})
    empty = make_project()
    found = best_model_metrics([project.id, other.id, empty.id])
    assert {key: (metric.name, metric.value) for key, metric in found.items()} == {
        project.id: ("mAP50-95", 0.5),
        other.id: ("accuracy", 0.9),
    }
