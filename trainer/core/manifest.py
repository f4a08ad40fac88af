"""Image records as JSON Lines: how a run hands its images to the job."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.records import ImageRecord


def _encode_path(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"A manifest cannot hold {type(value).__name__}.")


def _decode_path(kind: type, value: Any) -> Any:
    if issubclass(kind, Path):
        return Path(value)
    raise NotImplementedError(f"A manifest cannot hold {kind.__name__}.")


_ENCODER = msgspec.json.Encoder(enc_hook=_encode_path)
_DECODER = msgspec.json.Decoder(ImageRecord, dec_hook=_decode_path)


def write_records(path: Path, records: Iterable[ImageRecord]) -> int:
    """Write ``records``, one a line, and return how many; the file appears only when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    count = 0
    with partial.open("wb") as file:
        for record in records:
            file.write(_ENCODER.encode(record) + b"\n")
            count += 1
    partial.replace(path)
    return count


def read_records(path: Path) -> Iterator[ImageRecord]:
    """Yield the records of a file in order."""
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield _DECODER.decode(line)
