"""Projects over the API."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotator.models import Project, User
from annotator.queries import contributions
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def owner(client: Client) -> User:
    owner = make_user("olga")
    client.force_login(owner)
    return owner


def test_make_change_delete(client: Client, owner: User) -> None:
    body = {"name": "Cells", "task": "segment", "labels": [{"name": "RBC"}], "settings": {"lease_minutes": 9}}
    made = client.post("/api/v1/projects", body, content_type=JSON)
    assert made.status_code == 201
    project = made.json()
    assert (project["role"], project["members"], project["settings"]["lease_minutes"]) == ("owner", 1, 9)
    address = f"/api/v1/projects/{project['id']}"
    changed = client.patch(address, {"description": "Blood", "settings": {"review_required": True}}, content_type=JSON)
    assert changed.json()["settings"] == {**project["settings"], "review_required": True}
    assert client.delete(address, {"confirm": "cells"}, content_type=JSON).status_code == 422
    assert client.delete(address, {"confirm": "Cells"}, content_type=JSON).status_code == 204
    assert client.get(address).status_code == 404


def test_the_list_shows_figures_and_covers(client: Client, owner: User) -> None:
    project = make_project(owner=owner)
    make_project(owner=make_user())
    for state in ("new", "labelled", "reviewed", "new", "new"):
        make_image(project, state=state, annotation_count=1)
    (card,) = client.get("/api/v1/projects").json()["results"]
    assert card["counts"] == {"images": 5, "labelled": 2, "reviewed": 1, "annotations": 5}
    assert len(card["cover"]) == 4
    assert all(url.startswith("/files/thumb/") for url in card["cover"])


def test_the_list_pages_and_costs_the_same_for_many(
    client: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contributions, "_metrics", [])
    names = [make_project(owner=owner, name=f"p{n}").name for n in range(12)]
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        with django_assert_max_num_queries(8):
            page = client.get(f"/api/v1/projects?limit=5&cursor={cursor}").json()
        seen += [project["name"] for project in page["results"]]
        cursor = page["next"]
    assert seen == names[::-1]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "x", "task": "fly"},
        {"name": "x", "settings": {"lease_minutes": "many"}},
        {"name": "x", "settings": []},
        {"name": "x", "labels": [{"name": "a"}, {"name": "a"}]},
        {"name": "x", "is_demo": True},
        {"name": "a\u0000b"},
    ],
)
def test_projects_that_cannot_be_made(client: Client, owner: User, body: dict[str, object]) -> None:
    answer = client.post("/api/v1/projects", body, content_type=JSON)
    assert answer.status_code in {400, 422}
    assert not Project.objects.exists()


def test_the_overview(client: Client, owner: User) -> None:
    body = {"name": "Cells", "labels": [{"name": "RBC"}]}
    project = client.post("/api/v1/projects", body, content_type=JSON).json()
    overview = client.get(f"/api/v1/projects/{project['id']}/overview").json()
    assert overview["next_action"]["kind"] == "add_images"
    assert [event["text"] for event in overview["activity"]] == ["created the project"]
    assert overview["labels"][0]["name"] == "RBC"
