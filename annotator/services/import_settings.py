"""What an import was asked to do."""

from dataclasses import dataclass, field
from typing import Any, Literal

from annotator.services.import_labels import LabelChoice

Mode = Literal["add", "replace", "skip"]


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What to bring in, and how.

    ``labels`` says what names in the files mean: a label id, ``create`` or ``ignore``; names that are not in it are
    matched by name or created. ``label_fraction`` brings in the annotations of only that part of the annotated images
    (seeded, the same part of every split); the others come in without.
    """

    upload: str | None = None
    path: str | None = None
    format: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    mode: Mode = "add"
    labels: dict[str, LabelChoice] = field(default_factory=dict)
    dry_run: bool = False
    keep_splits: bool = True
    label_fraction: float = 1.0
    seed: int = 0
