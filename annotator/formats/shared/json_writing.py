"""Writing JSON as a stream: a value as bytes, and files whose long array grows item by item."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson


def dump_json(value: Any) -> bytes:
    """Compact UTF-8; what JSON cannot say (NaN, endless nesting) becomes null, huge integers are written plainly."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str)
    except TypeError:
        pass  # an integer beyond 64 bits, half a character, or nested deeper than it likes
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=str, separators=(",", ":"))
    except (ValueError, RecursionError):
        return b"null"
    return text.encode("utf-8", errors="replace")


class ArrayFile:
    """A file made of ``head``, the items of an array and ``tail``; a context manager that ends it when all went well."""

    def __init__(self, path: Path, *, head: bytes = b"[", tail: bytes = b"\n]\n") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._file.write(head)
        self._tail = tail
        self._count = 0

    def add(self, value: Any) -> None:
        """Write one item, on a line of its own."""
        self._file.write((b",\n" if self._count else b"\n") + dump_json(value))
        self._count += 1

    def __enter__(self) -> "ArrayFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._file.write(self._tail)
        self._file.close()
