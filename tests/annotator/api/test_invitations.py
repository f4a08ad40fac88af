"""Invitations over the API."""

import pytest
from django.test import Client

from annotator.models import Invitation, Membership, Project
from tests.factories.projects import make_project
from tests.factories.users import PASSWORD, make_user

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def project(client: Client) -> Project:
    owner = make_user("olga")
    client.force_login(owner)
    return make_project(owner=owner, name="Cells")


def invite(client: Client, project: Project, **body: object) -> str:
    answer = client.post(f"/api/v1/projects/{project.id}/invitations", body, content_type=JSON)
    assert answer.status_code == 201
    return str(answer.json()["url"]).rpartition("/")[2]


def test_from_the_link_to_the_project(client: Client, project: Project) -> None:
    token = invite(client, project, role="viewer", email="n@example.org")
    guest = Client()
    offer = guest.get(f"/api/v1/invitations/{token}").json()
    assert (offer["project_name"], offer["role"]) == ("Cells", "viewer")
    body = {"username": "noor", "password": PASSWORD, "display_name": "Noor"}
    answer = guest.post(f"/api/v1/invitations/{token}/accept", body, content_type=JSON)
    assert answer.json()["user"]["display_name"] == "Noor"
    (seen,) = guest.get("/api/v1/projects").json()["results"]
    assert (seen["id"], seen["role"]) == (str(project.id), "viewer")
    assert guest.get(f"/api/v1/invitations/{token}").status_code == 404


def test_signed_in_people_accept_without_an_account(client: Client, project: Project) -> None:
    token = invite(client, project)
    guest = Client()
    guest.force_login(make_user("noor"))
    answer = guest.post(f"/api/v1/invitations/{token}/accept", {}, content_type=JSON)
    assert answer.json()["user"]["username"] == "noor"
    assert Membership.objects.get(project=project, user__username="noor").role == "annotator"


def test_the_list_never_shows_links(client: Client, project: Project) -> None:
    token = invite(client, project)
    listed = client.get(f"/api/v1/projects/{project.id}/invitations")
    assert token not in listed.content.decode()
    (invitation,) = listed.json()["results"]
    address = f"/api/v1/projects/{project.id}/invitations/{invitation['id']}"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    assert not Invitation.objects.exists()


def test_another_projects_invitation_cannot_be_withdrawn(client: Client, project: Project) -> None:
    invite(client, project)
    intruder = make_user()
    own = make_project(owner=intruder)
    client.force_login(intruder)
    address = f"/api/v1/projects/{own.id}/invitations/{Invitation.objects.get().pk}"
    assert client.delete(address).status_code == 404
    assert Invitation.objects.count() == 1


def test_links_cannot_be_guessed_at_speed(frozen_minute: None) -> None:
    codes = {Client().get(f"/api/v1/invitations/guess{n}").status_code for n in range(31)}
    assert codes == {404, 429}


def test_a_manager_cannot_invite_an_owner(client: Client, project: Project) -> None:
    manager = make_user()
    Membership.objects.create(user=manager, project=project, role="manager")
    client.force_login(manager)
    answer = client.post(f"/api/v1/projects/{project.id}/invitations", {"role": "owner"}, content_type=JSON)
    assert answer.status_code == 403
