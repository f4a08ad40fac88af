"""The second reading of a dataset: everything goes in, in chunks that are each committed."""

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotator.core.errors import InvalidInput
from annotator.core.ids import uuid7
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.project_settings import read_settings
from annotator.core.records import FOREIGN_ATTRIBUTE, AnnotationRecord, ImageRecord, Issue
from annotator.models import Image, Project, User
from annotator.queries.figures import count_all_anew
from annotator.services.annotations import Mode as WriteMode
from annotator.services.annotations import import_many
from annotator.services.import_matching import fresh_records, images_by_source_id, live_annotations
from annotator.services.import_settings import ImportSettings
from annotator.services.import_survey import is_annotated
from annotator.services.intake import Intake, IntakeResult
from annotator.services.size_only import SizedName, add_size_only_images, check_sized_name
from annotator.services.suggestions import SuggestionBatch, keep_suggestions, keeps_suggestions

MAX_IMAGES, MAX_PICTURES, MAX_ANNOTATIONS = 1000, 50, 20_000
"""A chunk ends with the first of these: images, pictures with bytes, annotations."""
ATTEMPTS = 3
"""Times that a chunk is tried while others write the same names."""
COUNTS = (
    "images_added", "images_size_only", "images_matched", "images_renamed", "images_refused", "images_not_here",
    "annotations_added", "annotations_already_there", "annotations_replaced", "annotations_refused",
    "images_skipped", "images_labelled", "suggestions_added",
)  # fmt: skip


@dataclass(slots=True)
class Chunk:
    """What one committed step did."""

    images: list[UUID] = field(default_factory=list)
    """Images that it made."""
    annotations: list[UUID] = field(default_factory=list)
    """Annotations that it made."""
    replaced: list[UUID] = field(default_factory=list)
    """Annotations that it deleted."""
    states: dict[str, list[Any]] = field(default_factory=dict)
    """Older image → state and time of submission (ISO or none) before, where the step touched it."""
    counts: dict[str, int] = field(default_factory=dict)


class Ledger(Protocol):
    """Remembers which chunks were committed."""

    batch: UUID
    """Identifies the import: its images carry it, so that they are found again."""

    def counts(self, number: int, digest: str) -> Mapping[str, int] | None:
        """What the chunk did when it was committed before; ``None`` when it was not, or held something else."""

    def close(self, number: int, digest: str, chunk: Chunk) -> None:
        """Enter a chunk; called as the last statement of its transaction."""


