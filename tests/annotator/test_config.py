"""Configuration: defaults, parsing, refusals."""

import stat
from pathlib import Path

import pytest

from annotator.config import Config, ConfigError, load, secret_key


def test_defaults_fit_one_machine() -> None:
    config = load({})
    assert (config.host, config.port, config.demo, config.debug) == ("127.0.0.1", 8000, True, False)
    assert config.home == Path("var").resolve()
    assert config.broker_address == f"redis+socket://{config.home}/redis/redis.sock?virtual_host=0"


@pytest.mark.parametrize(
    ("environ", "attribute", "expected"),
    [
        ({"MARQUEE_PORT": "9000"}, "port", 9000),
        ({"MARQUEE_DEMO": "0"}, "demo", False),
        ({"MARQUEE_ALLOWED_HOSTS": "a.example, b.example"}, "allowed_hosts", ("a.example", "b.example")),
        ({"REDIS_URL": "redis://r:6379/1"}, "broker_address", "redis://r:6379/1"),
        ({"MARQUEE_PORT": ""}, "port", 8000),
    ],
)
def test_values_are_parsed(environ: dict[str, str], attribute: str, expected: object) -> None:
    assert getattr(load(environ), attribute) == expected


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"MARQUEE_PROT": "1"}, "MARQUEE_PROT is not a setting of Marquee"),
        ({"MARQUEE_PORT": "eight"}, "MARQUEE_PORT must be a whole number, not “eight”."),
        ({"MARQUEE_DEMO": "maybe"}, "MARQUEE_DEMO must be 0 or 1, not “maybe”."),
    ],
)
def test_mistakes_are_refused_with_a_sentence(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load(environ)


def test_the_key_is_made_once_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    config = Config(home=tmp_path)
    first = secret_key(config)
    assert len(first) >= 48
    assert secret_key(config) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("key", ["short", "django-insecure-" + "x" * 60])
def test_weak_keys_are_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match="too short or a known key"):
        secret_key(Config(home=tmp_path, secret_key=key))
