"""Boxes that cover nearly the whole picture."""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from annotator.core.geometry.types import Box
from annotator.core.records import Finding, ImageRecord
from annotator.plugins.base import Options
from annotator.plugins.checks import QualityCheck


class HugeOptions(Options, frozen=True, kw_only=True):
    """What is huge."""

    share: Annotated[float, msgspec.Meta(gt=0, le=1, title="Share of the picture")] = 0.95


class HugeCheck(QualityCheck):
    """Finds boxes as large as the picture."""

    title = "Huge boxes (guest)"
    description = "A box around everything is often a slip of the mouse."
    Options = HugeOptions

    def inspect(self, image: ImageRecord, *, options: Options) -> Iterator[Finding]:
        assert isinstance(options, HugeOptions)
        for shape in image.annotations:
            if isinstance(shape.geometry, Box):
                share = shape.geometry.w * shape.geometry.h / (image.width * image.height)
                if share >= options.share:
                    yield Finding("huge", "warning", f"This box covers {share:.0%} of the picture.", (shape.id or "",))
