"""What a record holds beside label, geometry and score, as attributes under a prefix of our own.

The database keeps attributes; group, track and the like must survive an import and the export after it without a column
each. Nobody else may use the prefix.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord

PREFIX = "marquee:"


def pack_extras(record: AnnotationRecord) -> dict[str, Any]:
    """The record's attributes, with its id in the file, group, track, owner, crowd flag, own box and source fields."""
    extras: dict[str, Any] = {
        "id": record.id,
        "group": record.group,
        "track": record.track,
        "part_of": record.part_of,
        "crowd": record.crowd or None,
        "box": None if record.box is None else [record.box.x, record.box.y, record.box.w, record.box.h],
        "source": dict(record.source) or None,
    }
    named = {f"{PREFIX}{name}": value for name, value in extras.items() if value is not None}
    return {**record.attributes, **named} if named else dict(record.attributes)


def unpack_extras(record: AnnotationRecord) -> AnnotationRecord:
    """The record with its packed attributes back in their places; values of a wrong type are left out."""
    packed = {name.removeprefix(PREFIX): v for name, v in record.attributes.items() if name.startswith(PREFIX)}
    if not packed:
        return record
    own = {name: value for name, value in record.attributes.items() if not name.startswith(PREFIX)}
    track = packed.get("track")
    source = packed.get("source")
    return replace(
        record,
        attributes=own,
        id=_text(packed.get("id")) or record.id,
        group=_text(packed.get("group")) or record.group,
        track=track if isinstance(track, str | int) and not isinstance(track, bool) else record.track,
        part_of=_text(packed.get("part_of")) or record.part_of,
        crowd=record.crowd or packed.get("crowd") is True,
        box=_box(packed.get("box")) or record.box,
        source={**(source if isinstance(source, Mapping) else {}), **record.source},
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _box(value: Any) -> Box | None:
    try:
        x, y, w, h = msgspec.convert(value, tuple[float, float, float, float])
    except msgspec.ValidationError:
        return None
    return Box(x=x, y=y, w=w, h=h)
