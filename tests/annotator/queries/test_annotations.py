"""Annotations on the wire, on thumbnails, and as streams of records."""

from types import SimpleNamespace

import pytest

from annotator.core.geometry.types import Box
from annotator.models import Image
from annotator.queries import annotations as module
from annotator.queries.annotations import iter_image_records, list_annotations, list_boxes
from tests.factories.annotations import BOX, make_annotation
from tests.factories.images import make_image, make_picture, make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    project = make_project(labels=("cat", "dog"))
    cat, dog = project.labels.all()
    return SimpleNamespace(project=project, cat=cat, dog=dog)


def test_wire_shapes_are_ordered_and_without_the_deleted(
    world: SimpleNamespace, django_assert_num_queries: object
) -> None:
    image = make_image(world.project)
    top = make_annotation(image, world.cat, z_order=5)
    low = make_annotation(image, world.dog, z_order=1, attributes={"a": 1}, source="prediction", score=0.5)
    make_annotation(image, world.cat, deleted=True)
    with django_assert_num_queries(1):  # type: ignore[operator]
        shapes = list_annotations(image.id)
    assert [shape["id"] for shape in shapes] == [str(low.id), str(top.id)]
    assert shapes[0] == {
        "id": str(low.id),
        "label": world.dog.id,
        "geometry": BOX,
        "attributes": {"a": 1},
        "z_order": 1,
        "revision": 1,
        "source": "prediction",
        "score": 0.5,
        "prediction": None,
        "created_by": None,
        "updated_at": low.updated_at.isoformat(),
    }


def test_boxes_for_thumbnails(world: SimpleNamespace, django_assert_num_queries: object) -> None:
    first, second = make_image(world.project), make_image(world.project)
    for _ in range(5):
        make_annotation(first, world.cat)
    make_annotation(
        second, world.dog, geometry={"type": "polygon", "parts": [{"outer": [0, 0, 8, 0, 8, 6], "holes": []}]}
    )
    make_annotation(second, world.dog, geometry={"type": "tag"})
    with django_assert_num_queries(1):  # type: ignore[operator]
        boxes = list_boxes([first.id, second.id], most=3)
    assert boxes == {
        first.id: [[world.cat.id, 10.0, 20.0, 30.0, 40.0]] * 3,
        second.id: [[world.dog.id, 0.0, 0.0, 8.0, 6.0]],
    }


def test_records_are_streamed_in_chunks(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    images = [make_image(world.project, split="train") for _ in range(5)]
    for image in images:
        make_annotation(image, world.cat, attributes={"x": 1})
    monkeypatch.setattr(module, "CHUNK", 2)
    with django_assert_num_queries(1 + 3 * 2):  # type: ignore[operator]  # labels, then three chunks of two queries
        records = list(iter_image_records(world.project))
    assert [record.id for record in records] == [str(image.id) for image in images]
    first = records[0]
    assert (first.name, first.width, first.height, first.split, first.path) == (images[0].name, 640, 480, "train", None)
    (annotation,) = first.annotations
    assert (annotation.label, annotation.geometry, annotation.attributes) == (
        "cat",
        Box(10.0, 20.0, 30.0, 40.0),
        {"x": 1},
    )


def test_a_full_last_chunk_ends_the_stream(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        make_image(world.project)
    monkeypatch.setattr(module, "CHUNK", 2)
    assert len(list(iter_image_records(world.project))) == 4


def test_chosen_images_keep_their_order_and_strangers_are_left_out(world: SimpleNamespace) -> None:
    a, b = make_image(world.project), make_image(world.project)
    foreign = make_image(make_project())
    records = iter_image_records(world.project, image_ids=[str(b.id), foreign.id, a.id], splits={str(a.id): "test"})
    assert [(record.id, record.split) for record in records] == [(str(b.id), None), (str(a.id), "test")]


def test_states_and_annotations_can_be_left_out(world: SimpleNamespace) -> None:
    labelled = make_image(world.project, state=Image.State.LABELLED)
    make_image(world.project)
    make_annotation(labelled, world.cat)
    (record,) = iter_image_records(world.project, states=["labelled"], with_annotations=False)
    assert (record.id, record.annotations) == (str(labelled.id), ())


def test_records_can_name_readable_files(world: SimpleNamespace) -> None:
    make_stored_image(world.project, "a.jpg", data=make_picture(1))
    (path,) = [record.path for record in iter_image_records(world.project, with_paths=True)]
    assert path is not None
    assert path.read_bytes() == make_picture(1)


def test_images_without_files_are_read_without_paths() -> None:
    project = make_project()
    stored, lost = make_stored_image(project, "a.jpg"), make_image(project, "b.jpg")
    make_image(project, "c.jpg", sha256="", original_sha256="", format="", bytes=0)
    assert lost.has_file  # its bytes are gone from the store
    paths = {record.name: record.path for record in iter_image_records(project, with_paths=True)}
    assert paths["a.jpg"] is not None
    assert (paths["b.jpg"], paths["c.jpg"]) == (None, None)
    assert stored.has_file
