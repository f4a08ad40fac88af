"""Starting imports and exports over HTTP."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.models import Annotation, Job, Project, Upload, User
from annotator.queries.uploads import upload_path
from annotator.services.jobs import run_job
from tests.factories.datasets import CAT, make_yolo
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(user: User, tmp_path: Path) -> Upload:
    project = make_project(owner=user)
    upload = Upload.objects.create(project=project, user=user, name="d.zip", size=1, offset=1, state="complete")
    upload_path(upload).parent.mkdir(parents=True, exist_ok=True)
    folder = make_yolo(tmp_path / "data", {"train/a.jpg": [CAT]})
    with zipfile.ZipFile(upload_path(upload), "w") as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder))
    return upload


def test_look_then_import(client_for: Callable[..., Any], user: User, upload: Upload) -> None:
    url = f"/api/v1/projects/{upload.project_id}/imports"
    looked = client_for(user).post(url, {"upload": str(upload.id)}, format="json")
    assert (looked.status_code, looked.json()["kind"], looked.json()["state"]) == (202, "import", "queued")
    run_job(job_id=looked.json()["id"], owner="w")
    report = client_for(user).get(f"/api/v1/jobs/{looked.json()['id']}/report").json()
    assert report["dry_run"] is True
    assert Annotation.objects.count() == 0
    body = {"upload": str(upload.id), "dry_run": False, "labels": {"cat": "create", "dog": "ignore"}}
    made = client_for(user).post(url, body, format="json").json()
    run_job(job_id=made["id"], owner="w")
    assert Annotation.objects.get().label.name == "cat"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"path": "/etc"}, 403),
        ({"upload": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"upload": "nonsense"}, 422),
        ({"path": "x", "mode": "predictions"}, 422),
        ({"path": "x", "labels": {"cat": "perhaps"}}, 422),
        ({"path": "x", "label_fraction": 0}, 422),
        ({"path": "x", "created_by": 1}, 422),
    ],
)
def test_imports_that_cannot_start(
    client_for: Callable[..., Any], user: User, body: dict[str, Any], status: int
) -> None:
    project = make_project(owner=user)
    answer = client_for(user).post(f"/api/v1/projects/{project.id}/imports", body, format="json")
    assert answer.status_code == status, answer.content
    assert Job.objects.count() == 0


def test_exports(client_for: Callable[..., Any], user: User) -> None:
    project = make_project(owner=user, labels=("cat",))
    make_image(project, state="labelled")
    url = f"/api/v1/projects/{project.id}/exports"
    body = {"format": "yolo", "options": {"task": "segment"}, "scope": {"states": ["labelled"]}, "with_images": False}
    made = client_for(user).post(url, body, format="json")
    assert made.status_code == 202
    run_job(job_id=made.json()["id"], owner="w")
    done = client_for(user).get(f"/api/v1/jobs/{made.json()['id']}").json()
    assert (done["state"], done["result"]["counts"]["images"]) == ("done", 1)
    for wrong in (
        {"format": "docx"},
        {"format": "yolo", "options": {"task": "dance"}},
        {"format": "yolo", "scope": {"all": "x"}},
    ):
        assert client_for(user).post(url, wrong, format="json").status_code == 422


@pytest.mark.parametrize(
    ("role", "exports", "imports"),
    [("manager", 422, 422), ("reviewer", 422, 403), ("annotator", 403, 403), ("viewer", 403, 403)],
)
def test_rights(client_for: Callable[..., Any], role: str, exports: int, imports: int) -> None:
    person = make_user()
    project: Project = make_project(members={role: person})
    client = client_for(person)
    body = {"format": "coco"}
    assert client.post(f"/api/v1/projects/{project.id}/exports", body, format="json").status_code == exports
    assert client.post(f"/api/v1/projects/{project.id}/imports", {}, format="json").status_code == imports
    stranger = client_for(make_user())
    assert stranger.post(f"/api/v1/projects/{project.id}/exports", body, format="json").status_code == 404
    assert stranger.post(f"/api/v1/projects/{project.id}/imports", {}, format="json").status_code == 404
