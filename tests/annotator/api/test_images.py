"""Images over HTTP: upload, list, change, remove; a page costs a fixed number of queries."""

import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from annotator.models import AuditEvent, Image
from annotator.queries import images as queries
from annotator.queries.files import blob_key, variant_key
from annotator.services.size_only import SizedName, add_size_only_images
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image, make_picture, make_stored_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client_for: Any) -> SimpleNamespace:
    owner, reviewer, annotator = make_user("owner"), make_user("reviewer"), make_user("annotator")
    project = make_project(owner=owner, members={"reviewer": reviewer, "annotator": annotator}, labels=("cat",))
    return SimpleNamespace(
        owner=owner,
        project=project,
        cat=project.labels.get(),
        client=client_for(owner),
        reviewer=client_for(reviewer),
        annotator=client_for(annotator),
        url=f"/api/v1/projects/{project.id}/images",
    )


def upload(world: SimpleNamespace, files: list[tuple[str, bytes]], names: Any = None) -> Any:
    body: dict[str, Any] = {"files": [SimpleUploadedFile(name, data) for name, data in files]}
    if names is not None:
        body["names"] = names if isinstance(names, str) else json.dumps(names)
    return world.client.post(world.url, body, format="multipart")


def test_upload_answers_every_file_for_itself(world: SimpleNamespace) -> None:
    picture = make_picture(1)
    files = [("a.jpg", picture), ("b.jpg", picture), ("c.svg", b"<svg/>"), ("a.jpg", make_picture(2))]
    answer = upload(world, files, ["set/a.jpg", "set/b.jpg", "set/c.svg", "set/a.jpg"])
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [(result["name"], result["status"]) for result in results] == [
        ("set/a.jpg", "added"),
        ("set/b.jpg", "duplicate"),
        ("set/c.svg", "refused"),
        ("set/a.jpg", "renamed"),
    ]
    assert results[0]["image"]["name"] == "set/a.jpg"
    assert results[1]["image"]["id"] == results[0]["image"]["id"]
    assert "image" not in results[2]
    assert results[2]["code"] == "not_a_picture"
    assert results[3]["image"]["name"] == "set/a (2).jpg"


def test_upload_without_names_uses_the_file_names(world: SimpleNamespace) -> None:
    answer = upload(world, [("cat.jpg", make_picture(1))])
    assert answer.json()["results"][0]["name"] == "cat.jpg"


@pytest.mark.parametrize("names", ["[", '{"a": 1}', "[1]", '["a.jpg", "b.jpg"]'])
def test_bad_names_are_said(world: SimpleNamespace, names: str) -> None:
    answer = upload(world, [("cat.jpg", make_picture(1))], names)
    assert (answer.status_code, Image.objects.count()) == (422, 0)


def test_too_many_files_in_one_request_are_said(world: SimpleNamespace) -> None:
    answer = upload(world, [(f"{n}.jpg", b"x") for n in range(201)])
    assert (answer.status_code, answer.json()["code"]) == (413, "limit_exceeded")
    assert "200" in answer.json()["detail"]


def test_upload_without_files_is_said(world: SimpleNamespace) -> None:
    answer = world.client.post(world.url, {"names": "[]"}, format="multipart")
    assert answer.status_code == 422


def test_list_item_has_everything_the_gallery_needs(world: SimpleNamespace) -> None:
    image = make_stored_image(world.project, "a.jpg", data=make_picture(1, size=(320, 200)), score=0.5)
    answer = world.client.get(world.url).json()
    assert (answer["count"], answer["next"]) == (1, None)
    (item,) = answer["results"]
    assert item["id"] == str(image.id)
    assert (item["width"], item["height"], item["format"], item["score"]) == (320, 200, "JPEG", 0.5)
    assert item["thumb_url"].startswith(f"/files/thumb/{image.sha256}.webp?e=")
    assert {"preview_url", "original_url", "assigned_to", "uploader", "duplicate_of", "metadata"} <= item.keys()


