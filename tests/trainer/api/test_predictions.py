"""The API of predictions."""

from collections.abc import Callable
from typing import Any

import pytest

from annotator.models import Image, Project, User
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run
from tests.factories.users import make_user
from trainer.models import Prediction

pytestmark = pytest.mark.django_db
Client = Callable[..., Any]


@pytest.fixture
def annotator() -> User:
    return make_user()


@pytest.fixture
def project(annotator: User) -> Project:
    return make_project(owner=make_user(), members={"annotator": annotator}, labels=("cell", "platelet"))


@pytest.fixture
def image(project: Project) -> Image:
    return make_image(project)


def test_the_newest_run_speaks(client_for: Client, annotator: User, project: Project, image: Image) -> None:
    client = client_for(annotator)
    url = f"/api/v1/images/{image.id}/predictions"
    assert client.get(url).json() == {"model": None, "predictions": [], "rejected": []}
    make_prediction_run(make_model(project, 1), {image: boxes_with([0.9, 0.0])})
    make_prediction_run(make_model(project, 2), {image: boxes_with([0.3, 0.0], [0.0, 0.8])})
    body = client.get(url).json()
    assert body["model"]["number"] == 2
    assert [row["score"] for row in body["predictions"]] == [pytest.approx(0.8), pytest.approx(0.3)]
    platelet = project.labels.get(name="platelet")
    assert body["predictions"][0]["label"] == platelet.id
    assert body["predictions"][0]["geometry"]["type"] == "box"


def test_reject_and_undo(client_for: Client, annotator: User, project: Project, image: Image) -> None:
    make_prediction_run(make_model(project), {image: boxes_with([0.9, 0.0], [0.7, 0.0])})
    client = client_for(annotator)
    url = f"/api/v1/images/{image.id}/predictions"
    first, second = [row["id"] for row in client.get(url).json()["predictions"]]
    answer = client.post(f"{url}/reject", {"ids": [first]}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"changed": 1})
    body = client.get(url).json()
    assert ([row["id"] for row in body["predictions"]], body["rejected"]) == ([second], [first])
    client.post(f"{url}/reject", {"ids": [first], "undo": True}, format="json")
    assert len(client.get(url).json()["predictions"]) == 2


def test_an_accepted_prediction_is_not_shown_again(
    client_for: Client, annotator: User, project: Project, image: Image, django_capture_on_commit_callbacks: Any
) -> None:
    make_prediction_run(make_model(project), {image: boxes_with([0.9, 0.0])})
    client = client_for(annotator)
    url = f"/api/v1/images/{image.id}"
    proposal = client.get(f"{url}/predictions").json()["predictions"][0]
    operation = {
        "id": "0192f0c0-0000-7000-8000-000000000001",
        "type": "create",
        "annotation": "0192f0c0-0000-7000-8000-000000000002",
        "label": proposal["label"],
        "geometry": proposal["geometry"],
        "source": "prediction",
        "score": proposal["score"],
        "prediction": proposal["id"],
    }
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{url}/operations", {"operations": [operation]}, format="json")
    assert answer.json()["results"][0]["status"] == "applied", answer.json()
    assert client.get(f"{url}/predictions").json()["predictions"] == []
    [row] = client.get(f"/api/v1/projects/{project.id}/acceptance").json()["results"]
    assert (row["model"]["number"], row["accepted"], row["pending"], row["accepted_share"]) == (1, 1, 0, 1.0)


def test_acceptance_is_counted_per_model(client_for: Client, annotator: User, project: Project) -> None:
    images = [make_image(project) for _ in range(5)]
    run = make_prediction_run(make_model(project), {image: boxes_with([0.9, 0.0]) for image in images})
    for state, image in zip(["accepted", "accepted", "edited", "rejected"], images, strict=False):
        Prediction.objects.filter(run=run, image=image).update(state=state)
    [row] = client_for(annotator).get(f"/api/v1/projects/{project.id}/acceptance").json()["results"]
    assert {name: row[name] for name in ("accepted", "edited", "rejected", "pending", "accepted_share")} == {
        "accepted": 2, "edited": 1, "rejected": 1, "pending": 1, "accepted_share": 0.5,
    }  # fmt: skip


def test_viewers_decide_nothing(client_for: Client, project: Project, image: Image) -> None:
    viewer = make_user()
    project.memberships.create(user=viewer, role="viewer")
    make_prediction_run(make_model(project), {image: boxes_with([0.9, 0.0])})
    body = {"ids": [str(Prediction.objects.get().id)]}
    answer = client_for(viewer).post(f"/api/v1/images/{image.id}/predictions/reject", body, format="json")
    assert answer.status_code == 403
    assert Prediction.objects.get().state == "pending"
