"""Rows of YOLO label files: what a shape becomes in the tasks detect, segment, obb and pose."""

from annotator.core.geometry.boxes import corners
from annotator.core.geometry.bridge import single_ring
from annotator.core.geometry.clip import clip
from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.masks import MAX_WINDOW
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.rings import Points, ring_points, signed_area
from annotator.core.geometry.types import Box, Geometry, Keypoints, Mask, Polygon, RotatedBox
from annotator.core.records import AnnotationRecord

SMALLEST = 1e-6
"""Sizes below would be written as 0.000000."""
_MARGIN = 0.01
"""Pixels by which a shape may leave the picture before it is worth telling that it was cut."""
KEPT = {
    "detect": frozenset({"box"}),
    "segment": frozenset({"polygon"}),
    "obb": frozenset({"rotated_box"}),
    "pose": frozenset({"box", "keypoints"}),
    "classify": frozenset({"tag"}),
}
"""The kinds that come back as they were, by task."""
_WITHOUT_AREA = frozenset({"tag", "polyline", "points", "keypoints"})


def takes(task: str, kind: str) -> bool:
    """Whether a shape of that kind becomes a row."""
    if task == "classify":
        return kind == "tag"
    return kind not in (_WITHOUT_AREA if task in {"segment", "obb"} else {"tag"})


class RowMaker:
    """Makes the numbers after the class. ``points`` is how many key points the rows of the current file have."""

    def __init__(self, task: str, multipart: str) -> None:
        self.task = task
        self.moved = False
        """Whether the last shape was cut at the border."""
        self.points = 0
        self._multipart = multipart

    def begin(self, points: int) -> None:
        """Start a file whose rows have at least that many key points."""
        self.points = points

    def takes(self, kind: str) -> bool:
        """Whether a shape of that kind becomes a row."""
        return takes(self.task, kind)

    def rows(self, annotation: AnnotationRecord, width: int, height: int) -> list[str]:
        """The rows of an object on a picture (one, or several for parts), without the class; empty when nothing is left."""
        shape = annotation.geometry
        found = bounds(shape)
        self.moved = found is not None and (
            found[0] < -_MARGIN or found[1] < -_MARGIN or found[2] > width + _MARGIN or found[3] > height + _MARGIN
        )
        if self.task == "obb":
            return self._turned(shape, width, height)
        inside = clip(shape, width, height)
        if inside is None:
            return []
        if self.task == "segment":
            return self._outlines(inside, width, height)
        around = clip(annotation.box, width, height) if annotation.box is not None else None
        if around is None and self.task == "pose" and isinstance(inside, Keypoints):
            around = _widened(inside, width, height)
        row = _box_row(around or inside, width, height)
        if row is None:
            return []
        return [f"{row}{self._key_points(inside, width, height)}" if self.task == "pose" else row]

    def _key_points(self, shape: Geometry, width: int, height: int) -> str:
        values = shape.points if isinstance(shape, Keypoints) else []
        words: list[str] = []
        for start in range(0, len(values) - 2, 3):
            x, y, seen = values[start : start + 3]
            words += [f"{x / width:.6f}", f"{y / height:.6f}", f"{seen:g}"] if seen > 0 else ["0", "0", "0"]
        self.points = max(self.points, len(words) // 3)
        return "".join(f" {word}" for word in words)

    def _outlines(self, shape: Geometry, width: int, height: int) -> list[str]:
        if isinstance(shape, Mask) and shape.bbox[2] * shape.bbox[3] > MAX_WINDOW:
            return []  # a file may claim any size
        polygon = to_polygon(shape)
        if polygon is None:
            return []
        if self._multipart == "largest":
            polygon = Polygon(parts=[max(polygon.parts, key=lambda p: area(Polygon(parts=[p])))])
        pieces = [Polygon(parts=[part]) for part in polygon.parts] if self._multipart == "rows" else [polygon]
        rings = [single_ring(piece) for piece in pieces]
        if self._multipart != "bridge":
            rings = [ring_points(piece.parts[0].outer) for piece in pieces]
        return [_numbers(ring, width, height) for ring in rings if len(ring) >= 3 and abs(signed_area(ring)) > 0]

    def _turned(self, shape: Geometry, width: int, height: int) -> list[str]:
        if not isinstance(shape, Box | RotatedBox):
            around = bounds(shape)
            if around is None:
                return []
            shape = Box(x=around[0], y=around[1], w=around[2] - around[0], h=around[3] - around[1])
        if isinstance(shape, Box):
            inside = clip(shape, width, height)
            if not isinstance(inside, Box):
                return []
            shape = inside
        points = corners(shape).clip((0, 0), (width, height))
        return [_numbers(points, width, height)] if abs(signed_area(points)) > SMALLEST * width * height else []


def _widened(points: Keypoints, width: int, height: int) -> Box | None:
    """The box around key points, at least a pixel wide and high: one point alone is an object, too."""
    found = bounds(points)
    if found is None:
        return None
    x1, y1 = max(min(found[0], width - 1.0), 0.0), max(min(found[1], height - 1.0), 0.0)
    return Box(x=x1, y=y1, w=max(found[2] - x1, 1.0), h=max(found[3] - y1, 1.0))


def _box_row(shape: Geometry, width: int, height: int) -> str | None:
    found = bounds(shape)
    if found is None:
        return None
    x1, y1, x2, y2 = max(found[0], 0.0), max(found[1], 0.0), min(found[2], width), min(found[3], height)
    w, h = (x2 - x1) / width, (y2 - y1) / height
    if w < SMALLEST or h < SMALLEST:
        return None
    return f"{(x1 + x2) / 2 / width:.6f} {(y1 + y2) / 2 / height:.6f} {w:.6f} {h:.6f}"


def _numbers(points: Points, width: int, height: int) -> str:
    flat = (points / (width, height)).clip(0, 1).ravel().tolist()
    return " ".join(f"{value:.6f}" for value in flat)
