"""What stops the start, in one sentence each."""

import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from annotator.config import Config
from annotator.embedded import redis_server, start

Usage = namedtuple("Usage", "total used free")


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(start.CannotStart, match=f"Port {port} is taken by another program"):
            start.check_port(Config(port=port))


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(start.CannotStart, match="The disk is full"):
        start.check_disk(Config(home=tmp_path))


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(start.CannotStart, match="cannot be used"):
        start.check_disk(Config(home=tmp_path / "file"))


def test_one_instance_per_home(tmp_path: Path) -> None:
    with start.lock_home(Config(home=tmp_path)), pytest.raises(start.CannotStart, match="Marquee already runs"):
        start.lock_home(Config(home=tmp_path))
    start.lock_home(Config(home=tmp_path)).close()


def test_a_path_too_long_for_a_socket_is_refused() -> None:
    with pytest.raises(redis_server.NoRedisBinary, match="too deep"):
        redis_server.command(Config(home=Path("/" + "x" * 120)))


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Config(), "http://localhost:8000"),
        (Config(host="192.168.0.7", port=81), "http://192.168.0.7:81"),
        (Config(public_url="https://marquee.example.org/"), "https://marquee.example.org"),
    ],
)
def test_address(config: Config, expected: str) -> None:
    assert start.address(config) == expected
