"""Counting attempts."""

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from annotator.core.errors import TooManyRequests
from annotator.services import throttle
from annotator.services.throttle import count_attempt


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_800_000_000.0]
    monkeypatch.setattr(throttle.time, "time", lambda: now[0])
    return now


@pytest.fixture(params=["redis", "no redis"])
def _counter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no redis":
        monkeypatch.setattr(throttle, "_local", {})
        monkeypatch.setattr(throttle, "get_redis", _away)


def _away() -> None:
    raise RedisConnectionError("away")


def attempts(number: int, *, who: str = "mara", limit: int = 3) -> int:
    """How many of ``number`` attempts pass."""
    passed = 0
    for _ in range(number):
        try:
            count_attempt("test", who, limit=limit)
        except TooManyRequests:
            continue
        passed += 1
    return passed


@pytest.mark.usefixtures("_counter")
def test_so_many_a_minute_and_no_more(clock: list[float]) -> None:
    assert attempts(5) == 3
    assert attempts(1, who="noor") == 1
    clock[0] += throttle.WINDOW
    assert attempts(5) == 3


@pytest.mark.usefixtures("_counter")
def test_the_answer_says_how_long_to_wait(clock: list[float]) -> None:
    clock[0] += 20
    with pytest.raises(TooManyRequests, match="40 seconds") as caught:
        count_attempt("test", "mara", limit=0)
    assert caught.value.fields == {"retry_after": 40}


def test_local_counters_are_forgotten(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_local", {})
    monkeypatch.setattr(throttle, "get_redis", _away)
    attempts(2)
    clock[0] += throttle.WINDOW
    attempts(1, who="noor")
    assert len(throttle._local) == 1


def test_a_redis_that_fails_once_gives_no_attempt_away(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    assert attempts(2) == 2
    with monkeypatch.context() as patch:
        patch.setattr(throttle, "get_redis", _away)
        assert attempts(1) == 1
    assert attempts(1) == 0
