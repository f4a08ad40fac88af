"""Tracks of a video → objects on single frames: key frames are joined by straight lines, ``outside`` ends an object."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from annotator.core.geometry.types import (
    Box,
    Ellipse,
    Geometry,
    Keypoints,
    Points,
    Polygon,
    PolygonPart,
    Polyline,
    RotatedBox,
)
from annotator.core.records import AnnotationRecord, Issue
from annotator.formats.cvat.parser import RawHolder, RawShape
from annotator.formats.cvat.shapes import flag, points_of
from annotator.formats.shared.values import whole
from annotator.plugins.formats import Report

MAX_GAP = 100_000
MAX_FILLED = 5_000_000


@dataclass(frozen=True, slots=True)
class TrackKey:
    """What a track is on one frame; ``record`` is ``None`` where it is outside."""

    frame: int
    record: AnnotationRecord | None


def skeletons_of(holder: RawHolder) -> list[RawShape]:
    """The shapes of a skeleton whose points have tracks of their own, put together frame by frame."""
    whole_shapes = {whole(raw.attrs.get("frame")): raw for raw in holder.shapes if raw.tag == "skeleton"}
    parts = [_PointTrack(part.attrs.get("label", ""), _keys_of(part)) for part in holder.parts]
    frames = {frame for part in parts for frame in part.keys} | {frame for frame in whole_shapes if frame is not None}
    made: list[RawShape] = []
    for frame in sorted(frames):
        found = whole_shapes.get(frame)
        attrs = dict(found.attrs) if found else {"frame": str(frame)}
        shape = RawShape("skeleton", attrs, found.line if found else holder.line)
        shape.attributes = found.attributes if found else None
        shape.points = [point for part in parts if (point := part.at(frame)) is not None]
        made.append(shape)
    return made


def _keys_of(part: RawHolder) -> dict[int, RawShape]:
    numbered = ((whole(raw.attrs.get("frame")), raw) for raw in part.shapes)
    return {frame: raw for frame, raw in numbered if frame is not None}


class _PointTrack:
    """The entries of one point of a skeleton by frame."""

    def __init__(self, label: str, keys: dict[int, RawShape]) -> None:
        self.label = label
        self.keys = keys
        self._frames = sorted(keys)

    def at(self, frame: int) -> RawShape | None:
        """The point on a frame: its own entry, else on the line between its neighbours, else where it was last."""
        if not self._frames:
            return None
        place = bisect_right(self._frames, frame) - 1
        raw = self.keys[self._frames[max(place, 0)]]
        attrs = {**raw.attrs, "label": self.label}
        if place < 0:
            attrs["outside"] = "1"  # not there yet
        elif self._frames[place] < frame and place + 1 < len(self._frames):
            before, after = self._frames[place], self._frames[place + 1]
            attrs["points"] = _on_the_way(raw, self.keys[after], (frame - before) / (after - before))
        point = RawShape("points", attrs, raw.line)
        point.attributes = raw.attributes
        return point


def _on_the_way(raw: RawShape, then: RawShape, part: float) -> str:
    stays = raw.attrs.get("points", "")
    first, second = points_of(stays), points_of(then.attrs.get("points"))
    if isinstance(first, str) or isinstance(second, str) or flag(then.attrs.get("outside")):
        return stays
    x, y = (a + (b - a) * part for a, b in zip(first[:2], second[:2], strict=True))
    return f"{x!r},{y!r}"


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """A key that holds from ``start`` up to ``stop``, on the way to ``then``."""

    start: int
    track: int
    stop: int
    key: TrackKey
    then: Geometry | None
    end: int

    def at(self, frame: int) -> AnnotationRecord:
        record = self.key.record
        assert record is not None  # noqa: S101 -- spans are made of visible keys only
        if frame == self.start or self.then is None:
            return record
        part = (frame - self.start) / (self.end - self.start)
        return replace(record, geometry=between(record.geometry, self.then, part))


def frames_of(
    tracks: Iterable[list[TrackKey]], step: int, file: str, report: Report
) -> Iterator[tuple[int, list[AnnotationRecord]]]:
    """Frames with something visible on them, in order; the objects of a frame in the tracks' order."""
    spans: list[_Span] = []
    left = MAX_FILLED
    for number, keys in enumerate(tracks):
        for span in _spans(number, keys):
            filled = (span.stop - span.start) // step
            if span.stop - span.start > MAX_GAP or filled > left:
                text = f"A track rests for {span.stop - span.start} frames; only its key frames were read."
                report(Issue("unsupported_shape", "warning", text, file, f"track {number}"))
                spans.append(replace(span, stop=span.start + 1))
            else:
                left -= filled
                spans.append(span)
    yield from _sweep(sorted(spans, key=_by_start), step)


