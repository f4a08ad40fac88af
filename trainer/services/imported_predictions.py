"""Suggestions that come with an import of the annotator become predictions of a run of their own, without a model."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from annotator.config import get_config
from annotator.core.errors import InvalidInput
from annotator.core.geometry.clip import clip
from annotator.core.geometry.types import Geometry, Mask, geometry_to_json
from annotator.core.geometry.validate import GeometryLimits, check_geometry
from annotator.core.records import AnnotationRecord
from annotator.events import publish
from annotator.models import Image, Project
from annotator.services.suggestions import SuggestionBatch
from trainer.models import Prediction, Run

IN_CLAUSE = 400
_Key = tuple[int, bytes]
"""Label and geometry: what makes two suggestions of imports the same."""


class ImportedPredictions:
    """Keeps suggestions of imports; made known to the annotator when the app starts."""

    def keep(self, batch: SuggestionBatch, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]) -> int:
        """Write what is new, in the caller's transaction.

        An image whose suggestions are all known from earlier imports, decided on or not, stays as it is; otherwise the
        new run holds everything that nobody has decided on, and older pending predictions step back.
        """
        run: Run | None = None
        kept = 0
        for start in range(0, len(items), IN_CLAUSE):
            some = items[start : start + IN_CLAUSE]
            fresh = self._fresh(batch, some)
            if fresh:
                run = run or _run_of(batch)
                kept += _write(run, fresh)
        if kept:
            publish("predictions", project_id=batch.project.id)
        return kept

    def forget(self, project: Project, batch: UUID) -> int:
        """Drop what nobody has decided on of an import that is taken back."""
        run = Run.objects.filter(project=project, kind=Run.Kind.IMPORT, scope__import=str(batch)).first()
        if run is None:
            return 0
        removed, _ = Prediction.objects.filter(run=run, state=Prediction.State.PENDING).delete()
        if not run.predictions.exists():
            run.delete()
        publish("predictions", project_id=project.id)
        return removed

    def _fresh(
        self, batch: SuggestionBatch, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]
    ) -> list[Prediction]:
        sizes = _sizes(batch.project, [image_id for image_id, _ in items])
        known = _known(list(sizes))
        rows: list[Prediction] = []
        for image_id, records in items:
            if image_id not in sizes:
                continue
            wanted = _rows(image_id, records, batch, sizes[image_id])
            here = known.get(image_id, {})
            if all(key in here for key in wanted):
                continue
            rows += [row for key, row in wanted.items() if here.get(key) != "decided"]
        return rows


def _run_of(batch: SuggestionBatch) -> Run:
    """The run of the import; made with its first suggestion."""
    found = Run.objects.filter(project=batch.project, kind=Run.Kind.IMPORT, scope__import=str(batch.id)).first()
    return found or Run.objects.create(
        project=batch.project,
        kind=Run.Kind.IMPORT,
        name=f"Import of {batch.name}"[:200],
        state=Run.State.DONE,
        backend="",
        task=batch.project.task,
        scope={"import": str(batch.id)},
        progress=1.0,
        created_by=batch.actor,
    )


def _sizes(project: Project, image_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    rows = Image.objects.filter(project=project, id__in=image_ids).values_list("id", "width", "height")
    return {pk: (width, height) for pk, width, height in rows}


def _known(image_ids: Sequence[UUID]) -> dict[UUID, dict[_Key, str]]:
    """What earlier imports suggested: ``decided`` when a person has accepted, edited or rejected it."""
    found: dict[UUID, dict[_Key, str]] = {}
    rows = Prediction.objects.filter(image_id__in=image_ids, run__kind=Run.Kind.IMPORT).values_list(
        "image_id", "label_id", "geometry", "state"
    )
    open_states = {Prediction.State.PENDING, Prediction.State.SUPERSEDED}
    for image_id, label, geometry, state in rows.iterator(chunk_size=2000):
        keys = found.setdefault(image_id, {})
        key = (label, _canonical(geometry))
        if keys.get(key) != "decided":
            keys[key] = "open" if state in open_states else "decided"
    return found


def _canonical(geometry: object) -> bytes:
    return msgspec.json.encode(geometry, order="sorted")


def _rows(
    image_id: UUID, records: Sequence[AnnotationRecord], batch: SuggestionBatch, size: tuple[int, int]
) -> dict[_Key, Prediction]:
    """Usable records of one image; shapes that cannot be kept are left out (as labels they are reported)."""
    limits = GeometryLimits(vertices=get_config().max_vertices)
    rows: dict[_Key, Prediction] = {}
    for record in records:
        label = batch.labels.get(record.label)
        geometry = _usable(record.geometry, size, limits)
        if label is None or geometry is None:
            continue
        wire = geometry_to_json(geometry)
        rows[label, _canonical(wire)] = Prediction(
            image_id=image_id,
            label_id=label,
            kind=geometry.kind,
            geometry=wire,
            score=min(max(record.score, 0.0), 1.0) if record.score is not None else 1.0,
        )
    return rows


def _usable(geometry: Geometry, size: tuple[int, int], limits: GeometryLimits) -> Geometry | None:
    width, height = size
    found = clip(geometry, width, height) if isinstance(geometry, Mask) else geometry
    if found is None:
        return None
    try:
        check_geometry(found, width=width, height=height, limits=limits)
    except InvalidInput:
        return None
    return found


def _write(run: Run, rows: list[Prediction]) -> int:
    for row in rows:
        row.run = run
    images = {row.image_id for row in rows}
    older = Prediction.objects.filter(image_id__in=images, state=Prediction.State.PENDING)
    older.exclude(run=run).update(state=Prediction.State.SUPERSEDED)
    Prediction.objects.bulk_create(rows, batch_size=1000)
    return len(rows)
