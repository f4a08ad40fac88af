"""Predictions of an image and decisions of a project."""

import pytest

from annotator.models import Project
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction, make_prediction_run
from trainer.models import Prediction
from trainer.queries.predictions import count_decisions, pending_predictions, rejected_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(labels=("cell",))


def test_only_pending_ones_of_the_newest_run_best_first(project: Project) -> None:
    image = make_image(project)
    assert pending_predictions(image) == (None, [])
    make_prediction_run(make_model(project, 1), {image: boxes_with([0.9])})
    newest = make_model(project, 2)
    run = make_prediction_run(newest, {image: boxes_with([0.3], [0.8], [0.5])})
    Prediction.objects.filter(run=run, score__gt=0.7).update(state="accepted")
    model, rows = pending_predictions(image)
    assert model == newest
    assert [row.score for row in rows] == [pytest.approx(0.5), pytest.approx(0.3)]


def test_the_last_rejected_comes_first(project: Project) -> None:
    image = make_image(project)
    run = make_prediction_run(make_model(project), {image: boxes_with([0.9], [0.8])})
    first, second = Prediction.objects.filter(run=run).order_by("-score")
    for row, at in ((first, "2026-01-01T10:00Z"), (second, "2026-01-01T11:00Z")):
        Prediction.objects.filter(pk=row.pk).update(state="rejected", decided_at=at)
    assert rejected_ids(image) == [second.id, first.id]


def test_decisions_newest_model_first_without_undecided_models(
    project: Project, django_assert_num_queries: object
) -> None:
    image = make_image(project)
    label = project.labels.get().id
    make_model(project, 3)  # has predicted nothing
    for number, states in ((1, ("accepted", "rejected")), (2, ("pending", "superseded"))):
        run = make_prediction_run(make_model(project, number), {})
        for state in states:
            make_prediction(run, image, label=label, state=state)
    with django_assert_num_queries(1):
        rows = count_decisions(project)
    assert [(row["model"]["number"], row["accepted"], row["rejected"], row["pending"]) for row in rows] == [
        (2, 0, 0, 1),
        (1, 1, 1, 0),
    ]
    assert [row["accepted_share"] for row in rows] == [None, 0.5]
