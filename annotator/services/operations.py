"""The save protocol: batches of operations on the annotations of one image, each applied exactly once.

The image row is the lock: every save of an image happens after the one before it. An operation that was applied is
recognised by its id in the history and answered as before; a shape that somebody else changed in the meantime is
answered with the other side's version; every other operation of the batch goes in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from annotator.core.errors import AnnotatorError, LimitExceeded, NotFound
from annotator.events import annotations_changed, publish, send_after_commit
from annotator.models import Annotation, AnnotationRevision, Image, User
from annotator.queries.annotations import annotation_wire
from annotator.services.annotation_rules import (
    AnnotationRules,
    checked_order,
    checked_prediction,
    checked_score,
    checked_source,
)

MAX_OPERATIONS = 2000
CHUNK = 400
"""Ids per IN list and rows per INSERT: below the parameter limits of both databases."""
RESTORED_FIELDS = ("label", "geometry", "attributes", "z_order", "score")

Change = Literal["create", "update", "delete", "restore"]
Status = Literal["applied", "repeated", "conflict", "invalid", "missing"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of one shape. ``values`` holds the fields that the client sent, unchecked."""

    id: UUID
    type: Change
    annotation: UUID
    base_revision: int | None = None
    """Revision the change was made on; 0 = on what the operation before it in the same batch made."""
    values: Mapping[str, Any] = field(default_factory=dict)
    from_history: bool = False
    """``values`` is a whole earlier state to bring back, wherever the shape is now."""


@dataclass(frozen=True, slots=True)
class OperationResult:
    """Answer to one operation."""

    operation: UUID
    annotation: UUID
    status: Status
    code: str = ""
    detail: str = ""
    revision: int | None = None
    current: dict[str, Any] | None = None
    """The other side's version, for conflicts; none when it was deleted."""


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """Answer to a batch, in the order of its operations."""

    image_revision: int
    results: tuple[OperationResult, ...]


def save_operations(*, actor: User, image_id: UUID | str, operations: Sequence[Operation]) -> SaveOutcome:
    """Apply a batch in one transaction and tell the others after commit.

    Raises :class:`NotFound` when the image is gone and :class:`LimitExceeded` for more than 2000 operations; everything
    else is answered per operation.
    """
    if len(operations) > MAX_OPERATIONS:
        raise LimitExceeded(f"A save holds at most {MAX_OPERATIONS} operations; send the rest in a second one.")
    for _ in range(3):
        try:
            with transaction.atomic():
                return _Save(actor, _locked_image(image_id), operations).run()
        except IntegrityError:  # the same id was used on two images at the same moment: look again
            continue
    raise LimitExceeded("Somebody else uses the same ids at the same time; try again.")


def restore_revision(
    *, actor: User, image_id: UUID | str, annotation_id: UUID, revision: int, operation_id: UUID
) -> OperationResult:
    """Bring a shape back to an earlier revision, as a new revision of its own; raises :class:`NotFound`."""
    past = AnnotationRevision.objects.filter(image_id=image_id, annotation=annotation_id, revision=revision).first()
    if past is None:
        raise NotFound("This revision does not exist on this image.")
    operation = Operation(operation_id, "restore", annotation_id, values=past.snapshot, from_history=True)
    return save_operations(actor=actor, image_id=image_id, operations=[operation]).results[0]


def _locked_image(image_id: UUID | str) -> Image:
    image = Image.objects.select_for_update().filter(pk=image_id).first()
    if image is None:
        raise NotFound("The image does not exist any more.")
    return image


