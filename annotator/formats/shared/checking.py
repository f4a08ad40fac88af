"""The last check of every reader: a record's size against the picture, its shapes against the frame."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box, Polygon, PolygonPart
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.shared.files import PictureSize
from annotator.formats.shared.orientation import turn
from annotator.formats.shared.values import FARTHEST, open_ring
from annotator.plugins.formats import Report


def sound_box(x1: float, y1: float, x2: float, y2: float) -> Box | str:
    """A box of two opposite corners in any order, or the code of what is wrong with it."""
    if not all(abs(value) <= FARTHEST for value in (x1, y1, x2, y2)):  # NaN, too, is not
        return "not_finite"
    left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    if right <= left or bottom <= top:
        return "zero_area"
    return Box(x=left, y=top, w=right - left, h=bottom - top)


def sound_polygon(flat: list[float]) -> Polygon | str:
    """A polygon of one ring (x, y, …; the first point may be repeated), or the code of what is wrong with it."""
    ring = open_ring(flat)
    return "degenerate_polygon" if is_flat(ring) else Polygon(parts=[PolygonPart(outer=ring)])


def is_flat(ring: Sequence[float]) -> bool:
    """Whether all points of a ring (x, y, …) lie on one line, so that it encloses nothing.

    Its signed area does not tell: that of a figure of eight may be 0, too.
    """
    dx = dy = 0.0
    for place in range(2, len(ring) - 1, 2):
        x, y = ring[place] - ring[0], ring[place + 1] - ring[1]
        if dx == 0 == dy:
            dx, dy = x, y
        elif dx * y != dy * x:
            return False
    return True


DROPPED = {
    "not_finite": "An object has a coordinate that is no number; it was left out.",
    "zero_area": "An object has no area; it was left out.",
    "degenerate_polygon": "A polygon has fewer than three points or no area; it was left out.",
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
