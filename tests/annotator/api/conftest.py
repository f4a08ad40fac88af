"""Fixtures of API tests."""

import pytest

from annotator.services import throttle


@pytest.fixture
def frozen_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts of one test fall into one window, however slow the machine is."""
    monkeypatch.setattr(throttle.time, "time", lambda: 1_800_000_000.0)
