"""Dataset versions over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from annotator.models import User
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_freeze_and_look(client_for: Callable[..., Any], user: User) -> None:
    project = make_project(owner=user, labels=("cat",))
    for _ in range(10):
        make_annotation(make_image(project, state="labelled"), project.labels.get())
    client = client_for(user)
    url = f"/api/v1/projects/{project.id}/versions"
    body = {"name": "first", "seed": 3, "fractions": {"train": 0.7, "val": 0.3}}
    made = client.post(url, body, format="json")
    assert made.status_code == 201
    version = made.json()
    assert (version["number"], version["name"], version["counts"]["splits"]) == (1, "first", {"train": 7, "val": 3})
    assert client.get(url).json()["results"] == [version]
    assert client.get(f"/api/v1/versions/{version['id']}").json() == version
    assert client_for(make_user()).get(f"/api/v1/versions/{version['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"fractions": {"train": 0.2}}, 422),
        ({"fractions": {"hold": 1}}, 422),
        ({"fractions": "half"}, 422),
        ({"only_states": ["wonderful"]}, 422),
        ({"seed": -1}, 422),
        ({"number": 7}, 422),
        ({}, 409),
    ],
)
def test_what_cannot_be_frozen(client_for: Callable[..., Any], user: User, body: dict[str, Any], status: int) -> None:
    project = make_project(owner=user)
    answer = client_for(user).post(f"/api/v1/projects/{project.id}/versions", body, format="json")
    assert answer.status_code == status
    assert answer.json()["detail"]
    viewer = make_user()
    other = make_project(members={"viewer": viewer})
    assert client_for(viewer).post(f"/api/v1/projects/{other.id}/versions", body, format="json").status_code == 403
