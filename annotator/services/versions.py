"""Freezing dataset versions: an immutable, hashed manifest of images, annotations and splits."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from annotator.core.errors import Conflict, InvalidInput
from annotator.core.ids import uuid7
from annotator.core.manifest import ManifestHeader, write_manifest
from annotator.core.records import ImageRecord
from annotator.core.splits import SplitItem, check_fractions, plan_splits
from annotator.events import publish
from annotator.models import Annotation, DatasetVersion, Image, Label, Project, User
from annotator.queries.annotations import iter_image_records
from annotator.queries.versions import held_out_images
from annotator.services.audit import record
from annotator.services.files import put_object

DEFAULT_FRACTIONS: Mapping[str, float] = {"train": 0.8, "val": 0.2, "test": 0.0}
DEFAULT_STATES: tuple[str, ...] = (Image.State.LABELLED, Image.State.REVIEWED)
HASH_CHUNK = 500


@dataclass
class _Counts:
    images: int = 0
    annotations: int = 0
    splits: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)

    def add(self, image: ImageRecord) -> ImageRecord:
        self.images += 1
        self.annotations += len(image.annotations)
        self.splits[image.split or ""] += 1
        self.labels.update(annotation.label for annotation in image.annotations)
        return image


def create_version(
    *,
    actor: User | None,
    project: Project,
    name: str = "",
    notes: str = "",
    seed: int = 0,
    fractions: Mapping[str, float] | None = None,
    only_states: Sequence[str] = (),
    refresh_held_out: bool = False,
) -> DatasetVersion:
    """Freeze what is labelled now. Raises :class:`Conflict` when nothing is, :class:`InvalidInput` for bad fractions.

    Images that an earlier version held out (validation, test) stay there, and once there is a validation split new
    images go to training, so that figures of different rounds can be compared; ``refresh_held_out`` draws anew.
    Fixed splits of images hold in any case.
    """
    chosen = check_fractions(fractions or DEFAULT_FRACTIONS)
    states = _states(only_states)
    before = {} if refresh_held_out else held_out_images(project_id=project.id)
    items = list(_items(project, states, before))
    if not items:
        raise Conflict(
            "There is nothing to freeze: no image is labelled yet. Submit some images first.",
            fields={"states": list(states)},
        )
    held = any(item.fixed == "val" for item in items) and bool(before)
    rule = {"train": 1.0} if held else chosen
    plan = plan_splits(items, fractions=rule, seed=seed)
    labels = _labels(project)
    header = ManifestHeader(version=1, project=str(project.id), labels=labels, held_out=_held_out(before, plan.splits))
    counts, version_id = _Counts(), uuid7()
    key = f"versions/{project.id}/{version_id}.jsonl.gz"
    ids = [item.id for item in items]
    with tempfile.TemporaryFile() as file:
        images = (counts.add(image) for image in _records(project, ids, plan.splits))
        digest = write_manifest(file, header, images)
        file.seek(0)
        put_object(key, file)
    return _save(
        actor,
        DatasetVersion(
            id=version_id,
            project=project,
            name=name.strip(),
            notes=notes,
            hash=digest,
            manifest_key=key,
            parameters={
                "seed": seed,
                "fractions": chosen,
                "states": list(states),
                "held_out_kept": held,
                "near_duplicate_conflicts": plan.conflicts,
            },
            labels=labels,
            counts={
                "images": counts.images,
                "annotations": counts.annotations,
                "splits": dict(counts.splits),
                "labels": dict(counts.labels),
            },
            created_by=actor,
        ),
    )


@transaction.atomic
def _save(actor: User | None, version: DatasetVersion) -> DatasetVersion:
    Project.objects.select_for_update().get(id=version.project_id)  # numbers are given one after the other
    newest = DatasetVersion.objects.filter(project_id=version.project_id).aggregate(n=Max("number"))["n"]
    version.number = (newest or 0) + 1
    version.save(force_insert=True)
    record(
        actor=actor, action="version.created", project=version.project, target=str(version.id), detail=version.counts
    )
    publish("versions", project_id=version.project_id, id=version.id, number=version.number)
    return version


def _states(only_states: Sequence[str]) -> tuple[str, ...]:
    if unknown := sorted(set(only_states) - set(Image.State.values)):
        raise InvalidInput(f"“{unknown[0]}” is no state of an image. There are {', '.join(Image.State.values)}.")
    return tuple(only_states) or DEFAULT_STATES


def _items(project: Project, states: Iterable[str], before: Mapping[str, str]) -> Iterator[SplitItem]:
    """What the split needs to know of every image, in order of id."""
    labels: dict[UUID, set[str]] = {}
    pairs = (
        Annotation.objects.filter(image__project=project, deleted=False).order_by().values_list("image_id", "label_id")
    )
    for image_id, label_id in pairs.distinct().iterator(chunk_size=5000):
        labels.setdefault(image_id, set()).add(str(label_id))
    duplicate_of = dict(
        Image.objects.filter(project=project, duplicate_of__isnull=False).values_list("id", "duplicate_of_id")
    )
    rows = Image.objects.filter(project=project, state__in=list(states)).order_by("id").values_list("id", "split")
    for image_id, split in rows.iterator(chunk_size=5000):
        yield SplitItem(
            id=str(image_id),
            group=str(_root(image_id, duplicate_of)),
            labels=frozenset(labels.get(image_id, ())),
            fixed=split or before.get(str(image_id)),
        )


def _root(image_id: UUID, duplicate_of: Mapping[UUID, UUID | None]) -> UUID:
    seen = {image_id}
    while (parent := duplicate_of.get(image_id)) is not None and parent not in seen:
        seen.add(parent)
        image_id = parent
    return image_id


def _labels(project: Project) -> list[dict[str, Any]]:
    """Labels in class-index order: all that can be given, and archived ones that are still on annotations."""
    used = set(
        Annotation.objects.filter(image__project=project, deleted=False)
        .order_by()
        .values_list("label", flat=True)
        .distinct()
    )
    labels = Label.objects.filter(project=project).order_by("position", "id")
    return [
        {"id": label.id, "name": label.name, "color": label.color}
        for label in labels
        if not label.archived or label.id in used
    ]


def _held_out(before: Mapping[str, str], splits: Mapping[str, str]) -> dict[str, list[str]]:
    together = {**before, **{image: split for image, split in splits.items() if split in {"val", "test"}}}
    return {split: sorted(image for image, found in together.items() if found == split) for split in ("val", "test")}


def _records(project: Project, ids: Sequence[str], splits: dict[str, str]) -> Iterator[ImageRecord]:
    """The images of the version with the hashes of their pictures."""
    for start in range(0, len(ids), HASH_CHUNK):
        some = ids[start : start + HASH_CHUNK]
        hashes = dict(Image.objects.filter(id__in=some).values_list("id", "sha256"))
        for image in iter_image_records(project, image_ids=some, splits=splits):
            yield replace(image, source={"sha256": hashes.get(UUID(image.id or ""), "")})
