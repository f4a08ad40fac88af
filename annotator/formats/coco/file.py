"""One COCO file, indexed: where its pictures and annotations stand, so that they can be read picture by picture.

Kept in memory are the names of the pictures and 24 bytes per annotation; members may come in any order, and memory does
not grow with polygons and masks.
"""

import hashlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import FormatError
from annotator.core.records import Issue
from annotator.formats.coco.plain import PlainEntry, plain_entries
from annotator.formats.coco.tables import Categories, CocoImage, id_key, image_of, is_absolute, name_of
from annotator.formats.shared.json_stream import Block, JsonFile, decode_item
from annotator.plugins.formats import Report


class _Reference(msgspec.Struct):
    """The fields that the index needs."""

    image_id: Any = None
    id: Any = None


_REFERENCES = msgspec.json.Decoder(list[_Reference])
_NOBODY: Any = object()
_OTHER_LISTS = frozenset({"images", "annotations", "categories"})
_SMALL = 1 << 16
_DAMAGED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass
class Positions:
    """Where annotations stand in a file and to which picture each belongs; 24 bytes each."""

    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    owners: "array[int]" = field(default_factory=lambda: array("i"))
    keys: dict[int | str | None, int] = field(default_factory=dict)
    """Id of a picture → the number it has in ``owners``, in order of appearance."""
    _ids: "array[int]" = field(default_factory=lambda: array("q"))
    _order: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    _starts: list[int] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Take neighbouring annotations."""
        try:
            found = _REFERENCES.decode(block.whole)
        except _DAMAGED:
            found = [_reference(text) for text in block.texts]
        self.offsets.extend(block.offsets)
        self.lengths.extend(map(len, block.texts))
        keys, owners, ids = self.keys, self.owners, self._ids
        last, owner = _NOBODY, -1
        for reference in found:
            key = reference.image_id
            if key is not last:  # most files go picture by picture
                last = key
                if type(key) is not int:
                    key = id_key(key)
                owner = keys.setdefault(key, len(keys))
            owners.append(owner)
            identity = reference.id
            if type(identity) is int and -(1 << 62) < identity < 1 << 62:
                ids.append(identity)
            elif identity is not None:
                ids.append(_short(identity))

    def group(self, pictures: Sequence[int]) -> NDArray[np.intp]:
        """Sort by picture (file order inside); ``pictures`` has the number of each key's picture, negative for none.

        Returns the annotations whose picture is -2: not listed.
        """
        owners = np.frombuffer(self.owners, dtype=np.int32) if self.owners else np.zeros(0, np.int32)
        numbers = np.asarray([*pictures, -2], dtype=np.int32)[owners]
        self._order = np.argsort(numbers, kind="stable")
        count = max(pictures, default=-1) + 1
        self._starts = np.searchsorted(numbers[self._order], np.arange(count + 1)).tolist()
        return np.flatnonzero(numbers == -2)

    def of(self, picture: int) -> list[int]:
        """Numbers of the annotations of a picture."""
        if picture + 1 >= len(self._starts):
            return []
        wanted: list[int] = self._order[self._starts[picture] : self._starts[picture + 1]].tolist()
        return wanted

    def plain(self, data: JsonFile, picture: int) -> list[PlainEntry] | None:
        """Annotations of a picture that stand together and are plain boxes, all of them; ``None`` otherwise."""
        wanted = self.of(picture)
        if not wanted:
            return []
        first, last = wanted[0], wanted[-1]
        if last - first != len(wanted) - 1:
            return None
        found = plain_entries(b"[" + data.text(self.offsets[first], self.offsets[last] + self.lengths[last]) + b"]")
        return found if found is not None and len(found) == len(wanted) else None

    def entries(self, data: JsonFile, picture: int) -> list[Any]:
        """Annotations of a picture as the file has them; neighbours are decoded at one stroke."""
        wanted = self.of(picture)
        if not wanted:
            return []
        first, last = wanted[0], wanted[-1]
        if last - first == len(wanted) - 1:
            text = data.text(self.offsets[first], self.offsets[last] + self.lengths[last])
            try:
                found = msgspec.json.decode(b"[" + text + b"]")
            except _DAMAGED:
                pass
            else:
                if len(found) == len(wanted):
                    return list(found)
        places = [(self.offsets[number], self.lengths[number]) for number in wanted]
        return [decoded(data.text(start, start + length)) for start, length in places]

    @cached_property
    def repeated(self) -> frozenset[int]:
        """Ids that several annotations have."""
        ids = np.sort(np.frombuffer(self._ids, dtype=np.int64)) if self._ids else np.zeros(0, np.int64)
        return frozenset(ids[1:][ids[1:] == ids[:-1]].tolist())

    def is_repeated(self, identity: Any) -> bool:
        """Whether another annotation has this id."""
        repeated = self.repeated
        if not repeated or identity is None:
            return False
        plain = type(identity) is int and -(1 << 62) < identity < 1 << 62
        return (identity if plain else _short(identity)) in repeated


def _short(identity: Any) -> int:
    """A long or textual id as a number that no other one has."""
    digest = hashlib.blake2b(str(identity).encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) | 1 << 62


def _reference(text: bytes) -> _Reference:
    found = decoded(text)
    return _Reference(found.get("image_id"), found.get("id")) if isinstance(found, dict) else _Reference()


def decoded(text: bytes) -> Any:
    """An item as Python objects; ``None`` when it is none."""
    try:
        return decode_item(text)
    except ValueError:
        return None


@dataclass
class CocoFile:
    """One annotation file. ``bases`` are folders, relative to the root, in which its pictures should lie."""

    path: Path
    file: str
    split: str | None
    bases: tuple[str, ...] = ()
    role: str = ""
    """What its name says it holds: instances, person_keypoints, captions, stuff, panoptic … or nothing."""
    has_captions: bool = False
    information: dict[str, Any] = field(default_factory=dict)
    was_read: bool = False
    has_segments: bool = False
    """Whether its annotations are pictures (panoptic)."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Name of a picture → its number, in the file's order."""
    positions: Positions = field(default_factory=Positions)
    name_here: Callable[[str, Sequence[str]], str | None] | None = None
    """The name of a picture that the file knows by its path on another machine."""
    _image_at: dict[int | str | None, int] = field(default_factory=dict)
    _images: "array[int]" = field(default_factory=lambda: array("q"))
    _listed: int = 0

    def __post_init__(self) -> None:
        self.categories = Categories(self.file, stuff=self.role == "stuff")

    def read_head(self, report: Report) -> None:
        """Read the categories and what the file says of itself, nothing else."""
        self.was_read = True
        with JsonFile(self.path) as data:
            for key, at in data.members():
                if key == "categories" and data.is_array(at):
                    for number, item in enumerate(data.items(at)):
                        self.categories.add(decoded(item.text), number, report)
                elif key not in _OTHER_LISTS:
                    size = data.end_of(at) - at
                    if size < _SMALL:
                        self.information[key] = data.value(at)
        self.categories.report_root(report)

    def index(self, report: Report) -> None:
        """Find everything in one pass; raises :class:`FormatError` when the file is no COCO file or cut off."""
        with JsonFile(self.path) as data:
            if data.is_array(data.start()):
                text = f"{self.file} is a list of results; it needs the file that lists its pictures."
                raise FormatError(text, fields={"file": self.file})
            for key, at in data.members():
                if not data.is_array(at):
                    if key in _OTHER_LISTS and data.text(at, at + 4) != b"null":
                        text = f"“{key}” is no list; it was not read."
                        report(Issue("unparsable_file", "error", text, self.file, f"/{key}"))
                    continue
                if key == "annotations":
                    for block in data.blocks(at):
                        self.positions.add(block)
                        ends = block.texts[0] + block.texts[-1]
                        self.has_segments = self.has_segments or b'"segments_info"' in ends
                elif key == "images":
                    for block in data.blocks(at):
                        self._add_images(block, report)
                elif key == "categories":
                    for number, item in enumerate(data.items(at)):
                        self.categories.add(decoded(item.text), number, report)
        self.categories.report_root(report)
        self._group(report)

    def _add_images(self, block: Block, report: Report) -> None:
        entries = decoded(block.whole)
        if not isinstance(entries, list) or len(entries) != len(block.texts):
            entries = [decoded(text) for text in block.texts]
        for offset, text, entry in zip(block.offsets, block.texts, entries, strict=True):
            self._add_image(offset, offset + len(text), entry, report)
            self._listed += 1

    def _add_image(self, start: int, end: int, entry: Any, report: Report) -> None:
        where = f"/images/{self._listed}"
        found = name_of(entry)
        if isinstance(found, str) and (foreign := self._foreign(entry)) is not None:
            text = f"“{entry['file_name']}” is a path on another machine; the picture is called “{foreign}” here."
            report(Issue("unsafe_path", "warning", text, self.file, where))
            found = id_key(entry.get("id")), foreign
        if isinstance(found, str):
            if isinstance(entry, dict) and id_key(entry.get("id")) is not None:
                self._image_at[id_key(entry["id"])] = -1
            report(Issue("unsafe_path" if "outside" in found else "missing_name", "warning", found, self.file, where))
            return
        key, name = found
        if key in self._image_at and self.numbers.get(name, -1) != self._image_at[key]:
            issue = f"“{name}” repeats the id of another picture; it was left out."
            report(Issue("duplicate_image_id", "warning", issue, self.file, where))
            return
        here = self.numbers.setdefault(name, len(self.numbers))
        if key is not None:  # else no annotation can mean it
            self._image_at[key] = here
        if here < len(self._images) // 2:
            issue = f"“{name}” is listed twice; the annotations of both were joined."
            report(Issue("duplicate_file_name", "warning", issue, self.file, where))
            return
        self._images.extend((start, end))

    def _foreign(self, entry: Any) -> str | None:
        """The name of a picture given by its absolute path, where a picture here is meant by it."""
        path = entry.get("file_name") if isinstance(entry, dict) else None
        if self.name_here is None or not isinstance(path, str) or not is_absolute(path):
            return None
        return self.name_here(path, self.bases)

    def _group(self, report: Report) -> None:
        """Sort annotations by picture and report those whose picture is not listed."""
        pictures = [self._image_at.get(key, -2) for key in self.positions.keys]
        for lost in self.positions.group(pictures).tolist():
            text = "An annotation belongs to a picture that is not listed; it was left out."
            report(Issue("unknown_image_id", "warning", text, self.file, f"/annotations/{lost}"))

    def image(self, data: JsonFile, number: int) -> CocoImage:
        """The entry of a picture, read again: it is kept nowhere."""
        start, end = self._images[2 * number : 2 * number + 2]
        found = image_of(decoded(data.text(start, end)), foreign=True)
        if isinstance(found, str):
            raise FormatError(f"{self.file} was changed while it was read.", fields={"file": self.file})
        return found

    def plain(self, data: JsonFile, number: int) -> list[PlainEntry] | None:
        """The annotations of a picture when all of them are plain boxes."""
        return self.positions.plain(data, number)

    def entries(self, data: JsonFile, number: int) -> list[Any]:
        """The annotations of a picture as the file has them, in its order."""
        return self.positions.entries(data, number)
