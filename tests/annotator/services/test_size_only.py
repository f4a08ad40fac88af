"""Images without files: made in bulk, told about, and as good as others for everything but looking at them."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from annotator.core.errors import InvalidInput
from annotator.events import images_added
from annotator.models import Image, Project, User
from annotator.queries.files import original_url, preview_url, thumb_url
from annotator.services.images import delete_images
from annotator.services.size_only import SizedName, add_size_only_images
from tests.factories.images import make_image, make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user)


def test_rows_are_complete(user: User, project: Project) -> None:
    made = add_size_only_images(
        actor=user,
        project=project,
        images=[SizedName("a/b.jpg", 640, 480, "val", {"source": {"id": 7}}), SizedName("c.jpg", 1, 2)],
    )
    image, other = Image.objects.order_by("id")
    assert {name: row.id for name, row in made.items()} == {"a/b.jpg": image.id, "c.jpg": other.id}
    assert (image.name, image.width, image.height, image.split) == ("a/b.jpg", 640, 480, "val")
    assert (image.metadata, image.uploader, image.state) == ({"source": {"id": 7}}, user, "new")
    assert (image.has_file, image.sha256, image.format, image.bytes, image.dhash) == (False, "", "", 0, None)
    assert image.created_at is not None
    assert thumb_url(image) is preview_url(image) is original_url(image) is None
    assert make_image(project).has_file


def test_others_hear_of_them(project: Project, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs)

    images_added.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            add_size_only_images(actor=None, project=project, images=[])
            made = add_size_only_images(actor=None, project=project, images=[SizedName("a.jpg", 1, 1)])
    finally:
        images_added.disconnect(listen)
    assert [(news["project_id"], news["image_ids"]) for news in heard] == [(project.id, [made["a.jpg"].id])]


@pytest.mark.parametrize(
    "image", [SizedName("../a.jpg", 1, 1), SizedName("a.jpg", 0, 1), SizedName("a.jpg", 1, 2**31), SizedName("", 1, 1)]
)
def test_what_cannot_be_is_refused(project: Project, image: SizedName) -> None:
    with pytest.raises(InvalidInput):
        add_size_only_images(actor=None, project=project, images=[image])
    assert not Image.objects.exists()


def test_a_name_is_used_once(project: Project) -> None:
    make_image(project, "a.jpg")
    with pytest.raises(IntegrityError), transaction.atomic():
        add_size_only_images(actor=None, project=project, images=[SizedName("a.jpg", 1, 1)])


def test_deleting_one_touches_no_file(user: User, project: Project, django_capture_on_commit_callbacks: Any) -> None:
    stored = make_stored_image(project)
    made = add_size_only_images(actor=None, project=project, images=[SizedName("a.jpg", 1, 1)])
    with django_capture_on_commit_callbacks(execute=True):
        delete_images(actor=user, project=project, image_ids=[made["a.jpg"].id])
    assert list(Image.objects.all()) == [stored]
