"""Annotations from files: the fast way in, with the same rules and the same history as the save protocol."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec
from django.db import transaction
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotator.core.errors import InvalidInput
from annotator.core.extras import pack_extras
from annotator.core.geometry.validate import check_geometry
from annotator.core.ids import uuid7
from annotator.core.records import AnnotationRecord, Issue
from annotator.events import annotations_changed, publish, send_after_commit
from annotator.models import Annotation, AnnotationRevision, Image, Project, User
from annotator.services.annotation_rules import AnnotationRules
from annotator.services.bulk_insert import insert_rows
from annotator.services.operations import CHUNK, snapshot_of

Mode = Literal["add", "replace", "skip"]
"""``add`` keeps what is there, ``replace`` deletes it (into the history), ``skip`` leaves labelled images alone."""
MAX_ROWS = 20_000
"""Annotations per transaction: other writers wait no longer than that takes (about a second)."""
MAX_IMAGES = 1000
"""Images per transaction; their ids are the parameters of one statement."""
ANNOTATION_FIELDS = (
    "id", "image", "label", "kind", "geometry", "attributes", "z_order", "source", "score", "prediction", "revision",
    "deleted", "created_by", "updated_by", "created_at", "updated_at",
)  # fmt: skip
REVISION_FIELDS = ("operation", "image", "annotation", "revision", "change", "snapshot", "actor", "at")
ORDER_LIMIT = 2**31 - 1


@dataclass(slots=True)
class ImportCounts:
    """What an import did."""

    images: int = 0
    added: int = 0
    replaced: int = 0
    skipped_images: int = 0
    refused: int = 0
    issues: list[Issue] = field(default_factory=list)
    created: list[UUID] = field(default_factory=list)
    """Annotations that it made."""
    deleted: list[UUID] = field(default_factory=list)
    """Annotations that it replaced."""


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
    """Put records on images of a project, at most 1000 images and about 20 000 annotations per transaction.

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
        if rows >= MAX_ROWS or len(chunk) >= MAX_IMAGES:
            _Import(actor, project, labels, mode, state, batch, counts).run(chunk)
            chunk, rows = [], 0
    if chunk:
        _Import(actor, project, labels, mode, state, batch, counts).run(chunk)
    if report is not None:
        for issue in counts.issues:
            report(issue)
    return counts


