"""Contract of the family *formats*: a dataset in files, read and written as a stream of image records."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.plugins.base import Options, Plugin

Report = Callable[[Issue], None]
"""Receives what was noticed; a bad record is reported and skipped, never raised."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """How sure a format is that a folder is its own (0–1) and why, in sentences for people."""

    confidence: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format cannot represent, counted before anything is written."""

    code: str
    count: int
    text: str


class DatasetFormat(Plugin):
    """Reads and writes one dataset format. Memory must not grow with the number of annotations where the format allows it."""

    can_read: ClassVar[bool] = True
    can_write: ClassVar[bool] = True
    kinds: ClassVar[frozenset[str]] = frozenset()
    """Geometry kinds that survive a round trip; others are converted or reported as lost."""
    extension: ClassVar[str] = ".zip"

    def recognises(self, folder: Path) -> Recognition:
        """Say how likely ``folder`` is in this format, from names and a few bytes; never reads whole files."""
        return Recognition(0.0)

    @abstractmethod
    def labels(self, folder: Path, *, options: Options, report: Report) -> list[LabelRecord]:
        """The classes in the file's own order."""

    @abstractmethod
    def read(self, folder: Path, *, options: Options, report: Report) -> Iterator[ImageRecord]:
        """Yield the images in order; raises ``FormatError`` only when nothing can be read at all."""

    @abstractmethod
    def write(
        self,
        images: Iterable[ImageRecord],
        folder: Path,
        *,
        labels: Sequence[LabelRecord],
        options: Options,
        report: Report,
        progress: Progress,
    ) -> None:
        """Write the stream below ``folder`` (exists, empty). Pictures are copied from ``ImageRecord.path`` where given."""

    def losses(self, images: Iterable[ImageRecord], *, options: Options) -> list[Loss]:
        """What ``write`` could not represent of this stream, counted; the default compares geometry kinds."""
        counts: dict[str, int] = {}
        for image in images:
            for annotation in image.annotations:
                kind = annotation.geometry.kind
                if kind not in self.kinds:
                    counts[kind] = counts.get(kind, 0) + 1
        return [
            Loss(f"unsupported_{kind}", n, f"{n} {kind} objects cannot be represented exactly in {self.title}.")
            for kind, n in sorted(counts.items())
        ]
