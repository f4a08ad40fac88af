"""Size and EXIF orientation of JPEG and PNG files from their headers: the two kinds that sets of thousands consist of.

JPEG: ITU-T T.81, annex B (segments), Exif 2.32 §4.6 (orientation, tag 274). PNG: the IHDR and eXIf chunks of the PNG
specification. What is unusual is left to a library that knows all kinds; answers agree with it.
"""

import struct
from typing import BinaryIO

HEAD = 1 << 14
_ORIENTATION = 274
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MAX_CHUNKS = 1 << 16

Header = tuple[int, int, int]
"""Width and height of the stored raster, EXIF orientation (1–8)."""


def read_header(file: BinaryIO) -> Header | None:
    """Header of the file that begins here; ``None`` when it is of another kind, or not plain."""
    head = file.read(HEAD)
    if head.startswith(b"\xff\xd8\xff"):
        return jpeg_header(head)
    if head.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"):
        return _png(head, file)
    return None


def jpeg_header(head: bytes) -> Header | None:
    """Header of a JPEG file from its first bytes; ``None`` when they are none, or do not reach far enough."""
    if not head.startswith(b"\xff\xd8\xff"):
        return None
    at, orientation = 2, 1
    size = len(head)
    while at + 9 <= size and head[at] == 0xFF:
        marker = head[at + 1]
        length = head[at + 2] << 8 | head[at + 3]
        if marker in _FRAMES:
            height, width = head[at + 5] << 8 | head[at + 6], head[at + 7] << 8 | head[at + 8]
            return (width, height, orientation) if width and height else None
        if marker < 0xC0 or marker in {0xD9, 0xDA} or length < 2:
            return None
        if marker == 0xE1:
            found = _exif_orientation(head[at + 4 : at + 2 + length])
            if found is None:
                return None
            orientation = found
        at += 2 + length
    return None  # a long profile or a thumbnail stands before the frame


def _exif_orientation(block: bytes) -> int | None:
    """Orientation in an APP1 segment; ``None`` when somebody who knows more should look (XMP can tell it, too)."""
    if not block.startswith(b"Exif\0\0"):
        return None if b"rientation" in block else 1
    return _tiff_orientation(block[6:])


def _tiff_orientation(block: bytes) -> int | None:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return None
    try:
        (start,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, start)
        for number in range(count):
            tag, kind, items, value = struct.unpack_from(f"{order}HHIH", block, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if kind == 3 and items == 1 and 1 <= value <= 8 else None
    except struct.error:
        return None
    return 1


def _png(head: bytes, file: BinaryIO) -> Header | None:
    if len(head) < 24:
        return None
    if len(head) < 33:
        return None  # cut off within its first chunk
    width, height = struct.unpack_from(">II", head, 16)
    if not (0 < width < 1 << 31 and 0 < height < 1 << 31):
        return None
    at, orientation = 33, 1
    for _ in range(_MAX_CHUNKS):
        chunk = head[at : at + 8]
        if len(chunk) < 8:
            file.seek(at)
            chunk = file.read(8)
        if len(chunk) < 8:
            return width, height, orientation  # cut off: its size is known all the same
        length, kind = int.from_bytes(chunk[:4], "big"), chunk[4:]
        if kind == b"IEND":
            return width, height, orientation
        if kind in {b"eXIf", b"iTXt", b"zTXt", b"tEXt"}:
            file.seek(at + 8)
            block = file.read(min(length, 1 << 20))
            found = _tiff_orientation(block) if kind == b"eXIf" else _text_orientation(block)
            if found is None:
                return None
            orientation = max(orientation, found)
        at += 12 + length
    return None


def _text_orientation(block: bytes) -> int | None:
    """1 unless the text may hold XMP or a raw profile that tells an orientation."""
    return None if block.startswith((b"XML:com.adobe.xmp", b"Raw profile type")) else 1
