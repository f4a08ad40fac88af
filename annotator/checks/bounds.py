"""Shapes that leave the picture."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from annotator.core.geometry.measures import bounds
from annotator.core.records import Finding, ImageRecord
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.checks import QualityCheck


class OutOfImageOptions(BaseOptions, frozen=True, kw_only=True):
    """How far is too far."""

    tolerance: Annotated[
        float, msgspec.Meta(ge=0, title="Tolerance in pixels", description="Up to here nobody can see it.")
    ] = 1.0


class OutOfImageCheck(QualityCheck):
    """Finds shapes that reach over the edge: a slip of the hand, or annotations of another picture."""

    title = "Out of the picture"
    description = (
        "Shapes that reach over the edge by more than a tolerance. Often a sign of a wrong or rotated picture."
    )
    Options: ClassVar[type[BaseOptions]] = OutOfImageOptions

    def inspect(self, image: ImageRecord, *, options: BaseOptions) -> Iterator[Finding]:
        """Yield one finding per shape; a shape wholly outside is an error."""
        tolerance = options.tolerance if isinstance(options, OutOfImageOptions) else 1.0
        for annotation in image.annotations:
            found = bounds(annotation.geometry)
            if found is None:
                continue
            over = max(-found[0], -found[1], found[2] - image.width, found[3] - image.height)
            if over <= tolerance:
                continue
            ids = (annotation.id,) if annotation.id else ()
            if found[2] <= 0 or found[3] <= 0 or found[0] >= image.width or found[1] >= image.height:
                text = f"A “{annotation.label}” lies wholly outside of the picture."
                yield Finding("outside", "error", text, ids)
            else:
                text = f"A “{annotation.label}” reaches {over:.0f} pixels over the edge."
                yield Finding("over_the_edge", "warning", text, ids)
