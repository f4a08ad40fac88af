"""The queue over HTTP; its rules are tested in services/test_assignments."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from annotator.models import Image
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client_for: Any) -> SimpleNamespace:
    ann, ben, eve = make_user("ann"), make_user("ben"), make_user("eve")
    project = make_project(owner=ann, members={"annotator": ben, "viewer": eve})
    return SimpleNamespace(
        project=project,
        images=[make_image(project, f"{n}.jpg") for n in range(3)],
        ann=client_for(ann),
        ben=client_for(ben),
        eve=client_for(eve),
        url=f"/api/v1/projects/{project.id}/queue",
    )


def claim(client: Any, world: SimpleNamespace, **body: Any) -> Any:
    return client.post(f"{world.url}/next", body, format="json")


def test_next_submit_until_nothing_is_left(world: SimpleNamespace) -> None:
    for image in world.images:
        given = claim(world.ben, world).json()
        assert given["image"]["id"] == str(image.id)
        assert given["image"]["assigned_to"]["name"] == "ben"
        assignment = f"/api/v1/assignments/{given['assignment']['id']}"
        assert world.ben.post(f"{assignment}/heartbeat").json()["state"] == "open"
        assert world.ben.post(f"{assignment}/submit").json()["state"] == "submitted"
    assert claim(world.ben, world).status_code == 204
    assert set(Image.objects.values_list("state", flat=True)) == {"labelled"}


def test_queue_says_what_is_left(world: SimpleNamespace, django_assert_num_queries: Any) -> None:
    claim(world.ann, world)
    # session, user, project, role; upcoming, assignments, three counts
    with django_assert_num_queries(9):
        queue = world.ben.get(world.url, {"limit": 5}).json()
    assert (queue["remaining"], queue["position"], queue["done"], queue["total"]) == (2, 1, 0, 3)
    assert [image["name"] for image in queue["upcoming"]] == ["1.jpg", "2.jpg"]
    assert world.ben.get(world.url, {"limit": 1000}).status_code == 422


def test_certain_image_and_after(world: SimpleNamespace) -> None:
    last = str(world.images[2].id)
    assert claim(world.ann, world, image=last).json()["image"]["id"] == last
    taken = claim(world.ben, world, image=last)
    assert (taken.status_code, taken.json()["code"], taken.json()["holder"]["name"]) == (409, "image_taken", "ann")
    assert claim(world.ben, world, image=last, take_over=True).json()["image"]["assigned_to"]["name"] == "ben"
    assert claim(world.ann, world, image=last, take_over=True).status_code == 200
    assert claim(world.ann, world, after=last).json()["image"]["id"] == str(world.images[0].id)
    assert claim(world.ann, world, image=str(uuid4())).status_code == 404


def test_skip_release_and_reopen(world: SimpleNamespace) -> None:
    given = claim(world.ben, world).json()
    skipped = world.ben.post(f"/api/v1/assignments/{given['assignment']['id']}/skip", {"reason": "dark"}, format="json")
    assert skipped.json()["state"] == "skipped"
    image = f"/api/v1/images/{given['image']['id']}"
    assert world.ben.get(image).json()["metadata"]["skipped"]["reason"] == "dark"
    assert world.ben.post(f"{image}/reopen").json()["state"] == "in_progress"
    other = claim(world.ben, world).json()
    assert world.ben.post(f"/api/v1/assignments/{other['assignment']['id']}/release").json()["state"] == "released"


def test_assignments_of_others_do_not_exist(world: SimpleNamespace) -> None:
    given = claim(world.ben, world).json()["assignment"]["id"]
    for action in ("heartbeat", "submit", "skip", "release"):
        assert world.ann.post(f"/api/v1/assignments/{given}/{action}", {}, format="json").status_code == 404


def test_viewers_label_nothing(world: SimpleNamespace) -> None:
    assert world.eve.get(world.url).status_code == 200
    assert claim(world.eve, world).status_code == 403
