"""The history of an image, newest first."""

import pytest

from annotator.queries.history import list_history
from annotator.services.operations import save_operations
from tests.factories.annotations import create, save_box, update
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_history_of_an_image_and_of_one_shape(django_assert_num_queries: object) -> None:
    person = make_user()
    project = make_project(owner=person, labels=("cat",))
    cat, image = project.labels.get(), make_image(project)
    first = create(cat)
    save_operations(actor=person, image_id=image.id, operations=[first, create(cat)])
    save_operations(actor=person, image_id=image.id, operations=[update(first.annotation, 1, z_order=3)])
    save_box(person, make_image(project), cat)
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = [(row.change, row.revision, str(row.actor)) for row in list_history(image.id)]
    assert rows == [("update", 2, str(person)), ("create", 1, str(person)), ("create", 1, str(person))]
    shape = list_history(image.id, annotation_id=first.annotation)
    assert [row.revision for row in shape] == [2, 1]
