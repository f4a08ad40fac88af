"""Reading one Create ML file: pictures are indexed by name first, their annotations decoded one picture at a time."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Geometry, Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.createml.places import Places, Units
from annotator.formats.shared.checking import dropped
from annotator.formats.shared.files import safe_name, split_of_word
from annotator.formats.shared.json_items import decoded
from annotator.formats.shared.json_stream import JsonFile
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.values import number, text_of
from annotator.plugins.formats import Report

_NAMES = ("image", "imagefilename")
_OBJECTS = ("annotations", "annotation")
_SIDES = ("x", "y", "width", "height")
_USED = frozenset({"label", "coordinates", "confidence"})


class CreateMlFile:
    """One file; raises :class:`FormatError` when it is no JSON list or is cut off."""

    def __init__(self, path: Path, file: str, report: Report, *, places: Places, units: Units) -> None:
        self._path = path
        self._places = places
        self._largest = 0.0
        """Of all numbers of boxes, to tell parts of a picture's size from pixels."""
        self._file = file
        self._folder = Path(file).parent.name
        self._base = Path(file).parent.as_posix()
        self._entries: dict[str, list[tuple[int, int]]] = {}
        """Name → where its entries lie in the file."""
        self._index(report)
        if units == "auto" and 0 < self._largest <= 1:
            self._places = replace(places, normalised=True)

    def _index(self, report: Report) -> None:
        with JsonFile(self._path) as data:
            start = data.start()
            if not data.is_array(start):
                raise FormatError(f"{self._file} is no list of pictures.", fields={"file": self._file})
            for number_, item in enumerate(data.items(start)):
                entry = decoded(item.text)
                self._largest = max([self._largest, *_numbers_of(entry)])
                where = f"/{number_}"
                stated = _first(entry, _NAMES)
                if not isinstance(stated, str) or not stated:
                    text = "An entry does not name its picture; it was left out."
                    report(Issue("image_not_found", "warning", text, self._file, where))
                    continue
                name = safe_name(stated) or _foreign(stated)
                if name is None:
                    report(self._outside(stated, where))
                    continue
                if name in self._entries:
                    text = f"“{name}” is listed twice; the annotations of both were joined."
                    report(Issue("duplicate_file_name", "warning", text, self._file, where))
                self._entries.setdefault(name, []).append((item.offset, len(item.text)))

    def _outside(self, stated: str, where: str) -> Issue:
        text = f"“{stated}” points outside the dataset; the picture was left out."
        return Issue("unsafe_path", "warning", text, self._file, where)

    @property
    def names(self) -> Iterable[str]:
        """What the file calls its pictures."""
        return self._entries.keys()

    @property
    def split(self) -> str | None:
        """From the folder, else from the file's name."""
        return split_of_word(self._folder) or split_of_word(self._path.name.partition(".")[0])

    def labels(self) -> Iterator[str]:
        """The label of every annotation in order, also of those that cannot be used."""
        for _, entries in self._decoded_entries():
            yield from (
                label for entry in entries for item in _objects_of(entry) if (label := text_of(item.get("label")))
            )

    def read(self, placer: Placer, report: Report, *, apart: bool = False) -> Iterator[ImageRecord]:
        """Yield the pictures in the file's order; ``apart``: with their split before their names."""
        split = self.split
        for name, entries in self._decoded_entries():
            if name.startswith("/"):
                own = placer.pictures.name_of_foreign(name, (self._base,))
                if own is None:
                    report(self._outside(name, name))
                    continue
                name = own  # noqa: PLW2901 -- the path of another machine, as it is called here
            match = placer.find(name, (self._base,), self._file)
            full = f"{split}/{name}" if apart and split else name
            place = placer.place(full, None, file=self._file, split=split, match=match)
            objects = [found for entry in entries for found in self._records(entry, place.raster, report)]
            source: dict[str, Any] = {}
            for entry in entries:
                source |= {f"createml:{k}": v for k, v in entry.items() if k not in {*_NAMES, *_OBJECTS}}
            yield placer.record(place, objects, source=source)

    def _decoded_entries(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        with JsonFile(self._path) as data:
            for name, places in self._entries.items():
                found = [decoded(data.data[offset : offset + length]) for offset, length in places]
                yield name, [entry for entry in found if isinstance(entry, dict)]

    def _records(self, entry: dict[str, Any], size: tuple[int, int], report: Report) -> Iterator[AnnotationRecord]:
        """The objects of one picture (``size``: of the raster they were drawn on): a list, one, or bare labels."""
        file, where = self._file, str(_first(entry, _NAMES))
        for item in _objects_of(entry):
            label = text_of(item.get("label"))
            if not label:
                report(dropped("missing_label", file=file, where=where))
                continue
            geometry = self._geometry(item, size, where, report)
            if isinstance(geometry, str):
                report(dropped(geometry, file=file, where=where))
            elif geometry is not None:
                score = number(item.get("confidence"))
                yield AnnotationRecord(
                    label=label,
                    geometry=geometry,
                    attributes={f"createml:{key}": value for key, value in item.items() if key not in _USED},
                    score=None if math.isnan(score) else score,
                )

    def _geometry(
        self, item: dict[str, Any], size: tuple[int, int], where: str, report: Report
    ) -> Geometry | str | None:
        """A box; a tag where there are no coordinates; the code of what is wrong, or ``None`` when that was reported."""
        if item.get("coordinates") is None:
            return Tag()
        place = item["coordinates"]
        if not isinstance(place, dict) or not place.keys() >= set(_SIDES):
            return "missing_geometry"
        if self._places.need_size and not all(size):
            text = "The size of a picture is unknown, which its boxes need; one was left out."
            report(Issue("image_not_found", "error", text, self._file, where))
            return None
        x, y, w, h = (number(place.get(key)) for key in _SIDES)
        if w < 0 or h < 0:
            text = "A box had a negative size; it was turned round."
            report(Issue("negative_size_normalised", "info", text, self._file, where))
        return self._places.box(x, y, w, h, size)


def _foreign(stated: str) -> str | None:
    """An absolute path of some machine, beginning with a slash; ``None`` for everything else."""
    path = stated.replace("\\", "/")
    path = f"/{path[2:].lstrip('/')}" if path[1:2] == ":" else path
    return path if path.startswith("/") and ".." not in path.split("/") and "\0" not in path else None


def _objects_of(entry: Any) -> Iterator[dict[str, Any]]:
    """What is said of a picture: a list, one object, or (for classifiers) bare labels."""
    objects = _first(entry, _OBJECTS)
    for found in objects if isinstance(objects, list) else [] if objects is None else [objects]:
        yield found if isinstance(found, dict) else {"label": found}


def _numbers_of(entry: Any) -> Iterator[float]:
    """Absolute values of all numbers of boxes."""
    for item in _objects_of(entry):
        place = item.get("coordinates")
        for value in map(number, place.values() if isinstance(place, dict) else ()):
            if not math.isnan(value):
                yield abs(value)


def _first(entry: Any, keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if key in entry), None) if isinstance(entry, dict) else None