class _Save:
    """One batch on one locked image: reads what it needs, applies in memory, writes once."""

    def __init__(self, actor: User, image: Image, operations: Sequence[Operation]) -> None:
        self.actor = actor
        self.image = image
        self.operations = operations
        self.now: datetime = timezone.now()
        self.rules = AnnotationRules.of(image)
        self.shapes = self._load_shapes()
        self.known = self._load_known()
        self.objects = Annotation.objects.filter(image=image, deleted=False).count()
        self.chain: dict[UUID, tuple[set[int], int]] = {}
        """Per shape of this batch: the revisions its operations may say they were made on, and its revision now."""
        self.fresh: set[UUID] = set()
        self.touched: dict[UUID, Annotation] = {}
        self.history: list[AnnotationRevision] = []

    def run(self) -> SaveOutcome:
        results = tuple(self._answer(operation) for operation in self.operations)
        if self.history:
            self._write()
            self._tell()
        return SaveOutcome(self.image.revision, results)

    def _load_shapes(self) -> dict[UUID, Annotation]:
        wanted = list({operation.annotation for operation in self.operations})
        found: dict[UUID, Annotation] = {}
        for start in range(0, len(wanted), CHUNK):
            found |= {shape.id: shape for shape in Annotation.objects.filter(id__in=wanted[start : start + CHUNK])}
        return found

    def _load_known(self) -> dict[UUID, AnnotationRevision]:
        wanted = list({operation.id for operation in self.operations})
        known: dict[UUID, AnnotationRevision] = {}
        for start in range(0, len(wanted), CHUNK):
            rows = AnnotationRevision.objects.filter(operation__in=wanted[start : start + CHUNK]).defer("snapshot")
            known |= {row.operation: row for row in rows}
        return known

    def _answer(self, operation: Operation) -> OperationResult:
        repeated = self.known.get(operation.id)
        if repeated is not None:
            return self._repeated(operation, repeated)
        shape = self.shapes.get(operation.annotation)
        if shape is not None and shape.image_id != self.image.id:
            shape = None
            if operation.type == "create":
                return _refuse(operation, "invalid", "id_in_use", "This id belongs to another shape; make a new one.")
        try:
            return self._apply(operation, shape)
        except AnnotatorError as error:
            return _refuse(operation, "invalid", error.code, error.detail)

    def _repeated(self, operation: Operation, past: AnnotationRevision) -> OperationResult:
        if past.image_id != self.image.id or past.annotation != operation.annotation:
            return _refuse(operation, "invalid", "operation_in_use", "This operation id was used for something else.")
        self._follow(past.annotation, past.revision)
        return OperationResult(operation.id, operation.annotation, "repeated", revision=past.revision)

    def _apply(self, operation: Operation, shape: Annotation | None) -> OperationResult:
        if operation.type == "create":
            if shape is not None:
                return _conflict(operation, shape, "already_there", "A shape with this id is there already.")
            return self._record(operation, self._created(operation))
        if shape is None:
            return _refuse(operation, "missing", "missing", "This shape does not exist on this image.")
        if operation.type == "restore":
            return self._restore(operation, shape)
        if shape.deleted:
            if operation.type == "delete":  # both sides want it gone, and it is
                return OperationResult(operation.id, shape.id, "applied", revision=shape.revision)
            return _conflict(operation, shape, "deleted", "Somebody else deleted this shape in the meantime.")
        if not self._is_current(operation, shape):
            return _conflict(operation, shape, "changed", "Somebody else changed this shape in the meantime.")
        if operation.type == "update":
            self._change(shape, operation.values)
        else:
            shape.deleted = True
            self.objects -= 1
        return self._record(operation, shape)

    def _is_current(self, operation: Operation, shape: Annotation) -> bool:
        if operation.base_revision == shape.revision:
            return True
        bases, revision = self.chain.get(shape.id, (set(), -1))
        return revision == shape.revision and (not operation.base_revision or operation.base_revision in bases)

    def _created(self, operation: Operation) -> Annotation:
        self._check_room()
        values, rules = operation.values, self.rules
        label = rules.label(values.get("label"))
        geometry = rules.geometry(values.get("geometry"))
        shape = Annotation(
            id=operation.annotation,
            image=self.image,
            label_id=label,
            kind=geometry["type"],
            geometry=geometry,
            attributes=rules.attributes(values.get("attributes") or {}, label=label),
            z_order=checked_order(values.get("z_order", 0)),
            source=checked_source(values.get("source", Annotation.Source.MANUAL)),
            score=checked_score(values.get("score")),
            prediction=checked_prediction(values.get("prediction")),
            revision=self._past_revision(operation) if operation.from_history else 0,
            created_by=self.actor,
        )
        self.objects += 1
        self.shapes[shape.id] = shape
        self.fresh.add(shape.id)
        return shape

    @staticmethod
    def _past_revision(operation: Operation) -> int:
        """The last revision of a shape whose row is gone: its history goes on from there."""
        past = AnnotationRevision.objects.filter(annotation=operation.annotation).aggregate(n=Max("revision"))
        return past["n"] or 0

    def _change(self, shape: Annotation, values: Mapping[str, Any]) -> None:
        """Check all fields first, then set them: an invalid operation leaves the shape as it was."""
        rules = self.rules
        label = rules.label(values["label"], keep=shape.label_id) if "label" in values else shape.label_id
        geometry = rules.geometry(values["geometry"]) if "geometry" in values else shape.geometry
        attributes = rules.attributes(values["attributes"] or {}, label=label) if "attributes" in values else None
        z_order = checked_order(values["z_order"]) if "z_order" in values else shape.z_order
        source = self._source_after(shape, values)
        score = checked_score(values["score"]) if "score" in values else shape.score
        shape.label_id, shape.geometry, shape.kind = label, geometry, geometry["type"]
        shape.attributes = shape.attributes if attributes is None else attributes
        shape.z_order, shape.source, shape.score = z_order, source, score

    @staticmethod
    def _source_after(shape: Annotation, values: Mapping[str, Any]) -> str:
        """An accepted prediction that a person changes is an edited one, whatever the client says."""
        source = checked_source(values["source"]) if "source" in values else shape.source
        edited = any(name in values for name in ("label", "geometry"))
        if source == Annotation.Source.PREDICTION and shape.source == Annotation.Source.PREDICTION and edited:
            return Annotation.Source.PREDICTION_EDITED
        return source

    def _restore(self, operation: Operation, shape: Annotation) -> OperationResult:
        if not shape.deleted and not operation.from_history:
            return _conflict(operation, shape, "not_deleted", "This shape is not deleted any more.")
        values = {name: operation.values[name] for name in RESTORED_FIELDS if name in operation.values}
        if values.get("label") == shape.label_id:
            values.pop("label")  # it may have been archived since
        if shape.deleted:
            self._check_room()
        source = shape.source
        self._change(shape, values)
        shape.source = operation.values["source"] if operation.from_history else source
        if shape.deleted:
            shape.deleted = False
            self.objects += 1
        return self._record(operation, shape)

    def _check_room(self) -> None:
        if self.objects >= self.rules.max_objects:
            raise LimitExceeded(f"An image holds at most {self.rules.max_objects} shapes (MARQUEE_MAX_OBJECTS).")

    def _record(self, operation: Operation, shape: Annotation) -> OperationResult:
        shape.revision += 1
        shape.updated_by, shape.updated_at = self.actor, self.now
        self._follow(shape.id, shape.revision)
        self.touched[shape.id] = shape
        row = AnnotationRevision(
            operation=operation.id,
            image=self.image,
            annotation=shape.id,
            revision=shape.revision,
            change=operation.type,
            snapshot=snapshot_of(shape),
            actor=self.actor,
        )
        self.history.append(row)
        self.known[operation.id] = row
        return OperationResult(operation.id, shape.id, "applied", revision=shape.revision)

    def _follow(self, shape_id: UUID, revision: int) -> None:
        bases, _ = self.chain.get(shape_id, (set(), 0))
        self.chain[shape_id] = (bases | {revision - 1, revision}, revision)

    def _write(self) -> None:
        created = [shape for key, shape in self.touched.items() if key in self.fresh]
        changed = [shape for key, shape in self.touched.items() if key not in self.fresh]
        Annotation.objects.bulk_create(created, batch_size=CHUNK)
        for shape in changed:
            Annotation.objects.filter(pk=shape.pk).update(
                label_id=shape.label_id,
                kind=shape.kind,
                geometry=shape.geometry,
                attributes=shape.attributes,
                z_order=shape.z_order,
                source=shape.source,
                score=shape.score,
                revision=shape.revision,
                deleted=shape.deleted,
                updated_by=self.actor,
                updated_at=self.now,
            )
        AnnotationRevision.objects.bulk_create(self.history, batch_size=CHUNK)
        state = Image.State.IN_PROGRESS if self.image.state == Image.State.NEW else self.image.state
        Image.objects.filter(pk=self.image.pk).update(
            revision=F("revision") + 1, annotation_count=self.objects, state=state
        )
        self.image.revision += 1

    def _tell(self) -> None:
        changes = [
            {
                "id": str(row.annotation),
                "op": row.change,
                "prediction": row.snapshot["prediction"],
                "source": row.snapshot["source"],
                "label": row.snapshot["label"],
            }
            for row in self.history
        ]
        project_id, image_id = self.image.project_id, self.image.id
        send_after_commit(
            annotations_changed, project_id=project_id, image_id=image_id, actor_id=self.actor.pk, changes=changes
        )
        publish("annotations", project_id=project_id, image=image_id, revision=self.image.revision, actor=self.actor.pk)


def snapshot_of(shape: Annotation) -> dict[str, Any]:
    """The content of a shape as kept in its history."""
    return {
        "label": shape.label_id,
        "geometry": shape.geometry,
        "attributes": shape.attributes,
        "z_order": shape.z_order,
        "source": str(shape.source),
        "score": shape.score,
        "prediction": str(shape.prediction) if shape.prediction else None,
    }


def _refuse(operation: Operation, status: Status, code: str, detail: str) -> OperationResult:
    return OperationResult(operation.id, operation.annotation, status, code, detail)


def _conflict(operation: Operation, shape: Annotation, code: str, detail: str) -> OperationResult:
    current = None if shape.deleted else annotation_wire(shape)
    return OperationResult(operation.id, shape.id, "conflict", code, detail, shape.revision, current)
