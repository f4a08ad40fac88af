"""One answer for every failure."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from annotator.api.errors import bad_request, csrf_failure, exception_handler, not_found, server_error
from annotator.core import errors
from tests.factories.users import make_user


def handle(error: Exception) -> Response:
    answer = exception_handler(error, {})
    assert answer is not None
    return answer


def every_error(kind: type[errors.AnnotatorError] = errors.AnnotatorError) -> Iterator[type[errors.AnnotatorError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("annotator.core"):
            yield child
        yield from every_error(child)


@pytest.mark.parametrize("kind", sorted(set(every_error()), key=lambda kind: kind.__name__))
def test_our_own_errors(kind: type[errors.AnnotatorError]) -> None:
    answer = handle(kind("It broke. Mend it.", fields={"line": 3}))
    assert answer.data == {"code": kind.code, "detail": "It broke. Mend it.", "line": 3}
    assert answer.status_code == kind.status
    assert 400 <= kind.status < 600


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_refused"),
        (RequestDataTooBig(), 413, "limit_exceeded"),
        (SuspiciousOperation("secret"), 400, "malformed"),
        (OperationalError("password=x"), 503, "unavailable"),
        (exceptions.ParseError("Odd."), 400, "malformed"),
        (exceptions.NotAuthenticated(), 401, "signed_out"),
        (exceptions.AuthenticationFailed("No."), 401, "sign_in_failed"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/html"), 415, "unsupported_media_type"),
    ],
)
def test_errors_of_the_frameworks(error: Exception, status: int, code: str) -> None:
    answer = handle(error)
    assert (answer.status_code, answer.data["code"]) == (status, code)
    assert answer.data["detail"].endswith(".")
    assert "secret" not in str(answer.data)
    assert "password" not in str(answer.data)


def test_bugs_are_not_hidden() -> None:
    assert exception_handler(ValueError("a bug"), {}) is None


class Inner(serializers.Serializer[object]):
    x = serializers.IntegerField()


class Outer(serializers.Serializer[object]):
    shapes = serializers.ListField(child=Inner())


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"shapes": [{"x": 1}, {"x": "one"}]}, "shapes.1.x: A valid integer is required."),
        ({"shapes": 3}, 'shapes: Expected a list of items but got type "int".'),
        ({}, "shapes: This field is required."),
    ],
)
def test_the_sentence_names_the_field(body: object, detail: str) -> None:
    serializer = Outer(data=body)
    with pytest.raises(exceptions.ValidationError) as caught:
        serializer.is_valid(raise_exception=True)
    answer = handle(caught.value)
    assert (answer.status_code, answer.data["code"], answer.data["detail"]) == (422, "invalid", detail)


def test_the_api_answers_json_and_pages_answer_text() -> None:
    for view in (
        lambda request: bad_request(request, Exception()),
        not_found,
        server_error,
        lambda request: csrf_failure(request, "why"),
    ):
        api, other = RequestFactory().get("/api/v1/x"), RequestFactory().get("/x")
        assert view(api)["Content-Type"] == "application/json"
        assert view(other)["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
def test_unknown_addresses_and_hosts(client: Client) -> None:
    client.force_login(make_user())
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get("/api/v1/projects/not-a-uuid").status_code == 404
    answer = client.get("/api/v1/session", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
