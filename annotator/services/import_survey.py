"""The first reading of a dataset: everything is counted, nothing is written."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from django.db.models import Q

from annotator.core.errors import InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord
from annotator.models import Image, Project
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat
from annotator.services.import_settings import ImportSettings

BATCH = 400
EXAMPLES = 20
Fate = Literal["new", "matched", "repeated", "size_only", "without_file"]
"""``repeated`` = the same picture as an earlier one of the set. No picture here, nor in the project: ``size_only`` = an
image without a picture is made, ``without_file`` = it is left out."""


@dataclass
class Survey:
    """What is in the files, and what of it the project has."""

    images: int = 0
    missing: int = 0
    without: int = 0
    annotations: int = 0
    predictions: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    annotated: dict[str | None, list[str]] = field(default_factory=dict)
    """Split → names of the images that were annotated (with or without objects)."""
    fates: Counter[Fate] = field(default_factory=Counter)
    examples: dict[Fate, list[dict[str, str]]] = field(default_factory=dict)
    """Some images of every fate: name, and what they are called in the project."""
    bytes: int = 0

    def add(self, image: ImageRecord) -> None:
        """Count one image."""
        self.images += 1
        self.missing += image.path is None
        self.without += not image.annotations
        self.annotations += len(image.annotations)
        self.predictions += len(image.predictions)
        self.splits[image.split or ""] += 1
        self.kinds.update(a.geometry.kind for a in image.annotations)
        self.labels.update(a.label for a in image.annotations)
        self.labels.update(a.label for a in image.predictions)
        if is_annotated(image):
            self.annotated.setdefault(image.split, []).append(image.name)

    def settle(self, name: str, fate: Fate, known_as: str = "") -> None:
        """Note what will become of one image."""
        self.fates[fate] += 1
        examples = self.examples.setdefault(fate, [])
        if len(examples) < EXAMPLES:
            examples.append({"name": name, **({"as": known_as} if known_as and known_as != name else {})})


def is_annotated(image: ImageRecord) -> bool:
    """Whether somebody annotated the image, be it with nothing on it; readers say when there was no file for it."""
    return bool(image.source.get("annotated", True))


class Matcher:
    """Finds out which images the project has: pictures by their bytes, records without a picture by their name.

    Bytes are hashed only where two pictures can be the same: in a project with images, or for equal file sizes.
    """

    def __init__(self, project: Project, *, size_only: bool) -> None:
        self._size_only = size_only
        self._images = Image.objects.filter(project=project)
        self._empty = not self._images.exists()
        self._seen: dict[str, str] = {}
        self._sizes: dict[int, tuple[str, Path]] = {}

    def settle(self, images: Sequence[ImageRecord], survey: Survey) -> None:
        """Decide the fate of a batch of images, in its order."""
        hashes = {image.name: found for image in images if image.path and (found := self._hash(image, survey))}
        here = self._known(hashes.values())
        names = self._names([image.name for image in images if image.path is None])
        for image in images:
            if image.path is None:
                survey.settle(image.name, "matched" if image.name in names else self._absent(image))
                continue
            digest = hashes.get(image.name, "")
            if digest in here:
                survey.settle(image.name, "matched", here[digest])
            elif digest and self._seen.setdefault(digest, image.name) != image.name:
                survey.settle(image.name, "repeated", self._seen[digest])
            else:
                survey.settle(image.name, "new")

    def _absent(self, image: ImageRecord) -> Fate:
        return "size_only" if self._size_only and image.width > 0 and image.height > 0 else "without_file"

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

    def _known(self, hashes: Iterable[str]) -> dict[str, str]:
        wanted = list(hashes)
        if self._empty or not wanted:
            return {}
        same = Q(sha256__in=wanted) | Q(original_sha256__in=wanted)
        found: dict[str, str] = {}
        for name, *digests in self._images.filter(same).values_list("name", "sha256", "original_sha256"):
            found.update(dict.fromkeys(digests, name))
        found.pop("", None)
        return found

    def _names(self, names: Sequence[str]) -> frozenset[str]:
        if self._empty or not names:
            return frozenset()
        return frozenset(self._images.filter(name__in=names).values_list("name", flat=True))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take_survey(
    plugin: DatasetFormat,
    folder: Path,
    options: Options,
    issues: IssueCollector,
    progress: Progress,
    matcher: Matcher | None = None,
) -> Survey:
    """Read everything once and count it; raises :class:`InvalidInput` when nothing is there.

    With a ``matcher`` it is also found out which images are there already.
    """
    survey = Survey()
    images = plugin.read(folder, options=options, report=issues)
    while batch := list(islice(images, BATCH)):
        for image in batch:
            survey.add(image)
            progress.advance(survey.images, None, "Looking")
        if matcher is not None:
            matcher.settle(batch, survey)
    if survey.images == 0:
        raise InvalidInput(
            "Nothing that can be imported was found in these files.", fields={"issues": issues.as_json()}
        )
    return survey


def choose_annotated(survey: Survey, settings: ImportSettings) -> frozenset[str] | None:
    """Names of the images whose annotations come in; ``None`` = all. The same share of every split, at least one."""
    if settings.label_fraction >= 1:
        return None
    rng = np.random.default_rng(settings.seed)
    chosen: list[str] = []
    for split in sorted(survey.annotated, key=lambda s: s or ""):
        names = sorted(survey.annotated[split])
        count = max(1, round(settings.label_fraction * len(names)))
        chosen += [names[i] for i in rng.permutation(len(names))[:count].tolist()]
    return frozenset(chosen)