def _by_start(span: _Span) -> tuple[int, int]:
    return span.start, span.track


def _spans(number: int, keys: list[TrackKey]) -> Iterator[_Span]:
    by_frame = {key.frame: key for key in keys}  # of two on one frame the later one holds
    ordered = [by_frame[frame] for frame in sorted(by_frame)]
    for here, there in zip_longest(ordered, ordered[1:]):
        if here.record is None:
            continue
        then = there.record.geometry if there is not None and there.record is not None else None
        stop = here.frame + 1 if there is None else there.frame
        yield _Span(here.frame, number, stop, here, then, stop)


def _sweep(spans: list[_Span], step: int) -> Iterator[tuple[int, list[AnnotationRecord]]]:
    active: list[tuple[int, int, _Span]] = []
    frame = at = 0
    while at < len(spans) or active:
        if not active:
            frame = spans[at].start
        while at < len(spans) and spans[at].start == frame:
            insort(active, (spans[at].track, spans[at].start, spans[at]), key=lambda entry: entry[:2])
            at += 1
        shown = [span.at(frame) for _, start, span in active if (frame - start) % step == 0]
        if shown:
            yield frame, shown
        frame += 1
        active = [entry for entry in active if entry[2].stop > frame]


def between(first: Geometry, second: Geometry, part: float) -> Geometry:
    """The shape at ``part`` (0–1) of the way; the first one where the two cannot be compared point by point."""

    def mix(a: float, b: float) -> float:
        return a + (b - a) * part

    def turn(a: float, b: float) -> float:
        return (a + ((b - a + 180) % 360 - 180) * part) % 360

    def line(a: list[float], b: list[float]) -> list[float]:
        return [mix(x, y) for x, y in zip(a, b, strict=True)] if len(a) == len(b) else a

    if isinstance(first, Box | RotatedBox) and isinstance(second, Box | RotatedBox):
        a, b = _turned(first), _turned(second)
        mixed = [mix(x, y) for x, y in zip(a[:4], b[:4], strict=True)]
        angle = turn(a[4], b[4])
        if isinstance(first, Box) and isinstance(second, Box):
            return Box(x=mixed[0] - mixed[2] / 2, y=mixed[1] - mixed[3] / 2, w=mixed[2], h=mixed[3])
        return RotatedBox(cx=mixed[0], cy=mixed[1], w=mixed[2], h=mixed[3], angle=angle)
    if isinstance(first, Ellipse) and isinstance(second, Ellipse):
        cx, cy, rx, ry = (mix(getattr(first, name), getattr(second, name)) for name in ("cx", "cy", "rx", "ry"))
        return Ellipse(cx=cx, cy=cy, rx=rx, ry=ry, rotation=turn(first.rotation, second.rotation))
    if isinstance(first, Polygon) and isinstance(second, Polygon):
        return Polygon(parts=[PolygonPart(outer=line(first.parts[0].outer, second.parts[0].outer))])
    if isinstance(first, Polyline) and isinstance(second, Polyline):
        return Polyline(points=line(first.points, second.points))
    if isinstance(first, Points) and isinstance(second, Points):
        return Points(points=line(first.points, second.points))
    if isinstance(first, Keypoints) and isinstance(second, Keypoints) and len(first.points) == len(second.points):
        return _skeleton_between(first, second, part)
    return first


def _turned(box: Box | RotatedBox) -> tuple[float, float, float, float, float]:
    if isinstance(box, RotatedBox):
        return box.cx, box.cy, box.w, box.h, box.angle
    return box.x + box.w / 2, box.y + box.h / 2, box.w, box.h, 0.0


def _skeleton_between(first: Keypoints, second: Keypoints, part: float) -> Keypoints:
    """Points seen at both ends move; the others stay as they were."""
    points = list(first.points)
    for i in range(0, len(points) - 2, 3):
        if points[i + 2] > 0 and second.points[i + 2] > 0:
            for axis in (i, i + 1):
                points[axis] += (second.points[axis] - points[axis]) * part
    return Keypoints(points=points)
