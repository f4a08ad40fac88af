"""Annotations from files: the fast way in, with the same rules and the same history as the save protocol."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from annotator.core.errors import InvalidInput
from annotator.core.geometry.types import geometry_to_json
from annotator.core.geometry.validate import check_geometry
from annotator.core.ids import uuid7
from annotator.core.records import AnnotationRecord, Issue
from annotator.events import annotations_changed, publish, send_after_commit
from annotator.models import Annotation, AnnotationRevision, Image, Project, User
from annotator.services.annotation_rules import AnnotationRules
from annotator.services.operations import CHUNK, snapshot_of

Mode = Literal["add", "replace", "skip"]
"""``add`` keeps what is there, ``replace`` deletes it (into the history), ``skip`` leaves labelled images alone."""
MAX_ROWS = 2000
"""Annotations per transaction: other writers wait no longer than that takes."""


@dataclass(slots=True)
class ImportCounts:
    """What an import did."""

    images: int = 0
    added: int = 0
    replaced: int = 0
    skipped_images: int = 0
    refused: int = 0
    issues: list[Issue] = field(default_factory=list)


def import_annotations(
    *,
    actor: User | None,
    image: Image,
    records: Iterable[AnnotationRecord],
    labels: Mapping[str, int],
    mode: Mode = "add",
    state: str | None = None,
) -> ImportCounts:
    """Put records on one image; see :func:`import_many`."""
    return import_many(
        actor=actor, project=image.project, items=[(image.id, list(records))], labels=labels, mode=mode, state=state
    )


def import_many(
    *,
    actor: User | None,
    project: Project,
    items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]],
    labels: Mapping[str, int],
    mode: Mode = "add",
    state: str | None = None,
    batch: UUID | None = None,
    report: Callable[[Issue], None] | None = None,
) -> ImportCounts:
    """Put records on images of a project, about 2000 rows per transaction.

    ``labels`` maps names of the file to label ids; records with other labels are left out (the caller decided so).
    ``state`` is set on images that received or already had annotations. ``batch`` (a job's id) makes a repeated call
    add nothing twice. Refused shapes become issues, the rest goes in.
    """
    counts = ImportCounts()
    chunk: list[tuple[UUID, Sequence[AnnotationRecord]]] = []
    rows = 0
    for item in items:
        chunk.append(item)
        rows += len(item[1]) + 1
        if rows >= MAX_ROWS:
            _Import(actor, project, labels, mode, state, batch, counts).run(chunk)
            chunk, rows = [], 0
    if chunk:
        _Import(actor, project, labels, mode, state, batch, counts).run(chunk)
    if report is not None:
        for issue in counts.issues:
            report(issue)
    return counts


@dataclass(slots=True)
class _Import:
    actor: User | None
    project: Project
    labels: Mapping[str, int]
    mode: Mode
    state: str | None
    batch: UUID | None
    counts: ImportCounts
    now: datetime = field(default_factory=timezone.now)

    def run(self, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]) -> None:
        """One transaction for all ``items``."""
        with transaction.atomic():
            wanted = [image_id for image_id, _ in items]
            locked = Image.objects.select_for_update().filter(project=self.project, id__in=wanted).order_by("id")
            images = {image.id: image for image in locked}
            live, repeated = self._live(images), self._repeated(items)
            rules = AnnotationRules.of(next(iter(images.values()))) if images else None
            history: list[AnnotationRevision] = []
            created: list[Annotation] = []
            for image_id, records in items:
                image = images.get(image_id)
                if image is None or rules is None:
                    continue
                here = live.get(image_id, [])
                if self.mode == "skip" and any(shape.id not in repeated for shape in here):
                    self.counts.skipped_images += 1
                    continue
                here_rules = replace(rules, width=image.width, height=image.height)
                fresh = self._shapes(image, records, here_rules, repeated, room=rules.max_objects - len(here))
                if self.mode == "replace":
                    history += self._delete([shape for shape in here if shape.id not in repeated])
                created += fresh
                self.counts.images += 1
            history += [self._revision(shape, AnnotationRevision.Change.CREATE) for shape in created]
            if history:
                self._write(created, history)
            self._mark(images, history)

    def _live(self, images: Mapping[UUID, Image]) -> dict[UUID, list[Annotation]]:
        shapes: dict[UUID, list[Annotation]] = {}
        for shape in Annotation.objects.filter(image_id__in=list(images), deleted=False):
            shapes.setdefault(shape.image_id, []).append(shape)
        return shapes

    def _repeated(self, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]) -> set[UUID]:
        """Shapes that an earlier, interrupted call of the same batch already made."""
        if self.batch is None:
            return set()
        wanted = [self._id(image_id, index) for image_id, records in items for index in range(len(records))]
        found: set[UUID] = set()
        for start in range(0, len(wanted), CHUNK):
            some = wanted[start : start + CHUNK]
            found |= set(Annotation.objects.filter(id__in=some).values_list("id", flat=True))
        return found

    def _id(self, image_id: UUID, index: int) -> UUID:
        return uuid7() if self.batch is None else uuid5(self.batch, f"{image_id}:{index}")

    def _shapes(
        self,
        image: Image,
        records: Sequence[AnnotationRecord],
        rules: AnnotationRules,
        repeated: set[UUID],
        *,
        room: int,
    ) -> list[Annotation]:
        shapes: list[Annotation] = []
        for index, record in enumerate(records):
            label = self.labels.get(record.label)
            shape_id = self._id(image.id, index)
            if label is None or shape_id in repeated:
                continue
            if len(shapes) >= room:
                text = f"“{image.name}” has more than {rules.max_objects} shapes (MARQUEE_MAX_OBJECTS)."
                self._refuse("too_many_objects", text, image, index, count=len(records) - index)
                break
            try:
                shapes.append(self._shape(image, record, label, shape_id, rules))
            except InvalidInput as error:
                self._refuse(error.code, error.detail, image, index)
        return shapes

    def _shape(
        self, image: Image, record: AnnotationRecord, label: int, shape_id: UUID, rules: AnnotationRules
    ) -> Annotation:
        check_geometry(record.geometry, width=image.width, height=image.height, limits=rules.limits)
        return Annotation(
            id=shape_id,
            image=image,
            label_id=label,
            kind=record.geometry.kind,
            geometry=geometry_to_json(record.geometry),
            attributes=self._attributes(record, label, rules, image),
            z_order=record.z_order,
            source=Annotation.Source.IMPORT,
            score=record.score if record.score is not None and 0 <= record.score <= 1 else None,
            created_by=self.actor,
            updated_by=self.actor,
            created_at=self.now,
            updated_at=self.now,
        )

    def _attributes(
        self, record: AnnotationRecord, label: int, rules: AnnotationRules, image: Image
    ) -> dict[str, object]:
        """Values that the schema knows; others are reported and left out, the shape itself is kept."""
        kept: dict[str, object] = {}
        for name, value in record.attributes.items():
            try:
                kept |= rules.attributes({name: value}, label=label)
            except InvalidInput as error:
                self.counts.issues.append(Issue(error.code, "warning", error.detail, file=image.name))
        return kept

    def _refuse(self, code: str, text: str, image: Image, index: int, *, count: int = 1) -> None:
        self.counts.refused += count
        self.counts.issues.append(Issue(code, "error", text, file=image.name, where=f"object {index + 1}"))

    def _delete(self, shapes: Sequence[Annotation]) -> list[AnnotationRevision]:
        history = []
        for shape in shapes:
            shape.revision += 1
            history.append(self._revision(shape, AnnotationRevision.Change.DELETE))
        ids = [shape.id for shape in shapes]
        for start in range(0, len(ids), CHUNK):
            Annotation.objects.filter(id__in=ids[start : start + CHUNK]).update(
                deleted=True, revision=F("revision") + 1, updated_by=self.actor, updated_at=self.now
            )
        self.counts.replaced += len(shapes)
        return history

    def _revision(self, shape: Annotation, change: str) -> AnnotationRevision:
        operation = uuid7() if self.batch is None else uuid5(self.batch, f"{change}:{shape.id}:{shape.revision}")
        return AnnotationRevision(
            operation=operation,
            image_id=shape.image_id,
            annotation=shape.id,
            revision=shape.revision,
            change=change,
            snapshot=snapshot_of(shape),
            actor=self.actor,
        )

    def _write(self, created: list[Annotation], history: list[AnnotationRevision]) -> None:
        Annotation.objects.bulk_create(created, batch_size=CHUNK)
        AnnotationRevision.objects.bulk_create(history, batch_size=CHUNK)
        self.counts.added += len(created)

    def _mark(self, images: Mapping[UUID, Image], history: Sequence[AnnotationRevision]) -> None:
        """Counters, revision and state of the images, and the news."""
        changes: dict[UUID, list[dict[str, object]]] = {}
        for row in history:
            changes.setdefault(row.image_id, []).append(
                {
                    "id": str(row.annotation),
                    "op": row.change,
                    "prediction": row.snapshot["prediction"],
                    "source": row.snapshot["source"],
                    "label": row.snapshot["label"],
                }
            )
        recount(image_ids=list(changes))
        touched = Image.objects.filter(id__in=list(changes))
        touched.update(revision=F("revision") + 1)
        touched.filter(state=Image.State.NEW).update(state=Image.State.IN_PROGRESS)
        if self.state is not None:
            self._set_state(images)
        for image_id, rows in changes.items():
            send_after_commit(
                annotations_changed,
                project_id=self.project.id,
                image_id=image_id,
                actor_id=self.actor.pk if self.actor else None,
                changes=rows,
            )
        if changes:
            publish("images", project_id=self.project.id, annotated=len(changes))

    def _set_state(self, images: Mapping[UUID, Image]) -> None:
        rows = Image.objects.filter(id__in=list(images), annotation_count__gt=0).exclude(state=self.state)
        done = self.state in {Image.State.LABELLED, Image.State.REVIEWED}
        rows.update(state=self.state, **({"submitted_at": self.now} if done else {}))


def recount(*, image_ids: Sequence[UUID] | None = None, project: Project | None = None) -> int:
    """Rebuild the cached counts of annotations where they are wrong; returns how many images were corrected."""
    images = Image.objects.all() if project is None else Image.objects.filter(project=project)
    if image_ids is not None:
        images = images.filter(id__in=list(image_ids))
    counted = images.annotate(live=Count("annotations", filter=Q(annotations__deleted=False)))
    wrong = list(counted.exclude(annotation_count=F("live")).values_list("id", "live"))
    for image_id, live in wrong:
        Image.objects.filter(id=image_id).update(annotation_count=live)
    return len(wrong)
