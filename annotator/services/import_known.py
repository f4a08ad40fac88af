"""What of a dataset a project has already: images by their bytes or name, and the objects on them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from annotator.core.records import ImageRecord, Issue
from annotator.models import Image, Project
from annotator.plugins.formats import Report
from annotator.services.import_labels import plan_labels
from annotator.services.import_matching import fresh_records, images_by_source_id, live_annotations
from annotator.services.import_settings import ImportSettings
from annotator.services.import_survey import Fate, Survey, is_annotated


@dataclass(frozen=True, slots=True)
class _Row:
    """What is needed of an image of the project."""

    id: UUID
    name: str
    width: int
    height: int
    has_file: bool


class Matcher:
    """Finds out which images the project has: pictures by their bytes, records without a picture by their name.

    Bytes are hashed only where two pictures can be the same: in a project with images, or for equal file sizes.
    """

    def __init__(self, project: Project, settings: ImportSettings, report: Report) -> None:
        self._report = report
        self._project = project
        self._settings = settings
        self._images = Image.objects.filter(project=project)
        self._empty = not self._images.exists()
        self._seen: dict[str, str] = {}
        self._sizes: dict[int, tuple[str, Path]] = {}
        self._meaning: dict[str, int | None] = {}

    def settle(self, images: Sequence[ImageRecord], survey: Survey) -> None:
        """Decide the fate of a batch of images, in its order; a dry run also counts the objects that are there."""
        hashes = {image.name: found for image in images if image.path and (found := self._hash(image, survey))}
        here = self._known(hashes.values())
        named = self._named(images)
        pairs: list[tuple[ImageRecord, _Row]] = []
        for image in images:
            digest = hashes.get(image.name, "")
            row = here.get(digest) if image.path else named.get(image.name)
            if image.path and row is None and (waiting := named.get(image.name)) and not waiting.has_file:
                row = waiting  # the picture of an image that was made without one
            if row is not None:
                survey.settle(image.name, "matched", row.name)
                pairs.append((image, row))
            elif image.path is None:
                survey.settle(image.name, self._absent(image))
            elif digest and self._seen.setdefault(digest, image.name) != image.name:
                first = self._seen[digest]
                survey.settle(image.name, "repeated", first)
                text = f"This is the same picture as “{first}”; what is on it goes there."
                self._report(Issue("repeated_picture", "warning", text, file=image.name))
            else:
                survey.settle(image.name, "new")
        if self._settings.dry_run:  # the import itself compares again, with what is there then
            survey.objects_here += self._objects(pairs)

    def _absent(self, image: ImageRecord) -> Fate:
        return "size_only" if self._settings.size_only and image.width > 0 and image.height > 0 else "without_file"

    def _hash(self, image: ImageRecord, survey: Survey) -> str:
        path = image.path
        try:
            size = path.stat().st_size if path else 0
            survey.bytes += size
            if path is None or (self._empty and size not in self._sizes):
                self._sizes[size] = (image.name, path or Path())
                return ""
            first = self._sizes.get(size)
            if first is not None:  # now the earlier picture of this size has to be known, too
                self._seen.setdefault(_sha256(first[1]), first[0])
            return _sha256(path)
        except OSError:
            return ""  # the intake says what is wrong with it

    def _known(self, hashes: Iterable[str]) -> dict[str, _Row]:
        wanted = list(hashes)
        if self._empty or not wanted:
            return {}
        found: dict[str, _Row] = {}
        same = Q(sha256__in=wanted) | Q(original_sha256__in=wanted)
        for row in self._images.filter(same).order_by("-id"):
            found |= dict.fromkeys((row.sha256, row.original_sha256), _row(row))
        found.pop("", None)
        return found

    def _named(self, images: Sequence[ImageRecord]) -> dict[str, _Row]:
        if self._empty:
            return {}
        rows = {row.name: row for row in self._images.filter(name__in=[image.name for image in images])}
        rows |= images_by_source_id(self._project, [image for image in images if image.name not in rows])
        return {name: _row(row) for name, row in rows.items()}

    def _objects(self, pairs: Sequence[tuple[ImageRecord, _Row]]) -> int:
        """Objects of the files that are on the images of the project already."""
        wanted = [(image, row) for image, row in pairs if image.annotations and is_annotated(image)]
        live = live_annotations([row.id for _, row in wanted]) if wanted else {}
        labels = self._labels({a.label for image, row in wanted if row.id in live for a in image.annotations})
        count = 0
        for image, row in wanted:
            if row.id in live:
                records = [a for a in image.annotations if a.label in labels]
                fresh = fresh_records(records, live[row.id], labels, width=row.width, height=row.height)
                count += len(records) - len(fresh)
        return count

    def _labels(self, names: Iterable[str]) -> Mapping[str, int]:
        """Name in the files → label that it means now; names that would be new are on no image."""
        missing = sorted(set(names) - self._meaning.keys())
        if missing:
            plan = plan_labels(self._project, [], dict.fromkeys(missing, 1), self._settings.labels)
            self._meaning |= {label.source: label.target for label in plan}
        return {name: target for name, target in self._meaning.items() if target is not None}


def _row(image: Image) -> _Row:
    return _Row(image.id, image.name, image.width, image.height, image.has_file)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
