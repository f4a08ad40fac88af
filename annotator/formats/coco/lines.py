"""The growing lists of a COCO file: one entry per line in a file of its own, with ids that may still change.

Ids of the source are kept as long as they are numbers above 0. Whether they are unique is known at the end; if they are
not, all entries are counted from 1 while they are copied. That costs 12 bytes per annotation in memory.
"""

from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

_BLOCK = 1 << 20


def dump(value: Any) -> bytes:
    """JSON text; what it does not know becomes text."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str)


class Ids:
    """Ids of one list: the source's own, or counted."""

    def __init__(self) -> None:
        self._given: array[int] = array("q")
        self._keep = True

    def __len__(self) -> int:
        return len(self._given)

    def add(self, wanted: int | None) -> int:
        """The id of the next entry: ``wanted``, or its place counted from 1 once one had no id of its own."""
        self._keep = self._keep and wanted is not None
        number = wanted if self._keep and wanted is not None else len(self._given) + 1
        self._given.append(number)
        return number

    def given(self, place: int) -> int:
        """The id that an entry was written with."""
        return self._given[place]

    def settle(self) -> bool:
        """Call at the end: whether every entry keeps the id that it was written with."""
        if self._keep and len(self._given):
            values = np.sort(np.frombuffer(self._given, dtype=np.int64))
            self._keep = not bool((values[1:] == values[:-1]).any())
            return self._keep
        return self._given == array("q", range(1, len(self._given) + 1)) if len(self._given) else True

    def final(self, place: int) -> int:
        """The id of an entry after :meth:`settle`."""
        return self._given[place] if self._keep else place + 1


def id_number(text: object) -> int | None:
    """An id of the source as a number above 0; ``None`` when it is none."""
    if type(text) is int:
        return text if 0 < text < 1 << 53 else None
    if isinstance(text, str) and text.isdecimal() and len(text) < 16 and text[0] != "0":
        return int(text)
    return None


class Lines:
    """Entries of one list, written line by line; ``ids`` is ``None`` for entries without an id of their own."""

    def __init__(self, path: Path, ids: Ids | None, images: Ids | None) -> None:
        self.path = path
        self._file: IO[bytes] = path.open("w+b", buffering=_BLOCK)
        self._ids, self._images = ids, images
        self._owners: array[int] = array("i")
        self.count = 0

    def add(self, entry: Mapping[str, Any], number: int | None, owner: int | None = None) -> None:
        """Write an entry; ``number`` was given by ``ids``, ``owner`` is the place of its picture in ``images``."""
        self._file.write(
            self._head(number, None if owner is None or self._images is None else self._images.given(owner))
        )
        self._file.write(dump(entry)[1:])
        self._file.write(b"\n")
        if owner is not None:
            self._owners.append(owner)
        self.count += 1

    def add_text(self, line: bytes, owner: int) -> None:
        """The same for an entry that is text already, with its ids first and a line break last."""
        self._file.write(line)
        self._owners.append(owner)
        self.count += 1

    @staticmethod
    def _head(number: int | None, image: int | None) -> bytes:
        if image is None:
            return b'{"id":%d,' % number if number is not None else b"{"
        return b'{"image_id":%d,' % image if number is None else b'{"id":%d,"image_id":%d,' % (number, image)

    def copy_to(self, target: IO[bytes]) -> None:
        """The entries with their final ids, separated by commas."""
        settled = (self._ids is None or self._ids.settle()) & (self._images is None or self._images.settle())
        self._file.seek(0)
        if settled:
            self._copy_whole(target)
            return
        for place, line in enumerate(self._renumbered()):
            target.write(b",\n" + line if place else line)

    def _copy_whole(self, target: IO[bytes]) -> None:
        rest = b""
        while block := self._file.read(_BLOCK):
            joined = rest + block
            rest = joined[-1:]  # the last line ends without a comma
            target.write(joined[:-1].replace(b"\n", b",\n"))
        target.write(rest.strip())

    def _renumbered(self) -> Iterator[bytes]:
        names: dict[str, str] = {}
        here = -1
        pending: list[tuple[bytes, bytes]] = []
        for place in range(self.count):
            owner = self._owners[place] if self._images is not None else place
            if owner != here:
                yield from _resolved(pending, names)
                pending, names, here = [], {}, owner
            old_image = self._images.given(owner) if self._images is not None else None
            new_image = self._images.final(owner) if self._images is not None else None
            old = self._ids.given(place) if self._ids is not None else None
            new = self._ids.final(place) if self._ids is not None else None
            names.setdefault(str(old), str(new))  # ids of the source come before counted ones
            line = self._file.readline().rstrip(b"\n")
            pending.append((self._head(new, new_image), line[len(self._head(old, old_image)) :]))
        yield from _resolved(pending, names)

    def close(self) -> None:
        """Close and remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def _resolved(pending: list[tuple[bytes, bytes]], names: Mapping[str, str]) -> Iterator[bytes]:
    """Lines of one picture; ``part_of`` follows the ids of what it names."""
    for head, rest in pending:
        if b'"part_of":' not in rest:
            yield head + rest
            continue
        entry = orjson.loads(b"{" + rest)
        if entry.get("part_of") in names:
            entry["part_of"] = names[entry["part_of"]]
        yield head + dump(entry)[1:]
