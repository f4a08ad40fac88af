"""Handing messages on to streams."""

import asyncio
import json
import signal
from typing import Any

import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from annotator.api import hub as hub_module
from annotator.api.hub import QUEUE_SIZE, RESYNC, Hub, Listener, close_on_signals
from annotator.config import get_config
from annotator.events import CHANNEL


def message(project: str | None = None, topic: str = "image", user: int | None = None) -> dict[str, Any]:
    return {"topic": topic, "project": project, "user": user, "data": {}}


@pytest.mark.parametrize(
    ("listener", "sent", "sees"),
    [
        (Listener(1, frozenset({"a"})), message("a"), True),
        (Listener(1, frozenset({"a"})), message("b"), False),
        (Listener(1, frozenset()), message(), True),
        (Listener(1, None), message("b"), True),
        (Listener(1, None), message("b", user=2), False),
        (Listener(1, frozenset({"a"})), message("a", user=1), True),
        (Listener(1, frozenset({"a"})), message("b", user=1), False),
    ],
)
def test_who_sees_what(listener: Listener, sent: dict[str, Any], sees: bool) -> None:
    assert listener.may_see(sent) is sees


def test_a_slow_listener_is_told_to_look_again() -> None:
    listener = Listener(1, None)
    for _ in range(QUEUE_SIZE + 1):
        listener.offer(message())
    assert listener.queue.get_nowait() == RESYNC
    assert listener.queue.empty()


class Away:
    """A client that cannot connect; the next one can."""

    def __init__(self) -> None:
        self.tried = 0

    def __call__(self) -> Redis:
        self.tried += 1
        address = "unix:///nowhere.sock" if self.tried == 1 else get_config().redis_address
        return Redis.from_url(address, socket_timeout=None)


def publish(sent: dict[str, Any]) -> int:
    client = BlockingRedis.from_url(get_config().redis_address)
    try:
        return int(client.publish(CHANNEL, json.dumps(sent)))
    finally:
        client.close()


def test_messages_travel_through_redis_and_the_last_listener_closes_the_line() -> None:
    async def run() -> None:
        hub = Hub(hub_module._client)
        first, second = Listener(1, frozenset({"a"})), Listener(2, frozenset({"b"}))
        for listener in (first, second):
            hub.join(listener)
        await asyncio.wait_for(hub.ready.wait(), 10)
        assert await asyncio.to_thread(publish, message("a")) == 1, "one subscription for all listeners"
        assert await asyncio.wait_for(first.queue.get(), 10) == message("a")
        assert second.queue.empty()
        hub.leave(first)
        assert hub.ready.is_set()
        hub.leave(second)
        assert not hub.ready.is_set()

    asyncio.run(run())


def test_after_a_lost_line_everybody_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "_PAUSES", (0.0,))

    async def run() -> None:
        hub = Hub(Away())
        listener = Listener(1, None)
        hub.join(listener)
        assert await asyncio.wait_for(listener.queue.get(), 10) == RESYNC
        hub.leave(listener)

    asyncio.run(run())


def test_signals_close_the_streams_and_still_reach_the_server() -> None:
    heard: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    async def run() -> None:
        hub = Hub(hub_module._client)
        close_on_signals(asyncio.get_running_loop(), hub)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(hub.closing.wait(), 10)

    try:
        signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
        asyncio.run(run())
        assert heard == [signal.SIGTERM]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
