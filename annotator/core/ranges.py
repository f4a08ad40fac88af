"""HTTP byte ranges (RFC 9110 §14): one range per request; anything else is answered with the whole file."""

import re

_SINGLE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


class Unsatisfiable(ValueError):
    """The range lies outside of the file: status 416."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the byte after the last one, or ``None`` for the whole file; raises :class:`Unsatisfiable`."""
    match = _SINGLE.match(header.strip().replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, size
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    if start >= size:
        raise Unsatisfiable
    return None if stop <= start else (start, stop)
