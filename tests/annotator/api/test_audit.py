"""The audit log over the API."""

import pytest
from django.test import Client

from annotator.services.audit import record
from tests.factories.projects import make_project
from tests.factories.users import PASSWORD, make_admin, make_user

pytestmark = pytest.mark.django_db


def test_who_sees_what(client: Client) -> None:
    manager, viewer = make_user(), make_user()
    project = make_project(members={"manager": manager, "viewer": viewer})
    other = make_project(owner=make_user())
    for one in (project, other):
        record(actor=None, action="project.changed", project=one)
    client.force_login(manager)
    assert [e["action"] for e in client.get(f"/api/v1/audit?project={project.id}").json()["results"]] == [
        "project.changed"
    ]
    assert client.get(f"/api/v1/audit?project={other.id}").status_code == 404
    assert client.get("/api/v1/audit").status_code == 403
    assert client.get("/api/v1/audit?project=x").status_code == 422
    client.force_login(viewer)
    assert client.get(f"/api/v1/audit?project={project.id}").status_code == 403
    client.force_login(make_admin())
    assert len(client.get("/api/v1/audit").json()["results"]) == 2


def test_it_says_from_where() -> None:
    make_user("mara", password=PASSWORD)
    admin = Client()
    admin.force_login(make_admin())
    body = {"username": "mara", "password": "wrong\nsession.started root"}
    Client(REMOTE_ADDR="192.0.2.9").post("/api/v1/session", body, content_type="application/json")
    (event,) = admin.get("/api/v1/audit").json()["results"]
    assert (event["action"], event["address"], event["actor"]) == ("session.refused", "192.0.2.9", None)
    assert "wrong" not in str(event), "a mistyped password is never written down"
