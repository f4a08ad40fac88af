"""HEIC and HEIF, as telephones write them: browsers and trainers cannot read them, so they come in as JPEG."""

import io
from typing import BinaryIO

from annotator.core.images import DECODE_ERRORS, NotAPicture, check_size

QUALITY = 95
_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"heif"})


def is_heif(head: bytes) -> bool:
    """Whether the first 12 bytes of a file announce HEIF."""
    return len(head) >= 12 and head[4:8] == b"ftyp" and head[8:12] in _BRANDS


def heif_to_jpeg(source: BinaryIO, *, name: str, max_pixels: int) -> bytes:
    """The first picture of a HEIF file as JPEG, upright, with its EXIF data and colour profile.

    Raises :class:`NotAPicture` when it is damaged or the optional package is missing, ``TooManyPixels`` before decoding.
    """
    try:
        import pillow_heif  # noqa: PLC0415 -- optional
    except ImportError:
        raise NotAPicture(
            f"“{name}” is a HEIC picture, which this server cannot read. Install marquee[heif], or convert it to JPEG."
        ) from None
    try:
        source.seek(0)
        opened = pillow_heif.open_heif(source, convert_hdr_to_8bit=True)
        check_size(opened.size, name=name, max_pixels=max_pixels)
        picture = opened.to_pillow().convert("RGB")
        kept = {key: picture.info[key] for key in ("exif", "icc_profile") if picture.info.get(key)}
        target = io.BytesIO()
        picture.save(target, "JPEG", quality=QUALITY, **kept)
    except DECODE_ERRORS as error:
        raise NotAPicture(f"“{name}” is damaged or cut off and cannot be decoded.") from error
    return target.getvalue()
