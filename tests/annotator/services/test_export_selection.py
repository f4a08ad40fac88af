"""What formats get to see: everything that came in, where it belongs, and only in the format it came from."""

from pathlib import Path

import pytest

from annotator.core.errors import InvalidInput
from annotator.core.geometry.types import Box
from annotator.models import Annotation, Image, Project, User
from annotator.queries.images import ImageFilter
from annotator.services import export_selection
from annotator.services.export_selection import ExportSettings, chosen_images, select
from annotator.services.versions import create_version
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image, make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db
PACKED = {
    "marquee:group": "g", "marquee:track": 4, "marquee:crowd": True, "marquee:part_of": "7",
    "marquee:box": [1.0, 2.0, 3.0, 4.0], "marquee:source": {"deep": {"er": 1}}, "attr:age": 3,
}  # fmt: skip


@pytest.fixture
def project(user: User) -> Project:
    project = make_project(owner=user, labels=("cat", "dog"))
    project.information = {"coco": {"info": {"year": 1999}}, "cvat": {"task": 1}}
    project.save()
    dog = project.labels.get(name="dog")
    dog.keypoints, dog.skeleton, dog.stuff = ["nose", "tail"], [[0, 1]], True
    dog.attributes = [{"name": "wet", "type": "checkbox", "values": [], "default": None, "required": False}]
    dog.source = {"format": "coco", "id": 18, "fields": {"supercategory": "pet"}}
    dog.parent = project.labels.get(name="cat")
    dog.save()
    image = make_stored_image(project, "a.jpg", state="labelled", metadata={"source": {"id": 4711}})
    make_annotation(image, dog, attributes=PACKED)
    return project


@pytest.mark.parametrize("frozen", [False, True])
def test_records_are_as_the_files_had_them(project: Project, user: User, frozen: bool) -> None:
    version = str(create_version(actor=user, project=project, fractions={"train": 1.0}).id) if frozen else None
    selection = select(project, ExportSettings("coco", version=version))
    (record,) = selection.records(True)
    assert (record.source, record.path is not None, record.path) == ({"id": 4711}, True, record.path)
    (shape,) = record.annotations
    assert (shape.group, shape.track, shape.crowd, shape.part_of, shape.box) == ("g", 4, True, "7", Box(1, 2, 3, 4))
    assert (dict(shape.attributes), dict(shape.source)) == ({"age": 3}, {"deep": {"er": 1}})
    dog = selection.labels[1]
    assert (dog.keypoints, dog.skeleton, dog.stuff, dog.parent) == (("nose", "tail"), ((0, 1),), True, "cat")
    assert (dog.source_id, dog.source, dog.attributes[0].name) == (18, {"supercategory": "pet"}, "wet")
    assert selection.information == {"info": {"year": 1999}}
    assert selection.pictures() == Image.objects.get().bytes
    other = select(project, ExportSettings("voc", version=version))
    assert (other.labels[1].source_id, other.labels[1].source, other.information) == (None, {}, {})


def test_memory_does_not_grow_pages_do(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_selection, "CHUNK", 3)
    for number in range(7):
        make_image(project, f"{number}.jpg", state="reviewed", sha256="", bytes=0)
    records = list(select(project, ExportSettings("coco")).records(True))
    assert [record.name for record in records] == ["a.jpg", *(f"{number}.jpg" for number in range(7))]
    assert [record.path is None for record in records] == [False, *[True] * 7]


def test_views(project: Project) -> None:
    make_image(project, "b.jpg")
    assert chosen_images(project, ExportSettings("coco")).count() == 1
    assert chosen_images(project, ExportSettings("coco", everything=True)).count() == 2
    view = ImageFilter(unlabelled=True)
    assert [image.name for image in chosen_images(project, ExportSettings("coco", view=view))] == ["b.jpg"]
    with pytest.raises(InvalidInput, match="no state"):
        chosen_images(project, ExportSettings("coco", states=("odd",)))


def test_archived_labels_go_only_while_they_are_used(project: Project) -> None:
    project.labels.update(archived=True)
    assert [label.name for label in select(project, ExportSettings("coco")).labels] == ["dog"]
    Annotation.objects.update(deleted=True)
    assert select(project, ExportSettings("coco")).labels == []


def test_a_path_is_readable(project: Project) -> None:
    for record in select(project, ExportSettings("coco")).records(True):
        assert isinstance(record.path, Path)
        assert len(record.path.read_bytes()) == Image.objects.get().bytes
