"""From the name and size that a file states to the picture that is really there: the same steps for every reader."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.formats.shared.checking import report_outside, settle_size, turn_all
from annotator.formats.shared.files import Match, PictureIndex, picture_size, report_match, unique_name
from annotator.plugins.formats import Report

Size = tuple[int, int]


class Place(NamedTuple):
    """Where a picture stands: its name in the set, its displayed size (0 = unknown) and the raster it was drawn on."""

    name: str
    width: int
    height: int
    path: Path | None
    orientation: int
    raster: Size
    split: str | None


class Placer:
    """Finds the pictures of one dataset and gives each a name of its own."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.pictures = PictureIndex(folder)
        self.used: set[Path] = set()
        self._taken: set[str] = set()
        self._report = report

    def find(self, name: str, bases: Sequence[str], file: str) -> Match:
        """Look for a picture and say how it was found."""
        match = self.pictures.find(name, bases)
        report_match(match, name, self._report, file)
        return match

    def place(
        self,
        name: str,
        stated: Size | None,
        *,
        file: str,
        bases: Sequence[str] = (),
        split: str | None = None,
        prefix: str | None = None,
        match: Match | None = None,
    ) -> Place:
        """Settle name, size and picture of one image; ``prefix`` tells two images of one name apart."""
        match = match or self.find(name, bases, file)
        own = unique_name(name, self._taken, prefix or split)
        found = picture_size(match.path) if match.path else None
        if match.path is not None:
            self.used.add(match.path)
        settled = settle_size(stated, found, name=own, report=self._report)
        width, height, orientation = settled or (0, 0, 1)
        raster = stated if orientation != 1 and stated else (width, height)
        return Place(own, width, height, match.path, orientation, raster, split)

    def record(
        self,
        place: Place,
        annotations: Iterable[AnnotationRecord],
        *,
        predictions: Iterable[AnnotationRecord] = (),
        source: Mapping[str, Any] | None = None,
        id: str | None = None,  # noqa: A002 -- the record's own word
    ) -> ImageRecord:
        """The image with its objects turned as the picture is; shapes that leave it are counted."""
        turned = turn_all(annotations, place.orientation, *place.raster)
        if place.width:
            report_outside(turned, place.width, place.height, name=place.name, report=self._report)
        guesses = turn_all(predictions, place.orientation, *place.raster)
        return ImageRecord(
            place.name, place.width, place.height, turned, place.split, place.path, id, guesses, source or {}
        )
