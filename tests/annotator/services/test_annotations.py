"""Annotations from files: fast, under the same rules, with history, and harmless when repeated."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from annotator.core.geometry.types import Box, Tag
from annotator.core.records import AnnotationRecord, Issue
from annotator.events import annotations_changed
from annotator.models import Annotation, AnnotationRevision, Image
from annotator.services import annotations as module
from annotator.services.annotations import import_annotations, import_many, recount
from annotator.services.operations import save_operations, snapshot_of
from tests.factories.annotations import make_annotation, update
from tests.factories.images import make_image
from tests.factories.projects import make_label, make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SimpleNamespace:
    person = make_user()
    project = make_project(owner=person)
    attributes = [{"name": "age", "type": "number"}]
    cat, dog = make_label(project, "cat", attributes=attributes), make_label(project, "dog", position=1)
    image = make_image(project, "a.jpg")
    return SimpleNamespace(
        person=person, project=project, cat=cat, dog=dog, image=image, labels={"cat": cat.id, "dog": dog.id}
    )


def box(label: str = "cat", x: float = 1.0, **fields: Any) -> AnnotationRecord:
    return AnnotationRecord(label=label, geometry=Box(x, 2.0, 3.0, 4.0), **fields)


def bring(world: SimpleNamespace, *records: AnnotationRecord, **options: Any) -> Any:
    return import_annotations(actor=world.person, image=world.image, records=records, labels=world.labels, **options)


def test_records_become_annotations_with_history(world: SimpleNamespace) -> None:
    counts = bring(world, box(attributes={"age": 3}, z_order=2), box("dog"), AnnotationRecord("cat", Tag()))
    assert (counts.images, counts.added, counts.refused, counts.issues) == (1, 3, 0, [])
    shape = Annotation.objects.get(z_order=2)
    assert (shape.label, shape.kind, shape.source, shape.attributes) == (world.cat, "box", "import", {"age": 3})
    assert shape.geometry == {"type": "box", "x": 1.0, "y": 2.0, "w": 3.0, "h": 4.0}
    row = AnnotationRevision.objects.get(annotation=shape.id)
    assert (row.change, row.revision, row.actor, row.snapshot["source"]) == ("create", 1, world.person, "import")
    world.image.refresh_from_db()
    assert (world.image.annotation_count, world.image.revision, world.image.state) == (3, 1, "in_progress")


def test_imported_shapes_can_be_edited_by_the_save_protocol(world: SimpleNamespace) -> None:
    bring(world, box())
    shape = Annotation.objects.get()
    operation = update(shape.id, 1, z_order=9)
    outcome = save_operations(actor=world.person, image_id=world.image.id, operations=[operation])
    assert (outcome.results[0].status, outcome.results[0].revision) == ("applied", 2)


def test_state_is_set_where_something_is_labelled(world: SimpleNamespace) -> None:
    empty = make_image(world.project)
    items = [(world.image.id, [box()]), (empty.id, [])]
    import_many(actor=None, project=world.project, items=items, labels=world.labels, state="labelled")
    world.image.refresh_from_db()
    empty.refresh_from_db()
    assert (world.image.state, world.image.submitted_at is not None, empty.state) == ("labelled", True, "new")


@pytest.mark.parametrize(("mode", "live"), [("add", 3), ("replace", 2), ("skip", 1)])
def test_modes(world: SimpleNamespace, mode: Any, live: int) -> None:
    old = make_annotation(world.image, world.cat)
    counts = bring(world, box(), box(), mode=mode)
    assert Annotation.objects.filter(deleted=False).count() == live
    old.refresh_from_db()
    assert old.deleted is (mode == "replace")
    assert (counts.replaced, counts.skipped_images) == (int(mode == "replace"), int(mode == "skip"))
    if mode == "replace":
        assert AnnotationRevision.objects.get(annotation=old.id).change == "delete"
        assert old.revision == 2
    world.image.refresh_from_db()
    assert world.image.annotation_count == live


def test_unmapped_labels_are_left_out(world: SimpleNamespace) -> None:
    assert bring(world, box("bird"), box()).added == 1


def test_bad_shapes_are_reported_and_the_rest_goes_in(world: SimpleNamespace) -> None:
    bad = AnnotationRecord("cat", Box(0.0, 0.0, float("nan"), 1.0))
    heard: list[Issue] = []
    counts = import_many(
        actor=None,
        project=world.project,
        items=[(world.image.id, [box(), bad, box(attributes={"mood": "good"})])],
        labels=world.labels,
        report=heard.append,
    )
    assert (counts.added, counts.refused) == (2, 1)
    assert heard == counts.issues
    assert [(issue.code, issue.severity, issue.file) for issue in heard] == [
        ("invalid_geometry", "error", "a.jpg"),
        ("invalid_attribute", "warning", "a.jpg"),
    ]
    assert heard[0].where == "object 2"


def test_repeating_a_batch_adds_nothing_twice(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_image(world.project, "b.jpg")
    make_annotation(world.image, world.dog)
    items = [(world.image.id, [box(), box(x=5.0)]), (other.id, [box(x=7.0)])]
    batch = uuid4()
    options: dict[str, Any] = {"actor": None, "project": world.project, "labels": world.labels, "batch": batch}
    monkeypatch.setattr(module, "MAX_ROWS", 1)
    import_many(items=items[:1], mode="replace", **options)  # killed after the first chunk
    import_many(items=items, mode="replace", **options)
    import_many(items=items, mode="replace", **options)
    assert Annotation.objects.filter(deleted=False).count() == 3
    assert {image.annotation_count for image in Image.objects.all()} == {1, 2}
    assert AnnotationRevision.objects.filter(change="create").count() == 3
    counts = import_many(items=items, mode="skip", **options)
    assert (counts.added, counts.skipped_images) == (0, 0)


def test_images_of_other_projects_are_not_touched(world: SimpleNamespace) -> None:
    foreign = make_image(make_project())
    counts = import_many(
        actor=None, project=world.project, items=[(foreign.id, [box()])], labels=world.labels, mode="replace"
    )
    assert (counts.images, counts.added, Annotation.objects.count()) == (0, 0, 0)


def test_many_rows_go_in_chunks_with_few_queries(world: SimpleNamespace, django_assert_max_num_queries: Any) -> None:
    images = [make_image(world.project) for _ in range(50)]
    items = [(image.id, [box(x=float(n)) for n in range(20)]) for image in images]
    with django_assert_max_num_queries(140):
        counts = import_many(actor=None, project=world.project, items=items, labels=world.labels)
    assert counts.added == Annotation.objects.count() == 1000
    assert set(
        Image.objects.filter(id__in=[image.id for image in images]).values_list("annotation_count", flat=True)
    ) == {20}


def test_news_are_sent_per_image(world: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        heard.append(kwargs)

    annotations_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        bring(world, box(), box())
    (news,) = heard
    assert (news["image_id"], [change["op"] for change in news["changes"]]) == (world.image.id, ["create", "create"])


def test_recount_repairs_wrong_counters(world: SimpleNamespace) -> None:
    make_annotation(world.image, world.cat)
    make_annotation(world.image, world.cat, deleted=True)
    Image.objects.update(annotation_count=7)
    assert recount(project=world.project) == 1
    world.image.refresh_from_db()
    assert world.image.annotation_count == 1
    assert recount() == 0


def test_it_says_what_it_made_and_what_it_replaced(world: SimpleNamespace) -> None:
    old = make_annotation(world.image, world.cat)
    counts = bring(world, box(), box("dog"), mode="replace")
    assert counts.deleted == [old.id]
    assert set(counts.created) == set(Annotation.objects.filter(deleted=False).values_list("id", flat=True))
    assert len(counts.created) == 2


def test_extras_travel_with_the_attributes(world: SimpleNamespace) -> None:
    record = box(attributes={"age": 3}, id="17", group="g", crowd=True, source={"odd": [1, {"deep": None}]})
    counts = bring(world, record)
    assert counts.issues == []
    shape = Annotation.objects.get()
    assert shape.attributes == {
        "age": 3,
        "marquee:id": "17",
        "marquee:group": "g",
        "marquee:crowd": True,
        "marquee:source": {"odd": [1, {"deep": None}]},
    }
    assert AnnotationRevision.objects.get().snapshot == snapshot_of(shape)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"z_order": 10**12, "score": 0.25}, (2**31 - 1, 0.25)),
        ({"z_order": -(10**12), "score": 7.0}, (-(2**31 - 1), None)),
    ],
)
def test_numbers_fit_the_database(world: SimpleNamespace, fields: dict[str, Any], expected: object) -> None:
    bring(world, box(**fields))
    shape = Annotation.objects.get()
    assert (shape.z_order, shape.score) == expected
    assert AnnotationRevision.objects.get().snapshot == snapshot_of(shape)


def test_a_value_that_no_database_takes_costs_only_itself(world: SimpleNamespace) -> None:
    odd = {"coco:note": "a\0b", "coco:\0": 1, "coco:half": "\ud800", "coco:good": "x"}
    counts = bring(world, box(attributes=odd))
    assert (counts.added, [issue.code for issue in counts.issues]) == (1, ["invalid_attribute"] * 3)
    assert Annotation.objects.get().attributes == {"coco:good": "x"}
