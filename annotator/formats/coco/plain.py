"""Annotations that are a box and nothing else, which most are: decoded by their type, without a dictionary each."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord

FAR = 1e9


class PlainEntry(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An entry that says nothing more; any other does not fit and is read with care."""

    id: int
    bbox: tuple[float, float, float, float]
    category_id: int
    image_id: int | str | None = None
    area: float | None = None
    iscrowd: Literal[0] = 0
    segmentation: Annotated[list[Any], msgspec.Meta(max_length=0)] = []


_ENTRIES = msgspec.json.Decoder(list[PlainEntry])


def plain_entries(text: bytes) -> list[PlainEntry] | None:
    """A JSON list of plain entries; ``None`` when one of them is not."""
    try:
        return _ENTRIES.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def plain_records(
    entries: list[PlainEntry], labels: Mapping[int | str | None, str], is_repeated: Callable[[Any], bool]
) -> list[AnnotationRecord] | None:
    """Their records; ``None`` when one has an unknown category, a repeated id or a box that is none."""
    found: list[AnnotationRecord] = []
    for entry in entries:
        x, y, w, h = entry.bbox
        label = labels.get(entry.category_id)
        if (
            label is None or is_repeated(entry.id)
            or not (0 < w < FAR and 0 < h < FAR and -FAR < x < FAR and -FAR < y < FAR)
        ):  # fmt: skip
            return None
        found.append(AnnotationRecord(label, Box(x, y, w, h), {}, str(entry.id)))
    return found
