"""Reading JSON bodies."""

import io

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.exceptions import ParseError

from annotator.api.parsers import LimitedJSONParser
from annotator.core.errors import LimitExceeded
from tests.factories.users import make_user


def parse(body: bytes) -> object:
    return LimitedJSONParser().parse(io.BytesIO(body))


def test_json() -> None:
    assert parse('{"a": [1, 2.5, null, "ä"]}'.encode()) == {"a": [1, 2.5, None, "ä"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'"\xff"',
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        b"'a'",
    ],
)
def test_what_is_none_gets_a_sentence(body: bytes) -> None:
    with pytest.raises(ParseError, match=r"JSON|NUL"):
        parse(body)


def test_a_large_body_is_refused_before_it_is_read_to_the_end(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    stream = io.BytesIO(b'"' + b"x" * 10_000 + b'"')
    with pytest.raises(LimitExceeded):
        LimitedJSONParser().parse(stream)
    assert stream.tell() == 1001


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 422), (b'"x"', 422), (b"null", 422), (b"1", 422)])
def test_over_the_api(client: Client, body: bytes, status: int) -> None:
    client.force_login(make_user())
    answer = client.generic("POST", "/api/v1/projects", body, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["detail"]
