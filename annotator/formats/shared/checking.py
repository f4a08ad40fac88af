"""The last check of every reader: a record's size against the picture, its shapes against the frame."""

from collections.abc import Iterable
from dataclasses import replace

from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.files import PictureSize
from annotator.formats.shared.orientation import turn
from annotator.formats.shared.values import FARTHEST
from annotator.plugins.formats import Report


def sound_box(x1: float, y1: float, x2: float, y2: float) -> Box | str:
    """A box of two opposite corners in any order, or the code of what is wrong with it."""
    if not all(abs(value) <= FARTHEST for value in (x1, y1, x2, y2)):  # NaN, too, is not
        return "not_finite"
    left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    if right <= left or bottom <= top:
        return "zero_area"
    return Box(x=left, y=top, w=right - left, h=bottom - top)


DROPPED = {
    "not_finite": "An object has a coordinate that is no number; it was left out.",
    "zero_area": "An object has no area; it was left out.",
    "degenerate_polygon": "A polygon has fewer than three points; it was left out.",
    "missing_geometry": "An object has no geometry; it was left out.",
    "missing_label": "An object has no label; it was left out.",
}


def dropped(code: str, *, file: str, where: str) -> Issue:
    """The issue for a record that was left out."""
    return Issue(code, "warning", DROPPED[code], file=file, where=where)


def settle_size(
    stated: tuple[int, int] | None, found: PictureSize | None, *, name: str, report: Report
) -> tuple[int, int, int] | None:
    """Displayed width and height, and the orientation by which shapes must be turned (1 = not at all).

    The picture's own header wins over what an annotation file states. ``None`` when the size is unknown.
    """
    if found is None:
        return (*stated, 1) if stated else None
    size = (found.width, found.height)
    if stated is None:
        report(
            Issue("size_missing_read_from_image", "info", f"“{name}” has no size; it was read from the picture.", name)
        )
    elif stated != size:
        if found.orientation >= 5 and stated == (found.height, found.width):
            text = f"“{name}” was annotated on the raster that EXIF turns; its shapes were turned with it."
            report(Issue("exif_orientation", "info", text, name))
            return (*size, found.orientation)
        text = f"“{name}” is {size[0]} × {size[1]}, the file says {stated[0]} × {stated[1]}; the picture was believed."
        report(Issue("size_disagrees_with_image", "warning", text, name))
    return (*size, 1)


def turn_all(
    annotations: Iterable[AnnotationRecord], orientation: int, width: int, height: int
) -> tuple[AnnotationRecord, ...]:
    """Records of a stored raster (``width`` × ``height``) on the displayed picture."""
    if orientation == 1:
        return tuple(annotations)
    return tuple(replace(a, geometry=turn(a.geometry, orientation, width, height)) for a in annotations)


def report_outside(
    annotations: Iterable[AnnotationRecord], width: int, height: int, *, name: str, report: Report
) -> None:
    """Count shapes that leave the picture; they are kept as they are."""
    for annotation in annotations:
        shape = annotation.geometry
        if (
            type(shape) is Box
            and shape.x >= 0 <= shape.y
            and shape.x + shape.w <= width
            and shape.y + shape.h <= height
        ):
            continue
        found = bounds(shape)
        if found and (found[0] < -0.5 or found[1] < -0.5 or found[2] > width + 0.5 or found[3] > height + 0.5):
            text = f"A shape on “{name}” leaves the picture; it was kept."
            report(Issue("out_of_bounds", "info", text, name, annotation.id))
