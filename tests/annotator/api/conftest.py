"""Fixtures of API tests."""

import pytest
from pytest_django import Settings

from annotator.services import throttle


@pytest.fixture
def frozen_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts of one test fall into one window, however slow the machine is."""
    monkeypatch.setattr(throttle.time, "time", lambda: 1_800_000_000.0)


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    """Tests sign in often; the slow hash is Django's and is tested there."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
