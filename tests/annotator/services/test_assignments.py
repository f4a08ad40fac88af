"""The queue: two people never label the same image, leases run out, work is handed over."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from annotator.core.errors import Conflict, NotFound
from annotator.events import image_submitted
from annotator.models import Assignment, Image, Project, User
from annotator.queries.assignments import queue_counts, waiting_images
from annotator.services.assignments import (
    TakenOver,
    claim_image,
    claim_next,
    heartbeat,
    release,
    skip,
    submit,
)
from annotator.services.images import reopen_image
from tests.concurrency import at_once
from tests.factories.images import make_image
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    ann, ben = make_user("ann"), make_user("ben")
    project = make_project(owner=ann, members={"annotator": ben})
    return SimpleNamespace(ann=ann, ben=ben, project=project, images=[make_image(project) for _ in range(4)])


def claim(user: User, project: Project, after: UUID | None = None) -> Assignment:
    assignment = claim_next(actor=user, project=project, after=after)
    assert assignment is not None
    return assignment


def expire(assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_most_important_first_then_oldest(world: SimpleNamespace) -> None:
    Image.objects.filter(pk=world.images[2].pk).update(priority=5.0)
    given: list[Image] = []
    for _ in range(3):
        assignment = claim(world.ann, world.project)
        given.append(assignment.image)
        submit(actor=world.ann, assignment=assignment)
    assert given == [world.images[2], world.images[0], world.images[1]]


def test_the_open_assignment_is_given_again_with_a_new_lease(world: SimpleNamespace) -> None:
    first = claim(world.ann, world.project)
    expire(first)
    again = claim(world.ann, world.project)
    assert again.pk == first.pk
    assert Assignment.objects.get(pk=first.pk).lease_until > timezone.now()


def test_an_image_in_somebodys_hands_is_left_out(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    assert claim(world.ben, world.project).image == world.images[1]
    assert held.image not in waiting_images(world.project, world.ben)
    assert held.image in waiting_images(world.project, world.ann)


def test_an_expired_lease_is_taken_over_and_the_first_is_told(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    expire(held)
    taken = claim(world.ben, world.project)
    assert taken.image == held.image
    held.refresh_from_db()
    assert held.state == "expired"
    with pytest.raises(TakenOver, match="somebody else"):
        heartbeat(actor=world.ann, assignment=held)
    with pytest.raises(TakenOver):
        submit(actor=world.ann, assignment=held)
    assert claim(world.ann, world.project).image == world.images[1]


def test_after_gives_the_one_behind_and_starts_again_at_the_end(world: SimpleNamespace) -> None:
    first = claim(world.ann, world.project)
    second = claim(world.ann, world.project, after=first.image_id)
    assert second.image == world.images[1]
    first.refresh_from_db()
    assert first.state == "released"
    last = claim_image(actor=world.ann, project=world.project, image_id=world.images[3].id)
    assert claim(world.ann, world.project, after=last.image_id).image == world.images[0]


def test_after_the_only_image_gives_nothing(world: SimpleNamespace) -> None:
    Image.objects.exclude(pk=world.images[0].pk).delete()
    held = claim(world.ann, world.project)
    assert claim_next(actor=world.ann, project=world.project, after=held.image_id) is None


def test_nothing_left(world: SimpleNamespace) -> None:
    Image.objects.update(state=Image.State.LABELLED)
    assert claim_next(actor=world.ann, project=world.project) is None


def test_a_certain_image_replaces_the_one_held(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    chosen = claim_image(actor=world.ann, project=world.project, image_id=world.images[3].id)
    held.refresh_from_db()
    assert (chosen.image, held.state) == (world.images[3], "released")
    assert claim_image(actor=world.ann, project=world.project, image_id=world.images[3].id).pk == chosen.pk
    with pytest.raises(Conflict, match="ann"):
        claim_image(actor=world.ben, project=world.project, image_id=world.images[3].id)
    with pytest.raises(NotFound):
        claim_image(actor=world.ann, project=world.project, image_id=make_image(make_project()).id)


def test_a_certain_image_can_be_taken_over_on_purpose(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    taken = claim_image(actor=world.ben, project=world.project, image_id=held.image_id, take_over=True)
    held.refresh_from_db()
    assert (taken.user, held.state) == (world.ben, "expired")
    with pytest.raises(TakenOver):
        submit(actor=world.ann, assignment=held)


def test_heartbeat_renews(world: SimpleNamespace) -> None:
    world.project.settings = {"lease_minutes": 60}
    world.project.save()
    held = claim(world.ann, Project.objects.get(pk=world.project.pk))
    expire(held)
    renewed = heartbeat(actor=world.ann, assignment=held)
    assert renewed.lease_until > timezone.now() + timedelta(minutes=59)


def test_submit_marks_the_image_and_is_harmless_twice(
    world: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs)

    image_submitted.connect(listen)
    held = claim(world.ann, world.project)
    with django_capture_on_commit_callbacks(execute=True):
        submit(actor=world.ann, assignment=held)
        assert submit(actor=world.ann, assignment=held).state == "submitted"
    image = Image.objects.get(pk=held.image_id)
    assert (image.state, image.submitted_at is not None) == ("labelled", True)
    assert [(news["image_id"], news["user_id"]) for news in heard] == [(image.id, world.ann.pk)]


def test_submit_after_the_lease_ran_out_still_counts_when_nobody_took_over(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    expire(held)
    assert submit(actor=world.ann, assignment=held).state == "submitted"


def test_skip_keeps_the_reason_and_leaves_the_queue(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    skip(actor=world.ann, assignment=held, reason="too dark")
    image = Image.objects.get(pk=held.image_id)
    assert (image.state, image.metadata["skipped"]) == ("skipped", {"reason": "too dark", "by": "ann"})
    assert image not in waiting_images(world.project, world.ann)


def test_release_gives_the_image_back(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    release(actor=world.ann, assignment=held)
    assert release(actor=world.ann, assignment=held).state == "released"
    assert claim(world.ben, world.project).image == held.image
    with pytest.raises(Conflict):
        submit(actor=world.ann, assignment=held)


def test_assignments_of_others_do_not_exist(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    for action in (heartbeat, submit, skip, release):
        with pytest.raises(NotFound):
            action(actor=world.ben, assignment=held)


def test_reopened_images_are_given_again(world: SimpleNamespace) -> None:
    held = claim(world.ann, world.project)
    submit(actor=world.ann, assignment=held)
    reopen_image(actor=world.ann, image=Image.objects.get(pk=held.image_id))
    assert claim(world.ben, world.project).image == held.image


def test_counts(world: SimpleNamespace) -> None:
    submit(actor=world.ann, assignment=claim(world.ann, world.project))
    claim(world.ben, world.project)
    counts = queue_counts(world.project, world.ann)
    assert counts == {"remaining": 2, "position": 2, "done": 1, "total": 4}
    assert queue_counts(world.project, world.ben)["remaining"] == 3


def test_an_unknown_after_starts_at_the_beginning(world: SimpleNamespace) -> None:
    assert claim(world.ann, world.project, after=uuid4()).image == world.images[0]


@pytest.mark.django_db(transaction=True)
def test_six_people_never_get_the_same_image() -> None:
    people = [make_user() for _ in range(6)]
    project = make_project(owner=people[0])
    images = [make_image(project) for _ in range(40)]

    def work(person: User) -> list[UUID]:
        done: list[UUID] = []
        while (assignment := claim_next(actor=person, project=project)) is not None:
            done.append(assignment.image_id)
            submit(actor=person, assignment=assignment)
        return done

    given = [image for answer in at_once([partial(work, person) for person in people]) for image in answer]
    assert sorted(given) == sorted(image.id for image in images)


@pytest.mark.django_db(transaction=True)
def test_six_people_who_hold_their_images_hold_six_different_ones() -> None:
    people = [make_user() for _ in range(6)]
    project = make_project(owner=people[0])
    for _ in range(5):
        make_image(project)
    held = at_once([partial(claim_next, actor=person, project=project) for person in people])
    assert len({assignment.image_id for assignment in held if assignment is not None}) == 5
    assert held.count(None) == 1


@pytest.mark.django_db(transaction=True)
def test_an_expired_image_is_taken_over_by_one_of_many() -> None:
    people = [make_user() for _ in range(6)]
    project = make_project(owner=people[0])
    make_image(project)
    expire(claim(people[0], project))
    taken = [held for held in at_once([partial(claim_next, actor=p, project=project) for p in people]) if held]
    assert len(taken) == 1
    assert Assignment.objects.filter(state="open").count() == 1
