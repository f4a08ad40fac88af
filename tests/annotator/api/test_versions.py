"""Dataset versions over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from annotator.api import versions
from annotator.models import Annotation, DatasetVersion, Image, Project, User
from annotator.services.jobs import run_job
from annotator.services.operations import save_operations
from tests.factories.annotations import delete, make_annotation, save_box
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_freeze_and_look(client_for: Callable[..., Any], user: User) -> None:
    project = make_project(owner=user, labels=("cat",))
    for _ in range(10):
        make_annotation(make_image(project, state="labelled"), project.labels.get())
    client = client_for(user)
    url = f"/api/v1/projects/{project.id}/versions"
    body = {"name": "first", "seed": 3, "fractions": {"train": 0.7, "val": 0.3}}
    made = client.post(url, body, format="json")
    assert made.status_code == 201
    version = made.json()
    assert (version["number"], version["name"], version["counts"]["splits"]) == (1, "first", {"train": 7, "val": 3})
    assert client.get(url).json()["results"] == [version]
    assert client.get(f"/api/v1/versions/{version['id']}").json() == version
    assert client_for(make_user()).get(f"/api/v1/versions/{version['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"fractions": {"train": 0.2}}, 422),
        ({"fractions": {"hold": 1}}, 422),
        ({"fractions": "half"}, 422),
        ({"only_states": ["wonderful"]}, 422),
        ({"seed": -1}, 422),
        ({"number": 7}, 422),
        ({}, 409),
    ],
)
def test_what_cannot_be_frozen(client_for: Callable[..., Any], user: User, body: dict[str, Any], status: int) -> None:
    project = make_project(owner=user)
    answer = client_for(user).post(f"/api/v1/projects/{project.id}/versions", body, format="json")
    assert answer.status_code == status
    assert answer.json()["detail"]
    viewer = make_user()
    other = make_project(members={"viewer": viewer})
    assert client_for(viewer).post(f"/api/v1/projects/{other.id}/versions", body, format="json").status_code == 403


@pytest.fixture
def project(user: User) -> Project:
    project = make_project(owner=user, labels=("cat", "dog"))
    for number in range(10):
        image = make_image(project, f"{'ab'[number % 2]}/{number}.jpg", state="labelled")
        save_box(user, image, project.labels.order_by("position")[0])
    Image.objects.update(state="labelled")
    return project


def freeze(client: Any, project: Project, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/projects/{project.id}/versions", body, format="json")
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def test_a_preview_writes_nothing_and_says_what_freezing_gives(
    client_for: Callable[..., Any], user: User, project: Project
) -> None:
    client = client_for(user)
    body = {"fractions": {"train": 0.5, "val": 0.5}, "together": "folder", "seed": 2}
    seen = client.post(f"/api/v1/projects/{project.id}/versions/preview", body, format="json").json()
    assert (seen["splits"], seen["groups"]) == ({"train": 5, "val": 5, "test": 0}, 2)
    assert seen["labels"][0]["train"] == 5
    assert DatasetVersion.objects.count() == 0
    assert freeze(client, project, **body)["counts"]["splits"] == {"train": 5, "val": 5}
    for wrong in ({"together": "password"}, {"assign_by": "folder", "assign": {"a": "hold"}}, {"rule": 1}):
        url = f"/api/v1/projects/{project.id}/versions/preview"
        assert client.post(url, wrong, format="json").status_code == 422


def test_many_images_are_frozen_in_the_background(
    client_for: Callable[..., Any], user: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "AT_ONCE", 9)
    body = {"name": "large", "assign_by": "folder", "assign": {"a": "val"}}
    answer = client_for(user).post(f"/api/v1/projects/{project.id}/versions", body, format="json")
    assert (answer.status_code, answer.json()["kind"]) == (202, "version")
    run_job(job_id=answer.json()["id"], owner="w")
    version = DatasetVersion.objects.get()
    assert (version.name, version.counts["splits"]["val"]) == ("large", 5)


def test_compare_check_and_restore(client_for: Callable[..., Any], user: User, project: Project) -> None:
    client = client_for(user)
    base = freeze(client, project)
    shape = Annotation.objects.order_by("image_id").first()
    assert shape is not None
    save_operations(actor=user, image_id=shape.image_id, operations=[delete(shape.id, 1)])
    head = freeze(client, project)
    url = f"/api/v1/versions/{head['id']}/diff?base={base['id']}"
    seen = client.get(url).json()
    assert seen["summary"]["images"]["changed"] == 1
    assert (seen["next"], len(seen["results"])) == (None, 1)
    row = seen["results"][0]
    assert (row["id"], row["labels"], row["shapes"][0]["change"]) == (
        str(shape.image_id),
        {"cat": {"removed": 1}},
        "removed",
    )
    assert row["thumb_url"].startswith("/files/thumb/")
    assert (row["exists"], "sha256" in row) == (True, False)
    Image.objects.filter(id=shape.image_id).delete()
    row = client.get(url).json()["results"][0]
    assert (row["exists"], row["thumb_url"]) == (False, None)
    assert client.get(f"{url}&change=moved").json()["results"] == []
    for wrong in ("", f"?base={user.id}", "?base=00000000-0000-0000-0000-000000000000", f"?base={base['id']}&limit=0"):
        assert client.get(f"/api/v1/versions/{head['id']}/diff{wrong}").status_code == 422
    assert client.get(f"{url}&cursor=7").status_code == 422

    assert client.get(f"/api/v1/versions/{base['id']}/integrity").json()["ok"] is True
    job = client.post(f"/api/v1/versions/{base['id']}/restore").json()
    run_job(job_id=job["id"], owner="w")
    result = client.get(f"/api/v1/jobs/{job['id']}").json()["result"]
    assert (result["backup"]["number"], result["counts"]["missing"]) == (3, 1)


def test_describe_and_delete(client_for: Callable[..., Any], user: User, project: Project) -> None:
    client = client_for(user)
    version = freeze(client, project)
    url = f"/api/v1/versions/{version['id']}"
    assert client.patch(url, {"notes": "the first"}, format="json").json() == {**version, "notes": "the first"}
    assert client.patch(url, {"hash": "0"}, format="json").status_code == 422
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
