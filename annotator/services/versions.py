"""Dataset versions: frozen as an immutable, hashed manifest of images, annotations and splits; renamed, deleted."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, ProtectedError, RestrictedError

from annotator.core.errors import Conflict
from annotator.core.ids import uuid7
from annotator.core.manifest import ManifestHeader, write_manifest
from annotator.core.progress import Progress, SilentProgress
from annotator.core.records import ImageRecord
from annotator.core.splits import DEFAULT_FRACTIONS, SplitRule
from annotator.events import publish
from annotator.models import AuditEvent, DatasetVersion, Image, Job, Project, User
from annotator.queries.annotations import iter_image_records
from annotator.queries.schema import schema_in_use
from annotator.queries.versions import diff_keys
from annotator.services.audit import record
from annotator.services.files import put_object
from annotator.services.jobs import create_job
from annotator.services.splits import SplitDraft, chosen_states, draft_split

CHUNK = 500
AT_ONCE = 2000
"""Up to so many images a version is frozen while the request waits."""


@dataclass(frozen=True, slots=True)
class VersionSettings:
    """How to freeze; empty ``states`` = labelled and reviewed images."""

    name: str = ""
    notes: str = ""
    rule: SplitRule = field(default_factory=SplitRule)
    states: tuple[str, ...] = ()
    refresh_held_out: bool = False


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


def start_version(*, actor: User, project: Project, settings: VersionSettings) -> Job:
    """Queue the freezing of a version; the job's result names it. Raises :class:`Conflict` when nothing is labelled."""
    if not version_images(project, settings.states).exists():
        raise _nothing(settings.states)
    parameters = {"action": "freeze", **msgspec.to_builtins(settings)}
    return create_job(actor=actor, project=project, kind=Job.Kind.VERSION, parameters=parameters)


