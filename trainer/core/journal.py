"""The journal of a run: JSON Lines appended by the job and followed by its supervisor."""

import threading
from pathlib import Path
from typing import Any

import orjson

Event = dict[str, Any]


class Journal:
    """Appends events; safe from any thread. A line torn by a kill is closed, so that later lines stay readable."""

    def __init__(self, path: Path, *, attempt: int) -> None:
        self._attempt = attempt
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        torn = path.exists() and path.stat().st_size > 0 and path.read_bytes()[-1:] != b"\n"
        self._file = path.open("ab", buffering=0)
        if torn:
            self._file.write(b"\n")

    def write(self, kind: str, **data: Any) -> None:
        """Append one event of ``kind`` in a single write."""
        line = orjson.dumps(
            {"kind": kind, "attempt": self._attempt, "data": data},
            option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY,
        )
        with self._lock:
            self._file.write(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_journal(path: Path, offset: int, *, limit: int = 4 << 20) -> tuple[list[Event], int]:
    """Complete events from byte ``offset`` on (at most ``limit`` bytes) and the offset behind them.

    A file shorter than ``offset`` was begun anew (another host): it is read from its start. Torn lines are skipped.
    """
    if not path.exists():
        return [], offset
    if path.stat().st_size < offset:
        offset = 0
    with path.open("rb") as file:
        file.seek(offset)
        block = file.read(limit)
    end = block.rfind(b"\n") + 1
    return [event for line in block[:end].splitlines() if (event := _parse(line)) is not None], offset + end


def _parse(line: bytes) -> Event | None:
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("data"), dict) else None
