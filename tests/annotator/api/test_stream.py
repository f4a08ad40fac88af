"""Server-sent events, against the real database and the real Redis."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.test import Client

from annotator import events
from annotator.api import hub, stream
from annotator.asgi import application
from annotator.models import AccessToken, Membership, User
from tests.factories.projects import make_project
from tests.factories.users import make_admin, make_token, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20


class Browser:
    """One request to the ASGI application, answered piece by piece."""

    def __init__(self, *, method: str = "GET", host: str = "localhost", **headers: str) -> None:
        pairs = [(b"host", host.encode()), *((name.encode(), value.encode()) for name, value in headers.items())]
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": "/api/v1/stream",
            "raw_path": b"/api/v1/stream",
            "query_string": b"",
            "root_path": "",
            "headers": pairs,
            "server": ("localhost", 8000),
            "client": ("127.0.0.1", 5000),
        }
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.gone = asyncio.Event()

    async def __aenter__(self) -> "Browser":
        self.task = asyncio.create_task(application(self.scope, self._receive, self.sent.put))
        self.start = await asyncio.wait_for(self.sent.get(), PATIENCE)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, PATIENCE)

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def event(self) -> dict[str, Any]:
        """The next event; comments are passed over."""
        while True:
            piece = await asyncio.wait_for(self.sent.get(), PATIENCE)
            for line in piece["body"].decode().splitlines():
                if line.startswith("data: "):
                    found: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    return found


def cookie(person: User) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    return {"cookie": f"sessionid={client.cookies['sessionid'].value}"}


def watch(headers: dict[str, str], steps: Callable[[Browser], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with Browser(**headers) as browser:
            assert browser.start["status"] == 200
            assert (await browser.event())["topic"] == "hello"
            await steps(browser)

    asyncio.run(run())


async def publish(topic: str, **about: Any) -> None:
    await asyncio.to_thread(events.publish, topic, **about)


def test_a_member_hears_of_their_projects_and_of_nothing_else() -> None:
    person = make_user()
    mine, foreign = make_project(owner=person), make_project(owner=make_user())

    async def steps(browser: Browser) -> None:
        await publish("image", project_id=foreign.id, id="secret")
        await publish("run", project_id=mine.id, user_id=person.pk + 1, id="for somebody else")
        await publish("image", project_id=mine.id, id="x")
        assert await browser.event() == {"topic": "image", "project": str(mine.id), "data": {"id": "x"}}
        headers = dict(browser.start["headers"])
        assert headers[b"content-type"].startswith(b"text/event-stream")
        assert b"no-transform" in headers[b"cache-control"]
        assert headers[b"x-content-type-options"] == b"nosniff"

    watch(cookie(person), steps)


def test_an_administrator_hears_everything() -> None:
    project = make_project(owner=make_user())

    async def steps(browser: Browser) -> None:
        await publish("image", project_id=project.id)
        assert (await browser.event())["project"] == str(project.id)

    watch(cookie(make_admin()), steps)


def test_a_token_hears_within_its_limits() -> None:
    person = make_user()
    one, other = make_project(owner=person), make_project(owner=person)
    secret = make_token(person, scope="read", project=one)

    async def steps(browser: Browser) -> None:
        await publish("image", project_id=other.id)
        await publish("image", project_id=one.id)
        assert (await browser.event())["project"] == str(one.id)

    watch({"authorization": f"Bearer {secret}"}, steps)


def test_rights_won_and_lost_count_at_once() -> None:
    person = make_user()
    project = make_project(owner=make_user())

    async def steps(browser: Browser) -> None:
        membership = await Membership.objects.acreate(user=person, project=project, role="viewer")
        await publish("members", project_id=project.id)
        assert (await browser.event())["topic"] == "members"
        await publish("image", project_id=project.id, id="1")
        assert (await browser.event())["data"] == {"id": "1"}
        await membership.adelete()
        await publish("members", project_id=project.id)
        assert (await browser.event())["topic"] == "members"
        await publish("image", project_id=project.id, id="2")
        await publish("plugin", id="3")
        assert (await browser.event())["data"] == {"id": "3"}

    watch(cookie(person), steps)


@pytest.mark.parametrize("loss", ["locked", "revoked"])
def test_who_may_listen_no_longer_is_cut_off(loss: str) -> None:
    person = make_user()
    project = make_project(owner=person)
    headers = {"authorization": f"Bearer {make_token(person)}"}

    async def steps(browser: Browser) -> None:
        if loss == "locked":
            await User.objects.aupdate(is_active=False)
        else:
            await AccessToken.objects.all().adelete()
        await publish("members", project_id=project.id)
        await asyncio.wait_for(browser.task, PATIENCE)

    watch(headers, steps)


def test_silence_is_filled_with_comments_and_rights_are_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(stream, "RECHECK_SECONDS", 0.0)
    person = make_user()

    async def steps(browser: Browser) -> None:
        assert (await asyncio.wait_for(browser.sent.get(), PATIENCE))["body"] == b": beat\n\n"
        await User.objects.aupdate(is_active=False)
        await asyncio.wait_for(browser.task, PATIENCE)

    watch(cookie(person), steps)


def test_the_end_of_the_server_ends_streams() -> None:
    async def steps(browser: Browser) -> None:
        hub.get_hub().close()
        await asyncio.wait_for(browser.task, PATIENCE)

    watch(cookie(make_user()), steps)


def status(**headers: str) -> int:
    async def run() -> int:
        async with Browser(**headers) as browser:
            return int(browser.start["status"])

    return asyncio.run(run())


def test_strangers_are_refused() -> None:
    person = make_user()
    good = cookie(person)
    assert status() == 401
    assert status(cookie="sessionid=guess") == 401
    assert status(authorization="Bearer mq_guess") == 401
    assert status(**good, authorization="Basic eDp5") == 401, "a bad header is not made good by a cookie"
    assert status(**good, host="evil.example") == 401
    assert status(**good, method="POST") == 405
    User.objects.update(is_active=False)
    assert status(**good) == 401


def test_nobody_takes_all_the_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STREAMS_PER_PERSON", 1)
    headers, other = cookie(make_user()), cookie(make_user())

    async def steps(_: Browser) -> None:
        async with Browser(**headers) as second, Browser(**other) as third:
            assert (second.start["status"], third.start["status"]) == (429, 200)

    watch(headers, steps)


def test_a_plain_wsgi_server_says_that_it_keeps_no_streams(client: Client) -> None:
    client.force_login(make_user())
    answer = client.get("/api/v1/stream")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