def version_images(project: Project, states: tuple[str, ...] = ()) -> Any:
    """The images that a version of these states would hold."""
    return Image.objects.filter(project=project, state__in=chosen_states(states))


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

    See :func:`annotator.services.splits.draft_split` for what decides the split of an image.
    """
    rule = SplitRule(fractions=fractions or DEFAULT_FRACTIONS, seed=seed)
    settings = VersionSettings(name, notes, rule, tuple(only_states), refresh_held_out)
    return freeze_version(actor=actor, project=project, settings=settings)


def freeze_version(
    *,
    actor: User | None,
    project: Project,
    settings: VersionSettings,
    version_id: UUID | None = None,
    progress: Progress | None = None,
) -> DatasetVersion:
    """Freeze with all settings; with a ``version_id`` that exists already (a job started again) that version is it."""
    if version_id is not None and (made := DatasetVersion.objects.filter(project=project, id=version_id).first()):
        return made
    progress = progress or SilentProgress()
    progress.advance(0, None, "Deciding the split")
    images = version_images(project, settings.states)
    draft = draft_split(project, images, settings.rule, refresh_held_out=settings.refresh_held_out)
    if not draft.items:
        raise _nothing(settings.states)
    version = DatasetVersion(
        id=version_id or uuid7(),
        project=project,
        name=settings.name.strip(),
        notes=settings.notes,
        labels=schema_in_use(project),
        parameters=_parameters(draft, settings),
        created_by=actor,
    )
    splits, held_out = draft.plan.splits, _held_out(draft.before, draft.plan.splits)
    del draft  # in large projects it takes much memory
    _write(version, splits, held_out, progress)
    return _save(actor, version)


def _write(version: DatasetVersion, splits: dict[str, str], held_out: dict[str, list[str]], progress: Progress) -> None:
    """Put the manifest into the store and its key, hash and counts on the (unsaved) row."""
    header = ManifestHeader(version=1, project=str(version.project_id), labels=version.labels, held_out=held_out)
    counts = _Counts()
    version.manifest_key = f"versions/{version.project_id}/{version.id}.jsonl.gz"

    def counted() -> Iterator[ImageRecord]:
        for image in _records(version.project, sorted(splits), splits):
            progress.advance(counts.images, len(splits), "Freezing")
            yield counts.add(image)

    with tempfile.TemporaryFile() as file:
        version.hash = write_manifest(file, header, counted())
        file.seek(0)
        put_object(version.manifest_key, file)
    version.counts = {
        "images": counts.images,
        "annotations": counts.annotations,
        "splits": dict(counts.splits),
        "labels": dict(counts.labels),
    }


def _nothing(states: tuple[str, ...]) -> Conflict:
    return Conflict(
        "There is nothing to freeze: no image is labelled yet. Submit some images first.",
        fields={"states": list(chosen_states(states))},
    )


def _parameters(draft: SplitDraft, settings: VersionSettings) -> dict[str, Any]:
    rule: dict[str, Any] = msgspec.to_builtins(draft.rule)
    plain = {
        name: rule[name] for name in ("stratify", "near_duplicates", "keep_fixed", "together", "assign_by", "assign")
    }
    default: dict[str, Any] = msgspec.to_builtins(SplitRule())
    return {
        "seed": draft.rule.seed,
        "fractions": dict(draft.rule.fractions),
        "states": list(chosen_states(settings.states)),
        "held_out_kept": draft.held_out_kept,
        "near_duplicate_conflicts": draft.plan.conflicts,
        **{name: value for name, value in plain.items() if value != default[name]},
        **({"test_locked": True} if draft.locked else {}),
        **({"warnings": [warning["text"] for warning in draft.warnings]} if draft.warnings else {}),
    }


@transaction.atomic
def _save(actor: User | None, version: DatasetVersion) -> DatasetVersion:
    Project.objects.select_for_update().get(id=version.project_id)  # numbers are given one after the other
    version.number = _next_number(version.project)
    version.save(force_insert=True)
    record(
        actor=actor, action="version.created", project=version.project, target=str(version.id), detail=version.counts
    )
    publish("versions", project_id=version.project_id, id=version.id, number=version.number)
    return version


def _next_number(project: Project) -> int:
    """One more than any version ever had: the number of a deleted one is never given again."""
    newest = DatasetVersion.objects.filter(project=project).aggregate(n=Max("number"))["n"] or 0
    deleted = AuditEvent.objects.filter(project=project, action="version.deleted").values_list("detail", flat=True)
    return int(max([newest, *(int(detail.get("number", 0)) for detail in deleted)])) + 1


def _held_out(before: Mapping[str, str], splits: Mapping[str, str]) -> dict[str, list[str]]:
    together = {**before, **{image: split for image, split in splits.items() if split in {"val", "test"}}}
    return {split: sorted(image for image, found in together.items() if found == split) for split in ("val", "test")}


def _records(project: Project, ids: Sequence[str], splits: dict[str, str]) -> Iterator[ImageRecord]:
    """The images of the version with the hashes of their pictures and where they were on their way."""
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        rows = Image.objects.filter(id__in=some).values_list("id", "sha256", "state")
        facts = {str(image_id): {"sha256": sha256, "state": state} for image_id, sha256, state in rows}
        for image in iter_image_records(project, image_ids=some, splits=splits):
            yield replace(image, source={**facts.get(image.id or "", {}), "source": dict(image.source)})


def describe_version(*, actor: User | None, version: DatasetVersion, changes: Mapping[str, str]) -> DatasetVersion:
    """Change name or notes: they are no part of what is frozen."""
    for name in ("name", "notes"):
        if name in changes:
            setattr(version, name, changes[name].strip())
    with transaction.atomic():
        version.save(update_fields=["name", "notes"])
        record(actor=actor, action="version.described", project=version.project, target=str(version.id))
        publish("versions", project_id=version.project_id, id=version.id, number=version.number)
    return version


def delete_version(*, actor: User | None, version: DatasetVersion) -> None:
    """Delete a version and its manifest for good; raises :class:`Conflict` when a run was trained on it."""
    keys = [version.manifest_key, *diff_keys(version)]
    version_id, number, project = version.id, version.number, version.project
    try:
        with transaction.atomic():
            version.delete()
            detail = {"number": number, "name": version.name, "hash": version.hash}
            record(actor=actor, action="version.deleted", project=project, target=str(version_id), detail=detail)
            publish("versions", project_id=project.id, id=version_id, number=number)
            transaction.on_commit(partial(_delete_objects, keys))
    except (RestrictedError, ProtectedError):
        text = f"Version {number} cannot be deleted: a run was trained on it, and its figures would mean nothing."
        raise Conflict(text) from None


def _delete_objects(keys: Sequence[str]) -> None:
    for key in keys:
        default_storage.delete(key)
