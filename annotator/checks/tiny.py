"""Shapes too small to be meant."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from annotator.core.geometry.measures import area, bounds
from annotator.core.records import Finding, ImageRecord
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.checks import QualityCheck


class TinyOptions(BaseOptions, frozen=True, kw_only=True):
    """What is too small."""

    side: Annotated[float, msgspec.Meta(ge=0, title="Shorter side in pixels")] = 3.0
    area: Annotated[float, msgspec.Meta(ge=0, title="Area in square pixels")] = 12.0


class TinyCheck(QualityCheck):
    """Finds shapes that nobody can see: a click instead of a drag, a crumb of a mask."""

    title = "Tiny shapes"
    description = "Shapes with a very short side or a very small area, left behind by a click."
    Options: ClassVar[type[BaseOptions]] = TinyOptions

    def inspect(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[Finding]:
        """Yield one finding per shape; lines, points and tags have no size to judge."""
        chosen = options if isinstance(options, TinyOptions) else TinyOptions()
        for annotation in image.annotations:
            found = bounds(annotation.geometry)
            if found is None or annotation.geometry.kind in {"polyline", "points", "keypoints"}:
                continue
            width, height = found[2] - found[0], found[3] - found[1]
            if min(width, height) < chosen.side or area(annotation.geometry) < chosen.area:
                ids = (annotation.id,) if annotation.id else ()
                text = f"A “{annotation.label}” is only {width:.1f} × {height:.1f} pixels large."
                yield Finding("tiny", "warning", text, ids)
