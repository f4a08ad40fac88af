"""Oneself over the API."""

import pytest
from django.test import Client

from annotator.services.accounts import create_sign_in_link
from tests.factories.users import PASSWORD, make_token, make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"
NEW = "a better one 42"


@pytest.fixture
def mara(client: Client) -> Client:
    make_user("mara", password=PASSWORD)
    client.post("/api/v1/session", {"username": "mara", "password": PASSWORD}, content_type=JSON)
    return client


def test_profile_and_preferences(mara: Client) -> None:
    answer = mara.patch("/api/v1/me", {"display_name": "Mara", "preferences": {"theme": "dark"}}, content_type=JSON)
    assert answer.json()["display_name"] == "Mara"
    mara.patch("/api/v1/me", {"preferences": {"keys": {"box": "b"}}}, content_type=JSON)
    assert mara.get("/api/v1/me").json()["preferences"] == {"theme": "dark", "keys": {"box": "b"}}


@pytest.mark.parametrize(
    "body",
    [
        {"preferences": {"x": "y" * 70_000}},
        {"preferences": []},
        {"email": "nobody"},
        {"display_name": "x" * 151},
        {"is_admin": True},
        {"username": "root"},
    ],
)
def test_what_cannot_be_set(mara: Client, body: dict[str, object]) -> None:
    answer = mara.patch("/api/v1/me", body, content_type=JSON)
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == set(body)


def test_a_new_password_keeps_this_session_and_ends_the_others(mara: Client) -> None:
    other = Client()
    other.post("/api/v1/session", {"username": "mara", "password": PASSWORD}, content_type=JSON)
    assert mara.post("/api/v1/me/password", {"old": PASSWORD, "new": NEW}, content_type=JSON).status_code == 204
    assert mara.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("body", [{"old": "guess", "new": NEW}, {"new": NEW}, {"old": PASSWORD, "new": "short"}])
def test_a_password_that_is_refused(mara: Client, body: dict[str, str]) -> None:
    answer = mara.post("/api/v1/me/password", body, content_type=JSON)
    assert answer.status_code == 422
    assert answer.json()["fields"]


def test_old_passwords_cannot_be_guessed_at_speed(mara: Client, frozen_minute: None) -> None:
    codes = [
        mara.post("/api/v1/me/password", {"old": f"g{n}", "new": NEW}, content_type=JSON).status_code for n in range(11)
    ]
    assert codes == [422] * 10 + [429]


def test_after_a_link_the_old_password_is_not_asked_for_once(client: Client) -> None:
    person = make_user("noor", password="forgotten long ago")
    client.post("/api/v1/session/link", {"token": create_sign_in_link(user=person)}, content_type=JSON)
    assert client.get("/api/v1/me").json()["needs_old_password"] is False
    assert client.post("/api/v1/me/password", {"new": NEW}, content_type=JSON).status_code == 204
    assert client.get("/api/v1/me").json()["needs_old_password"] is True
    assert client.post("/api/v1/me/password", {"new": "another one 43"}, content_type=JSON).status_code == 422


def test_a_token_may_read_and_write_the_profile_but_not_the_password() -> None:
    secret = make_token(make_user("mara", password=PASSWORD), scope="admin")
    bearer = {"authorization": f"Bearer {secret}"}
    client = Client(enforce_csrf_checks=True)
    assert client.get("/api/v1/me", headers=bearer).json()["username"] == "mara"
    body = {"old": PASSWORD, "new": NEW}
    assert client.patch("/api/v1/me", {"email": "m@example.org"}, content_type=JSON, headers=bearer).status_code == 200
    assert client.post("/api/v1/me/password", body, content_type=JSON, headers=bearer).status_code == 403
