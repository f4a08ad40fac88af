"""Reads of the queue; its behaviour is tested in services/test_assignments."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.models import Assignment
from annotator.queries.assignments import find_open_assignment, queue_counts, waiting_images
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_waiting_images_and_counts_cost_few_queries(django_assert_num_queries: object) -> None:
    person, other = make_user(), make_user()
    project = make_project(owner=person)
    free, mine, taken, lapsed = (make_image(project) for _ in range(4))
    make_image(project, state="labelled")
    make_image(make_project())
    soon = timezone.now() + timedelta(minutes=1)
    Assignment.objects.create(image=mine, user=person, lease_until=soon)
    Assignment.objects.create(image=taken, user=other, lease_until=soon)
    Assignment.objects.create(image=lapsed, user=other, lease_until=timezone.now())
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert list(waiting_images(project, person)) == [free, mine, lapsed]
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert queue_counts(project, person) == {"remaining": 3, "position": 2, "done": 1, "total": 5}


def test_open_assignment_is_found_in_its_project_only() -> None:
    person = make_user()
    project = make_project(owner=person)
    held = Assignment.objects.create(image=make_image(project), user=person, lease_until=timezone.now())
    assert find_open_assignment(project, person) == held
    assert find_open_assignment(make_project(), person) is None
    assert find_open_assignment(project, make_user()) is None


def test_images_without_files_are_not_handed_out() -> None:
    project, person = make_project(), make_user()
    here = make_image(project)
    make_image(project, sha256="", original_sha256="", format="", bytes=0)
    assert list(waiting_images(project, person)) == [here]
    assert queue_counts(project, person) == {"remaining": 1, "position": 1, "done": 0, "total": 1}
