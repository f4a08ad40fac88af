"""The second reading of a dataset: everything goes in, in chunks that are each committed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils import timezone

from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import FOREIGN_ATTRIBUTE, AnnotationRecord, ImageRecord, Issue
from annotator.models import Image, Project, User
from annotator.services.annotations import import_many
from annotator.services.import_matching import fresh_records, live_annotations
from annotator.services.import_settings import ImportSettings, Mode
from annotator.services.import_survey import is_annotated
from annotator.services.intake import Intake, IntakeResult

CHUNK = 50
"""Pictures per committed step."""


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
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            (
                "images_added", "images_matched", "images_renamed", "images_refused", "images_not_here",
                "annotations_added", "annotations_already_there", "annotations_replaced", "annotations_refused",
                "images_skipped", "images_labelled",
            ),
            0,
        )
    )  # fmt: skip
    _declared: dict[int, frozenset[str]] = field(default_factory=dict)

    def take_in(self, intake: Intake, images: Iterator[ImageRecord]) -> None:
        """Bring ``images`` in, chunk by chunk."""
        self._declared = {
            label.id: frozenset(str(item.get("name")) for item in label.attributes)
            for label in self.project.labels.all()
        }
        done = 0
        self.progress.advance(0, self.total, "Importing")
        while chunk := list(islice(images, CHUNK)):
            pairs: list[tuple[Image, ImageRecord]] = []
            for image in chunk:
                row = self._picture(intake, image)
                if row is not None:
                    pairs.append((row, image))
                done += 1
                self.progress.advance(done, self.total, "Importing")
            wanted = [pair for pair in pairs if self._wants_annotations(pair[1])]
            self._annotate(wanted)

    def _wants_annotations(self, image: ImageRecord) -> bool:
        return is_annotated(image) and (self.chosen is None or image.name in self.chosen)

    def _picture(self, intake: Intake, image: ImageRecord) -> Image | None:
        """The image row that belongs to a record: new, found by its bytes, or (without a file) found by its name."""
        if image.path is None:
            found = Image.objects.filter(project=self.project, name=image.name).first()
            self.counts["images_matched" if found else "images_not_here"] += 1
            return found
        split = (image.split or "") if self.settings.keep_splits else ""
        source = {key: value for key, value in image.source.items() if key != "annotated"}
        result = intake.add(image.path, name=image.name, split=split, metadata={"source": source} if source else None)
        self._count(result)
        if result.image is not None and result.status == "duplicate" and split and not result.image.split:
            Image.objects.filter(id=result.image.id, split="").update(split=split)
        return result.image

    def _count(self, result: IntakeResult) -> None:
        key = {"added": "added", "renamed": "renamed", "duplicate": "matched", "refused": "refused"}[result.status]
        self.counts[f"images_{key}"] += 1
        if result.status == "refused":
            self.issues(Issue(result.code, "error", result.detail, file=result.name))

    def _annotate(self, pairs: list[tuple[Image, ImageRecord]]) -> None:
        live = live_annotations([image.id for image, _ in pairs])
        items = []
        backgrounds = []
        for image, seen in pairs:
            here = live.get(image.id, [])
            if self.settings.mode == "skip" and here:
                self.counts["images_skipped"] += 1
                continue
            records = [self._own(a) for a in seen.annotations if a.label in self.labels]
            fresh = fresh_records(records, here, self.labels, width=image.width, height=image.height)
            self.counts["annotations_already_there"] += len(records) - len(fresh)
            if self.settings.mode == "replace" and (fresh or len(records) != len(here)):
                items.append((image.id, records))
            elif fresh:
                items.append((image.id, fresh))
            elif not here and not seen.annotations:
                backgrounds.append(image.id)
        self._write(items)
        new = Image.objects.filter(id__in=backgrounds, state=Image.State.NEW)
        self.counts["images_labelled"] += new.update(state=Image.State.LABELLED, submitted_at=timezone.now())

    def _write(self, items: list[Any]) -> None:
        mode: Mode = "replace" if self.settings.mode == "replace" else "add"
        found = import_many(
            actor=self.actor,
            project=self.project,
            items=items,
            labels=self.labels,
            mode=mode,
            state=Image.State.LABELLED,
            report=self.issues,
        )
        self.counts["annotations_added"] += found.added
        self.counts["annotations_replaced"] += found.replaced
        self.counts["annotations_refused"] += found.refused
        self.counts["images_labelled"] += found.images

    def _own(self, annotation: AnnotationRecord) -> AnnotationRecord:
        """Attributes that the schema does not know are kept under a prefix, so that an export can give them back."""
        declared = self._declared.get(self.labels[annotation.label], frozenset())
        unknown = [name for name in annotation.attributes if name not in declared and ":" not in name]
        if not unknown:
            return annotation
        renamed = {
            f"{FOREIGN_ATTRIBUTE}{n}" if n in unknown else n: value for n, value in annotation.attributes.items()
        }
        return replace(annotation, attributes=renamed)
