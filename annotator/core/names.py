"""Names that people and archives give: they are data, and may never become paths of ours."""

import re
import unicodedata
from pathlib import PurePosixPath

from annotator.core.errors import InvalidInput

MAX_NAME = 500
_NO_TEXT = re.compile("[\ud800-\udfff]")
_FIRST_BYTE = 0xDC00
"""Python shows a byte that is no UTF-8 as half a surrogate pair from here on."""
_DRIVE = re.compile(r"^[A-Za-z]:")


def clean_name(name: str) -> str:
    """Relative POSIX name with normalised Unicode; raises :class:`InvalidInput` for what could leave its folder.

    Refused: empty, too long, absolute, drive letters, backslashes, ``..``, NUL and other control characters.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise InvalidInput("A file has no name; give it one.")
    if len(name) > MAX_NAME:
        raise InvalidInput(f"The name “{name[:60]}…” has {len(name)} characters; at most {MAX_NAME} are possible.")
    shown = name.encode("unicode_escape").decode()[:120]
    if any(unicodedata.category(c) == "Cc" for c in name):
        raise InvalidInput(f"The name “{shown}” holds control characters; rename the file.")
    if "\\" in name or name.startswith("/") or _DRIVE.match(name):
        raise InvalidInput(f"The name “{shown}” is not relative with forward slashes; rename the file.")
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if not parts or ".." in parts:
        raise InvalidInput(f"The name “{shown}” leads out of its folder; rename the file.")
    return "/".join(parts)


def numbered_name(name: str, number: int) -> str:
    """``folder/cat.jpg`` → ``folder/cat (2).jpg``; the stem is shortened when the name would get too long."""
    path = PurePosixPath(name)
    ending = f" ({number}){path.suffix}"
    folder = name[: len(name) - len(path.name)]
    room = MAX_NAME - len(folder) - len(ending)
    return f"{folder}{path.stem[: max(room, 1)]}{ending}"


def is_clutter(name: str) -> bool:
    """Whether an archive entry is an operating system's own file that nobody means to upload."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1] in {".DS_Store", "Thumbs.db", "desktop.ini"} or parts[-1].startswith("._")


def readable(text: str) -> str:
    """The text itself, or what it means where it holds bytes that are no UTF-8 (names of files from old computers)."""
    return text if text.isascii() else _NO_TEXT.sub(_meant, text)


def _meant(match: re.Match[str]) -> str:
    """The character of Windows' western code page for a byte; a question mark for half a pair that stands for none."""
    code = ord(match.group()) - _FIRST_BYTE
    return bytes([code]).decode("cp1252", errors="replace") if 0 <= code < 256 else "?"
