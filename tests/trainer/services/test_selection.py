"""Selecting the picks of a round."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from numpy.typing import NDArray

from annotator.models import Image, Project
from annotator.queries.assignments import waiting_images
from annotator.queries.versions import held_out_images
from annotator.services.versions import create_version
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image, make_stored_image
from tests.factories.projects import make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run, make_round
from tests.factories.users import make_user
from trainer.core.records import Pick, PoolArrays
from trainer.models import Round
from trainer.plugins.families import STRATEGIES
from trainer.plugins.strategies import AcquisitionStrategy
from trainer.queries.pool import count_labelled_objects
from trainer.services.rounds import close_round, start_round
from trainer.services.selection import MAX_ATTEMPTS, select_round, sweep_rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(owner=make_user(), labels=("cell", "platelet"))


def run(project: Project, **values: Any) -> Round:
    """Start and select a round."""
    started = start_round(
        **{"actor": project.created_by, "project": project, "strategy": "random", "size": 3, "seed": 1, **values}
    )
    assert select_round(round_id=started.id, owner="me")
    started.refresh_from_db()
    return started


def picked(chosen: Round) -> list[Image]:
    return [pick.image for pick in chosen.picks.select_related("image").order_by("rank")]


def test_picks_fill_the_queue_in_their_order(project: Project) -> None:
    for _ in range(8):
        make_image(project)
    chosen = run(project)
    assert (chosen.state, chosen.pool_size, chosen.progress, chosen.owner) == (Round.State.OPEN, 8, 1.0, "")
    images = picked(chosen)
    assert len(images) == 3
    assert list(waiting_images(project, project.created_by))[:3] == images
    assert {image.priority_reason for image in images} == {"Random check"}
    assert all(1 < image.priority <= 2 for image in images)


def test_the_same_seed_picks_the_same(project: Project) -> None:
    for _ in range(20):
        make_image(project)
    first = run(project)
    names = [image.id for image in picked(first)]
    close_round(actor=project.created_by, round=first)
    assert [image.id for image in picked(run(project))] == names


def test_held_out_labelled_and_queued_images_are_never_offered(project: Project) -> None:
    free = make_image(project)
    make_image(project, split="val")
    make_image(project, split="test")
    make_image(project, state=Image.State.LABELLED)
    make_image(project, state=Image.State.SKIPPED)
    queued = make_image(project)
    make_round(project, [queued])
    make_image(make_project())
    chosen = run(project, size=50)
    assert picked(chosen) == [free]
    assert chosen.pool_size == 1


def test_a_second_round_does_not_repeat_the_first(project: Project) -> None:
    for _ in range(6):
        make_image(project)
    first, second = run(project), run(project, seed=1)
    assert not {image.id for image in picked(first)} & {image.id for image in picked(second)}


def test_uncertain_images_come_with_their_reason(project: Project) -> None:
    sure, unsure = make_image(project), make_image(project)
    model = make_model(project)
    make_prediction_run(model, {sure: boxes_with([0.97, 0.0]), unsure: boxes_with([0.0, 0.52])})
    chosen = run(project, strategy="entropy", size=1)
    assert picked(chosen) == [unsure]
    assert chosen.model == model
    assert chosen.run is not None
    unsure.refresh_from_db()
    sure.refresh_from_db()
    assert unsure.priority_reason == "Unsure about 1 object: platelet 0.52"
    assert unsure.score == pytest.approx(0.999, abs=0.01)
    assert sure.score == pytest.approx(0.194, abs=0.01)  # ranked, though not picked


def test_images_that_came_after_the_prediction_are_left_out_and_told(project: Project) -> None:
    seen = make_image(project)
    make_prediction_run(make_model(project), {seen: boxes_with([0.6, 0.0])})
    make_image(project)
    chosen = run(project, strategy="margin", size=5)
    assert picked(chosen) == [seen]
    assert chosen.message == "1 image was left out: not predicted by the model yet."


def test_the_newest_prediction_of_an_image_counts(project: Project) -> None:
    first, second = make_image(project), make_image(project)
    model = make_model(project)
    make_prediction_run(model, {first: boxes_with([0.5, 0.0]), second: boxes_with([0.95, 0.0])})
    make_prediction_run(model, {first: boxes_with([0.99, 0.0])})
    assert picked(run(project, strategy="entropy", size=1)) == [second]


def test_rare_classes_weigh_more(project: Project) -> None:
    cell, platelet = project.labels.order_by("position")
    for _ in range(12):
        make_annotation(make_image(project, state=Image.State.LABELLED), cell)
    make_annotation(make_image(project, state=Image.State.REVIEWED), platelet)
    held_out = make_image(project, state=Image.State.LABELLED, split="val")
    for _ in range(30):
        make_annotation(held_out, platelet)  # measures, teaches nothing
    common, rare = make_image(project), make_image(project)
    make_prediction_run(make_model(project), {common: boxes_with([0.5, 0.0]), rare: boxes_with([0.0, 0.8])})
    chosen = run(project, strategy="class_balanced_entropy", size=1)
    assert picked(chosen) == [rare]
    assert chosen.picks.get().reason == "Rare class: platelet 0.80 (1 labelled)"


def test_cold_start_looks_at_the_pictures(project: Project) -> None:
    labelled = make_stored_image(project, state=Image.State.LABELLED)
    for _ in range(5):
        make_stored_image(project)
    chosen = run(project, strategy="hybrid", size=3)
    assert chosen.state == Round.State.OPEN, chosen.error
    assert len(picked(chosen)) == 3
    assert labelled not in picked(chosen)
    assert set(chosen.picks.values_list("kind", "reason")) == {("diverse", "Unlike what is labelled")}


def test_near_duplicates_of_labelled_and_held_out_images_are_not_picked(project: Project) -> None:
    done = make_stored_image(project, state=Image.State.LABELLED)
    held_out = make_stored_image(project, split="val")
    make_stored_image(project, duplicate_of=done)
    make_stored_image(project, duplicate_of=held_out)
    burst = make_stored_image(project)
    another = make_stored_image(project, duplicate_of=burst)
    alone = make_stored_image(project)
    images = set(picked(run(project, strategy="hybrid", size=2)))
    assert alone in images
    assert len(images & {burst, another}) == 1


def test_a_picture_that_cannot_be_read_is_left_out(project: Project) -> None:
    readable = make_stored_image(project)
    make_image(project)  # a row without bytes
    chosen = run(project, strategy="k_center", size=2)
    assert picked(chosen) == [readable]
    assert chosen.message == "1 image was left out: not readable."


def test_an_image_labelled_during_the_selection_is_left_out(project: Project) -> None:
    images = [make_image(project) for _ in range(4)]

    class Meanwhile(_Takes):
        def select(self, pool: PoolArrays, **_: Any) -> Sequence[Pick]:
            Image.objects.filter(pk=images[0].pk).update(state=Image.State.LABELLED)
            return [Pick(i, 1.0, "because") for i in range(4)]

    with STRATEGIES.override("meanwhile", Meanwhile):
        chosen = run(project, strategy="meanwhile", size=4)
    assert picked(chosen) == images[1:]
    assert list(chosen.picks.values_list("rank", flat=True)) == [1, 2, 3]


class _Takes(AcquisitionStrategy):
    title = "Takes"
    description = "For tests."

    def score(self, pool: PoolArrays, **_: Any) -> NDArray[np.float64]:
        return np.zeros(len(pool))


class _Breaks(_Takes):
    def select(self, pool: PoolArrays, **_: Any) -> Sequence[Pick]:
        raise ZeroDivisionError("by zero")


class _Repeats(_Takes):
    def select(self, pool: PoolArrays, **_: Any) -> Sequence[Pick]:
        return [Pick(0, 1.0, "a"), Pick(0, 1.0, "b")]


class _Invents(_Takes):
    def select(self, pool: PoolArrays, **_: Any) -> Sequence[Pick]:
        return [Pick(99, 1.0, "a")]


@pytest.mark.parametrize(
    ("strategy", "sentence"),
    [
        (_Breaks, "The strategy “Takes” failed: ZeroDivisionError: by zero. Choose another one."),
        (_Repeats, "picked an image twice or one that was not offered"),
        (_Invents, "picked an image twice or one that was not offered"),
    ],
)
def test_a_broken_strategy_fails_its_round_with_a_sentence(
    project: Project, strategy: type[AcquisitionStrategy], sentence: str
) -> None:
    image = make_image(project)
    with STRATEGIES.override("broken", strategy):
        chosen = run(project, strategy="broken")
    assert chosen.state == Round.State.FAILED
    assert sentence in chosen.error
    assert not chosen.picks.exists()
    image.refresh_from_db()
    assert image.priority == 0
    run(project)  # and the next round starts


def test_a_repeated_message_does_nothing(project: Project) -> None:
    make_image(project)
    chosen = run(project)
    assert not select_round(round_id=chosen.id, owner="another")
    assert chosen.picks.count() == 1


def test_a_round_closed_during_the_selection_stays_closed(project: Project) -> None:
    make_image(project)

    class Closes(_Takes):
        def select(self, pool: PoolArrays, **_: Any) -> Sequence[Pick]:
            close_round(actor=project.created_by, round=Round.objects.get())
            return [Pick(0, 1.0, "because")]

    with STRATEGIES.override("closes", Closes):
        started = start_round(actor=project.created_by, project=project, strategy="closes", size=1)
        assert not select_round(round_id=started.id, owner="me")
    started.refresh_from_db()
    assert started.state == Round.State.DONE
    assert not started.picks.exists()


def test_a_lost_selection_is_taken_over_when_its_lease_has_run_out(project: Project) -> None:
    make_image(project)
    started = start_round(actor=project.created_by, project=project, strategy="random", size=1)
    Round.objects.update(owner="dead", attempt=1, lease_until=timezone.now() + timedelta(seconds=60))
    assert not select_round(round_id=started.id, owner="me")
    assert sweep_rounds() == 0
    Round.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep_rounds() == 1
    assert select_round(round_id=started.id, owner="me")
    assert started.picks.count() == 1


def test_a_selection_that_kills_its_worker_is_given_up(project: Project) -> None:
    make_image(project)
    started = start_round(actor=project.created_by, project=project, strategy="random", size=1)
    past = timezone.now() - timedelta(seconds=1)
    Round.objects.update(owner="dead", attempt=MAX_ATTEMPTS, lease_until=past)
    assert sweep_rounds() == 0
    started.refresh_from_db()
    assert started.state == Round.State.FAILED
    assert started.error == "Selecting was interrupted 3 times. Start a new round."


def test_what_a_version_held_out_is_never_offered_again_and_teaches_nothing(project: Project) -> None:
    cell = project.labels.get(name="cell")
    for _ in range(20):
        make_annotation(make_stored_image(project, state=Image.State.LABELLED), cell)
    version = create_version(actor=None, project=project)
    kept = held_out_images(project_id=project.id)
    assert kept, version.counts
    reopened = Image.objects.get(pk=next(iter(kept)))
    Image.objects.filter(pk=reopened.pk).update(state=Image.State.NEW)
    free = make_stored_image(project)
    chosen = run(project, size=5)
    assert picked(chosen) == [free]
    counts = count_labelled_objects(project, without=set(kept))
    assert counts[cell.pk] == 20 - len(kept)
