"""Tables of Open Images: what each is, and where in it the rows of each picture lie.

A table may have millions of rows; of every stretch of rows of one picture only its place in the file is kept.
"""

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.core.records import Issue
from annotator.formats.shared.files import split_of_word
from annotator.formats.shared.tables import cells_of, delimiter_of, head_lines
from annotator.plugins.formats import Report

Kind = Literal["images", "boxes", "masks", "labels", "relations"]
KINDS: tuple[Kind, ...] = ("images", "boxes", "masks", "labels", "relations")
LONGEST_LINE = 1 << 20
_SIDES = frozenset({"xmin", "xmax", "ymin", "ymax"})
_ABOUT_IMAGES = frozenset({"subset", "originalurl", "rotation", "filename", "originalsize", "thumbnail300kurl"})


class TableRow(NamedTuple):
    """One row: the number of its line and its cells by the lower-case names of their columns."""

    line: int
    cells: dict[str, str]


def kind_of_header(head: bytes) -> Kind | None:
    """What a table is by its first bytes; ``None`` when it is none of ours."""
    lines = head_lines(head, 1)
    names = _names(lines[0]) if lines else []
    found = frozenset(names)
    if "imageid" not in found:
        return None
    if "labelname1" in found:
        return "relations"
    if "labelname" in found:
        return "masks" if "maskpath" in found else "boxes" if found >= _SIDES else "labels"
    return "images" if len(names) == 1 or found & _ABOUT_IMAGES else None


def _names(line: str) -> list[str]:
    """Columns in lower case; of two with one name the first one has it."""
    names: list[str] = []
    for cell in cells_of(line, delimiter_of(line)):
        name = cell.lower()
        names.append(f"{name} {len(names)}" if name in names else name)
    return names


class Table:
    """One file, indexed by picture when :meth:`index` was called."""

    def __init__(self, path: Path, file: str, kind: Kind, head: bytes) -> None:
        self.path = path
        self.file = file
        self.kind = kind
        header = head_lines(head, 1)[0]
        self._delimiter = delimiter_of(header)
        self.columns = _names(header)
        self.header = cells_of(header, self._delimiter)
        words = split_of_word(path.stem.partition("annotations")[0]) or split_of_word(path.stem.partition("-image")[0])
        self.split = words or split_of_word(path.stem) or split_of_word(Path(file).parent.name)
        self._owners, self._offsets, self._lengths, self._lines = (array("q") for _ in range(4))
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._sorted: NDArray[np.int64] = np.zeros(0, np.int64)

    def index(self, images: dict[str, int], labels: dict[str, None], report: Report) -> None:
        """Walk the rows once: picture → its stretches; unseen pictures get the next number, labels their first place."""
        at = self.columns.index("imageid")
        label_at = self.columns.index("labelname") if "labelname" in self.columns else None
        separator = self._delimiter.encode()
        last = b""
        for number, offset, line in self._walk(report):
            cells = self._cells(line, separator)
            if len(cells) <= at or not cells[at].strip():
                self._short(number, report)
                continue
            if label_at is not None and len(cells) > label_at:
                labels.setdefault(cells[label_at].strip().decode(errors="replace"))
            if cells[at] == last and self._offsets[-1] + self._lengths[-1] == offset:
                self._lengths[-1] += len(line)
                continue
            last = cells[at]
            name = last.strip().decode(errors="replace")
            self._owners.append(images.setdefault(name, len(images)))
            self._offsets.append(offset)
            self._lengths.append(len(line))
            self._lines.append(number)
        owners = np.frombuffer(self._owners, dtype=np.int64) if self._owners else np.zeros(0, np.int64)
        self._order = np.argsort(owners, kind="stable")
        self._sorted = owners[self._order]

    def _short(self, number: int, report: Report) -> None:
        text = "A row does not name its picture; it was left out."
        report(Issue("unknown_image_id", "warning", text, self.file, f"line {number}"))

    def _cells(self, line: bytes, separator: bytes) -> list[bytes]:
        if b'"' not in line:
            return line.rstrip(b"\r\n").split(separator)
        return [cell.encode() for cell in cells_of(line.decode(errors="replace"), self._delimiter)]

    def _walk(self, report: Report) -> Iterator[tuple[int, int, bytes]]:
        """Line number, offset and bytes of every row below the header that is not blank."""
        with self.path.open("rb") as file:
            offset, number = 0, 0
            while line := file.readline(LONGEST_LINE):  # the header, below blank lines perhaps
                number, offset = number + 1, offset + len(line)
                if line.strip(b"\xef\xbb\xbf \t\r\n"):
                    break
            while line := file.readline(LONGEST_LINE):
                number += 1
                begin, offset = offset, offset + len(line)
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                        offset += len(rest)
                    offset += len(rest)
                    text = f"A line is longer than {LONGEST_LINE} characters; it was left out."
                    report(Issue("unparsable_file", "error", text, self.file, f"line {number}"))
                elif line.strip():
                    yield number, begin, line

    def __enter__(self) -> "Table":
        self._file: BinaryIO = self.path.open("rb")
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def speaks_of(self, image: int) -> bool:
        """Whether there is a row of a picture."""
        first, last = np.searchsorted(self._sorted, [image, image + 1]).tolist()
        return bool(first < last)

    def rows(self, image: int) -> Iterator[TableRow]:
        """The rows of one picture in the order of the file; inside ``with`` only."""
        first, last = np.searchsorted(self._sorted, [image, image + 1]).tolist()
        if first == last:
            return
        for place in self._order[first:last].tolist():
            self._file.seek(self._offsets[place])
            text = self._file.read(self._lengths[place]).decode(errors="replace")
            for number, line in enumerate(text.split("\n"), start=self._lines[place]):
                if line.strip():
                    cells = cells_of(line, self._delimiter)
                    yield TableRow(number, dict(zip(self.columns, cells, strict=False)))
