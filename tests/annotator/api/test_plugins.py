"""The plugin list over the API."""

import pytest
from django.test import Client

from tests.factories.users import make_admin, make_user

pytestmark = pytest.mark.django_db


def test_everybody_who_is_signed_in_sees_what_is_installed(client: Client) -> None:
    client.force_login(make_user())
    listed = client.get("/api/v1/plugins").json()["results"]
    assert {plugin["family"] for plugin in listed} >= {"formats", "checks", "backends", "strategies"}
    checks = client.get("/api/v1/plugins?family=checks").json()["results"]
    assert {plugin["family"] for plugin in checks} == {"checks"}
    one = client.get("/api/v1/plugins/checks/tiny").json()
    assert one == next(plugin for plugin in checks if plugin["name"] == "tiny")
    assert client.get("/api/v1/plugins/checks/made_up").status_code == 404


def test_only_administrators_look_for_new_ones(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/api/v1/plugins?refresh=true").status_code == 403
    client.force_login(make_admin())
    assert client.get("/api/v1/plugins?refresh=true").status_code == 200
