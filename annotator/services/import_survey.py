"""The first reading of a dataset: everything is counted, nothing is written."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from annotator.core.errors import InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat
from annotator.services.import_settings import ImportSettings


@dataclass
class Survey:
    """What is in the files."""

    images: int = 0
    missing: int = 0
    without: int = 0
    annotations: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    annotated: dict[str | None, list[str]] = field(default_factory=dict)
    """Split → names of the images that were annotated (with or without objects)."""

    def add(self, image: ImageRecord) -> None:
        """Count one image."""
        self.images += 1
        self.missing += image.path is None
        self.without += not image.annotations
        self.annotations += len(image.annotations)
        self.splits[image.split or ""] += 1
        self.kinds.update(a.geometry.kind for a in image.annotations)
        self.labels.update(a.label for a in image.annotations)
        if is_annotated(image):
            self.annotated.setdefault(image.split, []).append(image.name)


def is_annotated(image: ImageRecord) -> bool:
    """Whether somebody annotated the image, be it with nothing on it; readers say when there was no file for it."""
    return bool(image.source.get("annotated", True))


def take_survey(
    plugin: DatasetFormat, folder: Path, options: Options, issues: IssueCollector, progress: Progress
) -> Survey:
    """Read everything once and count it; raises :class:`InvalidInput` when nothing is there."""
    survey = Survey()
    for image in plugin.read(folder, options=options, report=issues):
        survey.add(image)
        progress.advance(survey.images, None, "Looking")
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
