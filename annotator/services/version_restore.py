"""Restoring a version: annotations go back to what was frozen, as new revisions; nothing is lost.

Before anything changes, the state of now is frozen as a version of its own: restoring that one is the way back. Images
that the version does not hold stay as they are, images that were deleted since are reported.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from annotator.core.errors import AnnotatorError
from annotator.core.geometry.types import geometry_to_json
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.core.splits import SplitRule
from annotator.events import publish
from annotator.models import Annotation, DatasetVersion, Image, Label, User
from annotator.queries.versions import read_manifest
from annotator.services.operations import Operation, save_operations
from annotator.services.versions import VersionSettings, freeze_version

CHUNK = 200
PER_SAVE = 500
"""Operations per transaction: other writers get their turn in between."""
DONE = frozenset({Image.State.LABELLED, Image.State.REVIEWED})


@dataclass(slots=True)
class _Counts:
    images: int = 0
    unchanged: int = 0
    missing: int = 0
    created: int = 0
    changed: int = 0
    removed: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Restore:
    actor: User
    batch: UUID
    labels: Mapping[str, int]
    report: Callable[[Issue], None]
    counts: _Counts = field(default_factory=_Counts)

    def chunk(self, project_id: UUID, records: Sequence[ImageRecord]) -> None:
        ids = [UUID(record.id) for record in records if record.id]
        images = {image.id: image for image in Image.objects.filter(project=project_id, id__in=ids)}
        rows = _rows(list(images), records)
        for record in records:
            image = images.get(UUID(record.id)) if record.id else None
            if image is None:
                self.counts.missing += 1
                text = f"“{record.name}” was deleted from the project; its annotations stay in the version."
                self.report(Issue("image_not_found", "warning", text, file=record.name))
                continue
            self._image(image, record, rows.get(image.id, {}))
        _bring_back_states(images, records)

    def _image(self, image: Image, record: ImageRecord, rows: Mapping[UUID, Annotation]) -> None:
        operations = list(self._operations(image, record, rows))
        if not operations:
            self.counts.unchanged += 1
            return
        self.counts.images += 1
        for start in range(0, len(operations), PER_SAVE):
            self._save(image, operations[start : start + PER_SAVE])

    def _operations(self, image: Image, record: ImageRecord, rows: Mapping[UUID, Annotation]) -> Iterator[Operation]:
        kept: set[UUID] = set()
        for past in record.annotations:
            shape_id = UUID(past.id or "")
            kept.add(shape_id)
            label = self.labels.get(past.label)
            if label is None:
                self._refuse(image, f"The label “{past.label}” does not exist any more.")
                continue
            if operation := self._bring_back(shape_id, past, label, rows.get(shape_id)):
                yield operation
        for shape in rows.values():
            if shape.id not in kept and not shape.deleted:
                yield Operation(self._id("delete", shape.id, shape.revision), "delete", shape.id, shape.revision)

    def _bring_back(
        self, shape_id: UUID, past: AnnotationRecord, label: int, now: Annotation | None
    ) -> Operation | None:
        values = {
            "label": label,
            "geometry": geometry_to_json(past.geometry),
            "attributes": dict(past.attributes),
            "z_order": past.z_order,
        }
        if now is None:
            return Operation(self._id("create", shape_id, 0), "create", shape_id, values=values, from_history=True)
        same = {"label": now.label_id, "geometry": now.geometry, "attributes": now.attributes, "z_order": now.z_order}
        if not now.deleted and values == same:
            return None
        values |= {"source": now.source, "score": now.score}
        operation_id = self._id("restore", shape_id, now.revision)
        return Operation(operation_id, "restore", shape_id, values=values, from_history=True)

    def _id(self, change: str, shape_id: UUID, revision: int) -> UUID:
        """The same for the same step of a job that was started again."""
        return uuid5(self.batch, f"{change}:{shape_id}:{revision}")

    def _save(self, image: Image, operations: Sequence[Operation]) -> None:
        names = {"create": "created", "restore": "changed", "delete": "removed"}
        try:
            results = save_operations(actor=self.actor, image_id=image.id, operations=operations).results
        except AnnotatorError as error:  # the image was deleted while we worked
            self._refuse(image, error.detail)
            return
        for operation, result in zip(operations, results, strict=True):
            if result.status in {"applied", "repeated"}:
                name = names[operation.type]
                setattr(self.counts, name, getattr(self.counts, name) + 1)
            else:
                self._refuse(image, result.detail)

    def _refuse(self, image: Image, text: str) -> None:
        self.counts.refused += 1
        self.report(Issue("not_restored", "error", text, file=image.name))


def restore_version(
    *, actor: User, version: DatasetVersion, batch: UUID, backup_id: UUID, progress: Progress
) -> dict[str, Any]:
    """Put the annotations of ``version`` back; returns counts, issues and the version of the state before.

    ``batch`` makes a second run of the same job repeat nothing; ``backup_id`` is the id of the version made before.
    """
    backup = freeze_version(
        actor=actor,
        project=version.project,
        settings=VersionSettings(
            name=f"Before restoring v{version.number}",
            notes=f"Made by itself. Restore it to undo the restoring of version {version.number}.",
            rule=SplitRule(fractions={"train": 1.0}),  # nothing new is held out
            states=tuple(Image.State.values),
        ),
        version_id=backup_id,
        progress=progress,
    )
    issues = IssueCollector()
    restore = _Restore(actor, batch, _labels(version), issues)
    total, done = int(version.counts.get("images", 0)), 0
    records = read_manifest(version)
    while some := list(islice(records, CHUNK)):
        progress.advance(done, total, "Restoring")
        restore.chunk(version.project_id, some)
        done += len(some)
    progress.advance(done, total, "Restored")
    publish("images", project_id=version.project_id)
    counts = restore.counts
    return {
        "version": str(version.id),
        "number": version.number,
        "backup": {"version": str(backup.id), "number": backup.number},
        "counts": {
            "images": counts.images,
            "unchanged": counts.unchanged,
            "missing": counts.missing,
            "created": counts.created,
            "changed": counts.changed,
            "removed": counts.removed,
            "refused": counts.refused,
        },
        "issues": issues.as_json(),
    }


def _rows(image_ids: Sequence[UUID], records: Sequence[ImageRecord]) -> dict[UUID, dict[UUID, Annotation]]:
    """All annotations of the images that matter: live ones, and deleted ones that the version has."""
    frozen = {UUID(shape.id or "") for record in records for shape in record.annotations}
    rows: dict[UUID, dict[UUID, Annotation]] = {}
    for shape in Annotation.objects.filter(image_id__in=list(image_ids)).iterator(chunk_size=2000):
        if not shape.deleted or shape.id in frozen:
            rows.setdefault(shape.image_id, {})[shape.id] = shape
    return rows


def _labels(version: DatasetVersion) -> dict[str, int]:
    """Name in the version → label id of now: the same row under whatever name, else the one that has the name now."""
    now = dict(Label.objects.filter(project=version.project_id).values_list("id", "name"))
    by_name = {name: label_id for label_id, name in now.items()}
    found = {
        label["name"]: label["id"] if label["id"] in now else by_name.get(label["name"]) for label in version.labels
    }
    return {name: label_id for name, label_id in found.items() if label_id is not None}


def _bring_back_states(images: Mapping[UUID, Image], records: Sequence[ImageRecord]) -> None:
    """Where the images were on their way; versions of older programs do not know."""
    by_state: dict[str, list[UUID]] = {}
    for record in records:
        state = str(record.source.get("state", ""))
        if record.id and UUID(record.id) in images and state in Image.State.values:
            by_state.setdefault(state, []).append(UUID(record.id))
    for state, ids in by_state.items():
        values = {"submitted_at": timezone.now()} if state in DONE else {"submitted_at": None}
        Image.objects.filter(id__in=ids).exclude(state=state).update(state=state, **values)
