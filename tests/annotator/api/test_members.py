"""Members over the API."""

import pytest
from django.test import Client

from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_add_change_remove(client: Client) -> None:
    owner, noor = make_user("olga"), make_user("noor", display_name="Noor")
    project = make_project(owner=owner)
    client.force_login(owner)
    address = f"/api/v1/projects/{project.id}/members"
    added = client.post(address, {"username": "noor", "role": "viewer"}, content_type=JSON)
    assert added.status_code == 201
    assert added.json()["user"] == {"id": noor.pk, "username": "noor", "display_name": "Noor"}
    assert client.post(address, {"username": "noor", "role": "viewer"}, content_type=JSON).status_code == 409
    changed = client.patch(f"{address}/{noor.pk}", {"role": "reviewer"}, content_type=JSON)
    assert changed.json()["role"] == "reviewer"
    listed = client.get(address).json()
    assert [(m["user"]["username"], m["role"]) for m in listed["results"]] == [("olga", "owner"), ("noor", "reviewer")]
    assert client.delete(f"{address}/{noor.pk}").status_code == 204
    assert client.delete(f"{address}/{noor.pk}").status_code == 404
    assert client.patch(f"{address}/{owner.pk}", {"role": "viewer"}, content_type=JSON).status_code == 409


def test_members_of_other_projects_cannot_be_reached(client: Client) -> None:
    owner, victim = make_user(), make_user()
    mine = make_project(owner=owner)
    make_project(owner=victim)
    client.force_login(owner)
    address = f"/api/v1/projects/{mine.id}/members/{victim.pk}"
    assert client.patch(address, {"role": "viewer"}, content_type=JSON).status_code == 404
    assert client.delete(address).status_code == 404
