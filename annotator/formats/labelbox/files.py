"""Files of Labelbox: lines of JSON, lists of JSON or tables, and where in them the records of each picture lie."""

import mmap
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.records import Issue
from annotator.formats.shared.files import split_of_word
from annotator.formats.shared.json_items import as_object, decoded
from annotator.formats.shared.json_stream import JsonFile
from annotator.formats.shared.tables import read_rows
from annotator.formats.shared.values import text_of
from annotator.plugins.formats import Report

_SINGLE = 1 << 26
Key = tuple[str, str]
"""Dialect (row, export, legacy) and what names the picture in it."""


def key_of(record: Any) -> Key | None:
    """Which picture a record belongs to, and in which dialect it is; ``None`` for no record of Labelbox."""
    entry = as_object(record)
    if "data_row" in entry:
        row = as_object(entry["data_row"])
        return "export", next(
            (t for k in ("id", "global_key", "external_id", "row_data") if (t := text_of(row.get(k)))), ""
        )
    if "dataRow" in entry:
        row = as_object(entry["dataRow"])
        return "row", next((t for k in ("globalKey", "id", "externalId") if (t := text_of(row.get(k)))), "")
    if "Label" in entry or "Labeled Data" in entry:
        return "legacy", next(
            (t for k in ("DataRow ID", "External ID", "Labeled Data", "ID") if (t := text_of(entry.get(k)))), ""
        )
    return None


def is_empty(path: Path) -> bool:
    """Whether a file of lines has none: then there are pictures, and nothing on them."""
    return path.suffix.lower() == ".ndjson" and path.stat().st_size == 0


class LabelboxFile:
    """One file, indexed; raises :class:`FormatError` when there is no record of Labelbox in it."""

    def __init__(self, path: Path, root: Path, report: Report) -> None:
        self.path = path
        self.file = path.relative_to(root).as_posix()
        self.split = split_of_word(path.stem)
        self.keys: dict[Key, int] = {}
        self._report = report
        self._owners, self._offsets, self._lengths, self._lines = (array("q") for _ in range(4))
        self._starts: dict[int, list[int]] = {}
        self._index()

    def _index(self) -> None:
        if is_empty(self.path):
            return
        for line, offset, text in self._texts():
            record = decoded(text) if text.strip() else None
            key = key_of(record)
            if key is None:
                what = "A line is no JSON, or it is cut off" if record is None else "A record is none of Labelbox"
                self._report(Issue("unparsable_file", "error", f"{what}; it was left out.", self.file, f"line {line}"))
            elif not key[1]:
                text_ = "A record does not name its picture; it was left out."
                self._report(Issue("unknown_image_id", "warning", text_, self.file, f"line {line}"))
            else:
                owner = self.keys.setdefault(key, len(self.keys))
                self._starts.setdefault(owner, []).append(len(self._offsets))
                self._offsets.append(offset)
                self._lengths.append(len(text))
                self._lines.append(line)
        if not self.keys:
            raise FormatError(f"{self.file} holds no record of Labelbox.", fields={"file": self.file})

    def _texts(self) -> Iterator[tuple[int, int, bytes]]:
        """Number, offset and text of each record: items of a list, or lines that are not blank."""
        with JsonFile(self.path) as data:
            start = data.start()
            if data.is_array(start):
                for number, item in enumerate(data.items(start), start=1):
                    yield number, item.offset, item.text
                return
            size = len(data.data)
            if size <= _SINGLE and key_of(decoded(data.data[start:size])) is not None:
                yield 1, start, data.data[start:size]
                return
            yield from _lines(data.data, start)

    def records(self, key: Key) -> Iterator[tuple[str, dict[str, Any]]]:
        """Place and content of the records of one picture, in order."""
        with self.path.open("rb") as file:
            for place in self._starts[self.keys[key]]:
                file.seek(self._offsets[place])
                record = decoded(file.read(self._lengths[place]))
                if isinstance(record, dict):
                    yield f"line {self._lines[place]}", record


def _lines(data: mmap.mmap, start: int) -> Iterator[tuple[int, int, bytes]]:
    number = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        number += 1
        text = data[start:end]
        if text.strip():
            yield number, start, text
        start = end + 1


class LabelboxTable:
    """The legacy export as a table: one row per picture, its label as JSON in the column ``Label``."""

    def __init__(self, path: Path, root: Path, report: Report) -> None:
        self.path = path
        self.file = path.relative_to(root).as_posix()
        self.split = split_of_word(path.stem)
        self._report = report
        self._rows: dict[Key, list[tuple[str, dict[str, Any]]]] = {}
        self.keys = self._rows
        header: list[str] = []
        for row in read_rows(path, file=self.file, report=report):
            if not header:
                header = row.cells
                continue
            record: dict[str, Any] = dict(zip(header, row.cells, strict=False))
            label = text_of(record.get("Label"))
            record["Label"] = decoded(label.encode()) if label.startswith(("{", "[")) else label
            key = key_of(record)
            if key is None or not key[1] or record["Label"] is None:
                text = "A row names no picture, or its label is no JSON; it was left out."
                report(Issue("unparsable_file", "error", text, self.file, f"line {row.line}"))
            else:
                self._rows.setdefault(key, []).append((f"line {row.line}", record))
        if not self._rows:
            raise FormatError(f"{self.file} holds no row of Labelbox.", fields={"file": self.file})

    def records(self, key: Key) -> Iterator[tuple[str, dict[str, Any]]]:
        """Place and content of the rows of one picture."""
        yield from self._rows[key]
