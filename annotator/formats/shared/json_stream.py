"""Items of arrays in huge JSON files, found without decoding the file into objects.

A window of the mapped file is cut at a ``}`` and decoded speculatively into raw items; when the cut was inside an item,
an earlier one is tried; text that strict decoders refuse (NaN) is walked brace by brace.
"""

import io
import json
import mmap
import os
import re
import tempfile
from collections.abc import Iterator
from itertools import accumulate, chain
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from annotator.core.errors import FormatError
from annotator.formats.shared.values import without_surrogates
from annotator.plugins.listing import UTF16

WINDOW = 1 << 20
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_SPACE = b" \t\r\n"
_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_CUTS, _STEP, _SMALL = 6, 8, 1 << 11
_HELD = 8 << 20
_GAP, _AHEAD = 64, 1 << 17
_BEHIND = re.compile(r"trailing characters \(byte (\d+)\)")
"""How the decoder says that the list ended before the text did."""


class Item(NamedTuple):
    """One item of an array: where it begins in the file, and its text."""

    offset: int
    text: bytes


class Block(NamedTuple):
    """Neighbouring items of an array: where each begins in the file, their texts, and all of them as one JSON list."""

    offsets: list[int]
    texts: list[bytes]
    whole: bytes


class JsonFile:
    """A mapped JSON file, a context manager; raises :class:`FormatError` for a file that is cut off or no JSON.

    What was read through :meth:`blocks` or :meth:`items` is given back to the system every few megabytes, so that the
    memory of the process does not grow with the file.
    """

    def __init__(self, path: Path, *, window: int = WINDOW) -> None:
        self.path = path
        self._window = window

    def __enter__(self) -> "JsonFile":
        self._file: IO[bytes] = _as_utf8(self.path.open("rb"))
        self._touched = 0
        self._pieces: list[tuple[int, bytes]] = []
        try:
            self.data = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            self._file.close()
            raise FormatError(f"{self.path.name} is empty.", fields={"file": self.path.name}) from None
        return self

    def __exit__(self, *exc: object) -> None:
        self.data.close()
        self._file.close()

    def _refuse(self, offset: int, what: str) -> FormatError:
        return FormatError(
            f"{self.path.name} is not valid JSON at byte {offset}: {what}.",
            fields={"file": self.path.name, "offset": offset},
        )

    def _skip_space(self, at: int, more: bytes = b"") -> int:
        skip = _SPACE + more
        while at < len(self.data) and self.data[at] in skip:
            at += 1
        return at

    def start(self) -> int:
        """Offset of the first character that is not a byte-order mark or space."""
        return self._skip_space(3 if self.data[:3] == b"\xef\xbb\xbf" else 0)

    def members(self) -> Iterator[tuple[str, int]]:
        """Keys of the top-level object and where their values begin.

        After an array was read with :meth:`items`, iteration continues behind it without walking it again.
        """
        at = self.start()
        if self.data[at : at + 1] != b"{":
            raise self._refuse(at, "an object was expected")
        at = self._skip_space(at + 1)
        while self.data[at : at + 1] != b"}":
            match = _TOKENS.match(self.data, at)
            if match is None or self.data[at] != 0x22:
                raise self._refuse(at, "a key was expected")
            try:
                key = str(json.loads(match.group().decode()))
            except ValueError:
                raise self._refuse(at, "a key was expected") from None
            at = self._skip_space(match.end())
            if self.data[at : at + 1] != b":":
                raise self._refuse(at, "a colon was expected")
            value = self._skip_space(at + 1)
            self._after = 0
            yield key, value
            at = self._skip_space(self._after or self.end_of(value), b",")

    def end_of(self, at: int) -> int:
        """Offset behind the value that begins at ``at``."""
        if self.is_array(at):
            return self._skip_array(at)
        return self._walk(at)

    def _skip_array(self, at: int) -> int:
        """Offset behind the array that begins at ``at``; decodes as much at a time as :meth:`blocks`, keeps nothing."""
        at = self._skip_space(at + 1, b",")
        size = self._window
        while self.data[at : at + 1] != b"]":
            found = self._decoded_window(at, size)
            if found is not None:
                end, size = at + found[1], min(size * _STEP, self._window)
            elif size > _SMALL:
                size //= _STEP
                continue
            else:
                end = self._walk(at)
            self._touch(end - at)
            at = self._skip_space(end, b",")
            if at >= len(self.data):
                raise self._refuse(at, "the file is cut off")
        return at + 1

    def _walk(self, at: int) -> int:
        """The same, bracket by bracket: slow, and content with what strict decoders refuse."""
        depth = 0
        for match in _TOKENS.finditer(self.data, at):
            if depth == 0 and match.start() != at:
                break  # a number or a word: it ends where the next comma or bracket stands
            symbol = self.data[match.start()]
            if symbol in b"{[":
                depth += 1
            elif symbol in b"}]":
                depth -= 1
            if depth == 0:
                return match.end()
        if depth:
            raise self._refuse(len(self.data), "the file is cut off")
        end = re.compile(rb"[,}\]]").search(self.data, at)
        if end is None:
            raise self._refuse(len(self.data), "the file is cut off")
        return end.start()

    def value(self, at: int) -> Any:
        """The decoded value that begins at ``at``; for small ones."""
        text = self.data[at : self.end_of(at)]
        try:
            return decode_item(text)
        except ValueError:
            return None

    def is_array(self, at: int) -> bool:
        """Whether an array begins at ``at``."""
        return self.data[at : at + 1] == b"["

    def text(self, start: int, end: int) -> bytes:
        """The bytes between two offsets: read, not mapped, because every mapped byte brings pages of neighbours along.

        Two places of the file are remembered (pictures and their annotations are read in turns); who goes on where one
        of them ended is read ahead for.
        """
        for first, piece in self._pieces:
            if first <= start and end <= first + len(piece):
                return piece[start - first : end - first]
        if not hasattr(os, "pread"):
            return self.data[start:end]
        size, kept = end - start, self._pieces[-1:]
        for place, (first, piece) in enumerate(self._pieces):
            if 0 <= start - first <= len(piece) + _GAP:
                size, kept = max(size, _AHEAD), [self._pieces[1 - place]] if len(self._pieces) > 1 else []
        found = os.pread(self._file.fileno(), size, start)
        self._pieces = [*kept, (start, found)]
        return found[: end - start]

    def _touch(self, size: int) -> None:
        """Unmap what was read lately once it is a lot; it stays in the system's cache, which is nobody's memory."""
        self._touched += size
        if self._touched > _HELD:
            self._touched = 0
            if hasattr(mmap, "MADV_DONTNEED"):
                self.data.madvise(mmap.MADV_DONTNEED)

    def items(self, at: int) -> Iterator[Item]:
        """Objects of the array that begins at ``at``; anything else in it is passed over as one item."""
        return chain.from_iterable(map(Item, block.offsets, block.texts) for block in self.blocks(at))

    def blocks(self, at: int) -> Iterator[Block]:
        """The items of :meth:`items`, many at a time."""
        at = self._skip_space(at + 1, b",")
        size = self._window
        while True:
            if at >= len(self.data):
                raise self._refuse(at, "the file is cut off")
            if self.data[at] == 0x5D:  # ]
                self._after = at + 1
                return
            found = self._window_of_items(at, size)
            if found is not None:
                size = min(size * _STEP, self._window)
            elif size > _SMALL:
                size //= _STEP  # close in on what cannot be decoded at one stroke: a bad item, or the end of the array
                continue
            else:
                end = self._walk(at)
                text = self.data[at:end]
                found = Block([at], [text], b"[" + text + b"]")
            yield found
            end = found.offsets[-1] + len(found.texts[-1])
            self._touch(end - at)
            at = self._skip_space(end, b",")

    def _window_of_items(self, at: int, size: int) -> Block | None:
        """Items from ``at`` on, decoded at one stroke; ``None`` when no cut of the window is a clean list."""
        found = self._decoded_window(at, size)
        if found is None:
            return None
        texts, window = list(map(bytes, found[0])), self.data[at : at + found[1]]
        return Block(_offsets(window, texts, at), texts, b"[" + window.rstrip(b" \t\r\n,") + b"]")

    def _decoded_window(self, at: int, size: int) -> tuple[list[msgspec.Raw], int] | None:
        """The items and the length of a clean list of at least one item that begins at ``at``."""
        window = b"[" + self.data[at : at + size]
        cut = len(window)
        for _ in range(_CUTS):
            cut = window.rfind(b"}", 0, cut)
            if cut <= 0:
                return None
            try:
                raws = _RAW_LIST.decode(window[: cut + 1] + b"]")
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                behind = _BEHIND.search(str(error))
                if behind is None:
                    continue
                cut = window.rfind(b"]", 0, int(behind[1]))  # the array ends here: its items are all before it
                try:
                    raws = _RAW_LIST.decode(window[: cut + 1])
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    return None  # it only looked like the end
                cut -= 1
            return (raws, cut) if raws else None
        return None


