"""Sources over the interface: added, tried, synchronised; secrets stay inside."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from annotator.config import get_config
from annotator.queries import import_roots
from tests.factories.images import make_picture
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client_for: Any) -> SimpleNamespace:
    monkeypatch.setattr(import_roots, "get_config", lambda: replace(get_config(), import_roots=(str(tmp_path),)))
    (tmp_path / "a.jpg").write_bytes(make_picture(1))
    owner = make_user()
    project = make_project(owner=owner)
    url = f"/api/v1/projects/{project.id}/sources"
    return SimpleNamespace(client=client_for(owner), url=url, folder=str(tmp_path))


def test_a_source_is_tried_added_changed_synchronised_and_removed(world: SimpleNamespace) -> None:
    place = {"plugin": "folder", "options": {"path": world.folder}}
    assert world.client.post(f"{world.url}/probe", place, format="json").json() == {"names": ["a.jpg"], "more": False}
    made = world.client.post(world.url, {"name": "Camera", **place}, format="json")
    assert (made.status_code, made.json()["copies"], made.json()["images"]) == (201, True, 0)
    address = f"/api/v1/sources/{made.json()['id']}"
    job = world.client.post(f"{address}/sync")
    assert (job.status_code, job.json()["kind"]) == (202, "sync")
    changed = world.client.patch(address, {"name": "Night camera", "copies": False}, format="json").json()
    assert (changed["name"], changed["copies"], changed["options"]["path"]) == ("Night camera", False, world.folder)
    assert [row["name"] for row in world.client.get(world.url).json()["results"]] == ["Night camera"]
    assert world.client.delete(address).status_code == 204
    assert world.client.get(address).status_code == 404


def test_secrets_stay_inside(world: SimpleNamespace) -> None:
    options = {"bucket": "pictures", "access_key": "me", "secret_key": "hush"}
    made = world.client.post(world.url, {"name": "Bucket", "plugin": "s3", "options": options}, format="json")
    assert "hush" not in made.content.decode()
    assert made.json()["secrets_set"] == ["secret_key"]
    assert "hush" not in world.client.get(world.url).content.decode()


def test_a_place_that_cannot_be_reached_says_why(world: SimpleNamespace) -> None:
    place = {"plugin": "folder", "options": {"path": f"{world.folder}/gone"}}
    answer = world.client.post(f"{world.url}/probe", place, format="json")
    assert (answer.status_code, "import" in answer.json()["detail"]) == (403, True)
