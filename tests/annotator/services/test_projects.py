"""Projects."""

import pytest
from django.core.files.storage import default_storage
from pytest_django import DjangoCaptureOnCommitCallbacks

from annotator.core.errors import InvalidInput
from annotator.events import images_removed
from annotator.models import Annotation, AuditEvent, Image, Label, Membership, Project
from annotator.queries.files import blob_key
from annotator.services.projects import change_project, create_project, delete_project
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image, make_picture, make_stored_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_whoever_makes_it_owns_it() -> None:
    person = make_user()
    project = create_project(actor=person, name=" Cells ", labels=[{"name": "RBC"}, {"name": "WBC", "parent": "RBC"}])
    assert project.name == "Cells"
    assert Membership.objects.get(project=project).role == "owner"
    assert [(label.name, label.hotkey, label.color) for label in project.labels.all()] == [
        ("RBC", "1", "#f6494d"),
        ("WBC", "2", "#64c9fd"),
    ]
    assert project.labels.get(name="WBC").parent == project.labels.get(name="RBC")
    assert project.settings["strip_position"] is True


def test_a_bad_label_leaves_no_project_behind() -> None:
    with pytest.raises(InvalidInput):
        create_project(actor=make_user(), name="Cells", labels=[{"name": "a"}, {"name": "a"}])
    assert not Project.objects.exists()


@pytest.mark.parametrize("name", ["", "  "])
def test_a_project_has_a_name(name: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        create_project(actor=make_user(), name=name)


def test_changing_merges_settings() -> None:
    project = make_project(owner=make_user())
    change_project(actor=make_user(), project=project, settings={"lease_minutes": 9})
    change_project(actor=make_user(), project=project, settings={"prediction_threshold": 0.5}, task="segment")
    project.refresh_from_db()
    assert (project.settings["lease_minutes"], project.settings["prediction_threshold"]) == (9, 0.5)
    assert project.task == "segment"


def test_deleting_needs_the_name_and_takes_everything_in_it(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    project, other = make_project(labels=("a",)), make_project(labels=("a",))
    for one in (project, other):
        make_annotation(make_image(one), one.labels.get())
    image_id = str(project.images.get().pk)
    with pytest.raises(InvalidInput, match="Nothing was deleted"):
        delete_project(actor=make_user(), project=project, confirm=project.name.upper())
    told: list[object] = []

    def listen(**news: object) -> None:
        told.append(news["image_ids"])

    images_removed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            delete_project(actor=make_user(), project=project, confirm=project.name)
    finally:
        images_removed.disconnect(listen)
    assert list(Project.objects.all()) == [other]
    assert (Annotation.objects.count(), Image.objects.count(), Label.objects.count()) == (1, 1, 1)
    assert told == [[image_id]]
    assert AuditEvent.objects.get(action="project.deleted").detail["images"] == 1


@pytest.mark.django_db(transaction=True)
def test_deleting_removes_pictures_that_no_other_project_uses() -> None:
    owner = make_user()
    gone, kept = make_project(owner=owner), make_project(owner=owner)
    shared, own = make_picture(seed=1), make_picture(seed=2)
    make_stored_image(kept, data=shared)
    only_here, in_both = make_stored_image(gone, data=own), make_stored_image(gone, data=shared)
    delete_project(actor=owner, project=gone, confirm=gone.name)
    assert default_storage.exists(blob_key(only_here.sha256)) is False
    assert default_storage.exists(blob_key(in_both.sha256)) is True
