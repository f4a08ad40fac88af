"""The comparison of two versions: made once, kept in the store, read in pages."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

import msgspec
from django.core.files.base import File
from django.core.files.storage import default_storage

from annotator.core.diff import DiffSummary, diff_lines
from annotator.core.errors import InvalidInput
from annotator.core.records import SPLITS
from annotator.models import DatasetVersion
from annotator.queries.versions import diff_key, read_manifest_lines

MAX_LIMIT = 200
MAX_LINE = 1 << 20
WORDS = ("added", "removed", "changed", "moved", "renamed")


def summarise_diff(base: DatasetVersion, head: DatasetVersion, comparison: IO[bytes]) -> dict[str, Any]:
    """Numbers of a kept comparison: its first line, with the classes' colours and sizes of both versions."""
    comparison.seek(0)
    counted = json.loads(comparison.readline(MAX_LINE))
    before, after = base.counts.get("labels", {}), head.counts.get("labels", {})
    known = {label["name"]: label for label in [*base.labels, *head.labels]}
    names = [name for name in known if name in counted["labels"] or before.get(name) or after.get(name)]
    return {
        "images": {word: counted["images"].get(word, 0) for word in (*WORDS, "same")},
        "moves": counted["moves"],
        "labels": [
            {
                "name": name,
                "color": known[name].get("color", ""),
                "before": before.get(name, 0),
                "after": after.get(name, 0),
                **{word: counted["labels"].get(name, {}).get(word, 0) for word in ("added", "removed", "changed")},
            }
            for name in names
        ],
        "splits": {
            split: [base.counts.get("splits", {}).get(split, 0), head.counts.get("splits", {}).get(split, 0)]
            for split in SPLITS
        },
    }


def diff_page(
    comparison: IO[bytes], *, cursor: str | None, limit: int, change: str = "", label: str = ""
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of entries of a kept comparison, and the cursor of the next: where in the file it begins."""
    comparison.seek(0)
    first = len(comparison.readline(MAX_LINE))
    try:
        start = int(cursor) if cursor else first
    except ValueError:
        start = -1
    if start < first:
        raise InvalidInput("This cursor does not belong to this comparison. Start again without one.")
    comparison.seek(start)
    found: list[dict[str, Any]] = []
    for offset, entry in _entries(comparison, start):
        if (change and change not in entry["changes"]) or (label and label not in entry["labels"]):
            continue
        if len(found) == limit:
            return found, str(offset)
        found.append(entry)
    return found, None


def _entries(comparison: IO[bytes], start: int) -> Iterator[tuple[int, dict[str, Any]]]:
    offset = start
    while line := comparison.readline():
        try:
            entry = msgspec.json.decode(line)
        except msgspec.DecodeError:
            raise InvalidInput("This cursor does not belong to this comparison. Start again without one.") from None
        yield offset, entry
        offset += len(line)


def open_diff(base: DatasetVersion, head: DatasetVersion) -> "File[bytes] | None":
    """The kept comparison, or none when it was not made yet."""
    key = diff_key(base.project_id, base.id, head.id)
    return default_storage.open(key) if default_storage.exists(key) else None


def write_diff(base: DatasetVersion, head: DatasetVersion, target: IO[bytes]) -> Mapping[str, int]:
    """Compare two versions of one project into ``target``: a line of numbers, then one line per image that differs."""
    if base.project_id != head.project_id:
        raise InvalidInput("Only versions of the same project can be compared.")
    summary = DiffSummary()
    encoder = msgspec.json.Encoder()
    with tempfile.TemporaryFile() as entries:
        for entry in diff_lines(read_manifest_lines(base), read_manifest_lines(head), summary):
            entries.write(encoder.encode(entry) + b"\n")
        counted = {"images": summary.images, "moves": summary.moves, "labels": summary.labels}
        target.write(encoder.encode(counted) + b"\n")
        entries.seek(0)
        while block := entries.read(1 << 20):
            target.write(block)
    return dict(summary.images)
