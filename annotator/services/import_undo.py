"""Taking an import back, as far as nobody has worked on what it brought."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotator.core.errors import Conflict, NotFound, Unavailable
from annotator.core.ids import uuid7
from annotator.core.progress import Progress
from annotator.events import annotations_changed, publish, send_after_commit
from annotator.models import Annotation, AnnotationRevision, Image, ImportChunk, Job, Label, Project, User
from annotator.services.annotations import recount
from annotator.services.audit import record
from annotator.services.images import delete_images
from annotator.services.import_ledger import PREPARATION, unpack_ids
from annotator.services.jobs import cancel_job, create_job
from annotator.services.labels import replace_labels
from annotator.services.operations import snapshot_of
from annotator.services.suggestions import forget_suggestions

IN_CLAUSE = 400
WAIT_SECONDS = 600
T = TypeVar("T")
_ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)


def create_undo(*, actor: User, job: Job) -> Job:
    """Queue taking an import back; one that still runs is cancelled first. Raises :class:`Conflict` when it cannot be."""
    if job.kind != Job.Kind.IMPORT or job.parameters.get("dry_run") or "undo" in job.parameters:
        raise Conflict("Only an import that changed something can be taken back.")
    if job.state in _ACTIVE:
        cancel_job(actor=actor, job=job)
    elif not ImportChunk.objects.filter(job=job).exists():
        raise Conflict("There is nothing (left) to take back of this import.")
    with transaction.atomic():
        undo = create_job(actor=actor, project=job.project, kind=Job.Kind.IMPORT, parameters={"undo": str(job.id)})
        record(actor=actor, action="import.undone", project=job.project, target=str(job.id))
    return undo


def run_undo(job: Job, progress: Progress, *, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Take the import named in the job's parameters back, chunk by chunk from the last; safe to start again."""
    target = Job.objects.select_related("project").filter(project=job.project, id=job.parameters["undo"]).first()
    if target is None:
        raise NotFound("The import is not there any more.")
    _wait_for(target, progress, sleep)
    chunks = ImportChunk.objects.filter(job=target).order_by("-number")
    total = chunks.count()
    counts = dict.fromkeys(
        ("images_removed", "images_kept", "annotations_removed", "annotations_kept", "annotations_restored"), 0
    )
    progress.advance(0, total, "Taking back")
    for number, pk in enumerate(list(chunks.exclude(number=PREPARATION).values_list("pk", flat=True)), start=1):
        with transaction.atomic():
            _Undo(job, target.project, counts).chunk(ImportChunk.objects.get(pk=pk))
        progress.advance(number, total, "Taking back")
    _remove_stragglers(job, target, counts)
    counts["suggestions_removed"] = forget_suggestions(project=target.project, batch=target.id)
    counts["labels_removed"] = _remove_labels(job, target)
    chunks.delete()
    Job.objects.filter(id=target.id).update(result={**target.result, "undone": True})
    return {"undo": str(target.id), "counts": counts, "issues": []}


def _wait_for(target: Job, progress: Progress, sleep: Callable[[float], None]) -> None:
    """A cancelled job ends at its next checkpoint only."""
    for waited in range(WAIT_SECONDS * 2):
        if not Job.objects.filter(id=target.id, state__in=_ACTIVE).exists():
            return
        progress.advance(0, None, "Waiting for the import to stop")
        sleep(0.5 if waited else 0.1)
    raise Unavailable("The import has not stopped yet. Try again in a while.")


