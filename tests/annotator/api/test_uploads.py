"""Resumable uploads over HTTP."""

from types import SimpleNamespace
from typing import Any

import pytest

from annotator.models import Upload
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db

OFFSET_TYPE = "application/offset+octet-stream"


@pytest.fixture
def world(client_for: Any) -> SimpleNamespace:
    ann, ben, eve = make_user("ann"), make_user("ben"), make_user("eve")
    project = make_project(owner=ann, members={"reviewer": ben, "annotator": eve})
    return SimpleNamespace(
        ann=client_for(ann), ben=client_for(ben), eve=client_for(eve), url=f"/api/v1/projects/{project.id}/uploads"
    )


def begin(world: SimpleNamespace, size: int) -> str:
    answer = world.ann.post(world.url, {"name": "set.zip", "size": size}, format="json")
    assert (answer.status_code, answer.json()["offset"], answer.json()["state"]) == (201, 0, "open")
    return f"/api/v1/uploads/{answer.json()['id']}"


def send(world: SimpleNamespace, url: str, offset: object, data: bytes, **headers: Any) -> Any:
    return world.ann.patch(url, data, content_type=OFFSET_TYPE, HTTP_UPLOAD_OFFSET=str(offset), **headers)


def test_parts_resume_and_unpack(world: SimpleNamespace) -> None:
    url = begin(world, 10)
    assert send(world, url, 0, b"0123").json()["offset"] == 4
    wrong = send(world, url, 0, b"0123")
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["offset"]) == (409, "wrong_offset", 4)
    assert world.ann.post(f"{url}/unpack").status_code == 409
    assert world.ann.get(url).json()["offset"] == 4
    assert send(world, url, 4, b"456789").json()["state"] == "complete"
    job = world.ann.post(f"{url}/unpack")
    assert (job.status_code, job.json()["kind"], job.json()["state"]) == (202, "unpack", "queued")


def test_parts_need_their_type_and_offset(world: SimpleNamespace) -> None:
    url = begin(world, 10)
    assert send(world, url, "x", b"0").status_code == 422
    assert send(world, url, -1, b"0").status_code == 422
    assert world.ann.patch(url, b"0", content_type=OFFSET_TYPE).status_code == 422
    assert world.ann.patch(url, {"offset": 3}, format="json").status_code == 422
    assert world.ann.patch(url, b"0", content_type="text/plain").status_code == 422


def test_more_than_announced(world: SimpleNamespace) -> None:
    assert send(world, begin(world, 2), 0, b"0123").status_code == 413


def test_a_part_larger_than_the_memory_limit_of_requests(world: SimpleNamespace, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    url = begin(world, 5000)
    assert send(world, url, 0, bytes(5000)).json()["state"] == "complete"


def test_cancel(world: SimpleNamespace) -> None:
    url = begin(world, 10)
    assert world.ann.delete(url).status_code == 204
    assert Upload.objects.get().state == "cancelled"
    assert send(world, url, 0, b"0").status_code == 409


def test_uploads_of_others_do_not_exist(world: SimpleNamespace) -> None:
    url = begin(world, 10)
    assert world.ben.get(url).status_code == 404
    assert world.ben.delete(url).status_code == 404


def test_annotators_upload_nothing(world: SimpleNamespace) -> None:
    assert world.eve.post(world.url, {"name": "a.zip", "size": 1}, format="json").status_code == 403


@pytest.mark.parametrize("body", [{"name": "a.zip"}, {"name": "../a.zip", "size": 1}, {"name": "a.zip", "size": 0}])
def test_bad_announcements(world: SimpleNamespace, body: dict[str, Any]) -> None:
    assert world.ann.post(world.url, body, format="json").status_code == 422
