"""Annotations and save operations for tests."""

from typing import Any
from uuid import UUID, uuid4

from annotator.models import Annotation, Image, Label, User
from annotator.services.operations import Operation, save_operations

BOX = {"type": "box", "x": 10.0, "y": 20.0, "w": 30.0, "h": 40.0}


def make_annotation(image: Image, label: Label, **fields: Any) -> Annotation:
    """An annotation row as an accepted save would have left it, counted on its image, without history."""
    geometry = fields.pop("geometry", BOX)
    shape = Annotation.objects.create(
        **{"id": uuid4(), "image": image, "label": label, "geometry": geometry, "kind": geometry["type"], **fields}
    )
    if not shape.deleted:
        image.annotation_count += 1
        Image.objects.filter(pk=image.pk).update(annotation_count=image.annotation_count)
    return shape


def create(label: Label | int, annotation: UUID | None = None, /, **values: Any) -> Operation:
    """A create operation of a box."""
    label_id = label if isinstance(label, int) else label.id
    return Operation(uuid4(), "create", annotation or uuid4(), values={"label": label_id, "geometry": BOX, **values})


def update(annotation: UUID, base: int | None, **values: Any) -> Operation:
    """An update operation."""
    return Operation(uuid4(), "update", annotation, base, values)


def delete(annotation: UUID, base: int | None) -> Operation:
    """A delete operation."""
    return Operation(uuid4(), "delete", annotation, base)


def save_box(actor: User, image: Image, label: Label) -> Annotation:
    """One box through the real save protocol."""
    operation = create(label)
    outcome = save_operations(actor=actor, image_id=image.id, operations=[operation])
    assert outcome.results[0].status == "applied", outcome.results[0]
    return Annotation.objects.get(pk=operation.annotation)
