"""The label schema over the API."""

from typing import Any

import pytest
from django.test import Client

from annotator.models import Project
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(client: Client) -> Project:
    owner = make_user()
    client.force_login(owner)
    return make_project(owner=owner, labels=("a", "b"))


def put(client: Client, project: Project, revision: object, labels: object) -> Any:
    body = {"schema_revision": revision, "labels": labels}
    return client.put(f"/api/v1/projects/{project.id}/labels", body, content_type="application/json")


def test_what_was_read_can_be_sent_back(client: Client, project: Project) -> None:
    make_annotation(make_image(project), project.labels.get(name="a"))
    schema = client.get(f"/api/v1/projects/{project.id}/labels").json()
    assert [(label["name"], label["count"]) for label in schema["labels"]] == [("a", 1), ("b", 0)]
    schema["labels"].reverse()
    answer = put(client, project, schema["schema_revision"], schema["labels"]).json()
    assert [(label["name"], label["position"], label["count"]) for label in answer["labels"]] == [
        ("b", 0, 0),
        ("a", 1, 1),
    ]
    assert answer["schema_revision"] == 2


def test_a_stale_schema_is_a_conflict_that_names_the_newest(client: Client, project: Project) -> None:
    assert put(client, project, 1, [{"name": "x"}]).status_code == 200
    answer = put(client, project, 1, [{"name": "y"}])
    assert (answer.status_code, answer.json()["schema_revision"]) == (409, 2)


def test_attributes_and_hierarchy(client: Client, project: Project) -> None:
    colour = {"name": "colour", "type": "select", "values": ["red"], "default": "red", "required": True}
    answer = put(
        client, project, 1, [{"name": "car", "attributes": [colour]}, {"name": "taxi", "parent": "car"}]
    ).json()
    car, taxi = answer["labels"]
    assert car["attributes"] == [colour]
    assert taxi["parent"] == car["id"]


@pytest.mark.parametrize(
    "labels",
    [
        "all",
        [{}],
        [{"name": ""}],
        [{"name": "x" * 201}],
        [{"name": "x", "hotkey": "ab"}],
        [{"name": "x", "parent": {}}],
        [{"name": "x", "parent": True}],
        [{"name": "x", "attributes": {}}],
        [{"name": "x", "attributes": ["y"]}],
        [{"name": "x", "project": "other"}],
        [{"name": "x"}, {"name": "x"}],
        [{"id": "1; drop table", "name": "x"}],
    ],
)
def test_bad_schemas_get_a_sentence(client: Client, project: Project, labels: object) -> None:
    answer = put(client, project, 1, labels)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert list(project.labels.values_list("name", flat=True)) == ["a", "b"]


def test_ten_thousand_labels_are_too_many(client: Client, project: Project) -> None:
    assert put(client, project, 1, [{"name": str(n)} for n in range(2001)]).status_code == 422
