"""News for browsers: one Redis subscription per process, handed on to every open stream."""

import asyncio
import json
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from redis.asyncio import Redis

from annotator.config import get_config
from annotator.events import CHANNEL
from annotator.redis import REDIS_ERRORS

logger = logging.getLogger(__name__)

QUEUE_SIZE = 256
ACCESS_TOPICS = frozenset({"project", "members"})
"""After these a listener may see other projects than before; it gets them unfiltered and looks for itself."""
RESYNC: dict[str, Any] = {"topic": "resync", "project": None, "data": {}}
"""Told to a browser that missed something: everything it has may be stale."""
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream: who listens and what waits to be sent."""

    user_id: int
    projects: frozenset[str] | None
    """Visible projects; ``None`` for everything."""
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=lambda: asyncio.Queue(QUEUE_SIZE))

    def may_see(self, message: dict[str, Any]) -> bool:
        """Whether the message concerns this person."""
        if message.get("user") not in {None, self.user_id}:
            return False
        project = message.get("project")
        return project is None or self.projects is None or project in self.projects

    def offer(self, message: dict[str, Any]) -> None:
        """Queue a message; a listener that is too slow loses all and is told so."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            message = RESYNC
        self.queue.put_nowait(message)


class Hub:
    """Fans the Redis channel out to listeners. Lives in one event loop; connects with the first listener."""

    def __init__(self, make_client: Callable[[], "Redis"]) -> None:
        self._make_client = make_client
        self._listeners: set[Listener] = set()
        self._reader: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        """Set while the subscription holds: what is published from now on arrives."""
        self.closing = asyncio.Event()

    def join(self, listener: Listener) -> None:
        """Add a stream."""
        self._listeners.add(listener)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.get_running_loop().create_task(self._read())

    def leave(self, listener: Listener) -> None:
        """Remove a stream; the last one closes the connection."""
        self._listeners.discard(listener)
        if not self._listeners and self._reader is not None:
            self._reader.cancel()
            self._reader = None
            self.ready.clear()

    def streams_of(self, user_id: int) -> int:
        """How many streams a person has open."""
        return sum(listener.user_id == user_id for listener in self._listeners)

    def deliver(self, message: dict[str, Any]) -> None:
        """Queue one message for everybody whom it concerns."""
        for listener in self._listeners:
            if message.get("topic") in ACCESS_TOPICS or listener.may_see(message):
                listener.offer(message)

    async def _read(self) -> None:
        """Read the channel for ever; after a lost connection listeners are told to look again."""
        failures = 0
        while True:
            try:
                async with self._make_client() as client, client.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for item in channel.listen():
                        if item["type"] == "message":
                            self.deliver(json.loads(item["data"]))
                        elif item["type"] == "subscribe":
                            if failures:
                                self.deliver(RESYNC)
                            failures = 0
                            self.ready.set()
            except REDIS_ERRORS as error:
                logger.debug("The event channel does not answer: %s", error)
            self.ready.clear()
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
            failures += 1

    def close(self) -> None:
        """End all streams; browsers connect again when the server is back."""
        self.closing.set()


def _client() -> "Redis":
    return Redis.from_url(get_config().redis_address, socket_timeout=None, socket_connect_timeout=2)


_hubs: dict[int, tuple[asyncio.AbstractEventLoop, Hub]] = {}


def get_hub() -> Hub:
    """The hub of the running event loop; the first one also listens for the server's end."""
    loop = asyncio.get_running_loop()
    known = _hubs.get(id(loop))
    if known is None or known[0] is not loop:
        known = _hubs[id(loop)] = (loop, Hub(_client))
        close_on_signals(loop, known[1])
    return known[1]


def close_on_signals(loop: asyncio.AbstractEventLoop, hub: Hub) -> None:
    """Let the web server's own handlers of SIGTERM and SIGINT end our streams too.

    A server waits for open answers before it stops, and a stream never ends by itself.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)
        if callable(handler) and handler is not signal.default_int_handler:
            signal.signal(number, _chain(handler, loop, hub))


def _chain(
    handler: Callable[[int, FrameType | None], Any], loop: asyncio.AbstractEventLoop, hub: Hub
) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(hub.close)
        handler(number, frame)

    return handle
