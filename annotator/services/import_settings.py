"""What an import was asked to do."""

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

Mode = Literal["add", "replace", "skip", "predictions"]


class NewLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label to be made under a name of one's own; several names of the files may share it."""

    name: str
    color: str = ""


LabelChoice = int | Literal["create", "ignore"] | NewLabel


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What to bring in, and how.

    ``labels`` says what names in the files mean: a label id, ``create``, ``ignore`` or a new label; names that are not
    in it are what they were at the last import, matched by name or created. ``mode`` ``predictions`` makes suggestions
    of the annotations. ``label_fraction`` brings in the annotations of only that part of the annotated images (seeded,
    the same part of every split); the others come in without. ``token`` is that of a dry run: the import then does
    exactly what was shown there, or refuses when the files have changed since.
    ``size_only`` makes images of records that have a size but no picture.
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
    token: str = ""
    size_only: bool = False
    source: str | None = None
