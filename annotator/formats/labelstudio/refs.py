"""How Label Studio refers to pictures, and the names that follow from it."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from annotator.formats.shared.files import PICTURE_SUFFIXES, Match, PictureIndex, safe_name

_KEYS = ("image", "img", "image_url", "url", "ocr", "picture", "photo")
_FILMS = (".mp4", ".webm", ".mov", ".avi", ".mkv", ".mp3", ".wav", ".ogg", ".flac", ".m4a")
_PREFIX = re.compile(r"[0-9a-f]{8}-")
_UPLOAD = re.compile(r"(?:^|/)(?:data/)?upload/(?:\d+/)?")


def picture_reference(data: Mapping[str, Any], key: str) -> str | None:
    """The text that names the picture of a task: under the configured key, a usual one, or the first that looks like one."""
    for name in (key, *_KEYS):
        value = data.get(name)
        if isinstance(value, list) and value and isinstance(value[0], str):
            value = value[0]
        if name and isinstance(value, str) and value.strip() and not is_film(value):
            return value.strip()
    texts = [value.strip() for value in data.values() if isinstance(value, str) and not is_film(value)]
    return next((text for text in texts if _looks_like_a_picture(text)), None)


def is_film(text: str) -> bool:
    """Whether a reference is that of a video or a sound."""
    return text.strip().partition("?")[0].lower().endswith(_FILMS)


def _looks_like_a_picture(text: str) -> bool:
    path = text.partition("?")[0].lower()
    return text.startswith(("/data/", "data:image/")) or any(path.endswith(suffix) for suffix in PICTURE_SUFFIXES)


def name_of_reference(reference: str, prefix: str = "") -> str | None:
    """Relative name: behind ``upload/<project>/``, in ``?d=``, or the path of an address; ``None`` when it is unsafe."""
    if prefix and reference.startswith(prefix):
        return safe_name(unquote(reference.removeprefix(prefix)))
    reference = _signed(reference)
    if "?d=" in reference and "local-files" in reference:
        inside = unquote(reference.partition("?d=")[2].partition("&")[0])
        return safe_name(inside.replace("\\", "/").lstrip("/"))
    if "://" in reference:
        address = _split(reference)
        if address is None:
            return None
        path = unquote(address)
    else:
        path = unquote(reference) if reference.startswith("/data/") else reference
    path = path.replace("\\", "/")
    upload = _UPLOAD.search(path)
    if upload:
        path = path[upload.end() :]
    return safe_name(path.lstrip("/"))


def _split(reference: str) -> str | None:
    """The path of an address: without server or bucket, and without the query of web addresses."""
    try:
        address = urlsplit(reference)
    except ValueError:
        return None
    if address.scheme in {"http", "https"}:
        return address.path
    return reference.partition("://")[2].partition("/")[2]


def _signed(reference: str) -> str:
    """The storage address inside Label Studio's own signed links (``?fileuri=`` in base64)."""
    if "fileuri=" not in reference:
        return reference
    try:
        packed = parse_qs(urlsplit(reference).query).get("fileuri", [""])[0]
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode() or reference
    except (ValueError, binascii.Error, UnicodeDecodeError):
        return reference


def find_picture(pictures: PictureIndex, name: str, bases: Sequence[str]) -> tuple[str, Match]:
    """The picture and its name; the eight digits that an upload puts before it, and a query, are dropped where that helps."""
    folder, slash, base = name.rpartition("/")
    plain = base.partition("?")[0]
    names = [f"{folder}{slash}{candidate}" for candidate in (base, plain, _without_digits(plain)) if candidate]
    found = [(candidate, pictures.find(candidate, bases)) for candidate in dict.fromkeys(names)]
    rungs = ({"exact", "case"}, {"exact", "case", "stem", "basename"})
    return next(
        (entry for rung in rungs for entry in found if entry[1].how in rung),
        found[0] if found else (name, pictures.find(name, bases)),
    )


def _without_digits(name: str) -> str:
    match = _PREFIX.match(name)
    return name[match.end() :] if match else name
