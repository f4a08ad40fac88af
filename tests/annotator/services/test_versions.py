"""Dataset versions: frozen, hashed, with a validation split that does not move."""

from collections import Counter

import pytest

from annotator.core.errors import Conflict, InvalidInput
from annotator.models import Image, Project
from annotator.queries.versions import held_out_images, manifest_header, read_manifest
from annotator.services.versions import create_version
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    project = make_project(labels=("cat", "dog", "unused"))
    cat, dog, _ = project.labels.order_by("position")
    for number in range(20):
        image = make_image(project, state=Image.State.LABELLED)
        make_annotation(image, dog if number % 5 == 0 else cat)
    make_image(project)
    return project


def splits(version: object) -> dict[str, str]:
    return {str(image.id): str(image.split) for image in read_manifest(version)}  # type: ignore[arg-type]


def test_a_version_holds_what_is_labelled_now(project: Project) -> None:
    version = create_version(actor=None, project=project, name="first", seed=3)
    assert (version.number, version.counts["images"], version.counts["annotations"]) == (1, 20, 20)
    assert version.counts["labels"] == {"cat": 16, "dog": 4}
    assert version.counts["splits"] == {"train": 16, "val": 4}
    assert [label["name"] for label in version.labels] == ["cat", "dog", "unused"]
    records = list(read_manifest(version))
    images = {str(image.id): image for image in Image.objects.all()}
    assert all(images[str(r.id)].sha256 == r.source["sha256"] for r in records)

    before = version.hash
    make_annotation(Image.objects.filter(state="labelled").first(), project.labels.first())  # type: ignore[arg-type]
    assert len([a for r in read_manifest(version) for a in r.annotations]) == 20
    version.refresh_from_db()
    assert version.hash == before


def test_the_same_data_and_seed_give_the_same_split(project: Project) -> None:
    first = create_version(actor=None, project=project, seed=3)
    again = create_version(actor=None, project=project, seed=3, refresh_held_out=True)
    other = create_version(actor=None, project=project, seed=4, refresh_held_out=True)
    assert splits(first) == splits(again)
    assert first.hash == again.hash
    assert splits(first) != splits(other)


def test_validation_does_not_move_between_rounds(project: Project) -> None:
    first = create_version(actor=None, project=project, seed=3)
    new = [make_image(project, state=Image.State.LABELLED) for _ in range(10)]
    second = create_version(actor=None, project=project, seed=99)
    before, after = splits(first), splits(second)
    assert {i for i, s in before.items() if s == "val"} == {i for i, s in after.items() if s == "val"}
    assert all(after[str(image.id)] == "train" for image in new)
    assert second.parameters["held_out_kept"] is True

    held = next(i for i, s in after.items() if s == "val")
    Image.objects.filter(id=held).update(state=Image.State.IN_PROGRESS)  # out of one version, remembered for the next
    create_version(actor=None, project=project)
    assert held_out_images(project_id=project.id)[held] == "val"


def test_fixed_splits_and_near_duplicates(project: Project) -> None:
    images = list(Image.objects.filter(state="labelled").order_by("id"))
    Image.objects.filter(id=images[0].id).update(split="test")
    Image.objects.filter(id__in=[images[1].id, images[2].id]).update(duplicate_of=images[0])
    Image.objects.filter(id__in=[i.id for i in images[10:16]]).update(duplicate_of=images[9])
    found = splits(create_version(actor=None, project=project))
    assert {found[str(i.id)] for i in images[:3]} == {"test"}
    assert len({found[str(i.id)] for i in images[9:16]}) == 1


def test_nothing_to_freeze_is_said() -> None:
    empty = make_project()
    make_image(empty)
    with pytest.raises(Conflict, match="no image is labelled"):
        create_version(actor=None, project=empty)
    with pytest.raises(InvalidInput, match="no state"):
        create_version(actor=None, project=empty, only_states=["wonderful"])
    version = create_version(actor=None, project=empty, only_states=["new"])
    assert Counter(splits(version).values()) == {"train": 1}


def test_archived_labels_stay_while_they_are_used(project: Project) -> None:
    project.labels.update(archived=True)
    version = create_version(actor=None, project=project)
    assert [label["name"] for label in manifest_header(version).labels] == ["cat", "dog"]
