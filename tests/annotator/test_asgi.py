"""The dispatcher in front of everything."""

import asyncio
import gc
from typing import Any

import pytest

from annotator import asgi

pytestmark = pytest.mark.django_db(transaction=True)


def get(path: str, kind: str = "http") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "server": ("localhost", 8000),
        "client": ("192.0.2.5", 5000),
    }
    asyncio.run(asgi.application(scope, receive, send))
    return sent


def test_django_answers_in_a_thread() -> None:
    start, *rest = get("/api/v1/session")
    assert start["status"] == 200
    assert b'"user":null' in b"".join(part.get("body", b"") for part in rest)


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/stream", 401), ("/files/thumb/x.webp", 403), ("/static/x", 404), ("/api/v1/me", 401)]
)
def test_each_part_answers_for_itself(path: str, status: int) -> None:
    assert get(path)[0]["status"] == status


def test_other_kinds_of_connection_are_left_alone() -> None:
    assert get("/api/v1/stream", kind="websocket") == []


def test_what_lives_as_long_as_the_process_is_left_alone_by_the_collector() -> None:
    assert gc.get_freeze_count() > 10_000
