"""One row of an Open Images table → a record on its picture."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from annotator.core.geometry.masks import Bitmap, mask_from_bitmap
from annotator.core.geometry.types import Box, Mask, Tag
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.openimages.tables import Table, TableRow
from annotator.formats.shared.checking import dropped, sound_box
from annotator.formats.shared.encoded_bitmaps import MAX_PIXELS, bitmap_of_png
from annotator.formats.shared.files import safe_name
from annotator.formats.shared.placing import Place, Placer
from annotator.formats.shared.tables import number_of
from annotator.formats.shared.values import number
from annotator.plugins.formats import Report

FLAGS = {
    "isoccluded": "occluded", "istruncated": "truncated", "isgroupof": "is_group_of", "isdepiction": "is_depiction",
    "isinside": "is_inside",
}  # fmt: skip
"""Column → attribute."""
POSITION = "position"
"""A column of our own: the place of a row's object among all objects of its picture."""
_USED = frozenset({"imageid", "labelname", "confidence", "xmin", "xmax", "ymin", "ymax", "maskpath", POSITION, *FLAGS})
_YES, _NO = frozenset({"1", "1.0", "true"}), frozenset({"0", "0.0", "false"})
_MOST_NORMALISED = 2.0


class RowReader:
    """Makes records of rows; what cannot be used is reported."""

    def __init__(self, placer: Placer, report: Report) -> None:
        self._placer = placer
        self._report = report

    def record(self, label: str, score: float, table: Table, row: TableRow, place: Place) -> AnnotationRecord | None:
        """The object of a row of boxes, masks or labels, if it can be used."""
        where = f"line {row.line}"
        if table.kind == "labels":
            return AnnotationRecord(label, Tag(), score=score, source=_rest(row))
        if not place.width:
            return None
        geometry = self._box(row, table, place, where) if table.kind == "boxes" else self._mask(row, table, place)
        if isinstance(geometry, str):
            self._report(dropped(geometry, file=table.file, where=where))
            return None
        if geometry is None:
            return None
        attributes = _flags(row)
        return AnnotationRecord(
            label,
            geometry,
            attributes,
            score=None if score == 1 else score,
            crowd=attributes.get("is_group_of") is True,
            source=_rest(row),
        )

    def _box(self, row: TableRow, table: Table, place: Place, where: str) -> Box | str | None:
        x1, x2, y1, y2 = (number(number_of(row.cells.get(key, ""))) for key in ("xmin", "xmax", "ymin", "ymax"))
        if max(map(abs, (x1, x2, y1, y2))) > _MOST_NORMALISED:
            text = "Coordinates should lie between 0 and 1; a box was left out."
            self._report(Issue("not_normalised", "warning", text, table.file, where))
            return None
        return sound_box(x1 * place.width, y1 * place.height, x2 * place.width, y2 * place.height)

    def _mask(self, row: TableRow, table: Table, place: Place) -> Mask | str | None:
        stated = row.cells.get("maskpath", "")
        where = f"line {row.line}"
        name = safe_name(stated) if stated else None
        if name is None:
            code = "unsafe_path" if stated else "missing_geometry"
            text = f"“{stated}” points outside the dataset; the mask was left out." if stated else "A mask has no file."
            self._report(Issue(code, "warning", text, table.file, where))
            return None
        match = self._placer.pictures.find(name, (Path(table.file).parent.as_posix(),))
        if match.path is None or match.how == "stem":
            text = f"The mask “{stated}” is not here; download it and import again."
            self._report(Issue("needs_download", "warning", text, table.file, where))
            return None
        try:
            bitmap = _stretched(bitmap_of_png(match.path), place.width, place.height)
        except ValueError as error:
            text = f"The mask “{stated}” cannot be read ({error}); it was left out."
            self._report(Issue("mask_size_mismatch", "warning", text, table.file, where))
            return None
        return mask_from_bitmap(bitmap) or "zero_area"


def confidence(row: TableRow) -> float:
    """Tables of others may have no such column: then everything is sure."""
    score = number(number_of(row.cells.get("confidence", "") or "1"))
    return 1.0 if math.isnan(score) else score


def position(row: TableRow) -> float:
    """Where the object stood among those of its picture; last when nobody says."""
    found = number(row.cells.get(POSITION))
    return math.inf if math.isnan(found) else found


def _flags(row: TableRow) -> dict[str, Any]:
    """What is known: 1 is true, 0 false; −1 (unknown) and tables without the column say nothing."""
    said = {name: row.cells.get(column, "").strip().lower() for column, name in FLAGS.items()}
    return {name: value in _YES for name, value in said.items() if value in _YES | _NO}


def _rest(row: TableRow) -> dict[str, Any]:
    return {
        f"openimages:{key}": value for key, value in row.cells.items() if key not in _USED and value not in {"", "-1"}
    }


def _stretched(bitmap: Bitmap, width: int, height: int) -> Bitmap:
    """The bitmap in the size of its picture, by the nearest pixel; raises ``ValueError`` for huge pictures."""
    if bitmap.shape == (height, width):
        return bitmap
    if width * height > MAX_PIXELS:
        raise ValueError(f"a picture of {width} × {height} pixels is too large")
    rows = ((np.arange(height) + 0.5) * bitmap.shape[0] / height).astype(np.int64)
    columns = ((np.arange(width) + 0.5) * bitmap.shape[1] / width).astype(np.int64)
    return np.asarray(bitmap[rows][:, columns])
