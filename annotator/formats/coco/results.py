"""Result files: a bare list of detections, which are suggestions for the pictures of a set that lists them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.coco.file import Positions
from annotator.formats.coco.objects import ObjectReader
from annotator.formats.shared.files import safe_name
from annotator.formats.shared.json_stream import JsonFile
from annotator.plugins.formats import Report

Key = int | str | None


@dataclass
class CocoResults:
    """One result file, indexed by the pictures that it speaks of."""

    path: Path
    file: str
    split: str | None
    report: Report
    positions: Positions = field(default_factory=Positions)
    _used: set[Key] = field(default_factory=set)

    def index(self) -> None:
        """Find all detections; raises :class:`FormatError` when the file is cut off."""
        with JsonFile(self.path) as data:
            for block in data.blocks(data.start()):
                self.positions.add(block)
        self.positions.group(range(len(self.positions.keys)))

    def of(
        self, data: JsonFile, key: Key, name: str, reader: ObjectReader, size: tuple[int, int]
    ) -> list[AnnotationRecord]:
        """Detections on the picture with this id, or with this file name where the file has names for ids."""
        keys = self.positions.keys
        for wanted in (key, name, PurePosixPath(name).stem):
            if wanted in keys and wanted is not None:
                if wanted in self._used:
                    text = f"Several pictures have the id {wanted!r}; the detections were given to the first one."
                    self.report(Issue("ambiguous_image_match", "warning", text, self.file, name))
                    return []
                self._used.add(wanted)
                entries = self.positions.entries(data, keys[wanted])
                return self._reader(reader).records(entries, size)
        return []

    def _reader(self, base: ObjectReader | None) -> ObjectReader:
        """Detections have no ids of their own; without a set their categories have no names, either."""
        labels = base.labels if base else {}
        return ObjectReader(self.file, labels, self.report, never, strict_labels=base is not None)

    def report_unused(self) -> None:
        """Name the detections whose picture was not listed."""
        for key, number in self.positions.keys.items():
            for place in [] if key in self._used else self.positions.of(number):
                text = f"A detection is on the picture {key!r}, which is not listed; it was left out."
                self.report(Issue("unknown_image_id", "warning", text, self.file, f"/{place}"))

    def alone(self) -> Iterator[ImageRecord]:
        """The detections by themselves: pictures are called by their ids, labels by the ids of their categories."""
        reader = self._reader(None)
        with JsonFile(self.path) as data:
            for key, number in self.positions.keys.items():
                entries = self.positions.entries(data, number)
                name = None if key is None else safe_name(str(key))
                if name is None:
                    text = "A detection does not say on which picture it is; it was left out."
                    self.report(Issue("unknown_image_id", "warning", text, self.file))
                    continue
                found = tuple(reader.records(entries, (0, 0)))
                yield ImageRecord(name, 0, 0, split=self.split, predictions=found, source={"id": key})


def never(identity: object) -> bool:
    """For files in which no id comes twice."""
    del identity
    return False
