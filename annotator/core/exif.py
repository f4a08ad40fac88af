"""Removes the position from JPEG files without touching a pixel.

A JPEG file is a chain of segments before its entropy-coded data (ITU-T T.81, annex B). The position lies in the GPS
directory of the Exif segment (Exif 2.32, §4.6.6) and may be repeated in XMP. The entry that points to it is cut out in
place (no offset moves) and what it points to is zeroed; an XMP packet that mentions a position is left out.
"""

import struct

EXIF_HEADER = b"Exif\x00\x00"
XMP_HEADERS = (b"http://ns.adobe.com/xap/1.0/\x00", b"http://ns.adobe.com/xmp/extension/\x00")
GPS_POINTER = 0x8825
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_APP1, _START_OF_SCAN = 0xE1, 0xDA


def strip_position(data: bytes) -> bytes:
    """The same JPEG without its position; the same object when there is none (or the file is no JPEG).

    Orientation, colour profile and every other segment stay byte for byte as they are.
    """
    if not data.startswith(b"\xff\xd8"):
        return data
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
    return b"".join([*pieces, data[at:]]) if changed else data


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
        for _ in range(8):  # main picture, thumbnail; more would be a loop
            if directory == 0:
                break
            found |= _unlink_gps(block, order, directory)
            (count,) = struct.unpack_from(f"{order}H", block, directory)
            (directory,) = struct.unpack_from(f"{order}I", block, directory + 2 + 12 * count)
    except struct.error:  # cut off or damaged: keep what was done so far
        pass
    return bytes(block) if found else None


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
