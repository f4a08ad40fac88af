"""Manifests of dataset versions: gzipped JSON Lines, a header and then one image a line, byte for byte reproducible."""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Geometry
from annotator.core.records import AnnotationRecord, ImageRecord

_ID = b'{"id":"'
_FACTS = ("sha256", "state", "source")
KIND, VERSION = "marquee.manifest", 1


class ManifestHeader(msgspec.Struct, frozen=True, tag_field="kind", tag=KIND):
    """First line: the labels in class-index order and the images that must never be trained on in this project."""

    version: int
    project: str
    labels: list[dict[str, Any]]
    held_out: dict[str, list[str]]
    """``val`` and ``test`` → image ids of this and all earlier versions."""


class _Object(msgspec.Struct, frozen=True, omit_defaults=True):
    label: str
    geometry: Geometry
    id: str | None = None
    attributes: dict[str, Any] = {}
    z_order: int = 0


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    name: str
    width: int
    height: int
    split: str | None = None
    sha256: str = ""
    state: str = ""
    source: dict[str, Any] = {}
    annotations: list[_Object] = []


_ENCODER = msgspec.json.Encoder(order="deterministic")
_HEADER = msgspec.json.Decoder(ManifestHeader)
_LINE = msgspec.json.Decoder(_Line)


def write_manifest(target: IO[bytes], header: ManifestHeader, images: Iterable[ImageRecord]) -> str:
    """Write header and images to ``target`` and return the SHA-256 of the uncompressed lines.

    Of ``ImageRecord.source``, ``sha256`` names the picture's bytes, ``state`` says where it was on its way, and
    ``source`` holds the fields of the file it once came from. Attributes are kept as they are, packed extras included.
    """
    digest = hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", fileobj=target, compresslevel=6, mtime=0) as packed:
        for value in _values(header, images):
            line = _ENCODER.encode(value) + b"\n"
            digest.update(line)
            packed.write(line)
    return digest.hexdigest()


def _values(header: ManifestHeader, images: Iterable[ImageRecord]) -> Iterator[ManifestHeader | _Line]:
    yield header
    for image in images:
        yield _Line(
            id=image.id or "",
            name=image.name,
            width=image.width,
            height=image.height,
            split=image.split,
            sha256=str(image.source.get("sha256", "")),
            state=str(image.source.get("state", "")),
            source=dict(image.source.get("source", {})),
            annotations=[
                _Object(label=a.label, geometry=a.geometry, id=a.id, attributes=dict(a.attributes), z_order=a.z_order)
                for a in image.annotations
            ],
        )


def read_header(source: IO[bytes]) -> ManifestHeader:
    """The header alone; raises :class:`FormatError` when this is no manifest."""
    with gzip.GzipFile(fileobj=source, mode="rb") as packed:
        return _header(packed.readline())


def read_images(source: IO[bytes]) -> Iterator[ImageRecord]:
    """Yield the images in the manifest's order; raises :class:`FormatError` when this is no manifest or it is torn."""
    for line in read_lines(source):
        yield decode_line(line)


def read_lines(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the images undecoded, one line each: equal lines are equal images. Raises as :func:`read_images`."""
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as packed:
            _header(packed.readline())
            yield from packed
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FormatError(f"The manifest of this dataset version is damaged: {error}.") from error


def decode_line(line: bytes) -> ImageRecord:
    """The image of one line; raises :class:`FormatError` when it is torn."""
    try:
        return _record(_LINE.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"The manifest of this dataset version is damaged: {error}.") from error


def line_id(line: bytes) -> str:
    """Image id of an undecoded line, without decoding the rest."""
    start = len(_ID)
    stop = line.find(b'"', start)
    if line.startswith(_ID) and line[start:stop].isascii():
        return line[start:stop].decode("ascii")
    return decode_line(line).id or ""


def digest_of(source: IO[bytes]) -> tuple[str, int]:
    """SHA-256 of the uncompressed lines and the number of images; raises :class:`FormatError` when it is torn."""
    digest, lines = hashlib.sha256(), 0
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as packed:
            for line in packed:
                digest.update(line)
                lines += 1
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FormatError(f"The manifest of this dataset version is damaged: {error}.") from error
    return digest.hexdigest(), max(lines - 1, 0)


def _header(line: bytes) -> ManifestHeader:
    try:
        header = _HEADER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"This is no manifest of a dataset version: {error}.") from error
    if header.version != VERSION:
        raise FormatError(f"This manifest has the layout {header.version}; this program reads {VERSION}.")
    return header


def _record(line: _Line) -> ImageRecord:
    return ImageRecord(
        name=line.name,
        width=line.width,
        height=line.height,
        annotations=tuple(
            AnnotationRecord(label=o.label, geometry=o.geometry, attributes=o.attributes, id=o.id, z_order=o.z_order)
            for o in line.annotations
        ),
        split=line.split,
        id=line.id,
        source={name: value for name in _FACTS if (value := getattr(line, name))},
    )