@dataclass
class ImportRun:
    """The second reading: everything goes in."""

    actor: User
    project: Project
    settings: ImportSettings
    labels: Mapping[str, int]
    chosen: frozenset[str] | None
    total: int
    issues: IssueCollector
    progress: Progress
    ledger: Ledger | None = None
    name: str = "Import"
    """What people call it: suggestions are listed under it."""
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTS, 0)))
    _declared: dict[int, frozenset[str]] = field(default_factory=dict)
    _test_locked: bool = False
    _batch: UUID = field(default_factory=uuid7)

    def take_in(self, intake: Intake, images: Iterator[ImageRecord]) -> None:
        """Bring ``images`` in, chunk by chunk; those that the ledger knows are only counted."""
        self._declared = {
            label.id: frozenset(str(item.get("name")) for item in label.attributes)
            for label in self.project.labels.all()
        }
        self._test_locked = read_settings(self.project.settings).test_locked
        self._batch = self.ledger.batch if self.ledger else self._batch
        done = 0
        self.progress.advance(0, self.total, "Importing")
        for number, records in enumerate(_chunks(images)):
            digest = _digest(records) if self.ledger else ""
            before = self.ledger.counts(number, digest) if self.ledger else None
            if before is None:
                pictures = self._pictures(intake, records, done)
                with _without_collector():
                    self._commit(number, digest, records, pictures)
            else:
                self.counts.update(before)
            done += len(records)
            self.progress.advance(done, self.total, "Importing")
        count_all_anew(self.project.id)

    def _pictures(self, intake: Intake, records: list[ImageRecord], done: int) -> dict[int, IntakeResult]:
        """Take the pictures in, each for itself; by position in the chunk."""
        results = {}
        for index, image in enumerate(records):
            if image.path is None:
                continue
            split = self.split_of(image, self.issues)
            metadata = self.metadata_of(image)
            results[index] = result = intake.add(image.path, name=image.name, split=split, metadata=metadata)
            if result.image is not None and result.status == "duplicate" and split and not result.image.split:
                Image.objects.filter(id=result.image.id, split="").update(split=split)
            self.progress.advance(done + index + 1, self.total, "Importing")
        return results

    def _commit(
        self, number: int, digest: str, records: list[ImageRecord], pictures: Mapping[int, IntakeResult]
    ) -> None:
        """One transaction: images without files, annotations, states, and the entry in the ledger."""
        for left in reversed(range(ATTEMPTS)):
            chunk, issues = Chunk(counts=dict.fromkeys(COUNTS, 0)), list[Issue]()
            try:
                with transaction.atomic():
                    _Step(self, chunk, issues).run(records, pictures)
                    if self.ledger is not None:
                        self.ledger.close(number, digest, chunk)
                break
            except IntegrityError:  # somebody made an image of the same name a moment ago: now it is found
                if not left:
                    raise
        self.counts.update(chunk.counts)
        for issue in issues:
            self.issues(issue)

    def own_names(self, annotation: AnnotationRecord) -> AnnotationRecord:
        """Attributes that the schema does not know are kept under a prefix, so that an export can give them back."""
        if not annotation.attributes:
            return annotation
        declared = self._declared.get(self.labels[annotation.label], frozenset())
        unknown = [name for name in annotation.attributes if name not in declared and ":" not in name]
        if not unknown:
            return annotation
        renamed = {
            f"{FOREIGN_ATTRIBUTE}{n}" if n in unknown else n: value for n, value in annotation.attributes.items()
        }
        return replace(annotation, attributes=renamed)

    def split_of(self, image: ImageRecord, report: Callable[[Issue], None]) -> str:
        """The split that an image gets from its file; a locked test set takes nothing in."""
        split = (image.split or "") if self.settings.keep_splits else ""
        if split == "test" and self._test_locked:
            text = f"“{image.name}” belongs to the test split of the files, but the test set of this project is locked."
            report(Issue("test_locked", "info", text, file=image.name))
            return ""
        return split

    def metadata_of(self, image: ImageRecord) -> dict[str, Any]:
        """What the file says beside name and size, and which import brought the image."""
        source = {key: value for key, value in image.source.items() if key != "annotated"}
        mark = {"import": str(self.ledger.batch)} if self.ledger else {}
        return {**({"source": source} if source else {}), **mark}

    def is_older(self, image: Image) -> bool:
        """Whether the image was there before this import."""
        return self.ledger is None or image.metadata.get("import") != str(self.ledger.batch)

    def suggest(self, items: Sequence[tuple[UUID, Sequence[AnnotationRecord]]]) -> int:
        """Hand records over as suggestions; answers how many are new."""
        batch = SuggestionBatch(self._batch, self.name, self.actor, self.project, self.labels)
        return keep_suggestions(batch, items)

    def wants_annotations(self, image: ImageRecord) -> bool:
        """Whether somebody annotated the image, and its annotations are among those that come in."""
        return is_annotated(image) and (self.chosen is None or image.name in self.chosen)


