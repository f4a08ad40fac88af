"""Changes of many images happen in pieces, tell the others once, and stay inside their project."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from annotator.core.errors import Conflict, InvalidInput
from annotator.events import images_removed
from annotator.models import Annotation, AnnotationRevision, Assignment, Image
from annotator.services import images as module
from annotator.services.images import change_images, delete_images, reopen_image, update_image
from tests.factories.annotations import save_box
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    person = make_user()
    project = make_project(owner=person, labels=("cat",))
    return SimpleNamespace(person=person, project=project, cat=project.labels.get())


def test_update_sets_only_what_is_given(world: SimpleNamespace) -> None:
    image = make_image(world.project, "a.jpg", split="val")
    update_image(actor=world.person, image=image, changes={"state": "reviewed"})
    image.refresh_from_db()
    assert (image.state, image.split, image.submitted_at is not None) == ("reviewed", "val", True)
    update_image(actor=world.person, image=image, changes={"state": "new", "name": " set//b.jpg "})
    image.refresh_from_db()
    assert (image.name, image.submitted_at) == ("set/b.jpg", None)


def test_a_used_name_is_a_conflict(world: SimpleNamespace) -> None:
    make_image(world.project, "a.jpg")
    with pytest.raises(Conflict, match=r"a\.jpg"):
        update_image(actor=world.person, image=make_image(world.project), changes={"name": "a.jpg"})


def test_bulk_changes_go_in_pieces(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    for _ in range(5):
        make_image(world.project)
    foreign = make_image(make_project())
    changed = change_images(
        actor=world.person, project=world.project, images=Image.objects.all(), action="set_split", value="test"
    )
    assert changed == 5
    assert Image.objects.get(pk=foreign.pk).split == ""
    assert change_images(actor=world.person, project=world.project, images=Image.objects.all(), action="delete") == 5
    assert list(Image.objects.all()) == [foreign]


def test_a_bad_value_changes_nothing(world: SimpleNamespace) -> None:
    make_image(world.project)
    with pytest.raises(InvalidInput, match="set_split"):
        change_images(
            actor=world.person, project=world.project, images=Image.objects.all(), action="set_split", value="all"
        )


def test_reset_takes_images_out_of_all_hands(world: SimpleNamespace) -> None:
    image = make_image(world.project, state="labelled", priority=3.0)
    held = Assignment.objects.create(image=image, user=world.person, lease_until=timezone.now())
    change_images(actor=world.person, project=world.project, images=Image.objects.all(), action="reset")
    image.refresh_from_db()
    held.refresh_from_db()
    assert (image.state, image.priority, held.state) == ("new", 0.0, "released")


def test_delete_takes_everything_on_the_image_along(
    world: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    image = make_image(world.project)
    follower = make_image(world.project, duplicate_of=image)
    save_box(world.person, image, world.cat)
    heard: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs)

    images_removed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_images(actor=world.person, project=world.project, image_ids=[image.id]) == 1
    assert (Annotation.objects.count(), AnnotationRevision.objects.count()) == (0, 0)
    follower.refresh_from_db()
    assert follower.duplicate_of is None
    assert [news["image_ids"] for news in heard] == [[image.id]]
    assert delete_images(actor=world.person, project=world.project, image_ids=[image.id]) == 0


@pytest.mark.parametrize(("before", "after"), [("labelled", "in_progress"), ("skipped", "in_progress"), ("new", "new")])
def test_reopen(world: SimpleNamespace, before: str, after: str) -> None:
    image = reopen_image(actor=world.person, image=make_image(world.project, state=before))
    image.refresh_from_db()
    assert image.state == after
