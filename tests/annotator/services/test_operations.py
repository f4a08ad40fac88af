"""The save protocol: exactly once, merged by shape, nothing lost."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from annotator.core.errors import LimitExceeded, NotFound
from annotator.events import annotations_changed
from annotator.models import Annotation, AnnotationRevision, Image, Label, User
from annotator.services.operations import MAX_OPERATIONS, Operation, SaveOutcome, restore_revision, save_operations
from tests.factories.annotations import BOX, create, delete, make_annotation, update
from tests.factories.images import make_image
from tests.factories.projects import make_label, make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db

MOVED = {**BOX, "x": 99.0}


@pytest.fixture
def world() -> SimpleNamespace:
    person = make_user()
    project = make_project(owner=person, labels=("cat", "dog"))
    cat, dog = project.labels.all()
    return SimpleNamespace(person=person, project=project, cat=cat, dog=dog, image=make_image(project))


def save(world: SimpleNamespace, *operations: Operation, image: Image | None = None) -> SaveOutcome:
    return save_operations(actor=world.person, image_id=(image or world.image).id, operations=operations)


def only(outcome: SaveOutcome) -> Any:
    (result,) = outcome.results
    return result


def test_create_is_stored_with_history_and_counters(world: SimpleNamespace) -> None:
    operation = create(world.cat, attributes={})
    result = only(save(world, operation))
    assert (result.status, result.revision) == ("applied", 1)
    shape = Annotation.objects.get(pk=operation.annotation)
    assert (shape.label, shape.kind, shape.geometry, shape.created_by) == (world.cat, "box", BOX, world.person)
    row = AnnotationRevision.objects.get(operation=operation.id)
    assert (row.change, row.revision, row.snapshot["geometry"]) == ("create", 1, BOX)
    world.image.refresh_from_db()
    assert (world.image.revision, world.image.annotation_count, world.image.state) == (1, 1, "in_progress")


def test_repeated_operations_are_answered_as_before_and_change_nothing(world: SimpleNamespace) -> None:
    first = create(world.cat)
    change = update(first.annotation, 1, geometry=MOVED)
    save(world, first, change)
    again = save(world, first, change)
    assert [(r.status, r.revision) for r in again.results] == [("repeated", 1), ("repeated", 2)]
    assert AnnotationRevision.objects.count() == 2
    assert again.image_revision == 1


def test_same_operation_twice_in_one_batch_is_applied_once(world: SimpleNamespace) -> None:
    operation = create(world.cat)
    assert [r.status for r in save(world, operation, operation).results] == ["applied", "repeated"]
    assert Annotation.objects.count() == 1


def test_update_carries_only_changed_fields(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat, z_order=7)
    save(world, update(shape.id, 1, label=world.dog.id))
    shape.refresh_from_db()
    assert (shape.label, shape.geometry, shape.z_order, shape.revision) == (world.dog, BOX, 7, 2)


def test_changed_elsewhere_conflicts_with_the_other_version_and_the_rest_goes_in(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    save(world, update(shape.id, 1, geometry=MOVED))
    mine, other = update(shape.id, 1, label=world.dog.id), create(world.dog)
    conflict, applied = save(world, mine, other).results
    assert (conflict.status, conflict.code, conflict.revision) == ("conflict", "changed", 2)
    assert conflict.current is not None
    assert conflict.current["geometry"] == MOVED
    assert applied.status == "applied"
    assert Annotation.objects.get(pk=shape.id).label == world.cat


def test_update_of_a_deleted_shape_conflicts_without_a_version(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    save(world, delete(shape.id, 1))
    result = only(save(world, update(shape.id, 1, geometry=MOVED)))
    assert (result.status, result.code, result.current) == ("conflict", "deleted", None)


def test_deleting_what_somebody_deleted_is_done(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    save(world, delete(shape.id, 1))
    result = only(save(world, delete(shape.id, 1)))
    assert (result.status, result.revision) == ("applied", 2)
    assert AnnotationRevision.objects.count() == 1


def test_operations_of_one_batch_may_follow_each_other_without_knowing_revisions(world: SimpleNamespace) -> None:
    first = create(world.cat)
    batch = (first, update(first.annotation, 0, geometry=MOVED), delete(first.annotation, 0))
    assert [r.revision for r in save(world, *batch).results] == [1, 2, 3]
    shape = Annotation.objects.get(pk=first.annotation)
    assert (shape.deleted, shape.geometry) == (True, MOVED)


def test_two_updates_made_on_the_same_revision_by_one_client_both_go_in(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    batch = (update(shape.id, 1, geometry=MOVED), update(shape.id, 1, label=world.dog.id))
    assert [r.status for r in save(world, *batch).results] == ["applied", "applied"]


def test_retried_batch_with_a_new_operation_continues_where_it_was(world: SimpleNamespace) -> None:
    first = create(world.cat)
    save(world, first)  # the answer was lost
    results = save(world, first, update(first.annotation, 0, geometry=MOVED)).results
    assert [r.status for r in results] == ["repeated", "applied"]


def test_following_a_repeated_operation_still_sees_changes_of_others(world: SimpleNamespace) -> None:
    first = create(world.cat)
    save(world, first)
    save(world, update(first.annotation, 1, label=world.dog.id))  # somebody else
    results = save(world, first, update(first.annotation, 0, geometry=MOVED)).results
    assert [r.status for r in results] == ["repeated", "conflict"]


def test_restore_brings_a_deleted_shape_back_with_its_content(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    save(world, delete(shape.id, 1))
    result = only(save(world, Operation(uuid4(), "restore", shape.id, 2, {"geometry": MOVED})))
    assert (result.status, result.revision) == ("applied", 3)
    shape.refresh_from_db()
    world.image.refresh_from_db()
    assert (shape.deleted, shape.geometry, world.image.annotation_count) == (False, MOVED, 1)


def test_restore_of_a_live_shape_conflicts(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    result = only(save(world, Operation(uuid4(), "restore", shape.id, 1)))
    assert (result.status, result.code) == ("conflict", "not_deleted")


def test_restore_revision_goes_back_in_history(world: SimpleNamespace) -> None:
    first = create(world.cat)
    save(world, first, update(first.annotation, 1, geometry=MOVED, label=world.dog.id))
    result = restore_revision(
        actor=world.person, image_id=world.image.id, annotation_id=first.annotation, revision=1, operation_id=uuid4()
    )
    assert (result.status, result.revision) == ("applied", 3)
    shape = Annotation.objects.get(pk=first.annotation)
    assert (shape.geometry, shape.label) == (BOX, world.cat)


def test_restore_revision_of_another_image_is_not_found(world: SimpleNamespace) -> None:
    first = create(world.cat)
    save(world, first)
    with pytest.raises(NotFound):
        restore_revision(
            actor=world.person,
            image_id=make_image(world.project).id,
            annotation_id=first.annotation,
            revision=1,
            operation_id=uuid4(),
        )


def test_shapes_of_another_image_cannot_be_touched(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    elsewhere = make_image(world.project)
    batch = (update(shape.id, 1, geometry=MOVED), delete(shape.id, 1), create(world.cat, shape.id))
    results = save(world, *batch, image=elsewhere).results
    assert [(r.status, r.code) for r in results] == [
        ("missing", "missing"),
        ("missing", "missing"),
        ("invalid", "id_in_use"),
    ]
    assert all(r.current is None for r in results)


def test_operation_id_of_another_image_tells_nothing(world: SimpleNamespace) -> None:
    operation = create(world.cat)
    save(world, operation)
    result = only(save(world, operation, image=make_image(world.project)))
    assert (result.status, result.code, result.revision) == ("invalid", "operation_in_use", None)


def test_create_with_a_used_id_conflicts(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    result = only(save(world, create(world.dog, shape.id)))
    assert (result.status, result.code) == ("conflict", "already_there")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"label": 10**6}, "unknown_label"),
        ({"label": True}, "unknown_label"),
        ({"geometry": {**BOX, "w": 0}}, "invalid_geometry"),
        ({"geometry": {**BOX, "x": float("inf")}}, "invalid_geometry"),
        ({"geometry": "box"}, "invalid_geometry"),
        ({"attributes": {"colour": "red"}}, "invalid_attribute"),
        ({"z_order": 2**40}, "invalid_field"),
        ({"source": "import"}, "invalid_field"),
        ({"score": 7}, "invalid_field"),
        ({"prediction": "x"}, "invalid_field"),
    ],
)
def test_one_bad_shape_never_blocks_the_others(world: SimpleNamespace, values: dict[str, Any], code: str) -> None:
    bad, good = create(world.cat, **values), create(world.cat)
    refused, applied = save(world, bad, good).results
    assert (refused.status, refused.code) == ("invalid", code)
    assert refused.detail
    assert applied.status == "applied"
    assert list(Annotation.objects.values_list("id", flat=True)) == [good.annotation]


def test_invalid_update_leaves_the_shape_as_it_was(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    result = only(save(world, update(shape.id, 1, geometry=MOVED, z_order="top")))
    assert result.status == "invalid"
    shape.refresh_from_db()
    assert (shape.geometry, shape.revision) == (BOX, 1)


def test_labels_of_other_projects_are_unknown(world: SimpleNamespace) -> None:
    foreign = make_label(make_project(), "cat")
    assert only(save(world, create(foreign))).code == "unknown_label"


def test_archived_labels_stay_but_are_not_given(world: SimpleNamespace) -> None:
    shape = make_annotation(world.image, world.cat)
    Label.objects.filter(pk=world.cat.pk).update(archived=True)
    results = save(world, create(world.cat), update(shape.id, 1, label=world.cat.id, geometry=MOVED)).results
    assert [(r.status, r.code) for r in results] == [("invalid", "archived_label"), ("applied", "")]


@pytest.mark.parametrize(
    ("declared", "value", "kept"),
    [
        ({"name": "a", "type": "text"}, "x", True),
        ({"name": "a", "type": "text"}, 3, False),
        ({"name": "a", "type": "number"}, 3.5, True),
        ({"name": "a", "type": "number"}, True, False),
        ({"name": "a", "type": "checkbox"}, False, True),
        ({"name": "a", "type": "select", "values": ["p", "q"]}, "q", True),
        ({"name": "a", "type": "select", "values": ["p", "q"]}, "r", False),
    ],
)
def test_attributes_follow_the_schema(
    world: SimpleNamespace, declared: dict[str, Any], value: object, kept: bool
) -> None:
    label = make_label(world.project, "car", attributes=[declared])
    result = only(save(world, create(label, attributes={"a": value})))
    assert result.status == ("applied" if kept else "invalid")


def test_accepted_prediction_that_is_changed_becomes_an_edited_one(world: SimpleNamespace) -> None:
    accepted = create(world.cat, source="prediction", score=0.9, prediction=str(uuid4()))
    save(world, accepted, update(accepted.annotation, 1, geometry=MOVED))
    shape = Annotation.objects.get(pk=accepted.annotation)
    assert (shape.source, shape.score) == ("prediction_edited", 0.9)


def test_limit_of_objects(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from annotator.config import get_config
    from annotator.services import annotation_rules

    monkeypatch.setattr(annotation_rules, "get_config", lambda: replace(get_config(), max_objects=2))
    results = save(world, create(world.cat), create(world.cat), create(world.cat)).results
    assert [r.status for r in results] == ["applied", "applied", "invalid"]
    assert results[2].code == "limit_exceeded"


def test_too_many_operations_are_refused_whole(world: SimpleNamespace) -> None:
    with pytest.raises(LimitExceeded):
        save(world, *[create(world.cat)] * (MAX_OPERATIONS + 1))


def test_missing_image(world: SimpleNamespace) -> None:
    with pytest.raises(NotFound):
        save_operations(actor=world.person, image_id=uuid4(), operations=[])


def test_two_thousand_operations_in_one_save(world: SimpleNamespace) -> None:
    operations = [create(world.cat) for _ in range(1000)]
    operations += [update(o.annotation, 1, label=world.dog.id) for o in operations]
    outcome = save(world, *operations)
    assert {r.status for r in outcome.results} == {"applied"}
    world.image.refresh_from_db()
    assert world.image.annotation_count == 1000


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    news: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        news.append(kwargs)

    annotations_changed.connect(listen, weak=False)
    yield news
    annotations_changed.disconnect(listen)


def test_news_are_sent_after_commit(
    world: SimpleNamespace, heard: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    prediction = str(uuid4())
    operation = create(world.cat, source="prediction", prediction=prediction)
    with django_capture_on_commit_callbacks(execute=True):
        save(world, operation, create(10**6))
        assert heard == []
    (news,) = heard
    assert news["image_id"] == world.image.id
    assert news["actor_id"] == world.person.pk
    assert news["changes"] == [
        {
            "id": str(operation.annotation),
            "op": "create",
            "prediction": prediction,
            "source": "prediction",
            "label": world.cat.id,
        }
    ]


def test_nothing_applied_tells_nobody(
    world: SimpleNamespace, heard: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        outcome = save(world, create(10**6))
    assert heard == []
    assert outcome.image_revision == 0


def test_actor_may_be_anybody_who_was_checked_before(world: SimpleNamespace) -> None:
    other: User = make_user()
    first = create(world.cat)
    save(world, first)
    save_operations(actor=other, image_id=world.image.id, operations=[update(first.annotation, 1, geometry=MOVED)])
    shape = Annotation.objects.get(pk=first.annotation)
    assert (shape.created_by, shape.updated_by) == (world.person, other)
