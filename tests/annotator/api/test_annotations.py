"""The save protocol over HTTP; its rules are tested in services/test_operations."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from annotator.models import Annotation
from tests.factories.annotations import BOX, make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client_for: Any) -> SimpleNamespace:
    owner, viewer = make_user("owner"), make_user("viewer")
    project = make_project(owner=owner, members={"viewer": viewer}, labels=("cat",))
    image = make_image(project)
    return SimpleNamespace(
        owner=owner,
        cat=project.labels.get(),
        project=project,
        image=image,
        client=client_for(owner),
        viewer=client_for(viewer),
        url=f"/api/v1/images/{image.id}",
    )


def save(world: SimpleNamespace, *operations: Any) -> Any:
    return world.client.post(f"{world.url}/operations", {"operations": list(operations)}, format="json")


def create(world: SimpleNamespace, **values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "type": "create",
        "annotation": str(uuid4()),
        "label": world.cat.id,
        "geometry": BOX,
        **values,
    }


def test_save_and_read(world: SimpleNamespace) -> None:
    operation = create(world)
    answer = save(world, operation)
    assert answer.status_code == 200
    assert answer.json() == {
        "image_revision": 1,
        "results": [
            {
                "operation": operation["id"],
                "annotation": operation["annotation"],
                "status": "applied",
                "code": "",
                "detail": "",
                "revision": 1,
                "current": None,
            }
        ],
    }
    read = world.client.get(f"{world.url}/annotations").json()
    assert read["image_revision"] == 1
    assert [shape["id"] for shape in read["annotations"]] == [operation["annotation"]]
    assert save(world, operation).json()["results"][0]["status"] == "repeated"


def test_conflicts_carry_the_other_version_and_status_200(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat, revision=5)
    operation = {"id": str(uuid4()), "type": "update", "annotation": str(shape.id), "base_revision": 4, "z_order": 1}
    answer = save(world, operation)
    (result,) = answer.json()["results"]
    assert (answer.status_code, result["status"], result["current"]["revision"]) == (200, "conflict", 5)


@pytest.mark.parametrize(
    "broken",
    [
        "text",
        {},
        {"id": "x", "type": "create", "annotation": "y"},
        {"id": 5, "type": "create"},
        {"type": "explode"},
        {"type": "update", "base_revision": -1},
        {"type": "update", "base_revision": "1"},
        {"type": "create", "created_by": 1},
        {"type": "create", "image": "other"},
    ],
)
def test_malformed_operations_are_answered_in_their_place(world: SimpleNamespace, broken: Any) -> None:
    if isinstance(broken, dict) and "id" not in broken and broken:
        broken = {"id": str(uuid4()), "annotation": str(uuid4()), **broken}
    first, last = create(world), create(world)
    results = save(world, first, broken, last).json()["results"]
    assert [result["status"] for result in results] == ["applied", "invalid", "applied"]
    assert results[1]["code"] == "malformed"
    assert results[1]["detail"]


@pytest.mark.parametrize("body", [{}, {"operations": "x"}, [], {"operations": [], "force": True}])
def test_bodies_that_are_no_batch(world: SimpleNamespace, body: Any) -> None:
    assert world.client.post(f"{world.url}/operations", body, format="json").status_code == 422


def test_too_many_operations(world: SimpleNamespace) -> None:
    answer = save(world, *[create(world) for _ in range(2001)])
    assert (answer.status_code, answer.json()["code"]) == (413, "limit_exceeded")
    assert Annotation.objects.count() == 0


def test_history_and_restore(world: SimpleNamespace) -> None:
    operation = create(world)
    shape = operation["annotation"]
    moved = {**BOX, "x": 50.0}
    save(world, operation)
    save(world, {"id": str(uuid4()), "type": "update", "annotation": shape, "base_revision": 1, "geometry": moved})
    save(world, {"id": str(uuid4()), "type": "delete", "annotation": shape, "base_revision": 2}, create(world))
    history = world.client.get(f"{world.url}/history", {"annotation": shape}).json()["results"]
    assert [(row["change"], row["revision"]) for row in history] == [("delete", 3), ("update", 2), ("create", 1)]
    assert history[0]["actor"] == {"id": world.owner.pk, "name": "owner"}
    assert history[1]["snapshot"]["geometry"] == moved
    page = world.client.get(f"{world.url}/history", {"limit": 3}).json()
    assert len(page["results"]) == 3
    assert page["next"] is not None
    body = {"annotation": shape, "revision": 1, "operation": str(uuid4())}
    assert world.client.post(f"{world.url}/restore", body, format="json").json()["status"] == "applied"
    assert world.client.post(f"{world.url}/restore", body, format="json").json()["status"] == "repeated"
    restored = Annotation.objects.get(pk=shape)
    assert (restored.geometry, restored.deleted, restored.revision) == (BOX, False, 4)
    missing = {**body, "revision": 99}
    assert world.client.post(f"{world.url}/restore", missing, format="json").status_code == 404


def test_reading_costs_a_fixed_number_of_queries(world: SimpleNamespace, django_assert_num_queries: Any) -> None:
    for _ in range(20):
        make_annotation(world.image, world.cat)
    # session, user, image, project, role, annotations
    with django_assert_num_queries(6):
        assert len(world.client.get(f"{world.url}/annotations").json()["annotations"]) == 20


def test_viewers_read_and_change_nothing(world: SimpleNamespace) -> None:
    assert world.viewer.get(f"{world.url}/annotations").status_code == 200
    body = {"operations": [create(world)]}
    assert world.viewer.post(f"{world.url}/operations", body, format="json").status_code == 403
    restore = {"annotation": str(uuid4()), "revision": 1, "operation": str(uuid4())}
    assert world.viewer.post(f"{world.url}/restore", restore, format="json").status_code == 403
    assert Annotation.objects.count() == 0


def test_images_of_others_do_not_exist(world: SimpleNamespace) -> None:
    url = f"/api/v1/images/{make_image(make_project()).id}"
    body = {"operations": [create(world)]}
    assert world.client.post(f"{url}/operations", body, format="json").status_code == 404
    assert world.client.get(f"{url}/annotations").status_code == 404
    assert world.client.get(f"{url}/history").status_code == 404
