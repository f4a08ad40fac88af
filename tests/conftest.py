"""Shared fixtures. The environment is fixed before Django reads its settings: own home, own Redis, chosen database."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HOME = Path(tempfile.mkdtemp(prefix="mq-", dir="/tmp" if Path("/tmp").is_dir() else None))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

for _name in [n for n in os.environ if n.startswith("MARQUEE_") or n in {"DATABASE_URL", "REDIS_URL"}]:
    del os.environ[_name]
os.environ["MARQUEE_HOME"] = str(HOME)
os.environ["MARQUEE_SECRET_KEY"] = "tests-only-" + "0123456789abcdef" * 2
os.environ["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
os.environ["YOLO_OFFLINE"] = "1"
if os.environ.get("TEST_DATABASE") == "postgresql":
    from tests.postgresql import start_cluster

    os.environ["DATABASE_URL"] = start_cluster(HOME / "pg")


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded Redis once per test process: cache, pub/sub and queue are the real thing."""
    import django

    from annotator.config import load
    from annotator.embedded import redis_server

    django.setup()  # here, because the settings may be read only after the lines above have chosen the home

    settings = load(os.environ)
    process = subprocess.Popen(redis_server.command(settings), stdout=subprocess.DEVNULL, stderr=sys.stderr)
    atexit.register(process.kill)
    deadline = time.monotonic() + 20
    while not settings.redis_socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise pytest.UsageError("The embedded Redis of the tests did not start.")
        time.sleep(0.02)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite tests use a file, so that several threads and processes can write to it as in the product."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(HOME / "test.sqlite3")


@pytest.fixture(autouse=True)
def _quiet_cache() -> Iterator[None]:
    """Throttles and caches of one test must not reach the next."""
    yield
    from annotator.redis import get_redis
    from annotator.services.throttle import forget_attempts

    get_redis().flushdb()
    forget_attempts()


@pytest.fixture
def user(db: None) -> "object":
    """A person without any project."""
    from tests.factories.users import make_user

    return make_user()


@pytest.fixture
def client_for() -> Callable[..., "object"]:
    """``client_for(user)`` is an API client signed in as that person (no CSRF checks)."""
    from rest_framework.test import APIClient

    def build(person: object | None = None) -> APIClient:
        client = APIClient()
        if person is not None:
            client.force_login(person)
        return client

    return build
