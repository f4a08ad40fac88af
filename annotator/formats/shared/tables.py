"""Tables in text files as the world writes them: any usual encoding, comma, semicolon, tab or bar, quotes or none."""

import codecs
import csv
import math
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from annotator.core.records import Issue
from annotator.plugins.formats import Report

DELIMITERS = ",;\t|"
_LONGEST_LINE = 1 << 20
_LONGEST_CELL_LINES = 50
"""A quoted cell may go on over this many lines; more is an open quote."""
_BLOCK = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


csv.field_size_limit(_LONGEST_LINE)  # its own limit is far lower, and outlines in cells are long


class Row(NamedTuple):
    """One record: the number of its line (from 1) and its cells without the spaces around them."""

    line: int
    cells: list[str]


def text_encoding(path: Path) -> str:
    """From the byte order mark; else UTF-8 where the file is that, else Windows' western one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(4)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        file.seek(0)
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def head_lines(data: bytes, most: int = 50) -> list[str]:
    """The first whole lines of the first bytes of a file that is not blank."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    return [line for line in data.decode(encoding, errors="replace").splitlines() if line.strip()][:most]


def delimiter_of(line: str) -> str:
    """The most frequent separator outside quotes; a comma when there is none."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one record, trimmed; an open quote ends with the record."""
    line = line.rstrip("\r\n")
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]
    except (csv.Error, StopIteration):
        return []


def read_rows(path: Path, *, file: str, report: Report, delimiter: str = "") -> Iterator[Row]:
    """Records of a file, one by one; blank lines are passed over, and lines that nobody can read are reported."""
    with path.open(encoding=text_encoding(path), errors="replace", newline="") as stream:
        lines = _lines(stream, file, report)
        width = 0
        waiting: deque[tuple[int, str]] = deque()
        while waiting or (waiting := deque(islice(lines, 1))):
            number, line = waiting.popleft()
            delimiter = delimiter or delimiter_of(line)
            if '"' not in line:
                cells = [cell.strip() for cell in line.split(delimiter)]
            else:
                if line.count('"') % 2 and width:
                    line = _joined(line, waiting, lines, delimiter, width)
                cells = cells_of(line, delimiter)
            if any(cells):
                width = width or len(cells)
                yield Row(number, cells)


def _joined(
    line: str, waiting: deque[tuple[int, str]], lines: Iterator[tuple[int, str]], delimiter: str, width: int
) -> str:
    """A record whose quoted cell goes on in the next lines; the line alone when the quote was never closed."""
    waiting.extend(islice(lines, max(0, _LONGEST_CELL_LINES - len(waiting))))
    for count, (_, more) in enumerate(waiting, start=1):
        if more.count('"') % 2:
            joined = "\n".join([line, *(text for _, text in islice(waiting, count))])
            try:
                cells = next(csv.reader(joined.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True))
            except (csv.Error, StopIteration):
                return line
            if len(cells) == width:
                for _ in range(count):
                    waiting.popleft()
                return joined.replace("\n", " ")
            return line
    return line


def _lines(stream: TextIO, file: str, report: Report) -> Iterator[tuple[int, str]]:
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        if len(line) >= _LONGEST_LINE and not line.endswith("\n"):
            while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                pass
            text = f"A line is longer than {_LONGEST_LINE} characters; it was left out."
            report(Issue("unparsable_file", "error", text, file, f"line {number}"))
        elif "\r" in line and "\r" in line.rstrip("\r\n"):  # ends of lines of old computers
            for piece in line.splitlines():
                yield number, piece
        else:
            yield number, line.rstrip("\r\n")


def number_of(text: str) -> float:
    """A number, with a comma for its point where it has no point; NaN for anything else."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(text.replace(",", ".", 1)) if "." not in text else math.nan
    except ValueError:
        return math.nan
