"""Starting exports over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from annotator.models import Project, User
from annotator.services.jobs import run_job
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


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
