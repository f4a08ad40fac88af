"""Settings of one project: typed, defaulted and checked in one place."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from annotator.core.errors import InvalidInput


class ProjectSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What managers can set per project; every field has a default, so that ``{}`` is valid."""

    strip_position: bool = True
    """Remove the GPS position from EXIF before a picture is stored."""
    prediction_threshold: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.25
    """Predictions below this confidence are hidden at first."""
    lease_minutes: Annotated[int, msgspec.Meta(ge=1, le=240)] = 5
    """How long an image stays with an annotator who sends no heartbeat."""
    review_required: bool = False
    """Only reviewed images count as done."""
    near_duplicate_bits: Annotated[int, msgspec.Meta(ge=0, le=32)] = 6
    """Pictures whose difference hashes differ in at most so many of 64 bits are near-duplicates."""
    test_locked: bool = False
    """No image enters or leaves the test split any more."""


def read_settings(stored: Mapping[str, Any]) -> ProjectSettings:
    """Settings as stored, defaults filled in; raises :class:`InvalidInput` whose sentence names the field."""
    try:
        return msgspec.convert(dict(stored), ProjectSettings)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"Project settings: {error}.") from error


def merge_settings(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``stored`` with ``changes`` as a full, checked object."""
    full: dict[str, Any] = msgspec.to_builtins(read_settings({**stored, **changes}))
    return full
