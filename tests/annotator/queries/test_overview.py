"""The overview page."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotator.models import Assignment, Project
from annotator.queries import contributions
from annotator.queries.contributions import NextAction
from annotator.queries.overview import FIRST_GOAL, load_overview
from annotator.services.audit import record
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_contributions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributions, "_actions", [])


def test_figures() -> None:
    project = make_project(labels=("cell", "rest"))
    project.labels.filter(name="rest").update(archived=True)
    image = make_image(project, state="labelled", split="train", submitted_at=timezone.now())
    make_annotation(image, project.labels.get(name="cell"))
    make_image(project, state="labelled", submitted_at=timezone.now() - timedelta(days=400))
    overview = load_overview(project)
    assert overview.counts["labelled"] == 2
    assert overview.states == {"labelled": 2}
    assert overview.splits == {"train": 1, "": 1}
    assert [(label["name"], label["count"], label["images"]) for label in overview.labels] == [("cell", 1, 1)]
    assert [day["count"] for day in overview.labelled_per_day] == [1]


def test_activity_reads_like_sentences_and_stays_in_the_project() -> None:
    mara = make_user("mara", display_name="Mara")
    project = make_project(owner=mara)
    record(actor=mara, action="member.added", project=project, target="noor", detail={"role": "viewer"})
    record(actor=None, action="export.started", project=project, target="coco")
    record(actor=mara, action="member.added", project=make_project(owner=mara), target="else")
    texts = [(event["actor"], event["text"]) for event in load_overview(project).activity]
    assert texts == [(None, "export started coco"), ("Mara", "added noor as viewer")]


def test_an_event_without_details_is_told_all_the_same() -> None:
    project = make_project()
    for action in ("export.created", "member.added", "made.up"):
        record(actor=None, action=action, project=project, target="{evil}")
    texts = [event["text"] for event in load_overview(project).activity]
    assert texts == ["made up {evil}", "added {evil} as ", "started an export ()"]


def test_labelling_is_told_by_person_and_day() -> None:
    mara, noor = make_user("mara", display_name="Mara"), make_user("noor")
    project = make_project(owner=mara)
    now = timezone.now()
    for person, days, state in [
        (mara, 0, "submitted"),
        (mara, 0, "submitted"),
        (noor, 1, "submitted"),
        (noor, 0, "open"),
    ]:
        ended = now - timedelta(days=days) if state == "submitted" else None
        Assignment.objects.create(image=make_image(project), user=person, state=state, lease_until=now, ended_at=ended)
    record(actor=mara, action="project.changed", project=project)
    activity = load_overview(project).activity
    assert [(event["actor"], event["text"]) for event in activity] == [
        ("Mara", "changed the project"),
        ("Mara", "labelled 2 images"),
        ("noor", "labelled 1 image"),
    ]
    assert len({event["id"] for event in activity}) == 3


def fill(project: Project, **states: int) -> Project:
    for state, number in states.items():
        for _ in range(number):
            make_image(project, state=state)
    return project


@pytest.mark.parametrize(
    ("labels", "states", "kind"),
    [
        ((), {}, "add_images"),
        ((), {"new": 1}, "define_labels"),
        (("a",), {"new": 30, "labelled": 3}, "label"),
        (("a",), {"new": 3, "labelled": FIRST_GOAL}, "label"),
        (("a",), {"labelled": FIRST_GOAL}, "review"),
        (("a",), {"reviewed": FIRST_GOAL}, "export"),
    ],
)
def test_there_is_always_one_thing_to_do(labels: tuple[str, ...], states: dict[str, int], kind: str) -> None:
    project = fill(make_project(labels=labels), **states)
    assert load_overview(project).next_action.kind == kind


def test_packages_above_are_asked_once_there_is_something_to_train_on() -> None:
    def source(project: Project, counts: Mapping[str, int]) -> NextAction | None:
        return NextAction("train", f"Train on {counts['labelled']} images.")

    contributions.register_next_action(source)
    assert load_overview(fill(make_project(labels=("a",)), new=9)).next_action.kind == "label"
    ready = fill(make_project(labels=("a",)), labelled=FIRST_GOAL)
    assert load_overview(ready).next_action == NextAction("train", f"Train on {FIRST_GOAL} images.")


def test_a_fixed_number_of_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    project = make_project(labels=tuple(f"l{n}" for n in range(30)))
    fill(project, new=10, labelled=10)
    for _ in range(10):
        record(actor=make_user(), action="project.changed", project=project)
    with django_assert_max_num_queries(9):
        load_overview(project)
