"""The curve from rows."""

import pytest

from tests.factories.projects import make_project
from tests.factories.rounds import make_model, make_round
from trainer.queries.learning_curve import load_learning_curve

pytestmark = pytest.mark.django_db


def test_models_of_another_task_do_not_bend_the_curve() -> None:
    project = make_project(labels=("cell",))
    make_model(project, 1, metrics={"map50_95": 0.3}, labelled_images=10)
    make_model(project, 2, metrics={"accuracy_top1": 0.9}, labelled_images=15)
    make_model(project, 3, metrics={"map50_95": 0.5}, labelled_images=20)
    make_model(make_project(), 1, metrics={"map50_95": 0.9})
    curve = load_learning_curve(project)
    assert curve.metric == "map50_95"
    assert [point["number"] for point in curve.points] == [1, 3]
    assert curve.recent_gain == pytest.approx(0.2)
    assert curve.gain_per_hundred == pytest.approx(2.0)


def test_rounds_oldest_first_in_a_fixed_number_of_statements(django_assert_num_queries: object) -> None:
    project = make_project()
    for _ in range(3):
        make_round(project)
    with django_assert_num_queries(2):
        curve = load_learning_curve(project)
    assert [row.number for row in curve.rounds] == [1, 2, 3]
    assert curve.metric is None
