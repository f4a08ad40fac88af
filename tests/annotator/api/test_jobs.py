"""Jobs over HTTP: seeing, cancelling, downloading."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from annotator.models import Job, Project, User
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
Clients = Callable[..., Any]


@pytest.fixture
def people() -> dict[str, User]:
    return {role: make_user() for role in ("owner", "manager", "reviewer", "annotator", "viewer")}


@pytest.fixture
def project(people: dict[str, User]) -> Project:
    return make_project(members=people)


def make_job(project: Project, **values: Any) -> Job:
    return Job.objects.create(project=project, **{"kind": "export", **values})


def test_lists_and_filters(client_for: Clients, project: Project, people: dict[str, User]) -> None:
    issue = {"code": "x", "samples": [{"text": str(i)} for i in range(9)]}
    result = {"images": 3, "file": "exports/x.zip", "issues": [issue]}
    done = make_job(project, state="done", result=result)
    waiting = make_job(project, kind="import")
    make_job(make_project(owner=make_user()))
    viewer = client_for(people["viewer"])
    rows = viewer.get(f"/api/v1/projects/{project.id}/jobs").json()["results"]
    assert [row["id"] for row in rows] == [str(waiting.id), str(done.id)]
    few = {**issue, "samples": issue["samples"][:3]}
    assert rows[1]["result"] == {"images": 3, "issues": [few]}, "keys of the store and long lists stay inside"
    active = viewer.get(f"/api/v1/projects/{project.id}/jobs?active=true").json()["results"]
    assert [row["id"] for row in active] == [str(waiting.id)]
    everywhere = viewer.get("/api/v1/jobs?kind=export").json()["results"]
    assert [row["id"] for row in everywhere] == [str(done.id)]
    report = viewer.get(f"/api/v1/jobs/{done.id}/report").json()
    assert report == {"images": 3, "issues": [issue]}
    assert viewer.get("/api/v1/jobs?kind=nonsense").status_code == 422


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("manager", 200), ("reviewer", 200), ("annotator", 403), ("viewer", 403)]
)
def test_who_may_cancel_an_export(
    client_for: Clients, project: Project, people: dict[str, User], role: str, status: int
) -> None:
    job = make_job(project)
    answer = client_for(people[role]).post(f"/api/v1/jobs/{job.id}/cancel")
    assert answer.status_code == status
    job.refresh_from_db()
    assert (job.state == "cancelled") is (status == 200)


def test_ones_own_job_and_one_that_is_over(client_for: Clients, project: Project, people: dict[str, User]) -> None:
    own, other = (make_job(project, kind="import", created_by=people[role]) for role in ("reviewer", "owner"))
    reviewer = client_for(people["reviewer"])
    assert reviewer.post(f"/api/v1/jobs/{other.id}/cancel").status_code == 403
    assert reviewer.post(f"/api/v1/jobs/{own.id}/cancel").json()["state"] == "cancelled"
    again = reviewer.post(f"/api/v1/jobs/{own.id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_downloads(client_for: Clients, project: Project, people: dict[str, User]) -> None:
    key = default_storage.save("exports/test/a.zip", ContentFile(b"zip"))
    job = make_job(project, state="done", result={"file": key, "name": "cats.zip"})
    answer = client_for(people["reviewer"]).get(f"/api/v1/jobs/{job.id}/download")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/files/download/")
    assert client_for(people["annotator"]).get(f"/api/v1/jobs/{job.id}/download").status_code == 403
    unfinished = make_job(project)
    assert client_for(people["owner"]).get(f"/api/v1/jobs/{unfinished.id}/download").status_code == 409


@pytest.mark.parametrize("path", ["", "/report", "/download"])
def test_strangers_see_nothing(client_for: Clients, project: Project, path: str) -> None:
    job = make_job(project, state="done", result={"file": "x", "secret": "s"})
    for person in (make_user(), None):
        answer = client_for(person).get(f"/api/v1/jobs/{job.id}{path}")
        assert answer.status_code == (401 if person is None else 404)
        assert "secret" not in answer.content.decode()
