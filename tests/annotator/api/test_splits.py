"""Splits over HTTP: what there is to divide by, and the lock."""

from collections.abc import Callable
from typing import Any

import pytest

from annotator.models import Image, User
from annotator.services.versions import create_version
from tests.factories.images import make_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


def test_fields_and_the_lock(client_for: Callable[..., Any], user: User) -> None:
    project = make_project(owner=user)
    for number in range(10):
        make_image(project, f"{'ab'[number % 2]}/{number}.jpg", state="labelled", metadata={"site": number % 2})
    client, url = client_for(user), f"/api/v1/projects/{project.id}/splits"
    seen = client.get(url).json()
    assert (seen["counts"], seen["test_locked"]) == ({"none": 10, "train": 0, "val": 0, "test": 0}, False)
    assert [field["field"] for field in seen["fields"]] == ["folder", "metadata:site"]
    assert client.post(f"{url}/lock", {"locked": True}, format="json").status_code == 409
    version = create_version(actor=user, project=project, fractions={"train": 0.7, "test": 0.3})
    locked = client.post(f"{url}/lock", {"locked": True, "version": str(version.id)}, format="json").json()
    assert (locked["counts"]["test"], locked["test_locked"]) == (3, True)
    assert Image.objects.filter(split="test").count() == 3
    foreign = create_version(actor=None, project=_other())
    assert client.post(f"{url}/lock", {"locked": False}, format="json").json()["test_locked"] is False
    body = {"locked": True, "version": str(foreign.id)}
    assert client.post(f"{url}/lock", body, format="json").status_code == 422


def _other() -> Any:
    project = make_project()
    make_image(project, state="labelled")
    return project
