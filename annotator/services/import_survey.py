"""The first reading of a dataset: everything is counted, nothing is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from annotator.core.errors import InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord
from annotator.core.tally import Tally
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat
from annotator.plugins.reading import read_images
from annotator.services.import_settings import ImportSettings

BATCH = 400
EXAMPLES = 20
Fate = Literal["new", "matched", "repeated", "size_only", "without_file"]
"""``repeated`` = the same picture as an earlier one of the set. No picture here, nor in the project: ``size_only`` = an
image without a picture is made, ``without_file`` = it is left out."""


@dataclass
class Survey:
    """What is in the files, and what of it the project has."""

    tally: Tally = field(default_factory=Tally)
    predicted: Counter[str] = field(default_factory=Counter)
    """How many predictions every label has."""
    annotated: dict[str | None, list[str]] = field(default_factory=dict)
    """Split → names of the images that were annotated (with or without objects)."""
    fates: Counter[Fate] = field(default_factory=Counter)
    examples: dict[Fate, list[dict[str, str]]] = field(default_factory=dict)
    """Some images of every fate: name, and what they are called in the project."""
    bytes: int = 0
    objects_here: int = 0
    """Objects that are on the matched images already, if classes mean what is proposed."""

    def add(self, image: ImageRecord) -> None:
        """Count one image."""
        self.tally.add(image)
        self.predicted.update(prediction.label for prediction in image.predictions)
        if is_annotated(image):
            self.annotated.setdefault(image.split, []).append(image.name)

    def by_label(self) -> Counter[str]:
        """How many annotations and predictions every label has."""
        return self.tally.by_label() + self.predicted

    def settle(self, name: str, fate: Fate, known_as: str = "") -> None:
        """Note what will become of one image."""
        self.fates[fate] += 1
        examples = self.examples.setdefault(fate, [])
        if len(examples) < EXAMPLES:
            examples.append({"name": name, **({"as": known_as} if known_as and known_as != name else {})})


def is_annotated(image: ImageRecord) -> bool:
    """Whether somebody annotated the image, be it with nothing on it; readers say when there was no file for it."""
    return bool(image.annotations or image.source.get("annotated", True))


class Matches(Protocol):
    """Finds out what of a batch of images is in a project; see ``services.import_known``."""

    def settle(self, images: Sequence[ImageRecord], survey: Survey) -> None:
        """Decide the fate of a batch of images, in its order."""


def take_survey(
    plugin: DatasetFormat,
    folder: Path,
    options: Options,
    issues: IssueCollector,
    progress: Progress,
    matcher: Matches | None = None,
) -> Survey:
    """Read everything once and count it; raises :class:`InvalidInput` when nothing is there.

    With a ``matcher`` it is also found out which images are there already.
    """
    survey = Survey()
    images = read_images(plugin, folder, options=options, report=issues)
    while batch := list(islice(images, BATCH)):
        for image in batch:
            survey.add(image)
            progress.advance(survey.tally.images, None, "Looking")
        if matcher is not None:
            matcher.settle(batch, survey)
    if survey.tally.images == 0:
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
