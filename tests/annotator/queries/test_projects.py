"""Projects with their figures."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from annotator.models import Project
from annotator.queries import contributions
from annotator.queries.contributions import Metric
from annotator.queries.projects import count_splits, describe_projects
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_admin, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_contributions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(contributions, "_metrics", [])
    monkeypatch.setattr(contributions, "_actions", [])
    return


def test_figures_and_covers() -> None:
    person = make_user()
    project = make_project(members={"annotator": person, "owner": make_user()})
    for state, shapes in [("new", 0), ("labelled", 3), ("reviewed", 2), ("skipped", 0), ("new", 0)]:
        make_image(project, state=state, annotation_count=shapes)
    (card,) = describe_projects([project], user=person)
    assert card.counts == {"images": 5, "labelled": 2, "reviewed": 1, "annotations": 5}
    assert [image.id for image in card.cover] == list(project.images.order_by("id").values_list("id", flat=True)[:4])
    assert (card.members, card.role) == (2, "annotator")


def test_an_empty_project() -> None:
    person = make_user()
    (card,) = describe_projects([make_project(owner=person)], user=person)
    assert card.counts == {"images": 0, "labelled": 0, "reviewed": 0, "annotations": 0}
    assert (list(card.cover), card.best_metric) == ([], None)


def test_an_administrator_is_shown_as_owner() -> None:
    (card,) = describe_projects([make_project(owner=make_user())], user=make_admin())
    assert card.role == "owner"


@pytest.mark.usefixtures("no_contributions")
def test_the_number_of_statements_does_not_grow(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    person = make_user()
    for _ in range(5):
        for _ in range(5):
            make_image(make_project(owner=person))
    projects = list(Project.objects.all())
    with django_assert_num_queries(5):
        few = describe_projects(projects[:1], user=person)
    with django_assert_num_queries(5):
        many = describe_projects(projects, user=person)
    assert (len(few), len(many)) == (1, 25)


@pytest.mark.usefixtures("no_contributions")
def test_the_best_metric_comes_from_above() -> None:
    person = make_user()
    project = make_project(owner=person)

    def source(project_ids: Sequence[UUID]) -> Mapping[UUID, Metric]:
        return dict.fromkeys(project_ids, Metric("mAP50-95", 0.5))

    contributions.register_metrics(source)
    contributions.register_metrics(source)
    (card,) = describe_projects([project], user=person)
    assert card.best_metric == Metric("mAP50-95", 0.5)


def test_counting_by_a_column() -> None:
    project = make_project()
    for split in ("train", "train", ""):
        make_image(project, split=split)
    assert count_splits(project.id) == {"train": 2, "": 1}