@dataclass(slots=True)
class _Step:
    """What happens inside the transaction of one chunk."""

    run_: ImportRun
    chunk: Chunk
    issues: list[Issue]
    leftover: set[UUID] = field(default_factory=set)
    """Images of the chunk that an earlier attempt made."""

    def run(self, records: list[ImageRecord], pictures: Mapping[int, IntakeResult]) -> None:
        without = [image for image in records if image.path is None]
        named = self._named(without) if without else {}
        pairs: list[tuple[Image, ImageRecord]] = []
        for index, image in enumerate(records):
            result = pictures.get(index)
            if result is not None:
                self._count(result)
            row = result.image if result is not None else named.get(image.name)
            if row is not None:
                pairs.append((row, image))
        self._suggest(pairs)
        if self.run_.settings.mode != "predictions":
            self._annotate([pair for pair in pairs if self.run_.wants_annotations(pair[1])])

    def _count(self, result: IntakeResult) -> None:
        key = {"added": "added", "renamed": "renamed", "duplicate": "matched", "refused": "refused"}[result.status]
        key = "matched" if result.code == "filled" else key
        if key == "matched" and result.image is not None and self._is_leftover(result):
            key = "added"
            self.leftover.add(result.image.id)
        self.chunk.counts[f"images_{key}"] += 1
        if key in {"added", "renamed"} and result.image is not None:
            self.chunk.images.append(result.image.id)
        if result.status == "refused":
            self.issues.append(Issue(result.code, "error", result.detail, file=result.name))

    def _is_leftover(self, result: IntakeResult) -> bool:
        """Whether an earlier attempt of this import took the picture in, but was killed before the chunk was closed."""
        image = result.image
        return (
            image is not None and image.name == result.name and not self.run_.is_older(image) and bool(self.run_.ledger)
        )

    def _named(self, without: list[ImageRecord]) -> dict[str, Image]:
        """Rows of records whose pictures are not here: found by name or, if wished, made."""
        names = [image.name for image in without]
        found = {row.name: row for row in Image.objects.filter(project=self.run_.project, name__in=names)}
        found |= images_by_source_id(self.run_.project, [image for image in without if image.name not in found])
        wanted: dict[str, SizedName] = {}
        for image in without:
            if image.name in found or image.name in wanted:
                self.chunk.counts["images_matched"] += 1
            elif not self.run_.settings.size_only or not (image.width and image.height):
                self.chunk.counts["images_not_here"] += 1
            else:
                sized = self._sized(image)
                if sized is not None:
                    wanted[image.name] = sized
        made = add_size_only_images(actor=self.run_.actor, project=self.run_.project, images=wanted.values())
        self.chunk.counts["images_size_only"] += len(made)
        self.chunk.images += [row.id for row in made.values()]
        return found | made

    def _sized(self, image: ImageRecord) -> SizedName | None:
        split, metadata = self.run_.split_of(image, self.issues.append), self.run_.metadata_of(image)
        sized = SizedName(image.name, image.width, image.height, split, metadata)
        try:
            check_sized_name(sized)
        except InvalidInput as error:
            self.chunk.counts["images_refused"] += 1
            self.issues.append(Issue(error.code, "error", error.detail, file=image.name))
            return None
        return sized

    def _suggest(self, pairs: Iterable[tuple[Image, ImageRecord]]) -> None:
        """Predictions of the files are suggestions; so is everything, if that was wished."""
        run, items = self.run_, []
        everything = run.settings.mode == "predictions"
        if not everything and not keeps_suggestions():
            return
        for image, seen in pairs:
            found = (*seen.annotations, *seen.predictions) if everything else seen.predictions
            if records := [run.own_names(a) for a in found if a.label in run.labels]:
                items.append((image.id, records))
        if items:
            self.chunk.counts["suggestions_added"] += run.suggest(items)

    def _annotate(self, pairs: list[tuple[Image, ImageRecord]]) -> None:
        run, counts, new = self.run_, self.chunk.counts, frozenset(self.chunk.images) - self.leftover
        older = [image for image, _ in pairs if image.id not in new]
        live = live_annotations([image.id for image in older]) if older else {}
        items, backgrounds = [], []
        for image, seen in pairs:
            here = live.get(image.id, [])
            if run.settings.mode == "skip" and here:
                counts["images_skipped"] += 1
                continue
            records = [run.own_names(a) for a in seen.annotations if a.label in run.labels]
            fresh = fresh_records(records, here, run.labels, width=image.width, height=image.height)
            counts["annotations_already_there"] += len(records) - len(fresh)
            if run.settings.mode == "replace" and (fresh or len(records) != len(here)):
                items.append((image.id, records))
            elif fresh:
                items.append((image.id, fresh))
            elif not here and not seen.annotations:
                backgrounds.append(image.id)
        touched = {image_id for image_id, _ in items} | set(backgrounds)
        self._keep_states([image for image in older if image.id in touched and run.is_older(image)])
        self._write(items)
        empty = Image.objects.filter(id__in=backgrounds, state=Image.State.NEW)
        counts["images_labelled"] += empty.update(state=Image.State.LABELLED, submitted_at=timezone.now())

    def _keep_states(self, images: Iterable[Image]) -> None:
        for image in images:
            at = image.submitted_at.isoformat() if image.submitted_at else None
            self.chunk.states[str(image.id)] = [image.state, at]

    def _write(self, items: list[tuple[UUID, list[AnnotationRecord]]]) -> None:
        mode: WriteMode = "replace" if self.run_.settings.mode == "replace" else "add"
        found = import_many(
            actor=self.run_.actor,
            project=self.run_.project,
            items=items,
            labels=self.run_.labels,
            mode=mode,
            state=Image.State.LABELLED,
            report=self.issues.append,
        )
        self.chunk.annotations += found.created
        self.chunk.replaced += found.deleted
        self.chunk.counts["annotations_added"] += found.added
        self.chunk.counts["annotations_replaced"] += found.replaced
        self.chunk.counts["annotations_refused"] += found.refused
        self.chunk.counts["images_labelled"] += found.images


def _chunks(images: Iterator[ImageRecord]) -> Iterator[list[ImageRecord]]:
    """The same pieces every time: a repeated run finds its chunks again."""
    chunk: list[ImageRecord] = []
    pictures = annotations = 0
    for image in images:
        chunk.append(image)
        pictures += image.path is not None
        annotations += len(image.annotations)
        if len(chunk) >= MAX_IMAGES or pictures >= MAX_PICTURES or annotations >= MAX_ANNOTATIONS:
            yield chunk
            chunk, pictures, annotations = [], 0, 0
    if chunk:
        yield chunk


def _digest(records: Iterable[ImageRecord]) -> str:
    """SHA-256 of what the records say, wherever their files were unpacked this time."""
    digest = hashlib.sha256()
    for image in records:
        said = (image.name, image.width, image.height, image.split, image.annotations, image.predictions, image.source)
        try:
            digest.update(msgspec.json.encode(said, enc_hook=str))
        except (TypeError, ValueError):  # half a surrogate, or keys that are no text
            digest.update(repr(said).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Tens of thousands of rows without a cycle among them: the cyclic collector would only walk them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
