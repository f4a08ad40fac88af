"""Values out of files that nobody checked: numbers, texts and JSON that never raise anything but ``FormatError``."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.errors import FormatError

MAX_JSON_BYTES = 2 << 30
FARTHEST = 1e9
"""No coordinate lies farther away: products of larger ones overflow."""
MAX_WHOLE = 1 << 53
MAX_SIDE = 1 << 31
_BYTE = re.compile(r"byte (\d+)")
_SURROGATE = re.compile("[\ud800-\udfff]")


def number(value: Any) -> float:
    """A finite number, also one that was written as text; NaN for everything else."""
    if type(value) is float:
        return value if math.isfinite(value) else math.nan
    if isinstance(value, bool):
        return math.nan
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def whole(value: Any) -> int | None:
    """An integer that a float holds exactly, also one that was written as text or as 3.0; ``None`` for everything else."""
    found = number(value)
    return int(found) if found.is_integer() and abs(found) <= MAX_WHOLE else None


def pixels(width: Any, height: Any) -> tuple[int, int] | None:
    """A picture's size when both sides are positive."""
    w, h = whole(width), whole(height)
    return (w, h) if w is not None and h is not None and 0 < w < MAX_SIDE and 0 < h < MAX_SIDE else None


def text_of(value: Any) -> str:
    """A text without outer spaces; numbers are written out, everything else is empty."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def near(values: Iterable[float]) -> bool:
    """Whether all are numbers that could be pixels."""
    return all(abs(value) <= FARTHEST for value in values)


def flat_numbers(pairs: Any) -> list[float] | None:
    """``[[x, y], …]`` as x, y, …; ``None`` unless all are finite numbers that could be pixels."""
    if not isinstance(pairs, Sequence) or isinstance(pairs, str):
        return None
    flat: list[float] = []
    for pair in pairs:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) < 2:
            return None
        flat += [number(pair[0]), number(pair[1])]
    return flat if near(flat) else None


def open_ring(flat: list[float]) -> list[float]:
    """A ring whose first point is not repeated at its end."""
    return flat[:-2] if len(flat) > 6 and flat[:2] == flat[-2:] else flat


def decode_json(data: bytes, file: str) -> Any:
    """JSON with a byte-order mark, NaN and lone surrogates forgiven.

    Raises :class:`FormatError` with ``file`` and ``offset`` for everything else.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = data.decode("utf-16", errors="replace").encode()
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        first = error
    try:
        return without_surrogates(json.loads(data.decode(errors="replace")))
    except RecursionError:
        raise _refusal(file, "is nested too deeply to be a dataset", None) from None
    except ValueError as error:
        found = _BYTE.search(str(first))
        offset = int(found.group(1)) if found else getattr(error, "pos", None)
        raise _refusal(file, "is not valid JSON, or it is cut off", offset) from None


def load_json(path: Path, file: str) -> Any:
    """A whole JSON file; raises :class:`FormatError`, also when it is too large to be read at one stroke."""
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise _refusal(file, "is larger than 2 GiB; split it", None)
        return decode_json(path.read_bytes(), file)
    except OSError as error:
        raise _refusal(file, f"cannot be read ({error.strerror})", None) from None


def _refusal(file: str, what: str, offset: int | None) -> FormatError:
    place = "" if offset is None else f" (byte {offset})"
    fields = {"file": file, "issue": "unparsable_file"} | ({} if offset is None else {"offset": offset})
    return FormatError(f"{file} {what}{place}.", fields=fields)


def without_surrogates(value: Any) -> Any:
    """The same value with characters that no encoding can write replaced."""
    if isinstance(value, str):
        return _SURROGATE.sub("�", value)
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    return value
