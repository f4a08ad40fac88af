"""Removes the position from picture files without touching a pixel.

The position lies in the GPS directory of the Exif block (Exif 2.32, §4.6.6), which is a small TIFF file wherever it
stands: in an APP1 segment of a JPEG (ITU-T T.81, annex B), the eXIf chunk of a PNG, the EXIF chunk of a WebP; a TIFF
file is one itself. The entry that points to it is cut out in place (no offset moves) and what it points to is zeroed.
XMP that mentions a position is left out of a JPEG and overwritten with blanks in PNG and WebP.
"""

import struct
import zlib

EXIF_HEADER = b"Exif\x00\x00"
XMP_HEADERS = (b"http://ns.adobe.com/xap/1.0/\x00", b"http://ns.adobe.com/xmp/extension/\x00")
GPS_POINTER = 0x8825
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
MAX_DIRECTORIES = 1000
"""Pages of a file; more would be a loop."""
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_APP1, _START_OF_SCAN = 0xE1, 0xDA


def strip_position(data: bytes) -> bytes:
    """The same file without its position; the same object when there is none (or the format is another).

    Orientation, colour profile and everything else stay byte for byte as they are.
    """
    if data.startswith(b"\xff\xd8"):
        return _strip_jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _strip_png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _strip_webp(data)
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return _blank_gps(data) or data
    return data


def _strip_jpeg(data: bytes) -> bytes:
    pieces: list[bytes] = [data[:2]]
    at, changed = 2, False
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            pieces.append(data[at : at + 1])
            at += 1
            continue
        if marker in _STANDALONE:
            pieces.append(data[at : at + 2])
            at += 2
            continue
        if marker == _START_OF_SCAN:
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            break
        segment = data[at : at + 2 + length]
        kept = _without_position(segment) if marker == _APP1 else segment
        changed |= kept is not segment
        pieces.append(kept)
        at += 2 + length
    rest = data[at:]
    stripped = _strip_embedded(rest)
    return b"".join([*pieces, stripped]) if changed or stripped is not rest else data


def _strip_embedded(rest: bytes) -> bytes:
    """Pictures behind the picture (gain maps, previews of the multi-picture format) carry Exif blocks of their own."""
    at = rest.find(EXIF_HEADER)
    while at >= 0:
        start = at + len(EXIF_HEADER)
        blanked = _blank_gps(rest[start : start + 65_536])
        if blanked is not None:
            rest = rest[:start] + blanked + rest[start + len(blanked) :]
        at = rest.find(EXIF_HEADER, start)
    return rest


def _strip_png(data: bytes) -> bytes:
    result, at = bytearray(data), 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        blanked = None
        if kind == b"eXIf":
            blanked = _blank_gps(body)
        elif kind == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\x00") and b"GPS" in body:
            blanked = body[:22] + b" " * (len(body) - 22)
        if blanked is not None and len(body) == length:
            result[at + 8 : at + 8 + length] = blanked
            result[at + 8 + length : at + 12 + length] = zlib.crc32(kind + blanked).to_bytes(4, "big")
        at += 12 + length
    return data if result == data else bytes(result)


def _strip_webp(data: bytes) -> bytes:
    result, at = bytearray(data), 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        if kind == b"EXIF":
            skip = len(EXIF_HEADER) if body.startswith(EXIF_HEADER) else 0
            blanked = _blank_gps(body[skip:])
            if blanked is not None:
                result[at + 8 + skip : at + 8 + len(body)] = blanked
        elif kind == b"XMP " and b"GPS" in body:
            result[at + 8 : at + 8 + len(body)] = b" " * len(body)
        at += 8 + length + length % 2
    return data if result == data else bytes(result)


def _without_position(segment: bytes) -> bytes:
    body = segment[4:]
    if body.startswith(EXIF_HEADER):
        blanked = _blank_gps(body[len(EXIF_HEADER) :])
        return segment if blanked is None else segment[:4] + EXIF_HEADER + blanked
    if body.startswith(XMP_HEADERS) and b"GPS" in body:
        return b""
    return segment


def _blank_gps(tiff: bytes) -> bytes | None:
    """The TIFF block with its GPS directories zeroed and unlinked; None when there is none to find."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return None
    block = bytearray(tiff)
    try:
        found = False
        (directory,) = struct.unpack_from(f"{order}I", block, 4)
        for _ in range(MAX_DIRECTORIES):
            if directory == 0:
                break
            found |= _unlink_gps(block, order, directory)
            (count,) = struct.unpack_from(f"{order}H", block, directory)
            (directory,) = struct.unpack_from(f"{order}I", block, directory + 2 + 12 * count)
    except struct.error:  # cut off or damaged: keep what was done so far
        pass
    # closing the gap of a directory that is cut off would change the length, and nothing behind would be found
    return bytes(block[: len(tiff)]).ljust(len(tiff), b"\0") if found else None


def _unlink_gps(block: bytearray, order: str, directory: int) -> bool:
    (count,) = struct.unpack_from(f"{order}H", block, directory)
    for number in range(count):
        entry = directory + 2 + 12 * number
        tag, _, _, value = struct.unpack_from(f"{order}HHII", block, entry)
        if tag != GPS_POINTER:
            continue
        _zero_directory(block, order, value)
        # An entry of tag 0 would break the ascending order that strict readers expect: close the gap instead.
        rest = directory + 2 + 12 * count
        block[entry : rest - 12] = block[entry + 12 : rest]
        block[rest - 12 : rest - 8] = block[rest : rest + 4]  # the link to the next directory moves up with it
        block[rest - 8 : rest + 4] = bytes(12)
        struct.pack_into(f"{order}H", block, directory, count - 1)
        return True
    return False


def _zero_directory(block: bytearray, order: str, start: int) -> None:
    if not 8 <= start <= len(block) - 2:
        return
    (count,) = struct.unpack_from(f"{order}H", block, start)
    for number in range(count):
        entry = start + 2 + 12 * number
        if entry + 12 > len(block):
            break
        _, kind, items, value = struct.unpack_from(f"{order}HHII", block, entry)
        size = _TYPE_SIZES.get(kind, 1) * items
        if size > 4 and 8 <= value < len(block):
            stop = min(value + size, len(block))
            block[value:stop] = bytes(stop - value)
    stop = min(start + 2 + 12 * count + 4, len(block))
    block[start:stop] = bytes(stop - start)