@dataclass(slots=True)
class _Image:
    """What is needed of an image row."""

    id: UUID
    name: str
    width: int
    height: int


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
    made: list[tuple[Any, ...]] = field(default_factory=list)
    """Rows of annotations, as ``ANNOTATION_FIELDS``."""
    history: list[tuple[Any, ...]] = field(default_factory=list)
    """Rows of revisions, as ``REVISION_FIELDS``."""
    changes: dict[UUID, list[dict[str, object]]] = field(default_factory=dict)

    def run(self, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]) -> None:
        """One transaction for all ``items``."""
        with transaction.atomic():
            wanted = [image_id for image_id, _ in items]
            locked = Image.objects.select_for_update().filter(project=self.project, id__in=wanted).order_by("id")
            images = {row[0]: _Image(*row) for row in locked.values_list("id", "name", "width", "height")}
            live, repeated = self._live(list(images)), self._repeated(items)
            rules = AnnotationRules.of_project(self.project.id)
            for image_id, records in items:
                image = images.get(image_id)
                if image is None:
                    continue
                here = live.get(image_id, [])
                if self.mode == "skip" and any(shape.id not in repeated for shape in here):
                    self.counts.skipped_images += 1
                    continue
                self._add(image, records, rules, repeated, room=rules.max_objects - len(here))
                if self.mode == "replace":
                    self._delete([shape for shape in here if shape.id not in repeated])
                self.counts.images += 1
            insert_rows(Annotation, ANNOTATION_FIELDS, self.made)
            insert_rows(AnnotationRevision, REVISION_FIELDS, self.history)
            self._mark(list(images))

    def _live(self, image_ids: list[UUID]) -> dict[UUID, list[Annotation]]:
        shapes: dict[UUID, list[Annotation]] = {}
        rows = Annotation.objects.filter(image_id__in=image_ids, deleted=False)
        if self.mode != "replace":
            rows = rows.only("id", "image_id")
        for shape in rows:
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

    def _add(
        self,
        image: _Image,
        records: Sequence[AnnotationRecord],
        rules: AnnotationRules,
        repeated: set[UUID],
        *,
        room: int,
    ) -> None:
        """Rows for those records that can be kept; the others are reported."""
        for index, record in enumerate(records):
            label = self.labels.get(record.label)
            shape_id = self._id(image.id, index)
            if label is None or shape_id in repeated:
                continue
            if room <= 0:
                text = f"“{image.name}” has more than {rules.max_objects} shapes (MARQUEE_MAX_OBJECTS)."
                self._refuse("too_many_objects", text, image, index, count=len(records) - index)
                break
            try:
                self._shape(image, record, label, shape_id, rules)
            except InvalidInput as error:
                self._refuse(error.code, error.detail, image, index)
            else:
                room -= 1

    def _shape(
        self, image: _Image, record: AnnotationRecord, label: int, shape_id: UUID, rules: AnnotationRules
    ) -> None:
        """Geometry and attributes are encoded once, for the annotation and its first revision."""
        check_geometry(record.geometry, width=image.width, height=image.height, limits=rules.limits)
        geometry = msgspec.json.encode(record.geometry).decode()
        attributes = self._attributes(record, label, rules, image)
        order = max(-ORDER_LIMIT, min(ORDER_LIMIT, record.z_order))
        score = record.score if record.score is not None and 0 <= record.score <= 1 else None
        actor = self.actor.pk if self.actor else None
        self.made.append(
            (
                shape_id, image.id, label, record.geometry.kind, geometry, attributes, order, "import", score, None, 1,
                False, actor, actor, self.now, self.now,
            )
        )  # fmt: skip
        snapshot = (
            f'{{"label":{label},"geometry":{geometry},"attributes":{attributes},"z_order":{order},'
            f'"source":"import","score":{"null" if score is None else score},"prediction":null}}'
        )
        self._tell(image.id, shape_id, 1, AnnotationRevision.Change.CREATE, snapshot, label, "import", None)
        self.counts.created.append(shape_id)
        self.counts.added += 1

    def _attributes(self, record: AnnotationRecord, label: int, rules: AnnotationRules, image: _Image) -> str:
        """JSON of the values that the schema knows; others are reported and left out, the shape itself is kept."""
        given = pack_extras(record)
        if not given:
            return "{}"
        kept: dict[str, object] = {}
        for name, value in given.items():
            try:
                kept |= rules.attributes({name: value}, label=label)
            except InvalidInput as error:
                self.counts.issues.append(Issue(error.code, "warning", error.detail, file=image.name))
        return msgspec.json.encode(kept).decode()

    def _refuse(self, code: str, text: str, image: _Image, index: int, *, count: int = 1) -> None:
        self.counts.refused += count
        self.counts.issues.append(Issue(code, "error", text, file=image.name, where=f"object {index + 1}"))

    def _delete(self, shapes: Sequence[Annotation]) -> None:
        for shape in shapes:
            shape.revision += 1
            snapshot = msgspec.json.encode(snapshot_of(shape)).decode()
            prediction = str(shape.prediction) if shape.prediction else None
            change = AnnotationRevision.Change.DELETE
            self._tell(
                shape.image_id, shape.id, shape.revision, change, snapshot, shape.label_id, shape.source, prediction
            )
        ids = [shape.id for shape in shapes]
        for start in range(0, len(ids), CHUNK):
            Annotation.objects.filter(id__in=ids[start : start + CHUNK]).update(
                deleted=True, revision=F("revision") + 1, updated_by=self.actor, updated_at=self.now
            )
        self.counts.deleted += ids
        self.counts.replaced += len(shapes)

    def _tell(
        self,
        image_id: UUID,
        shape_id: UUID,
        revision: int,
        change: str,
        snapshot: str,
        label: int,
        source: str,
        prediction: str | None,
    ) -> None:
        """One row of history, and the news of it."""
        operation = uuid7() if self.batch is None else uuid5(self.batch, f"{change}:{shape_id}:{revision}")
        actor = self.actor.pk if self.actor else None
        self.history.append((operation, image_id, shape_id, revision, str(change), snapshot, actor, self.now))
        self.changes.setdefault(image_id, []).append(
            {"id": str(shape_id), "op": change, "prediction": prediction, "source": source, "label": label}
        )

    def _mark(self, image_ids: Sequence[UUID]) -> None:
        """Counters, revision and state of the images, and the news."""
        _count_again(list(self.changes))
        if self.state is not None:
            rows = Image.objects.filter(id__in=image_ids, annotation_count__gt=0).exclude(state=self.state)
            done = self.state in {Image.State.LABELLED, Image.State.REVIEWED}
            rows.update(state=self.state, **({"submitted_at": self.now} if done else {}))
        for image_id, rows_of_image in self.changes.items():
            send_after_commit(
                annotations_changed,
                project_id=self.project.id,
                image_id=image_id,
                actor_id=self.actor.pk if self.actor else None,
                changes=rows_of_image,
            )
        if self.changes:
            publish("images", project_id=self.project.id, annotated=len(self.changes))


def _count_again(image_ids: Sequence[UUID]) -> None:
    """Count the annotations of changed images and raise their revision: one statement."""
    live = Annotation.objects.filter(image=OuterRef("pk"), deleted=False).order_by().values("image")
    Image.objects.filter(id__in=image_ids).update(
        annotation_count=Coalesce(Subquery(live.annotate(n=Count("pk")).values("n")), 0),
        revision=F("revision") + 1,
        state=Case(When(state=Image.State.NEW, then=Value(Image.State.IN_PROGRESS)), default=F("state")),
    )


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