def test_pages_cost_a_fixed_number_of_queries(world: SimpleNamespace, django_assert_num_queries: Any) -> None:
    for _ in range(12):
        make_annotation(make_image(world.project, uploader=world.owner), world.cat)
    # session, user, project, role; how frequent the label is, its images, page, assignments, count
    with django_assert_num_queries(9):
        first = world.client.get(world.url, {"limit": 5, "label": world.cat.id, "order": "-score"}).json()
    assert (len(first["results"]), first["count"]) == (5, 12)
    with django_assert_num_queries(8):
        second = world.client.get(
            world.url, {"limit": 7, "label": world.cat.id, "order": "-score", "cursor": first["next"]}
        ).json()
    assert first["count_capped"] is False
    assert "count" not in second
    assert second["next"] is None
    assert len({item["id"] for item in first["results"] + second["results"]}) == 12
    with django_assert_num_queries(8):
        boxes = world.client.get(world.url, {"limit": 5, "with": "boxes"}).json()
    assert boxes["results"][0]["boxes"] == [[world.cat.id, 10.0, 20.0, 30.0, 40.0]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "abc"),
        ("state=new,labelled", "abc"),
        ("state=new&state=labelled", "abc"),
        ("state=labelled", "a"),
        ("split=none", "bc"),
        ("unlabelled=true", "bc"),
        ("unlabelled=false", "a"),
        ("min_score=0.5", "b"),
        ("search=C.", "c"),
        ("duplicates=true", "ac"),
        ("order=-name", "cba"),
    ],
)
def test_query_parameters(world: SimpleNamespace, query: str, found: str) -> None:
    a = make_image(world.project, "a.jpg", state="labelled", split="val", score=0.1)
    make_annotation(a, world.cat)
    make_image(world.project, "b.jpg", score=0.9)
    make_image(world.project, "c.jpg", duplicate_of=a)
    answer = world.client.get(f"{world.url}?{query}")
    assert answer.status_code == 200
    assert "".join(item["name"][0] for item in answer.json()["results"]) == found


@pytest.mark.parametrize(
    "query",
    [
        "state=gone",
        "order=uploader__password",
        "min_score=x",
        "label=x",
        f"label={10**30}",
        f"uploader={10**30}",
        "limit=1000",
        "cursor=x",
        "with=secrets",
    ],
)
def test_bad_parameters_are_refused(world: SimpleNamespace, query: str) -> None:
    assert world.client.get(f"{world.url}?{query}").status_code == 422


def test_neighbours_follow_the_same_filters(world: SimpleNamespace) -> None:
    a, b, c = (
        make_image(world.project, name, state=state)
        for name, state in zip("abc", ["new", "labelled", "new"], strict=True)
    )
    answer = world.client.get(f"/api/v1/images/{a.id}/neighbours?state=new&order=name").json()
    assert answer == {"previous": None, "next": str(c.id)}
    assert world.client.get(f"/api/v1/images/{b.id}/neighbours").json() == {"previous": str(a.id), "next": str(c.id)}


def test_bulk_by_ids_and_by_filter(world: SimpleNamespace) -> None:
    images = [make_image(world.project, f"{n}.jpg") for n in range(4)]
    foreign = make_image(make_project())
    by_ids = {"ids": [str(images[0].id), str(foreign.id), str(uuid4())], "action": "set_split", "value": "val"}
    assert world.client.post(f"{world.url}/bulk", by_ids, format="json").json() == {"changed": 1}
    rest = {"filter": {"split": ["none"]}, "except": [str(images[3].id)], "action": "set_state", "value": "labelled"}
    assert world.client.post(f"{world.url}/bulk", rest, format="json").json() == {"changed": 2}
    assert sorted(Image.objects.filter(project=world.project).order_by("name").values_list("state", "split")) == sorted(
        [("new", "val"), ("labelled", ""), ("labelled", ""), ("new", "")]
    )
    assert Image.objects.get(pk=foreign.pk).split == ""


@pytest.mark.parametrize(
    "body",
    [
        {"action": "set_split", "value": "val"},
        {"ids": [], "filter": {}, "action": "reset"},
        {"ids": [], "action": "explode"},
        {"filter": {}, "action": "set_split", "value": "everything"},
        {"filter": {}, "action": "set_state", "value": 3},
        {"filter": {}, "action": "prioritise", "value": "high"},
        {"filter": {"state": ["gone"]}, "action": "reset"},
        {"filter": {}, "action": "reset", "project": "x"},
    ],
)
def test_bad_bulk_bodies(world: SimpleNamespace, body: dict[str, Any]) -> None:
    make_image(world.project)
    assert world.client.post(f"{world.url}/bulk", body, format="json").status_code == 422


def test_prioritise_and_reset(world: SimpleNamespace) -> None:
    image = make_image(world.project, state="labelled", score=0.4)
    world.client.post(f"{world.url}/bulk", {"ids": [image.id], "action": "prioritise", "value": 100}, format="json")
    image.refresh_from_db()
    assert image.priority == 100.0
    world.client.post(f"{world.url}/bulk", {"ids": [image.id], "action": "reset"}, format="json")
    image.refresh_from_db()
    assert (image.state, image.priority, image.score, image.submitted_at) == ("new", 0.0, None, None)


