"""Panoptic annotations: one coloured PNG per picture whose colours are the ids of its segments."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from annotator.core.geometry.types import Mask
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.coco.file import CocoFile
from annotator.formats.coco.tables import id_key
from annotator.formats.shared.checking import dropped
from annotator.formats.shared.files import safe_name
from annotator.formats.shared.index_maps import masks_by_value
from annotator.plugins.formats import Report

MAX_PIXELS = 1 << 28
_USED = frozenset({"id", "category_id", "area", "bbox", "iscrowd", "attributes"})
_READ_ERRORS = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError)
Ids = NDArray[np.int32]


def segment_folders(file: CocoFile) -> list[str]:
    """Where the PNG files of an annotation file may lie, relative to the root; the first two hold nothing else."""
    parent = PurePosixPath(file.file).parent
    folders = [parent / file.path.stem, PurePosixPath(file.path.stem), parent, PurePosixPath()]
    return [folder.as_posix() for folder in folders]


class SegmentReader:
    """Makes records of the entries that have ``segments_info``."""

    def __init__(self, file: CocoFile, report: Report) -> None:
        self._file = file
        self._report = report

    def records(self, entry: Mapping[str, Any], size: tuple[int, int]) -> list[AnnotationRecord]:
        """One mask per segment, in the file's order; segments without a pixel are reported."""
        segments = entry["segments_info"] if isinstance(entry["segments_info"], list) else []
        path = self._find(entry)
        ids = None if path is None else self._read(path)
        if path is None or ids is None:
            return []
        if size != (0, 0) and (ids.shape[1], ids.shape[0]) != size:
            text = f"The panoptic picture is {ids.shape[1]} × {ids.shape[0]}, its picture {size[0]} × {size[1]}."
            self._report(Issue("mask_size_mismatch", "warning", text, self._file.file, path.name))
        masks = dict(masks_by_value(ids))
        found = [record for segment in segments if (record := self._record(segment, masks)) is not None]
        for value in sorted(masks.keys() - {_number(segment) for segment in segments}):
            text = f"The panoptic picture has pixels of a segment {value} that is not listed; they were left out."
            self._report(Issue("missing_label", "warning", text, self._file.file, path.name))
        return found

    def _find(self, entry: Mapping[str, Any]) -> Path | None:
        """The PNG: in a folder called like the JSON file, or beside it."""
        name = safe_name(entry["file_name"]) if isinstance(entry.get("file_name"), str) else None
        root = self._file.path.parents[self._file.file.count("/")]
        for base in segment_folders(self._file) if name else ():
            path = root / base / str(name)
            if path.is_file() and not path.is_symlink():
                return path
        text = f"The panoptic picture {entry.get('file_name')!r} is not here; its segments were left out."
        self._report(Issue("image_not_found", "warning", text, self._file.file))
        return None

    def _read(self, path: Path) -> Ids | None:
        """Ids of all pixels (h, w): red + 256 × green + 65,536 × blue."""
        try:
            with Image.open(path) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValueError("it has too many pixels")
                colours = np.asarray(picture.convert("RGB"), dtype=np.int32)
        except _READ_ERRORS as error:
            text = f"The panoptic picture cannot be read ({error}); its segments were left out."
            self._report(Issue("unparsable_file", "error", text, path.name))
            return None
        ids: Ids = colours[..., 0] + (colours[..., 1] << 8) + (colours[..., 2] << 16)
        return ids

    def _record(self, segment: Any, masks: Mapping[int, Mask]) -> AnnotationRecord | None:
        number = _number(segment)
        if number is None:
            text = "A segment is no object with an id; it was left out."
            self._report(Issue("unparsable_record", "warning", text, self._file.file))
            return None
        where = f"segment {number}"
        label = self._file.categories.by_key.get(id_key(segment.get("category_id")))
        if label is None:
            text = f"A segment has the unknown category {segment.get('category_id')!r}; it was left out."
            self._report(Issue("unknown_category_id", "warning", text, self._file.file, where))
            return None
        if number not in masks or number == 0:
            self._report(dropped("missing_geometry", file=self._file.file, where=where))
            return None
        stated = segment.get("attributes")
        attributes = {str(key): value for key, value in stated.items()} if isinstance(stated, dict) else {}
        attributes |= {f"coco:{key}": value for key, value in segment.items() if key not in _USED}
        crowd = segment.get("iscrowd") in (1, True, "1")
        return AnnotationRecord(label, masks[number], attributes, id=str(number), crowd=crowd)


def _number(segment: Any) -> int | None:
    key = id_key(segment.get("id")) if isinstance(segment, dict) else None
    return key if isinstance(key, int) else None
