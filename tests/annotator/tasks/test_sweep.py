"""The sweep of the worker: every sweeper runs, a broken one stops nobody."""

import pytest

from annotator.tasks import sweep

pytestmark = pytest.mark.django_db


def test_a_broken_sweeper_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_sweepers", dict(sweep._sweepers))
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)  # the test's own transaction must survive
    calls: list[str] = []

    def broken() -> None:
        raise RuntimeError("no")

    sweep.register_sweeper("broken", broken)
    sweep.register_sweeper("mine", lambda: calls.append("mine"))
    swept = sweep.sweep_once()
    assert swept[:6] == [
        "jobs",
        "exports",
        "imports",
        "sources",
        "statistics",
        "uploads",
    ]  # other packages may have added theirs since
    assert "broken" not in swept
    assert swept[-1] == "mine"
    assert calls == ["mine"]
