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
from annotator.formats.shared.files import FolderMaker
from annotator.formats.shared.palettes import is_paintable, voc_palette
from annotator.formats.voc.masks import CLASSES, OBJECTS, VOID
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

    def add(self, image: ImageRecord, stem: str, written: Sequence[AnnotationRecord]) -> tuple[bool, dict[int, Mask]]:
        """Write both pictures; ``written`` are the objects of the XML file in order, without parts of others.

        Returns whether anything was painted, and the masks (by place in ``written``, from 1) that the pictures do not
        show as a whole: those that others hide, and those for which there is no number left.
        """
        shapes, kept = self._paintable(image, written)
        if not shapes:
            return False, kept
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
            text = f"{hidden} pixels belong to several objects; the upper one has them, the XML file keeps the others."
            self._report(Issue("overlapped_pixels", "info", text, image.name))
        for folder, pixels in ((CLASSES, classes), (OBJECTS, objects)):
            picture = Image.fromarray(pixels)
            picture.putpalette(voc_palette())
            picture.save(self._folders.make_for(self._folder / folder / f"{stem}.png"))
        are_masks = {number for number, a in enumerate(written, start=1) if isinstance(a.geometry, Mask)}
        return True, kept | {number: masks[number] for number in sorted(covered & are_masks)}

    def _paintable(
        self, image: ImageRecord, written: Sequence[AnnotationRecord]
    ) -> tuple[list[tuple[int, int, Mask]], dict[int, Mask]]:
        """(number, class index, mask) in painting order, and the masks that have no number or no picture."""
        found: list[tuple[tuple[int, float], int, int, Mask]] = []
        kept: dict[int, Mask] = {}
        for number, annotation in enumerate(written, start=1):
            shape, index = annotation.geometry, self._index[annotation.label]
            if isinstance(shape, Box | RotatedBox):
                continue
            if not is_paintable(image.width, image.height):
                kept |= {number: shape} if isinstance(shape, Mask) else {}
                continue
            mask = to_mask(shape, image.width, image.height)
            mask = clip_mask(mask, image.width, image.height) if mask is not None else None
            if mask is None:
                continue
            if number >= VOID or index >= VOID:
                kept[number] = mask
                text = "A segmentation picture has numbers for 254 objects and classes; the XML file keeps the others."
                self._report(Issue("unsupported_shape", "info", text, image.name, annotation.id))
            else:
                found.append(((annotation.z_order, -area(shape)), number, index, mask))
        found.sort(key=lambda item: item[0])
        return [(number, index, mask) for _, number, index, mask in found], kept
