"""Objects that were annotated twice."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from annotator.core.geometry.boxes import pairwise_iou
from annotator.core.geometry.measures import bounds, iou
from annotator.core.records import AnnotationRecord, Finding, ImageRecord
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.checks import QualityCheck

_BLOCK = 512
"""Rows of the overlap matrix at a time: memory stays bounded for any number of objects."""


class OverlapOptions(BaseOptions, frozen=True, kw_only=True):
    """What counts as the same object."""

    threshold: Annotated[
        float,
        msgspec.Meta(gt=0, le=1, title="Overlap", description="Intersection over union from which two shapes are one."),
    ] = 0.85
    across_labels: Annotated[
        bool, msgspec.Meta(title="Across labels", description="Also compare shapes with different labels.")
    ] = True


class OverlapCheck(QualityCheck):
    """Finds pairs of shapes that nearly coincide."""

    title = "Overlapping twins"
    description = "Pairs of shapes that nearly coincide: an object annotated twice, or with two labels."
    Options: ClassVar[type[BaseOptions]] = OverlapOptions

    def inspect(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[Finding]:
        """Yield one finding per pair, in drawing order."""
        chosen = options if isinstance(options, OverlapOptions) else OverlapOptions()
        shapes = [(a, found) for a in image.annotations if (found := bounds(a.geometry)) is not None]
        shapes = [(a, found) for a, found in shapes if a.geometry.kind not in {"polyline", "points", "keypoints"}]
        if len(shapes) < 2:
            return
        boxes = np.array([found for _, found in shapes], dtype=np.float64)
        for start in range(0, len(shapes), _BLOCK):
            # a shape and its box differ, but twins have boxes that overlap at least half as much
            near = pairwise_iou(boxes[start : start + _BLOCK], boxes) >= chosen.threshold / 2
            for row, column in np.argwhere(near).tolist():
                if start + row < column:
                    yield from _compare(shapes[start + row][0], shapes[column][0], chosen)


def _compare(first: AnnotationRecord, second: AnnotationRecord, options: OverlapOptions) -> Iterator[Finding]:
    if first.label != second.label and not options.across_labels:
        return
    shared = iou(first.geometry, second.geometry)
    if shared < options.threshold:
        return
    names = f"two “{first.label}”" if first.label == second.label else f"a “{first.label}” and a “{second.label}”"
    ids = tuple(a.id for a in (first, second) if a.id)
    yield Finding("overlap", "warning", f"{names[0].upper()}{names[1:]} overlap by {shared:.0%}.", ids)
