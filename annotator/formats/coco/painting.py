"""Writing panoptic annotations: objects painted into one PNG per picture, each in the colour of its id."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import bitmap_of, clip_mask
from annotator.core.geometry.types import Keypoints, Mask
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.coco.entries import segment_entry
from annotator.formats.coco.lines import id_number
from annotator.plugins.formats import Report

MAX_PIXELS = 1 << 28
_MAX_ID = (1 << 24) - 1


class PanopticPainter:
    """Paints pictures; ``ids`` are the categories by the names of their labels."""

    def __init__(self, labels: Sequence[LabelRecord], ids: Mapping[str, int], report: Report) -> None:
        self._stuff = {ids[label.name] for label in labels if label.stuff}
        self._ids = ids
        self._report = report

    def categories(self, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Categories, each saying whether its objects can be counted."""
        return [{**entry, "isthing": int(entry["id"] not in self._stuff)} for entry in entries]

    def paint(self, image: ImageRecord, folder: Path, file_name: str) -> dict[str, Any] | None:
        """Write the PNG of a picture and return its entry without the image's id; ``None`` when its size is unknown.

        Later in z order, then smaller ones, lie above; what is covered is reported.
        """
        if not 0 < image.width * image.height <= MAX_PIXELS:
            text = f"“{image.name}” has no size, or is too large to be painted; its objects were left out."
            self._report(Issue("size_missing", "warning", text, image.name))
            return None
        masks = self._masks(image)
        numbers = _numbers([annotation for annotation, _ in masks])
        canvas = np.zeros((image.height, image.width), dtype=np.int32)
        order = sorted(range(len(masks)), key=lambda at: (masks[at][0].z_order, -_pixels(masks[at][1]), at))
        covered = 0
        for at in order:
            x, y, w, h = masks[at][1].bbox
            window, bitmap = canvas[y : y + h, x : x + w], bitmap_of(masks[at][1])
            covered += int(np.count_nonzero(window[bitmap]))
            window[bitmap] = numbers[at]
        if covered:
            text = f"{covered} pixels of “{image.name}” belong to several objects; the uppermost has them."
            self._report(Issue("overlapping_pixels", "info", text, image.name))
        name = PurePosixPath(file_name).with_suffix(".png").as_posix()
        _save(canvas, folder / name)
        segments = [self._segment(masks[at][0], numbers[at], canvas) for at in range(len(masks))]
        return {"file_name": name, "segments_info": [entry for entry in segments if entry is not None]}

    def _masks(self, image: ImageRecord) -> list[tuple[AnnotationRecord, Mask]]:
        """Objects with pixels inside the picture."""
        found = []
        for annotation in image.annotations:
            if annotation.geometry.kind == "tag":
                continue
            known = annotation.label in self._ids
            mask = None
            if known and not isinstance(annotation.geometry, Keypoints):
                mask = to_mask(annotation.geometry, image.width, image.height)
                mask = mask and clip_mask(mask, image.width, image.height)
            if mask is None:
                code = "unsupported_shape" if known else "undeclared_label"
                text = f"A {annotation.geometry.kind} “{annotation.label}” has no pixels to paint; it was left out."
                self._report(Issue(code, "warning", text, image.name, annotation.id))
            else:
                found.append((annotation, mask))
        return found

    def _segment(self, annotation: AnnotationRecord, number: int, canvas: Any) -> dict[str, Any] | None:
        """The entry of an object as it was painted; ``None`` when others cover it wholly."""
        seen = canvas == number
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if rows.size == 0:
            return None
        x, y = int(columns[0]), int(rows[0])
        box = [x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y]
        entry = segment_entry(annotation, self._ids[annotation.label])
        return {"id": number, "area": int(np.count_nonzero(seen)), "bbox": box, **entry}


def _pixels(mask: Mask) -> int:
    return int(np.count_nonzero(bitmap_of(mask)))


def _numbers(annotations: Sequence[AnnotationRecord]) -> list[int]:
    """Ids of the segments of one picture: the source's where all have one that fits, else counted from 1."""
    own = [id_number(annotation.id) for annotation in annotations]
    if len(set(own)) == len(own) and all(number is not None and number <= _MAX_ID for number in own):
        return [number for number in own if number is not None]
    return list(range(1, len(annotations) + 1))


def _save(canvas: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    colours = np.stack([canvas & 0xFF, (canvas >> 8) & 0xFF, canvas >> 16], axis=2).astype(np.uint8)
    Image.fromarray(colours).save(path, optimize=False)
