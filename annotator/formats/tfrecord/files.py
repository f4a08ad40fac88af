"""Records of TFRecord files: u64 length, its masked checksum, the bytes, theirs; plain or packed by gzip."""

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from annotator.core.records import Issue
from annotator.formats.shared.crc32c import masked
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

_HEADER = 12
_FOOTER = 4
LARGEST = 512 << 20
"""A record holds one picture; a longer one is damage or an attack."""
_GZIP = b"\x1f\x8b"
_BLOCK = 8 << 20


class Record(NamedTuple):
    """The bytes of a record, its number from 1 and where it begins."""

    number: int
    offset: int
    data: bytes


def is_tfrecord(head: bytes) -> bool:
    """Whether the first bytes are a record's: the checksum of the length cannot be right by chance."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _HEADER)
        except zlib.error:
            return False
    return len(head) >= _HEADER and _length(head[:_HEADER]) is not None


def is_named_so(name: str) -> bool:
    """Whether a file is called like one: ``train.tfrecord-00000-of-00010``, ``val.record``."""
    base = name.rpartition("/")[2].lower()
    return ".tfrec" in base or ".record" in base


def record_files(folder: Path) -> list[Path]:
    """Files that are called like TFRecords, else those that begin like one; in the order of their names."""
    files = list(walk_files(folder))
    return [path for path in files if is_named_so(path.name)] or [path for path in files if is_tfrecord(_head(path))]


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1 << 10)


def _length(header: bytes) -> int | None:
    length, crc = struct.unpack("<QI", header)
    return int(length) if masked(header[:8]) == crc else None


def read_records(path: Path, *, file: str, report: Report, check: bool = True) -> Iterator[Record]:
    """Yield the records of a file.

    A record whose own checksum is wrong is reported and passed over; what follows a wrong length or an early end cannot
    be found and is reported once. ``check`` is off for a look at data that will be checked later.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        left = None if packed else path.stat().st_size
        stream: BinaryIO = gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[assignment]
        try:
            yield from _records(stream, left, file, report, check)
        except (OSError, EOFError, zlib.error) as error:
            text = f"The packed file is damaged or ends too early ({error}); the records before were read."
            report(Issue("unparsable_file", "error", text, file))


def _records(stream: BinaryIO, left: int | None, file: str, report: Report, check: bool) -> Iterator[Record]:
    offset, number = 0, 0
    while header := stream.read(_HEADER):
        number += 1
        where = f"record {number}, byte {offset}"
        length = _length(header) if len(header) == _HEADER else None
        if length is None or length > LARGEST or (left is not None and length > left - offset - _HEADER - _FOOTER):
            text = "The file ends inside of a record, or its length is damaged; the records before were read."
            report(Issue("unparsable_file", "error", text, file, where))
            return
        data, footer = _read(stream, length), stream.read(_FOOTER)
        if len(data) < length or len(footer) < _FOOTER:
            text = "The file ends inside of a record; the records before were read."
            report(Issue("unparsable_file", "error", text, file, where))
            return
        if check and masked(data) != struct.unpack("<I", footer)[0]:
            text = "The checksum of a record is wrong; it was left out."
            report(Issue("unparsable_file", "error", text, file, where))
        else:
            yield Record(number, offset, data)
        offset += _HEADER + length + _FOOTER


def _read(stream: BinaryIO, length: int) -> bytes:
    """At most ``length`` bytes, in blocks: nothing is allocated that is not there."""
    blocks: list[bytes] = []
    while length and (block := stream.read(min(length, _BLOCK))):
        blocks.append(block)
        length -= len(block)
    return b"".join(blocks)


class RecordWriter:
    """Writes records to one file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def __enter__(self) -> "RecordWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        """Append a record."""
        length = struct.pack("<Q", len(data))
        self._file.write(length + struct.pack("<I", masked(length)))
        self._file.write(data)
        self._file.write(struct.pack("<I", masked(data)))
