"""Access tokens over the API."""

import pytest
from django.test import Client

from annotator.models import AccessToken, User
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def person(client: Client) -> User:
    person = make_user("mara")
    client.force_login(person)
    return person


def test_a_token_is_shown_once_and_works(client: Client, person: User) -> None:
    answer = client.post("/api/v1/tokens", {"name": "ci", "scope": "write", "expires_in_days": 30}, content_type=JSON)
    assert answer.status_code == 201
    secret = answer.json()["token"]
    assert "token" not in client.get("/api/v1/tokens").json()["results"][0]
    bearer = {"authorization": f"Bearer {secret}"}
    made = Client(enforce_csrf_checks=True).post("/api/v1/projects", {"name": "x"}, content_type=JSON, headers=bearer)
    assert made.status_code == 201


def test_one_sees_and_revokes_ones_own(client: Client, person: User) -> None:
    other = make_user()
    for owner in (person, other):
        AccessToken.objects.create(user=owner, name=owner.username, prefix="mq_x", digest=owner.username)
    (mine,) = client.get("/api/v1/tokens").json()["results"]
    assert mine["name"] == "mara"
    theirs = AccessToken.objects.get(user=other)
    assert client.delete(f"/api/v1/tokens/{theirs.pk}").status_code == 404
    assert client.delete(f"/api/v1/tokens/{mine['id']}").status_code == 204
    assert client.get("/api/v1/tokens").json()["results"] == []


def test_a_token_for_a_project_that_one_cannot_see(client: Client, person: User) -> None:
    foreign = make_project(owner=make_user())
    body = {"name": "x", "scope": "read", "project": str(foreign.id)}
    assert client.post("/api/v1/tokens", body, content_type=JSON).status_code == 404
    mine = make_project(owner=person)
    assert client.post("/api/v1/tokens", {**body, "project": str(mine.id)}, content_type=JSON).status_code == 201


@pytest.mark.parametrize("body", [{}, {"name": "x", "scope": "root"}, {"name": "x", "expires_in_days": 0}])
def test_tokens_that_are_refused(client: Client, person: User, body: dict[str, object]) -> None:
    assert client.post("/api/v1/tokens", body, content_type=JSON).status_code == 422