def _as_utf8(file: IO[bytes]) -> IO[bytes]:
    """The file, or a temporary copy in UTF-8 when it begins with the mark of UTF-16."""
    if file.read(2) not in UTF16:
        return file
    file.seek(0)
    copy = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the mapped file
    with file, io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="") as text:
        while piece := text.read(WINDOW):
            copy.write(piece.encode(errors="replace"))
    copy.flush()
    return copy


def _offsets(window: bytes, texts: list[bytes], at: int) -> list[int]:
    """Where the items of a window that begins at ``at`` stand in the file."""
    first = len(texts[0])
    gap = window[first : window.find(texts[1], first)] if len(texts) > 1 else b""
    if gap.join(texts) == window:  # the same between all of them, as programs write it
        steps = [first + len(gap), *(len(text) + len(gap) for text in texts[1:-1])] if len(texts) > 1 else []
        return list(accumulate(steps, initial=at))
    offsets, position = [], 0
    for text in texts:
        position = window.index(text, position)
        offsets.append(at + position)
        position += len(text)
    return offsets


def decode_item(text: bytes) -> Any:
    """An item as Python objects, with NaN and Infinity accepted; raises ``ValueError`` when it is no JSON."""
    try:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return without_surrogates(json.loads(text.decode()))
    except RecursionError:
        raise ValueError("The item is nested too deeply.") from None
