"""Imports over HTTP: look, import exactly that, go on, take back, download the report."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator.config import get_config
from annotator.models import Annotation, Image, Job, Label, Upload, User
from annotator.queries import import_roots
from annotator.queries.uploads import upload_path
from annotator.services.jobs import run_job
from tests.factories.datasets import CAT, DOG, make_yolo
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db

ClientFor = Callable[..., Any]


@pytest.fixture
def upload(user: User, tmp_path: Path) -> Upload:
    project = make_project(owner=user)
    upload = Upload.objects.create(project=project, user=user, name="d.zip", size=1, offset=1, state="complete")
    upload_path(upload).parent.mkdir(parents=True, exist_ok=True)
    folder = make_yolo(tmp_path / "data", {"train/a.jpg": [CAT], "train/b.jpg": [DOG, CAT]})
    with zipfile.ZipFile(upload_path(upload), "w") as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder))
    return upload


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "root"
    make_yolo(root / "set", {"train/a.jpg": [CAT], "train/b.jpg": [DOG]})
    allowed = replace(get_config(), import_roots=(str(root),))
    monkeypatch.setattr(import_roots, "get_config", lambda: allowed)
    return root


def start(client: Any, project_id: Any, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/projects/{project_id}/imports", body, format="json")
    assert answer.status_code == 202, answer.content
    run_job(job_id=answer.json()["id"], owner="w")
    found: dict[str, Any] = client.get(f"/api/v1/jobs/{answer.json()['id']}").json()
    return found


def test_look_then_import(client_for: ClientFor, user: User, upload: Upload) -> None:
    client = client_for(user)
    looked = start(client, upload.project_id, upload=str(upload.id))
    assert (looked["kind"], looked["state"], looked["result"]["dry_run"]) == ("import", "done", True)
    assert looked["result"]["counts"]["new"] == 2
    assert Annotation.objects.count() == 0
    labels = {"cat": {"name": "Felis", "color": "#123456"}, "dog": "ignore"}
    made = start(client, upload.project_id, token=looked["result"]["token"], labels=labels, dry_run=False)
    assert made["state"] == "done", made["error"]
    assert set(Annotation.objects.values_list("label__name", "label__color")) == {("Felis", "#123456")}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"path": "/etc"}, 403),
        ({"upload": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"upload": "nonsense"}, 422),
        ({"path": "x", "mode": "dance"}, 422),
        ({"path": "x", "labels": {"cat": "perhaps"}}, 422),
        ({"path": "x", "labels": {"cat": {"color": "#123456"}}}, 422),
        ({"path": "x", "labels": {"cat": {"name": "a", "id": 3}}}, 422),
        ({"path": "x", "label_fraction": 0}, 422),
        ({"path": "x", "created_by": 1}, 422),
        ({"token": "0" * 64, "dry_run": False}, 409),
    ],
)
def test_imports_that_cannot_start(client_for: ClientFor, user: User, body: dict[str, Any], status: int) -> None:
    project = make_project(owner=user)
    answer = client_for(user).post(f"/api/v1/projects/{project.id}/imports", body, format="json")
    assert answer.status_code == status, answer.content
    assert Job.objects.count() == 0


def test_changed_files_are_refused(client_for: ClientFor, user: User, root: Path) -> None:
    project = make_project(owner=user)
    client = client_for(user)
    token = start(client, project.id, path="set")["result"]["token"]
    (root / "set/labels/train/a.txt").write_text(f"{DOG}\n{DOG}")
    url = f"/api/v1/projects/{project.id}/imports"
    answer = client.post(url, {"token": token, "dry_run": False}, format="json")
    assert answer.status_code == 409
    assert "changed since you looked" in answer.json()["detail"]
    assert Image.objects.count() == 0


def test_other_settings_than_those_looked_at_are_refused(client_for: ClientFor, user: User, root: Path) -> None:
    project = make_project(owner=user)
    client = client_for(user)
    token = start(client, project.id, path="set")["result"]["token"]
    url = f"/api/v1/projects/{project.id}/imports"
    answer = client.post(url, {"token": token, "dry_run": False, "format": "coco"}, format="json")
    assert (answer.status_code, answer.json()["setting"]) == (409, "format")


def test_places(client_for: ClientFor, user: User, root: Path) -> None:
    project = make_project(owner=user)
    (root / "notes.md").write_text("not for import")
    (root / "labels.json").write_text("{}")
    (root / "outside").symlink_to(root.parent)
    url = f"/api/v1/projects/{project.id}/imports/places"
    top = client_for(user).get(url).json()
    assert [entry["path"] for entry in top["entries"]] == [str(root)]
    inside = client_for(user).get(url, {"path": str(root)}).json()
    assert [(entry["name"], entry["folder"]) for entry in inside["entries"]] == [("set", True), ("labels.json", False)]
    assert inside["parent"] == ""
    assert client_for(user).get(url, {"path": str(root.parent)}).status_code == 403
    assert client_for(user).get(url, {"path": "labels.json"}).status_code == 422


def test_an_import_is_taken_back(client_for: ClientFor, user: User, upload: Upload) -> None:
    client = client_for(user)
    made = start(client, upload.project_id, upload=str(upload.id), dry_run=False)
    assert Image.objects.count() == 2
    undo = client.post(f"/api/v1/imports/{made['id']}/undo")
    assert undo.status_code == 202, undo.content
    run_job(job_id=undo.json()["id"], owner="w")
    job = Job.objects.get(id=undo.json()["id"])
    assert job.state == "done", job.error
    assert (Image.objects.count(), Annotation.objects.count(), Label.objects.count()) == (0, 0, 0)
    assert client.get(f"/api/v1/jobs/{made['id']}").json()["result"]["undone"] is True
    assert client.post(f"/api/v1/imports/{made['id']}/undo").status_code == 409


def test_a_cancelled_import_goes_on(client_for: ClientFor, user: User, upload: Upload) -> None:
    client = client_for(user)
    url = f"/api/v1/projects/{upload.project_id}/imports"
    job = client.post(url, {"upload": str(upload.id), "dry_run": False}, format="json").json()
    assert client.post(f"/api/v1/imports/{job['id']}/resume").status_code == 409
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert client.post(f"/api/v1/imports/{job['id']}/resume").json()["state"] == "queued"
    run_job(job_id=job["id"], owner="w")
    assert client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "done"
    assert Annotation.objects.count() == 3


def test_the_report_as_a_file(client_for: ClientFor, user: User, root: Path) -> None:
    bad = "\n".join(f"{number} 0.5 0.5 0.1 0.1" for number in range(50, 80))
    (root / "set/labels/train/a.txt").write_text(bad)
    project = make_project(owner=user)
    client = client_for(user)
    job = start(client, project.id, path="set")
    (issue,) = (one for one in job["result"]["issues"] if one["code"] == "unknown_category_id")
    assert (issue["n"], len(issue["samples"])) == (30, 3)
    url = f"/api/v1/imports/{job['id']}/report"
    whole = json.loads(b"".join(client.get(url).streaming_content))
    assert sum(one["code"] == "unknown_category_id" for one in whole["all_issues"]) == 30
    table = b"".join(client.get(url, {"kind": "csv"}).streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert sum(row["code"] == "unknown_category_id" for row in rows) == 30
    assert all(row["file"] == "labels/train/a.txt" for row in rows if row["code"] == "unknown_category_id")
    assert {row["where"] for row in rows if row["code"] == "unknown_category_id"} >= {"line 1", "line 30"}
