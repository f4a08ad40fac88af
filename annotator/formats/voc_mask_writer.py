"""Writing Pascal VOC's segmentation pictures, numbered like the objects of the XML file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import bitmap_of, clip_mask
from annotator.core.geometry.measures import area
from annotator.core.geometry.types import Box, Mask, Polygon, RotatedBox
from annotator.core.records import AnnotationRecord, ImageRecord, Issue
from annotator.formats.files import FolderMaker
from annotator.formats.palettes import voc_palette
from annotator.formats.voc_masks import CLASSES, OBJECTS, VOID
from annotator.plugins.formats import Report


def wants_masks(image: ImageRecord) -> bool:
    """Whether a picture holds what XML alone cannot say: masks, and polygons with holes."""
    for annotation in image.annotations:
        shape = annotation.geometry
        if shape.kind == "mask" or (isinstance(shape, Polygon) and any(part.holes for part in shape.parts)):
            return True
    return False


class VocMaskWriter:
    """Paints the objects with an area (boxes are none) of single pictures, lower ones and larger ones first."""

    def __init__(self, folder: Path, names: Sequence[str], report: Report) -> None:
        self._folder = folder
        self._index = {name: index for index, name in enumerate(names, start=1)}
        self._report = report
        self._folders = FolderMaker()

    def add(self, image: ImageRecord, stem: str, written: Sequence[AnnotationRecord]) -> dict[int, Mask] | None:
        """Write both pictures; ``written`` are the objects of the XML file in order, without parts of others.

        Returns the masks (by place in ``written``) that others hide in part, and ``None`` when nothing was painted.
        """
        shapes = self._paintable(image, written)
        if not shapes:
            return None
        masks, covered = {number: mask for number, _, mask in shapes}, set[int]()
        classes = np.zeros((image.height, image.width), dtype=np.uint8)
        objects = np.zeros_like(classes)
        hidden = 0
        for number, label, mask in shapes:
            x, y, w, h = mask.bbox
            bitmap = bitmap_of(mask)
            here = objects[y : y + h, x : x + w]
            below = here[bitmap]
            if below.any():
                hidden += int(np.count_nonzero(below))
                covered.update(int(value) for value in np.unique(below))
            here[bitmap] = number
            classes[y : y + h, x : x + w][bitmap] = label
        if hidden:
            text = f"{hidden} pixels belong to several objects; the upper one has them in the picture, and the XML file keeps the others."
            self._report(Issue("overlapped_pixels", "info", text, image.name))
        for folder, pixels in ((CLASSES, classes), (OBJECTS, objects)):
            picture = Image.fromarray(pixels)
            picture.putpalette(voc_palette())
            picture.save(self._folders.make_for(self._folder / folder / f"{stem}.png"))
        kinds = {number: annotation.geometry for number, annotation in enumerate(written, start=1)}
        return {number: masks[number] for number in sorted(covered - {0}) if isinstance(kinds[number], Mask)}

    def _paintable(self, image: ImageRecord, written: Sequence[AnnotationRecord]) -> list[tuple[int, int, Mask]]:
        """(number, class index, mask) in painting order."""
        if not image.width or not image.height:
            return []
        found: list[tuple[tuple[int, float], int, int, Mask]] = []
        for number, annotation in enumerate(written, start=1):
            shape, index = annotation.geometry, self._index[annotation.label]
            if isinstance(shape, Box | RotatedBox):
                continue
            mask = to_mask(shape, image.width, image.height)
            mask = clip_mask(mask, image.width, image.height) if mask is not None else None
            if mask is None:
                continue
            if number >= VOID or index >= VOID:
                text = "A segmentation picture has numbers for 254 objects and classes; further ones were left out."
                self._report(Issue("unsupported_shape", "warning", text, image.name, annotation.id))
                continue
            found.append(((annotation.z_order, -area(shape)), number, index, mask))
        found.sort(key=lambda item: item[0])
        return [(number, index, mask) for _, number, index, mask in found]
