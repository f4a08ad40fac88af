"""Headers on every answer."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from annotator.api import middleware
from annotator.api.middleware import SecurityHeaders, client_address, page_policy
from annotator.config import Config
from annotator.services.audit import current_address


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/projects/x", "/api/v1/session", "/api/v1/nothing", "/static/app/nothing.js"])
def test_every_answer_carries_them(path: str) -> None:
    answer = Client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


@pytest.mark.django_db
def test_answers_of_the_api_are_never_cached_and_never_a_page() -> None:
    answer = Client().get("/api/v1/session")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("bucket", "endpoint", "origin"),
    [("", "", None), ("b", "https://s3.example.org:9000/x", "https://s3.example.org:9000"), ("b", "", "amazonaws.com")],
)
def test_the_page_may_load_pictures_from_the_store_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, bucket: str, endpoint: str, origin: str | None
) -> None:
    monkeypatch.setattr(middleware, "get_config", lambda: Config(s3_bucket=bucket, s3_endpoint=endpoint))
    directives = dict(part.strip().split(" ", 1) for part in page_policy("abc").split(";"))
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self' 'nonce-abc'"
    for name in ("img-src", "connect-src"):
        assert (origin is None and "http" not in directives[name]) or str(origin) in directives[name]


@pytest.mark.parametrize(
    ("remote", "address"), [("192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("", None), ("unix:", None), ("<x>", None)]
)
def test_the_address_is_an_address(remote: str, address: str | None) -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=remote)) == address


def test_a_forwarded_header_is_not_believed() -> None:
    request = RequestFactory().get("/", headers={"x-forwarded-for": "203.0.113.9"})
    assert client_address(request) == "127.0.0.1"


def test_the_address_lasts_as_long_as_the_request() -> None:
    seen: list[Any] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(current_address.get())
        return HttpResponse()

    SecurityHeaders(view)(RequestFactory().get("/"))
    assert (seen, current_address.get()) == (["127.0.0.1"], None)
