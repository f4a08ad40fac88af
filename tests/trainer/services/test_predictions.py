"""Decisions about predictions."""

from typing import Any
from uuid import uuid4

import pytest

from annotator.models import Annotation, Image, Label, Project, User
from annotator.services.operations import Operation, save_operations
from tests.factories.annotations import BOX, create, delete, make_annotation, update
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import make_model, make_prediction
from tests.factories.users import make_user
from trainer.models import Prediction, Run
from trainer.services import predictions
from trainer.services.predictions import follow_annotations, reject_predictions, sweep_predictions

pytestmark = pytest.mark.django_db


class Scene:
    """One image with one prediction."""

    def __init__(self) -> None:
        self.actor: User = make_user()
        self.project: Project = make_project(owner=self.actor, labels=("cell", "platelet"))
        self.label: Label = self.project.labels.get(name="cell")
        self.other: Label = self.project.labels.get(name="platelet")
        self.image: Image = make_image(self.project)
        self.model = make_model(self.project)
        self.prediction = self.predict(self.new_run())

    def new_run(self) -> Run:
        return Run.objects.create(
            project=self.project, kind="predict", backend="ultralytics", task="detect", model=self.model, state="done"
        )

    def predict(self, run: Run, **fields: Any) -> Prediction:
        return make_prediction(run, self.image, label=self.label.id, **fields)

    def accept(self, source: str = "prediction") -> Operation:
        return create(self.label, source=source, prediction=str(self.prediction.id), score=0.5)

    def state(self) -> str:
        self.prediction.refresh_from_db()
        return self.prediction.state


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def save(django_capture_on_commit_callbacks: Any, scene: Scene) -> Any:
    def run(*operations: Operation) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            outcome = save_operations(actor=scene.actor, image_id=scene.image.id, operations=operations)
        assert {result.status for result in outcome.results} == {"applied"}, outcome

    return run


def test_accepting_is_a_save_that_names_the_prediction(scene: Scene, save: Any) -> None:
    operation = scene.accept()
    save(operation)
    assert scene.state() == "accepted"
    assert scene.prediction.annotation == operation.annotation
    assert scene.prediction.decided_by == scene.actor


def test_accepting_with_changes_counts_as_edited(scene: Scene, save: Any) -> None:
    save(scene.accept("prediction_edited"))
    assert scene.state() == "edited"


def test_changing_an_accepted_one_makes_it_edited(scene: Scene, save: Any) -> None:
    operation = scene.accept()
    save(operation)
    save(update(operation.annotation, 1, geometry={**BOX, "x": 11.0}))
    assert scene.state() == "edited"


def test_deleting_the_annotation_makes_it_pending_again(scene: Scene, save: Any) -> None:
    operation = scene.accept()
    save(operation)
    save(delete(operation.annotation, 1))
    assert scene.state() == "pending"
    assert scene.prediction.annotation is None
    save(Operation(uuid4(), "restore", operation.annotation, 2))
    assert scene.state() == "accepted"


def test_an_old_one_steps_back_behind_a_newer_run(scene: Scene, save: Any) -> None:
    operation = scene.accept()
    save(operation)
    scene.predict(scene.new_run())
    save(delete(operation.annotation, 1))
    assert scene.state() == "superseded"


def test_hand_drawn_shapes_touch_nothing(scene: Scene, save: Any) -> None:
    save(create(scene.label))
    assert scene.state() == "pending"


def test_a_prediction_of_another_image_is_not_accepted(scene: Scene) -> None:
    elsewhere = make_image(scene.project)
    make_annotation(elsewhere, scene.label, source="prediction", prediction=scene.prediction.id)
    assert follow_annotations(prediction_ids=[scene.prediction.id]) == 0
    assert scene.state() == "pending"


def test_following_twice_changes_nothing(scene: Scene) -> None:
    make_annotation(scene.image, scene.label, source="prediction", prediction=scene.prediction.id)
    assert follow_annotations(prediction_ids=[scene.prediction.id]) == 1
    assert follow_annotations(prediction_ids=[scene.prediction.id]) == 0
    assert follow_annotations(prediction_ids=[uuid4()]) == 0


def test_the_sweep_follows_saves_whose_news_was_lost(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "_seen_revision", None)
    save_operations(actor=scene.actor, image_id=scene.image.id, operations=[scene.accept()])  # no callback runs
    assert scene.state() == "pending"
    assert sweep_predictions() == 1
    assert scene.state() == "accepted"
    assert sweep_predictions() == 0
    shape = Annotation.objects.get()
    save_operations(actor=scene.actor, image_id=scene.image.id, operations=[delete(shape.id, 1)])
    assert sweep_predictions() == 1
    assert scene.state() == "pending"


def test_rejecting_and_taking_it_back(scene: Scene) -> None:
    ids = [scene.prediction.id]
    assert reject_predictions(actor=scene.actor, image=scene.image, ids=ids) == 1
    assert scene.state() == "rejected"
    assert scene.prediction.decided_by == scene.actor
    assert reject_predictions(actor=scene.actor, image=scene.image, ids=ids) == 0
    assert reject_predictions(actor=scene.actor, image=scene.image, ids=ids, undo=True) == 1
    assert scene.state() == "pending"
    assert scene.prediction.decided_by is None


def test_an_accepted_one_is_not_rejected_and_foreign_ones_stay(scene: Scene) -> None:
    make_annotation(scene.image, scene.label, source="prediction", prediction=scene.prediction.id)
    follow_annotations(prediction_ids=[scene.prediction.id])
    foreign = make_prediction(scene.new_run(), make_image(scene.project), label=scene.label.id)
    ids = [scene.prediction.id, foreign.id]
    assert reject_predictions(actor=scene.actor, image=scene.image, ids=ids) == 0
    foreign.refresh_from_db()
    assert (scene.state(), foreign.state) == ("accepted", "pending")


def test_a_rejected_one_that_is_accepted_after_all(scene: Scene, save: Any) -> None:
    reject_predictions(actor=scene.actor, image=scene.image, ids=[scene.prediction.id])
    save(scene.accept())
    assert scene.state() == "accepted"
