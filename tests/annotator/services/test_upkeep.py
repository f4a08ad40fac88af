"""Statistics for the planner of SQLite."""

import pytest
from django.db import connection

from annotator.services import upkeep
from annotator.services.upkeep import refresh_statistics, sweep_statistics
from tests.factories.images import make_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


def test_sqlite_gets_figures_of_its_rows() -> None:
    project = make_project()
    for number in range(3):
        make_image(project, f"{number}.jpg")
    assert refresh_statistics() is (connection.vendor == "sqlite")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'annotator_image'")
            assert cursor.fetchone()[0] > 0


def test_the_sweep_does_it_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_last", [-upkeep.EVERY])
    expected = connection.vendor == "sqlite"
    assert sweep_statistics() is expected
    assert sweep_statistics() is False
