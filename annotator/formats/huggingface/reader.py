"""Reading Hugging Face's image folders: ``metadata.jsonl`` or ``metadata.csv`` beside the pictures."""

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from annotator.core.errors import FormatError
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.huggingface.features import Card, card_of
from annotator.formats.huggingface.rows import id_of, name_of, objects_of, records_of, rest_of, size_of, tags_of
from annotator.formats.shared.checking import report_outside, turn_all
from annotator.formats.shared.files import picture_size, split_of_word, unique_name
from annotator.formats.shared.label_files import Readable
from annotator.formats.shared.named_pictures import NamedPictures, place
from annotator.formats.shared.tables import read_rows
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

METADATA = ("metadata.jsonl", "metadata.csv")
PARQUET = "metadata.parquet"
_LONGEST_LINE = 64 << 20


class ImageFolder:
    """A folder of pictures with metadata; ``corners`` tells boxes of two corners from [x, y, width, height]."""

    def __init__(self, folder: Path, *, corners: bool) -> None:
        self._folder = folder
        self._corners = corners

    @cached_property
    def card(self) -> Card:
        """What the set says of itself."""
        return card_of(self._folder)

    @cached_property
    def _files(self) -> list[Path]:
        """One file of metadata per folder: JSON lines before CSV."""
        found: dict[Path, Path] = {}
        for name in METADATA:
            for path in walk_files(self._folder):
                if path.name.lower() == name:
                    found.setdefault(path.parent, path)
        return [found[parent] for parent in sorted(found)]

    @cached_property
    def _apart(self) -> bool:
        """Whether several files of metadata use the same names: then all get their split before it."""
        if len(self._files) < 2:
            return False
        seen: dict[str, Path] = {}
        return any(
            (name := name_of(row)) is not None and seen.setdefault(name, path) != path
            for path in self._files
            for _, row in _rows(path, path.name, _ignore)
        )

    def labels(self) -> list[LabelRecord]:
        """Classes in the order of the features, then of appearance."""
        names: dict[str, None] = {}
        for listed in self.card.names.values():
            names |= dict.fromkeys(listed)
        for path in self._files:
            for _, row in _rows(path, path.name, _ignore):
                names |= dict.fromkeys(tags_of(row, self.card.names))
                names |= {name: None for name, _, _ in objects_of(row, self.card.names) if name is not None}
        return [LabelRecord(name=name) for name in names]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures row by row, then those without a row; raises :class:`FormatError` without metadata."""
        if not self._files:
            parquet = any(path.name == PARQUET for path in walk_files(self._folder))
            hint = " metadata.parquet is not read: save the metadata as JSON lines." if parquet else ""
            raise FormatError(f"There is no metadata.jsonl or metadata.csv beside the pictures.{hint}")
        pictures = NamedPictures(self._folder)
        taken: set[str] = set()
        seen: set[str] = set()
        readable = Readable()
        for path in self._files:
            yield from self._read(path, pictures, taken, seen, readable, report)
        readable.check()
        for path in pictures.index.pictures:
            size = picture_size(path) if str(path) not in seen else None
            if size is not None:
                name = pictures.index.relative(path)
                yield ImageRecord(
                    unique_name(name, taken, None), size.width, size.height, (), _split(PurePosixPath(name).parent),
                    path, source={"annotated": False},
                )  # fmt: skip

    def _read(
        self, path: Path, pictures: NamedPictures, taken: set[str], seen: set[str], readable: Readable, report: Report
    ) -> Iterator[ImageRecord]:
        file = path.relative_to(self._folder).as_posix()
        base = PurePosixPath(file).parent
        names = self.card.names
        problems: list[Issue] = []

        def keep(issue: Issue) -> None:
            problems.append(issue) if not problems else None
            report(issue)

        rows = 0
        for number, row in _rows(path, file, keep):
            rows += 1
            where = f"line {number}"
            stated = name_of(row)
            if stated is None:
                report(Issue("unparsable_file", "error", "A row names no picture; it was left out.", file, where))
                continue
            found = pictures.find(stated, [base.as_posix()], file=file, where=where, report=report)
            if found is None:
                continue
            key = str(found.path) if found.path else f"{base}/{found.name}"
            if key in seen:
                text = f"“{found.name}” has two rows; the first one was taken."
                report(Issue("duplicate_file_name", "warning", text, file, where))
                continue
            seen.add(key)
            split = _split(base) or _split(PurePosixPath(found.name).parent)
            full = f"{split}/{found.name}" if self._apart and split else found.name
            name = unique_name(full, taken, split)
            stated_size = size_of(row)
            placed = place(found, stated_size, report=report, says_sizes=False)
            records = records_of(row, names, corners=self._corners, file=file, where=where, report=report)
            annotations = turn_all(records, placed.orientation, *(stated_size or (0, 0)))
            if placed.width:
                report_outside(annotations, placed.width, placed.height, name=name, report=report)
            yield ImageRecord(
                name,
                placed.width,
                placed.height,
                annotations,
                split,
                found.path,
                id_of(row),
                source=rest_of(row, names),
            )
        readable.add(rows, problems[0] if problems else None)


def _split(folder: PurePosixPath) -> str | None:
    return next((found for part in folder.parts[::-1] if (found := split_of_word(part))), None)


def _rows(path: Path, file: str, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with the numbers of their lines; one that cannot be read is reported."""
    yield from _json_rows(path, file, report) if path.suffix.lower() == ".jsonl" else _csv_rows(path, file, report)


def _json_rows(path: Path, file: str, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            row = _parsed(text)
            if isinstance(row, dict):
                yield number, row
            else:
                issue = "This line is no JSON object; it was left out."
                report(Issue("unparsable_file", "error", issue, file, f"line {number}"))


def _parsed(text: bytes) -> Any:
    """A JSON value, NaN included; ``None`` for anything else."""
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return json.loads(text.decode("utf-8", errors="strict"))
    except (ValueError, RecursionError):
        return None


def _csv_rows(path: Path, file: str, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    header: list[str] | None = None
    for line, cells in read_rows(path, file=file, report=report):
        if header is None:
            header = cells
        elif len(cells) > len(header):
            text = "A row has more cells than columns; it was left out."
            report(Issue("unparsable_file", "error", text, file, f"line {line}"))
        else:
            pairs = zip(header, cells, strict=False)
            yield line, {key: _cell(value) for key, value in pairs if value}


def _cell(text: str) -> Any:
    """Numbers, lists and objects are written as JSON in a cell; everything else is text."""
    if text[0] in "[{" or text.lstrip("-").replace(".", "", 1).isdecimal():
        value = _parsed(text.encode())
        return text if value is None else value
    return text


def _ignore(issue: Issue) -> None:
    """The look for classes reports nothing that reading would report again."""
