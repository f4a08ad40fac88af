"""Server-sent events: one stream per browser tells it what has changed. Plain ASGI, because it stays open for hours."""

import asyncio
import contextlib
import io
import json
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.asgi_types import Receive, Scope, Send
from annotator.api.base import ApiViewSet
from annotator.api.hub import ACCESS_TOPICS, Hub, Listener, get_hub
from annotator.api.middleware import API_POLICY, FIXED_HEADERS
from annotator.core.errors import Unavailable
from annotator.models import User
from annotator.queries.access import is_instance_admin, visible_projects
from annotator.services.tokens import find_token

HEARTBEAT_SECONDS = 15.0
RECHECK_SECONDS = 60.0
"""How long a stream may outlive a lost right, a locked account or a revoked token."""
READY_SECONDS = 2.0
"""How long “hello” waits for the subscription; what changes after “hello” is never missed."""
STREAMS_PER_PERSON = 20
_HELLO: dict[str, Any] = {"topic": "hello", "project": None, "data": {}}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened the stream and which projects concern them (``None``: all)."""

    user_id: int
    projects: frozenset[str] | None


async def stream_application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer ``GET /api/v1/stream``: 401 for strangers, else events until the browser or the server goes."""
    if scope["method"] != "GET":
        await _refuse(send, 405, "method_not_allowed", "The stream can only be read.")
        return
    visitor = await asyncio.to_thread(identify, scope)
    if visitor is None:
        await _refuse(send, 401, "signed_out", "You are signed out. Sign in and try again.")
        return
    hub = get_hub()
    if hub.streams_of(visitor.user_id) >= STREAMS_PER_PERSON:
        await _refuse(send, 429, "too_many_requests", "You have too many windows open. Close some.")
        return
    listener = Listener(visitor.user_id, visitor.projects)
    hub.join(listener)
    try:
        await _serve(hub, listener, scope, receive, send)
    finally:
        hub.leave(listener)


async def _serve(hub: Hub, listener: Listener, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {
        **FIXED_HEADERS,
        "Content-Type": "text/event-stream; charset=utf-8",
        "Content-Security-Policy": API_POLICY,
        "Cache-Control": "no-cache, no-transform",
        "X-Accel-Buffering": "no",
    }
    await send({"type": "http.response.start", "status": 200, "headers": _encode(headers)})
    with contextlib.suppress(TimeoutError):  # without Redis the stream stays open and says “resync” when it is back
        async with asyncio.timeout(READY_SECONDS):
            await hub.ready.wait()
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n" + format_event(_HELLO), "more_body": True})
    tasks = {
        asyncio.ensure_future(_pump(listener, scope, send)),
        asyncio.ensure_future(_until_gone(receive)),
        asyncio.ensure_future(hub.closing.wait()),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(OSError):  # the browser has gone
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pump(listener: Listener, scope: Scope, send: Send) -> None:
    """Send what is queued, and a comment when nothing is; ends when the person may listen no longer."""
    checked = time.monotonic()
    while True:
        message: dict[str, Any] | None = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                message = await listener.queue.get()
        visible = message is not None and listener.may_see(message)
        changed = message is not None and message["topic"] in ACCESS_TOPICS
        if changed or time.monotonic() - checked > RECHECK_SECONDS:
            visitor = await asyncio.to_thread(identify, scope)
            if visitor is None:
                return
            listener.projects, checked = visitor.projects, time.monotonic()
        if message is not None and (visible or listener.may_see(message)):
            await send({"type": "http.response.body", "body": format_event(message), "more_body": True})
        elif message is None:
            await send({"type": "http.response.body", "body": b": beat\n\n", "more_body": True})


def format_event(message: dict[str, Any]) -> bytes:
    """One event on the wire; JSON has no line breaks, so one ``data`` line is enough."""
    shown = {"topic": message["topic"], "project": message.get("project"), "data": message.get("data") or {}}
    return f"event: change\ndata: {json.dumps(shown)}\n\n".encode()


def identify(scope: Scope) -> Visitor | None:
    """Who asks, by access token or session cookie; runs in a thread because it reads the database."""
    try:
        request = ASGIRequest(dict(scope), io.BytesIO())
        request.get_host()
        user = _person(request)
        if user is None:
            return None
        everything = is_instance_admin(user)
        seen = None if everything else frozenset(str(pk) for pk in visible_projects(user).values_list("id", flat=True))
        return Visitor(user.pk, seen)
    except DisallowedHost:
        return None
    finally:
        connections.close_all()


def _person(request: ASGIRequest) -> User | None:
    header = request.headers.get("authorization", "")
    if header:
        kind, _, secret = header.partition(" ")
        token = find_token(secret.strip()) if kind.lower() == "bearer" else None
        if token is None:
            return None
        token.user.token = token
        return token.user
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return user if isinstance(user, User) else None


def _encode(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def _refuse(send: Send, status: int, code: str, detail: str) -> None:
    headers = {**FIXED_HEADERS, "Content-Type": "application/json", "Content-Security-Policy": API_POLICY}
    await send({"type": "http.response.start", "status": status, "headers": _encode(headers)})
    await send({"type": "http.response.body", "body": json.dumps({"code": code, "detail": detail}).encode()})


class StreamViewSet(ApiViewSet):
    """The same address under a plain WSGI server, which cannot keep streams; browsers poll then."""

    @extend_schema(
        operation_id="stream",
        responses={(200, "text/event-stream"): OpenApiResponse(str, "event: change, data: {topic, project, data}")},
    )
    def retrieve(self, request: Request) -> Response:
        """Server-sent events: what has changed."""
        raise Unavailable("This server keeps no streams; it must run under ASGI for that. Poll instead.")
