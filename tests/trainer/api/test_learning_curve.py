"""The API of the learning curve."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import make_model, make_round
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_points_oldest_first_with_one_metric(client_for: Callable[..., Any]) -> None:
    owner = make_user()
    project = make_project(owner=owner, labels=("cell",))
    make_model(project, 1, labelled_images=40, labelled_objects=300, metrics={"map50": 0.5, "map50_95": 0.3})
    make_model(project, 2, labelled_images=90, labelled_objects=700, metrics={"map50": 0.7, "map50_95": 0.4})
    make_model(project, 3, metrics={})  # a training that was not measured
    make_round(project, [make_image(project)])
    body = client_for(owner).get(f"/api/v1/projects/{project.id}/learning-curve").json()
    assert body["metric"] == "map50_95"
    assert [(p["number"], p["labelled_images"], p["value"]) for p in body["points"]] == [(1, 40, 0.3), (2, 90, 0.4)]
    assert body["recent_gain"] == pytest.approx(0.1)
    assert body["gain_per_hundred"] == pytest.approx(0.2)
    assert [row["counts"]["waiting"] for row in body["rounds"]] == [1]


def test_nothing_yet(client_for: Callable[..., Any]) -> None:
    owner = make_user()
    project = make_project(owner=owner)
    body = client_for(owner).get(f"/api/v1/projects/{project.id}/learning-curve").json()
    assert body == {"metric": None, "points": [], "rounds": [], "recent_gain": None, "gain_per_hundred": None}
