"""Reading the label schema."""

import pytest

from annotator.queries.labels import count_annotations, list_labels
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


def test_labels_come_in_their_order() -> None:
    project = make_project(labels=("b", "a", "c"))
    assert [label.name for label in list_labels(project_id=project.id)] == ["b", "a", "c"]


def test_counts_leave_out_deleted_annotations_and_other_projects() -> None:
    project, other = make_project(labels=("a", "b")), make_project(labels=("a",))
    a, _ = project.labels.all()
    first, second = make_image(project), make_image(project)
    for image in (first, first, second):
        make_annotation(image, a)
    make_annotation(first, a, deleted=True)
    make_annotation(make_image(other), other.labels.get())
    assert count_annotations(project_id=project.id) == {a.id: 3}
