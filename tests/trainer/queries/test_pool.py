"""The pool and what lies outside of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.models import Assignment, Image, Project
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image
from tests.factories.projects import make_label, make_project
from tests.factories.rounds import boxes_with, make_model, make_prediction_run, make_round
from tests.factories.users import make_user
from trainer.models import Round
from trainer.queries.pool import (
    as_pool,
    class_names,
    count_labelled_objects,
    duplicate_groups,
    labelled_images,
    newest_predicting_model,
    pool_images,
    prediction_runs,
    still_offered,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project(labels=("cell", "platelet"))


def test_only_new_images_in_nobodys_hands_are_offered(project: Project) -> None:
    free = make_image(project)
    held, released = make_image(project), make_image(project)
    for image, state in ((held, "open"), (released, "released")):
        lease = timezone.now() + timedelta(minutes=5)
        Assignment.objects.create(image=image, user=make_user(), state=state, lease_until=lease)
    queued, closed = make_image(project), make_image(project)
    make_round(project, [queued])
    make_round(project, [closed], state=Round.State.DONE)
    for state in ("in_progress", "labelled", "reviewed", "skipped"):
        make_image(project, state=state)
    make_image(project, split="val")
    trained = make_image(project, split="train")
    assert set(pool_images(project)) == {free, released, closed, trained}


def test_labelled_images_exclude_what_measures(project: Project) -> None:
    labelled = make_image(project, state="labelled")
    reviewed = make_image(project, state="reviewed", split="train")
    make_image(project, state="labelled", split="test")
    make_image(project)
    assert list(labelled_images(project)) == [labelled, reviewed]
    assert [image.id for image in as_pool(labelled_images(project), without={str(labelled.id)})] == [str(reviewed.id)]


def test_images_without_files_are_neither_offered_nor_learnt_from(project: Project) -> None:
    absent = {"sha256": "", "original_sha256": "", "format": "", "bytes": 0}
    here, done = make_image(project), make_image(project, state="labelled")
    make_image(project, **absent)
    make_image(project, state="labelled", **absent)
    assert list(pool_images(project)) == [here]
    assert list(labelled_images(project)) == [done]


def test_class_names_begin_with_the_models_classes_in_its_order(project: Project) -> None:
    cell, platelet = project.labels.order_by("position")
    model = make_model(project, labels=[{"id": platelet.id, "name": "platelet"}])
    make_label(project, "old", position=5, archived=True)
    assert list(class_names(project, model).items()) == [(platelet.id, "platelet"), (cell.id, "cell")]
    assert list(class_names(project, None).values()) == ["cell", "platelet"]


def test_objects_are_counted_per_label_without_deleted_ones(project: Project) -> None:
    cell, platelet = project.labels.order_by("position")
    labelled, left_out = make_image(project, state="labelled"), make_image(project, state="labelled")
    for _ in range(3):
        make_annotation(labelled, cell)
    make_annotation(labelled, platelet, deleted=True)
    make_annotation(left_out, platelet)
    make_annotation(make_image(project), cell)  # not submitted yet
    assert count_labelled_objects(project, without={str(left_out.id)}) == {cell.id: 3}


def test_groups_with_a_member_outside_the_pool_are_covered(project: Project) -> None:
    first = make_image(project, state="labelled")
    second = make_image(project, duplicate_of=first)
    burst = make_image(project)
    other = make_image(project, duplicate_of=burst)
    groups, covered = duplicate_groups(project, as_pool(pool_images(project), without=()))
    assert groups[str(second.id)] in covered
    assert groups[str(burst.id)] == groups[str(other.id)] not in covered


def test_only_finished_predictions_count(project: Project) -> None:
    first, second = make_model(project, 1), make_model(project, 2)
    run = make_prediction_run(first, {make_image(project): boxes_with([0.5, 0.1])})
    make_prediction_run(second, {})
    second.prediction_runs.update(state="failed")
    assert newest_predicting_model(project) == first
    assert list(prediction_runs(first)) == [run]
    assert not prediction_runs(second).exists()


def test_what_was_taken_in_the_meantime_is_not_offered_any_more(project: Project) -> None:
    free, taken, held_out = make_image(project), make_image(project), make_image(project)
    Image.objects.filter(pk=taken.pk).update(state="in_progress")
    Image.objects.filter(pk=held_out.pk).update(split="val")
    assert still_offered([free.id, taken.id, held_out.id]) == {str(free.id)}
