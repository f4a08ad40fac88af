"""Signing in and out."""

import re

import pytest
from django.test import Client

from annotator.models import AuditEvent, SignInLink, User
from annotator.services.accounts import create_sign_in_link
from tests.factories.users import PASSWORD, make_token, make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD) -> int:
    body = {"username": username, "password": password}
    return client.post("/api/v1/session", body, content_type="application/json").status_code


def test_a_stranger_sees_what_the_installation_offers(client: Client) -> None:
    answer = client.get("/api/v1/session")
    assert answer.status_code == 200
    assert answer.json()["user"] is None
    assert answer.json()["setup"] == {"demo_available": True}
    assert "csrftoken" in answer.cookies


def test_password_and_back_out(client: Client) -> None:
    make_user("mara", password=PASSWORD)
    assert sign_in(client, "mara") == 200
    assert client.get("/api/v1/session").json()["user"]["username"] == "mara"
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/me").status_code == 401
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == [
        "session.started",
        "session.ended",
    ]


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_refused(client: Client, password: str) -> None:
    make_user("mara", password=PASSWORD)
    assert sign_in(client, "mara", password) in {401, 422}
    assert client.get("/api/v1/session").json()["user"] is None


def test_a_locked_account_cannot_sign_in_and_loses_its_session_and_tokens(client: Client) -> None:
    person = make_user("mara", password=PASSWORD)
    secret = make_token(person)
    sign_in(client, "mara")
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/api/v1/me").status_code == 401
    assert Client().get("/api/v1/me", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    assert sign_in(Client(), "mara") == 401


def test_guessing_is_slowed_down_per_account(client: Client, frozen_minute: None) -> None:
    make_user("mara", password=PASSWORD)
    codes = [sign_in(client, "mara", f"guess {n}") for n in range(11)]
    assert codes == [401] * 10 + [429]
    assert sign_in(client, "mara") == 429, "the right password is refused too, or guessing would show"
    assert sign_in(client, "noor") == 401, "other accounts are not slowed down"


def test_guessing_is_slowed_down_per_address(client: Client, frozen_minute: None) -> None:
    codes = [sign_in(client, f"person{n}", "guess") for n in range(31)]
    assert codes == [401] * 30 + [429]


def test_throttled_answers_say_when_to_come_back(client: Client, frozen_minute: None) -> None:
    for n in range(11):
        answer = client.post("/api/v1/session", {"username": "x", "password": str(n)}, content_type="application/json")
    assert answer.json()["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_link_signs_in_once(client: Client) -> None:
    person = make_user("mara", password=PASSWORD)
    token = create_sign_in_link(user=person)
    assert token not in str(SignInLink.objects.values())
    answer = client.post("/api/v1/session/link", {"token": token}, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["user"]["needs_old_password"] is False
    again = Client().post("/api/v1/session/link", {"token": token}, content_type="application/json")
    assert again.status_code == 404


def test_signing_in_needs_a_csrf_token() -> None:
    make_user("mara", password=PASSWORD)
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/api/v1/session", {"username": "mara", "password": PASSWORD}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    strict.get("/api/v1/session")
    token = strict.cookies["csrftoken"].value
    answer = strict.post(
        "/api/v1/session",
        {"username": "mara", "password": PASSWORD},
        content_type="application/json",
        headers={"x-csrftoken": token},
    )
    assert answer.status_code == 200


def test_signing_in_changes_the_session_key(client: Client) -> None:
    make_user("mara", password=PASSWORD)
    client.cookies["sessionid"] = "a" * 32
    sign_in(client, "mara")
    assert re.fullmatch(r"[a-z0-9]{32}", client.cookies["sessionid"].value)
    assert client.cookies["sessionid"].value != "a" * 32


def test_an_access_token_cannot_open_a_session(client: Client) -> None:
    secret = make_token(make_user("mara", password=PASSWORD), scope="admin")
    answer = client.post(
        "/api/v1/session",
        {"username": "mara", "password": PASSWORD},
        content_type="application/json",
        headers={"authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 403
