"""Tables whose cells are JSON: a cell may be longer than the limit of Python's csv module."""

import re
from collections.abc import Iterator
from pathlib import Path

from annotator.formats.shared.tables import text_encoding

_LONGEST_LINE = 1 << 24
_PATTERN = r' *+(?:"((?:[^"]|"")*+)" *+|([^{0}]*+))(?:{0}|$)'
_CELLS = {mark: re.compile(_PATTERN.format(mark)) for mark in (",", "\t")}


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """(number from 1, text) of the lines that are not blank, in whatever encoding."""
    with path.open(encoding=text_encoding(path), errors="replace", newline=None) as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            if line.strip():
                yield number, line.rstrip("\n")


def cells(line: str, delimiter: str = ",") -> list[str]:
    """The cells of one line, trimmed; quotes inside quotes are doubled."""
    found: list[str] = []
    at = 0
    while at <= len(line):
        match = _CELLS[delimiter].match(line, at)
        if match is None:
            break
        quoted, plain = match.groups()
        found.append(plain.strip() if quoted is None else quoted.replace('""', '"'))
        if match.end() == at or (match.end() == len(line) and not line.endswith(delimiter)):
            break
        at = match.end()
    return found
