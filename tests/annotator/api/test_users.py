"""Accounts over the API."""

import pytest
from django.test import Client

from annotator.models import User
from tests.factories.users import make_admin, make_token, make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def admin(client: Client) -> User:
    admin = make_admin("root")
    client.force_login(admin)
    return admin


def test_a_new_account_signs_in_by_link(client: Client, admin: User) -> None:
    made = client.post("/api/v1/users", {"username": "noor", "email": "n@example.org"}, content_type=JSON)
    assert made.status_code == 201
    link = client.post(f"/api/v1/users/{made.json()['id']}/link").json()["url"]
    assert link.startswith("http://testserver/link/")
    stranger = Client()
    answer = stranger.post("/api/v1/session/link", {"token": link.rpartition("/")[2]}, content_type=JSON)
    assert answer.json()["user"]["username"] == "noor"


def test_the_list_pages_by_name(client: Client, admin: User) -> None:
    for name in ("b", "c", "a"):
        make_user(name)
    first = client.get("/api/v1/users?limit=3").json()
    second = client.get(f"/api/v1/users?limit=3&cursor={first['next']}").json()
    assert [user["username"] for user in first["results"] + second["results"]] == ["a", "b", "c", "root"]
    assert second["next"] is None


def test_locking_and_promoting(client: Client, admin: User) -> None:
    person = make_user()
    answer = client.patch(f"/api/v1/users/{person.pk}", {"is_active": False, "is_admin": True}, content_type=JSON)
    assert (answer.json()["is_active"], answer.json()["is_admin"]) == (False, True)
    answer = client.patch(f"/api/v1/users/{admin.pk}", {"is_admin": False}, content_type=JSON)
    assert answer.status_code == 409
    assert client.patch("/api/v1/users/999999", {"is_active": False}, content_type=JSON).status_code == 404


def test_a_leaked_admin_token_cannot_make_sign_in_links(admin: User) -> None:
    bearer = {"authorization": f"Bearer {make_token(admin, scope='admin')}"}
    assert Client().get("/api/v1/users", headers=bearer).status_code == 200
    assert Client().post(f"/api/v1/users/{admin.pk}/link", headers=bearer).status_code == 403
    weak = {"authorization": f"Bearer {make_token(admin, scope='write')}"}
    assert Client().get("/api/v1/users", headers=weak).status_code == 403