class _Undo:
    def __init__(self, job: Job, project: Project, counts: dict[str, int]) -> None:
        self.actor = job.created_by
        self.project = project
        self.counts = counts
        self.now = timezone.now()
        self.changes: dict[UUID, list[AnnotationRevision]] = {}

    def chunk(self, chunk: ImportChunk) -> None:
        """Undo one chunk within the caller's transaction, and forget it."""
        made = unpack_ids(chunk.images)
        ours = unpack_ids(chunk.annotations)
        kept = self._remove_images(made, set(ours))
        self._remove_annotations(ours)
        self._restore(unpack_ids(chunk.replaced))
        history = [row for rows in self.changes.values() for row in rows]
        AnnotationRevision.objects.bulk_create(history, batch_size=IN_CLAUSE)
        recount(image_ids=list(self.changes))
        Image.objects.filter(id__in=list(self.changes)).update(revision=F("revision") + 1)
        self._restore_states({**dict.fromkeys(map(str, kept), (Image.State.NEW, None)), **chunk.states})
        self._tell()
        chunk.delete()

    def _remove_images(self, made: Sequence[UUID], ours: set[UUID]) -> list[UUID]:
        """Images that the import made go, unless somebody has worked on them; those are answered."""
        touched: set[UUID] = set()
        for some in _parts(made):
            list(Image.objects.select_for_update().filter(id__in=some).order_by("id").values_list("id"))
            rows = Annotation.objects.filter(image_id__in=some, deleted=False).values_list("id", "image_id", "revision")
            touched |= {image for pk, image, revision in rows.iterator() if pk not in ours or revision > 1}
        gone = [pk for pk in made if pk not in touched]
        for some in _parts(gone):
            if self.actor is not None:
                self.counts["annotations_removed"] += Annotation.objects.filter(image_id__in=some).count()
                self.counts["images_removed"] += delete_images(
                    actor=self.actor, project=self.project, image_ids=list(some)
                )
        self.counts["images_kept"] += len(touched)
        return list(touched)

    def _remove_annotations(self, ours: Sequence[UUID]) -> None:
        for some in _parts(ours):
            shapes = list(Annotation.objects.select_for_update().filter(id__in=some, deleted=False))
            fresh = [shape for shape in shapes if shape.revision == 1]
            self.counts["annotations_kept"] += len(shapes) - len(fresh)
            self.counts["annotations_removed"] += len(fresh)
            self._write(fresh, deleted=True)

    def _restore(self, replaced: Sequence[UUID]) -> None:
        for some in _parts(replaced):
            shapes = list(Annotation.objects.select_for_update().filter(id__in=some, deleted=True))
            self.counts["annotations_restored"] += len(shapes)
            self._write(shapes, deleted=False)

    def _write(self, shapes: Sequence[Annotation], *, deleted: bool) -> None:
        change = AnnotationRevision.Change.DELETE if deleted else AnnotationRevision.Change.RESTORE
        for shape in shapes:
            shape.revision += 1
            row = AnnotationRevision(
                operation=uuid7(),
                image_id=shape.image_id,
                annotation=shape.id,
                revision=shape.revision,
                change=change,
                snapshot=snapshot_of(shape),
                actor=self.actor,
            )
            self.changes.setdefault(shape.image_id, []).append(row)
        Annotation.objects.filter(id__in=[shape.id for shape in shapes]).update(
            deleted=deleted, revision=F("revision") + 1, updated_by=self.actor, updated_at=self.now
        )

    def _restore_states(self, states: dict[str, Any]) -> None:
        """Images that still are what the import made them become what they were."""
        before: dict[tuple[str, Any], list[str]] = {}
        for image_id, (state, submitted_at) in states.items():
            before.setdefault((state, submitted_at), []).append(image_id)
        for (state, submitted_at), ids in before.items():
            for some in _parts(ids):
                Image.objects.filter(id__in=some, state=Image.State.LABELLED).exclude(state=state).update(
                    state=state, submitted_at=submitted_at
                )

    def _tell(self) -> None:
        for image_id, rows in self.changes.items():
            changes = [
                {
                    "id": str(row.annotation),
                    "op": row.change,
                    **{name: row.snapshot[name] for name in ("prediction", "source", "label")},
                }
                for row in rows
            ]
            actor_id = self.actor.pk if self.actor else None
            send_after_commit(
                annotations_changed, project_id=self.project.id, image_id=image_id, actor_id=actor_id, changes=changes
            )
        publish("images", project_id=self.project.id, changed=len(self.changes))


def _remove_stragglers(job: Job, target: Job, counts: dict[str, int]) -> None:
    """Images of a chunk that a crash or a cancellation kept from being closed."""
    left = Image.objects.filter(project=target.project, metadata__import=str(target.id))
    for some in _parts(list(left.exclude(annotations__deleted=False).values_list("id", flat=True))):
        if job.created_by is not None:
            counts["images_removed"] += delete_images(
                actor=job.created_by, project=target.project, image_ids=list(some)
            )


def _parts(ids: Sequence[T]) -> list[Sequence[T]]:
    return [ids[at : at + IN_CLAUSE] for at in range(0, len(ids), IN_CLAUSE)]


def _remove_labels(job: Job, target: Job) -> int:
    """Labels that the import made and nothing uses any more."""
    row = ImportChunk.objects.filter(job=target, number=PREPARATION).first()
    made = set(row.states.get("labels", [])) if row else set()
    project = target.project
    unused = set(
        Label.objects.filter(project=project, id__in=made, annotations=None, children=None).values_list("id", flat=True)
    )
    if not unused or job.created_by is None:
        return 0
    project.refresh_from_db(fields=["schema_revision"])
    rows = [
        {"id": label.id, "name": label.name}
        for label in project.labels.order_by("position", "id")
        if label.id not in unused
    ]
    try:
        replace_labels(actor=job.created_by, project=project, schema_revision=project.schema_revision, labels=rows)
    except Conflict:
        return 0  # somebody uses or changes them at this moment: they stay
    return len(unused)
