"""Packages installed with pip appear in the command line, the API and the registries, with no change elsewhere."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.plugins.families import CHECKS, FORMATS
from annotator.queries.plugins import refresh_plugins
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run
from tests.factories.users import make_user
from tests.guests import install_guests
from trainer.plugins.families import STRATEGIES
from trainer.services.rounds import start_round
from trainer.services.selection import select_round

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed both guests."""
    return install_guests(tmp_path_factory.mktemp("guests"))


@pytest.fixture
def guests(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process as it would be had it started with the guests installed."""
    monkeypatch.syspath_prepend(str(installed))
    refresh_plugins()
    yield
    monkeypatch.undo()
    refresh_plugins()


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python with the guests installed."""
    environment = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}", "COLUMNS": "160"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_command_line_lists_guests_and_what_is_wrong(installed: Path) -> None:
    answer = run(installed, "manage.py", "plugins", "--json")
    assert answer.returncode == 1, answer.stderr  # something is broken
    rows = {(p["family"], p["name"], p["origin"]): p for p in json.loads(answer.stdout)["plugins"]}
    good = rows["strategies", "guest_crowded", "marquee-guest"]
    assert (good["state"], good["version"], good["title"]) == ("ok", "1.2.3", "Crowded (guest)")
    assert good["options_schema"]["properties"]["confidence"]["maximum"] == 1
    assert good["traits"]["needs"] == ["scores"]
    assert rows["formats", "guest_csv", "marquee-guest"]["state"] == "ok"
    assert rows["checks", "guest_huge", "marquee-guest"]["state"] == "ok"
    broken = rows["strategies", "guest_broken", "marquee-guest-broken"]
    assert broken["state"] == "broken"
    assert "No module named 'telescope_of_nobody'" in broken["error"]
    incomplete = rows["strategies", "guest_incomplete", "marquee-guest-broken"]
    assert incomplete["error"] == "IncompleteStrategy leaves score undefined."
    shadowed = rows["formats", "coco", "marquee-guest-broken"]
    assert (shadowed["state"], shadowed["error"]) == (
        "shadowed",
        "The name is taken by marquee; rename the entry point.",
    )
    assert rows["formats", "coco", "marquee"]["state"] == "ok"


def test_the_table_is_for_people(installed: Path) -> None:
    answer = run(installed, "manage.py", "plugins", "strategies")
    assert "guest_crowded" in answer.stdout
    assert "guest_csv" not in answer.stdout  # another family
    assert "IncompleteStrategy leaves score undefined." in answer.stdout


def test_the_guests_keep_their_contracts(installed: Path) -> None:
    tests = installed.parent / "sources" / "marquee-guest" / "tests"
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:django", "--rootdir", str(tests), "-c", os.devnull]
    answer = run(installed, "-m", "pytest", *options, str(tests))
    assert answer.returncode == 0, answer.stdout
    assert " passed" in answer.stdout


@pytest.mark.django_db
def test_the_api_shows_them(guests: None, client_for: Callable[..., Any]) -> None:
    client = client_for(make_user())
    rows = client.get("/api/v1/plugins").json()["results"]
    found = {(row["family"], row["name"]): row for row in rows if row["origin"] == "marquee-guest"}
    assert set(found) == {("formats", "guest_csv"), ("strategies", "guest_crowded"), ("checks", "guest_huge")}
    assert {row["state"] for row in found.values()} == {"ok"}
    one = client.get("/api/v1/plugins/checks/guest_huge").json()
    assert (one["title"], one["version"]) == ("Huge boxes (guest)", "1.2.3")


@pytest.mark.django_db
def test_a_round_can_be_picked_with_a_guest(guests: None, client_for: Callable[..., Any]) -> None:
    owner = make_user()
    project = make_project(owner=owner, labels=("cell",))
    few, many = make_image(project), make_image(project)
    make_prediction_run(make_model(project), {few: boxes_with([0.9]), many: boxes_with([0.9], [0.8], [0.3])})
    body = {"strategy": "guest_crowded", "size": 1}
    answer = client_for(owner).post(f"/api/v1/projects/{project.id}/rounds", body, format="json")
    assert answer.status_code == 201, answer.json()
    select_round(round_id=answer.json()["id"], owner="me")
    [pick] = client_for(owner).get(f"/api/v1/rounds/{answer.json()['id']}").json()["picks"]
    assert (pick["image"]["id"], pick["reason"], pick["kind"]) == (str(many.id), "3 objects seen", "crowded")


@pytest.mark.django_db
def test_a_broken_guest_is_refused_with_its_reason(guests: None) -> None:
    project = make_project()
    make_image(project)
    with pytest.raises(Exception, match="cannot be imported: ModuleNotFoundError"):
        start_round(actor=None, project=project, strategy="guest_broken", size=1)
    assert {"guest_crowded", "guest_broken"} <= set(STRATEGIES.names())


def test_without_installation_there_are_no_guests() -> None:
    names = {*FORMATS.names(), *STRATEGIES.names(), *CHECKS.names()}
    assert not any(name.startswith("guest") for name in names)
