"""Reading files that speak of the same pictures together: instances, key points, stuff, captions, panoptic, results."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.formats.coco.file import CocoFile
from annotator.formats.coco.objects import ObjectReader, in_place
from annotator.formats.coco.panoptic import SegmentReader
from annotator.formats.coco.plain import plain_records
from annotator.formats.coco.results import CocoResults, never
from annotator.formats.coco.tables import CAPTION_LABEL, join_labels
from annotator.formats.shared.checking import report_outside, settle_size, turn_all
from annotator.formats.shared.files import PictureIndex, picture_size, report_match, unique_name
from annotator.formats.shared.json_stream import JsonFile
from annotator.plugins.formats import Report

CAPTIONS, POINTS, PANOPTIC, TAGS = "captions", "person_keypoints", "panoptic", "labels"


@dataclass
class CocoGroup:
    """Files of one split; the first is the one whose order holds, the others add to its pictures."""

    files: list[CocoFile]
    prefer: str = "keypoints"
    results: list[CocoResults] = field(default_factory=list)
    _apart: bool = False

    @property
    def split(self) -> str | None:
        """The split that the names speak of."""
        return self.files[0].split

    def labels(self) -> list[LabelRecord]:
        """Labels of all files, each once; the heads or the whole files were read before."""
        labels = join_labels([file.categories for file in self.files])
        if any(file.has_captions for file in self.files) and all(label.name != CAPTION_LABEL.name for label in labels):
            labels.append(CAPTION_LABEL)
        return labels

    def shares_names_with(self, other: "CocoGroup") -> bool:
        """Whether another split lists a picture of the same name."""
        if self.split == other.split:
            return False
        return not all(
            mine.numbers.keys().isdisjoint(theirs.numbers.keys()) for mine in self.files for theirs in other.files
        )

    def read(
        self, pictures: PictureIndex, taken: set[str], report: Report, *, apart: bool = False
    ) -> Iterator[ImageRecord]:
        """Yield the pictures in the order of the first file (then what only others list), annotations in file order.

        ``apart``: names get the split before them, because others of the set have pictures of the same names.
        """
        self._apart = apart
        with ExitStack() as stack:
            sources = [_Source(file, stack.enter_context(JsonFile(file.path)), self, report) for file in self.files]
            results = [(found, stack.enter_context(JsonFile(found.path))) for found in self.results]
            for place, source in enumerate(sources):
                earlier, later = sources[:place], sources[place + 1 :]
                for name, number in source.file.numbers.items():
                    if not any(name in other.file.numbers for other in earlier):
                        yield self._record(name, number, [source, *later], results, pictures, taken, report)

    def _record(
        self,
        listed: str,
        number: int,
        sources: list["_Source"],
        results: list[tuple[CocoResults, JsonFile]],
        pictures: PictureIndex,
        taken: set[str],
        report: Report,
    ) -> ImageRecord:
        source, *others = sources
        image = source.file.image(source.data, number)
        match = pictures.find(listed, source.file.bases)
        report_match(match, listed, report, source.file.file)
        below = f"{self.split}/" if self._apart and self.split and not listed.startswith(f"{self.split}/") else ""
        name = unique_name(f"{below}{listed}", taken, self.split)
        found = picture_size(match.path) if match.path else None
        settled = settle_size(image.size, found, name=name, report=report) or (0, 0, 1)
        width, height, orientation = settled
        raster = image.size if orientation != 1 and image.size else (width, height)
        objects = source.objects(number, raster)
        for other in others:
            if listed in other.file.numbers:
                objects = other.join(objects, other.file.numbers[listed], raster)
        annotations = turn_all(in_place(objects) if others else objects, orientation, *raster)
        if width:
            report_outside(annotations, width, height, name=name, report=report)
        predictions: tuple[AnnotationRecord, ...] = ()
        for detections, data in results:
            found_there = detections.of(data, image.key, listed, source.reader, raster)
            predictions += turn_all(found_there, orientation, *raster)
        return ImageRecord(
            name, width, height, annotations, self.split, match.path, predictions=predictions, source=image.source
        )


_TRIES = 3
"""Pictures in a row that hold more than plain boxes until nobody expects any."""


class _Source:
    """An open file and what makes records of its entries."""

    def __init__(self, file: CocoFile, data: JsonFile, group: CocoGroup, report: Report) -> None:
        self.file, self.data = file, data
        self.reader = ObjectReader(
            file.file,
            file.categories.by_key,
            report,
            file.positions.is_repeated if file.positions.repeated else never,
            captions=file.has_captions,
            prefer=group.prefer,
            tags=file.role == TAGS,
        )
        self._segments = SegmentReader(file, report)
        self._tries = _TRIES
        self._report = report

    def objects(self, number: int, size: tuple[int, int]) -> list[AnnotationRecord]:
        """Records of one picture."""
        if self._tries:
            plain = self.file.plain(self.data, number)
            found = (
                None if plain is None else plain_records(plain, self.file.categories.by_key, self.reader.is_repeated)
            )
            self._tries = _TRIES if plain is not None else self._tries - 1
            if found is not None:
                return found
        return self._records(self.file.entries(self.data, number), size)

    def _records(self, entries: list[Any], size: tuple[int, int]) -> list[AnnotationRecord]:
        if not self.file.has_segments:
            return self.reader.records(entries, size)
        found: list[AnnotationRecord] = []
        for entry in entries:
            if isinstance(entry, dict) and "segments_info" in entry:
                found += self._segments.records(entry, size)
            else:
                found += self.reader.records([entry], size)
        return found

    def join(self, objects: list[AnnotationRecord], number: int, size: tuple[int, int]) -> list[AnnotationRecord]:
        """Add this file's records to those of an earlier file; an object that both have (by id) is one object."""
        entries = self.file.entries(self.data, number)
        if self.file.role != POINTS:
            return objects + self._records(entries, size)
        place: dict[str | None, int] = {record.id: at for at, record in enumerate(objects) if record.id is not None}
        joined = list(objects)
        for entry in entries:
            for record in self.reader.records([entry], size):
                at = place.get(record.id)
                if at is None:
                    joined.append(record)
                elif record.geometry.kind == "keypoints":
                    joined[at] = record
        return joined