def test_delete_really_deletes_bytes_that_nobody_else_uses(
    world: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    shared = make_stored_image(world.project, "shared.jpg", data=make_picture(1))
    make_stored_image(make_project(), "elsewhere.jpg", data=make_picture(1))
    own = make_stored_image(world.project, "own.jpg", data=make_picture(2))
    make_annotation(own, world.cat)
    body = {"ids": [str(shared.id), str(own.id)], "action": "delete"}
    with django_capture_on_commit_callbacks(execute=True):
        assert world.client.post(f"{world.url}/bulk", body, format="json").json() == {"changed": 2}
    assert default_storage.exists(blob_key(shared.sha256))
    assert not default_storage.exists(blob_key(own.sha256))
    assert not default_storage.exists(variant_key("thumb", own.sha256))
    event = AuditEvent.objects.get(action="images.deleted")
    assert (event.actor, event.detail["count"]) == (world.owner, 2)


def test_retrieve_change_and_delete_one(world: SimpleNamespace) -> None:
    image, other = make_image(world.project, "a.jpg"), make_image(world.project, "b.jpg")
    url = f"/api/v1/images/{image.id}"
    assert world.client.get(url).json()["name"] == "a.jpg"
    changed = world.client.patch(url, {"name": "set/c.jpg", "split": "test", "priority": 3}, format="json").json()
    assert (changed["name"], changed["split"], changed["priority"]) == ("set/c.jpg", "test", 3.0)
    clash = world.client.patch(url, {"name": other.name}, format="json")
    assert (clash.status_code, clash.json()["code"]) == (409, "conflict")
    assert world.client.patch(url, {"name": "../x"}, format="json").status_code == 422
    assert world.client.patch(url, {"uploader": 1}, format="json").status_code == 422
    assert world.client.delete(url).status_code == 204
    assert world.client.get(url).status_code == 404


def test_reviewers_may_review_and_nothing_else(world: SimpleNamespace) -> None:
    image = make_image(world.project, state="labelled")
    url = f"/api/v1/images/{image.id}"
    assert world.reviewer.patch(url, {"state": "reviewed"}, format="json").json()["state"] == "reviewed"
    assert world.reviewer.patch(url, {"split": "val"}, format="json").status_code == 403
    assert world.annotator.patch(url, {"state": "labelled"}, format="json").status_code == 403
    assert world.annotator.post(f"{url}/reopen").status_code == 403
    assert world.reviewer.post(f"{url}/reopen").json()["state"] == "in_progress"


def test_strangers_find_nothing(world: SimpleNamespace, client_for: Any) -> None:
    image, stranger = make_image(world.project), client_for(make_user())
    url = f"/api/v1/images/{image.id}"
    assert [stranger.get(url).status_code, stranger.delete(url).status_code] == [404, 404]
    assert stranger.get(world.url).status_code == 404
    assert stranger.post(f"{world.url}/bulk", {"filter": {}, "action": "delete"}, format="json").status_code == 404
    assert client_for().get(url).status_code == 401
    assert Image.objects.count() == 1


def test_images_without_files_have_no_links_until_their_picture_comes(world: SimpleNamespace) -> None:
    add_size_only_images(actor=None, project=world.project, images=[SizedName("a.png", 64, 48)])
    (item,) = world.client.get(world.url, {"with": "boxes"}).json()["results"]
    assert (item["thumb_url"], item["preview_url"], item["original_url"]) == (None, None, None)
    assert (item["width"], item["height"], item["bytes"], item["boxes"]) == (64, 48, 0, [])
    picture = SimpleUploadedFile("a.png", make_picture(3, kind="PNG"))
    (result,) = world.client.post(world.url, {"files": [picture]}, format="multipart").json()["results"]
    assert (result["status"], result["code"]) == ("added", "filled")
    assert result["image"]["id"] == item["id"]
    assert result["image"]["thumb_url"].startswith("/files/thumb/")


def test_a_list_that_fits_on_a_page_is_counted_by_reading_it(world: SimpleNamespace) -> None:
    for _ in range(3):
        make_image(world.project)
    assert world.client.get(world.url, {"limit": 3}).json()["count"] == 3
    first = world.client.get(world.url, {"limit": 2}).json()
    assert (first["count"], len(first["results"])) == (3, 2)


def test_counting_stops_early_when_names_are_searched(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        make_image(world.project, f"part {number}.jpg")
    monkeypatch.setattr(queries, "SEARCH_CAP", 3)
    everything = world.client.get(world.url, {"limit": 2}).json()
    assert (everything["count"], everything["count_capped"]) == (4, False)
    found = world.client.get(world.url, {"limit": 2, "search": "part"}).json()
    assert (found["count"], found["count_capped"]) == (3, True)


def test_how_many_a_project_has_in_all_is_said_exactly(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        make_image(world.project)
    monkeypatch.setattr(queries, "COUNT_CAP", 3)
    everything = world.client.get(world.url, {"limit": 2}).json()
    assert (everything["count"], everything["count_capped"]) == (4, False)
    some = world.client.get(world.url, {"limit": 2, "state": "new"}).json()
    assert (some["count"], some["count_capped"]) == (3, True)
