"""One item of a streamed JSON array or one line of a file of lines, decoded without ever raising."""

from typing import Any

from annotator.core.errors import FormatError
from annotator.formats.shared.values import decode_json


def decoded(text: bytes) -> Any:
    """The value, or ``None`` when the text is no JSON."""
    try:
        return decode_json(text, "")
    except FormatError:
        return None


def as_object(value: Any) -> dict[str, Any]:
    """The value where it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The value where it is an array; else an empty one."""
    return value if isinstance(value, list) else []
