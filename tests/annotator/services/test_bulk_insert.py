"""Rows past the ORM arrive as the ORM would have written them, on both databases."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from annotator.core.ids import uuid7
from annotator.models import Annotation, AnnotationRevision
from annotator.services.annotations import ANNOTATION_FIELDS
from annotator.services.bulk_insert import insert_rows
from tests.factories.images import make_image
from tests.factories.projects import make_label, make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)


def test_every_kind_of_column_comes_back_as_it_was() -> None:
    person, project = make_user(), make_project()
    image, label = make_image(project), make_label(project, "cat")
    prediction = uuid4()
    row = {
        "id": uuid7(),
        "image": image.id,
        "label": label.id,
        "kind": "box",
        "geometry": '{"type":"box","x":1.5,"y":-2.0,"w":3e-7,"h":4.0}',
        "attributes": '{"a:\\t\\\\n":"tab\\tnew\\nline \\\\. \\"quoted\\" €","b":null}',
        "z_order": -3,
        "source": "import",
        "score": 0.1,
        "prediction": prediction,
        "revision": 2,
        "deleted": True,
        "created_by": person.pk,
        "updated_by": None,
        "created_at": NOW,
        "updated_at": NOW,
    }
    insert_rows(Annotation, ANNOTATION_FIELDS, [[row[name] for name in ANNOTATION_FIELDS]])
    shape = Annotation.objects.get()
    assert (shape.id, shape.image, shape.label, shape.kind) == (row["id"], image, label, "box")
    assert shape.geometry == {"type": "box", "x": 1.5, "y": -2.0, "w": 3e-7, "h": 4.0}
    assert shape.attributes == {"a:\t\\n": 'tab\tnew\nline \\. "quoted" €', "b": None}
    assert (shape.z_order, shape.score, shape.prediction, shape.revision) == (-3, 0.1, prediction, 2)
    assert (shape.deleted, shape.created_by, shape.updated_by) == (True, person, None)
    assert shape.created_at == shape.updated_at == NOW
    shape.save()  # the ORM finds the row again by the id as it was written
    assert Annotation.objects.count() == 1


def test_keys_that_the_database_makes_are_made() -> None:
    image = make_image(make_project())
    fields = ("operation", "image", "annotation", "revision", "change", "snapshot", "actor", "at")
    rows = [(uuid7(), image.id, uuid7(), 1, "create", "{}", None, NOW) for _ in range(3)]
    insert_rows(AnnotationRevision, fields, rows)
    assert len(set(AnnotationRevision.objects.values_list("pk", flat=True))) == 3


def test_constraints_hold() -> None:
    image = make_image(make_project())
    fields = ("operation", "image", "annotation", "revision", "change", "snapshot", "actor", "at")
    row = (uuid7(), image.id, uuid7(), 1, "create", "{}", None, NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(AnnotationRevision, fields, [row, row])
    assert not AnnotationRevision.objects.exists()


def test_nothing_is_nothing() -> None:
    insert_rows(Annotation, ANNOTATION_FIELDS, [])
    assert not Annotation.objects.exists()
