"""Reading one Datumaro file: categories first, then item by item, in whatever order they stand in the file."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from annotator.core.errors import FormatError
from annotator.core.records import AttributeRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.datumaro.objects import Context, records_of
from annotator.formats.shared.files import Match, is_picture, safe_name, split_of_word
from annotator.formats.shared.json_items import as_list, as_object, decoded
from annotator.formats.shared.json_stream import JsonFile
from annotator.formats.shared.own_fields import KEY, label_with_own_fields
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.values import number, pixels, text_of, whole
from annotator.plugins.formats import Report

_USED = frozenset({"id", "annotations", "image", "attr", "media", KEY})
_NO_PICTURES = {"point_cloud": "a cloud of points", "video": "a video", "multiframe": "a stack of pictures"}


class _Head(msgspec.Struct):
    id: Any = None
    image: Any = None


_HEADS = msgspec.json.Decoder(list[_Head])


class DatumaroFile:
    """One annotation file; raises :class:`FormatError` when it is cut off or no Datumaro file."""

    def __init__(self, path: Path, root: Path) -> None:
        self._path = path
        self.file = path.relative_to(root).as_posix()
        self.subset = path.stem
        home = PurePosixPath(self.file).parent
        home = home.parent if home.name == "annotations" else home
        places = (home / "images" / self.subset, home / "images", home / self.subset, home)
        self._bases = tuple(place.as_posix() for place in places)
        self._categories: dict[str, Any] = {}
        self.infos: dict[str, Any] = {}
        self._items = -1
        self._apart = False
        self._index()
        self._names, self._labels = labels_of(self._categories)

    def _index(self) -> None:
        """Walk the whole file once, so that one that is cut off adds nothing."""
        with JsonFile(self._path) as data:
            for key, at in data.members():
                if key == "items" and data.is_array(at):
                    self._items = at
                    for _ in data.items(at):
                        pass
                elif key == "categories":
                    self._categories = as_object(data.value(at))
                elif key in {"infos", "info"}:
                    self.infos = as_object(data.value(at)) or self.infos
        if self._items < 0:
            raise FormatError(f"{self.file} has no list of items.", fields={"file": self.file})

    def names(self) -> Iterator[str]:
        """What the items are called."""
        with JsonFile(self._path) as data:
            for block in data.blocks(self._items):
                try:
                    found = _HEADS.decode(block.whole)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    entries = (as_object(decoded(text)) for text in block.texts)
                    found = [_Head(entry.get("id"), entry.get("image")) for entry in entries]
                for item in found:
                    yield _name(text_of(item.id), text_of(as_object(item.image).get("path"))) or ""

    @property
    def labels(self) -> list[LabelRecord]:
        """The classes in order, without those that are only key points of another one."""
        return self._labels

    @property
    def label_groups(self) -> list[Any]:
        """Groups of labels as the file has them."""
        return as_list(as_object(self._categories.get("label")).get("label_groups"))

    def report_labels(self, report: Report) -> None:
        """Say which classes cannot be used as they are."""
        seen: set[str] = set()
        for place, name in enumerate(self._names):
            where = f"/categories/label/labels/{place}"
            if not name:
                report(Issue("missing_label", "warning", "A class has no name; it was left out.", self.file, where))
            elif name in seen:
                text = f"The class “{name}” stands twice in the list; both were joined."
                report(Issue("duplicate_label_name", "warning", text, self.file, where))
            seen.add(name)

    def read(self, placer: Placer, report: Report, *, apart: bool = False) -> Iterator[ImageRecord]:
        """Yield the items in order; ``apart``: with their subset before their names."""
        self._apart = apart
        keypoints = {label.name: label.keypoints for label in self._labels if label.keypoints}
        context = Context(self._names, keypoints, self.file, report)
        self.report_labels(report)
        with JsonFile(self._path) as data:
            for number_, item in enumerate(data.items(self._items)):
                entry = decoded(item.text)
                if not isinstance(entry, dict):
                    text = "An item is no JSON object; it was left out."
                    report(Issue("unparsable_file", "error", text, self.file, f"/items/{number_}"))
                    continue
                record = self._record(entry, f"/items/{number_}", placer, context)
                if record is not None:
                    yield record

    def _record(self, entry: dict[str, Any], where: str, placer: Placer, context: Context) -> ImageRecord | None:
        identity = text_of(entry.get("id"))
        media = next((what for key, what in _NO_PICTURES.items() if entry.get(key)), None)
        if media is not None and not entry.get("image"):
            context.say("unsupported_shape", f"“{identity}” is {media}, no picture; it was left out.", where)
            return None
        image = as_object(entry.get("image")) or as_object(entry.get("media"))
        stated = text_of(image.get("path"))
        name = _name(identity, stated)
        if name is None:
            code, text = ("unsafe_path", f"“{identity}” points outside the dataset") if identity else (
                "image_not_found", "An item has neither an id nor a path")  # fmt: skip
            context.say(code, f"{text}; it was left out.", where)
            return None
        match = self._match(name, stated, placer)
        if match.path is not None and not is_picture(Path(name)):
            name += match.path.suffix
        size = [number(side) for side in as_list(image.get("size"))]
        prefix = split_of_word(self.subset) or self.subset
        place = placer.place(
            f"{prefix}/{name}" if self._apart and not name.startswith(f"{prefix}/") else name,
            pixels(size[1], size[0]) if len(size) >= 2 else None,
            file=self.file,
            split=split_of_word(self.subset),
            prefix=prefix,
            match=match if match.path is not None else placer.find(name, self._bases, self.file),
        )
        found = records_of(entry.get("annotations"), place.raster, identity, context)
        own = as_object(entry.get(KEY))
        guesses = list(records_of(own.get("predictions"), place.raster, identity, context))
        captions = [a for a in map(as_object, as_list(entry.get("annotations"))) if a.get("type") == "caption"]
        source: dict[str, Any] = {"id": entry.get("id"), **as_object(own.get("source"))}
        source |= {f"datumaro:{key}": value for key, value in entry.items() if key not in _USED}
        for key, value in (("attr", entry.get("attr")), ("captions", captions)):
            if value:
                source[f"datumaro:{key}"] = value
        source["datumaro:subset"] = self.subset
        return placer.record(place, list(found), predictions=guesses, source=source)

    def _match(self, name: str, stated: str, placer: Placer) -> Match:
        """The picture by its stated path first (programs flatten folders), then by the item's id."""
        path = safe_name(stated) if stated else None
        tries = [path, name] if path else [name]
        found = [placer.pictures.find(one, self._bases) for one in tries if one]
        for match in found:
            if match.how == "exact" or (match.how == "stem" and not is_picture(Path(name))):
                return Match(match.path, "exact")
        return next((match for match in found if match.path is not None), Match(None, "missing"))


def _name(identity: str, stated: str) -> str | None:
    """The item's id with the ending of its picture: ids have none, and stated paths may be flattened or absolute."""
    suffix = PurePosixPath(stated.replace("\\", "/")).suffix if is_picture(Path(stated)) else ""
    if not identity:
        return safe_name(stated) if stated else None
    if suffix and PurePosixPath(stated.replace("\\", "/")).name == PurePosixPath(identity).name:
        suffix = ""
    if suffix and is_picture(Path(identity)) and identity.lower().endswith(suffix.lower()):
        suffix = suffix if stated.lower().endswith(f"{identity}{suffix}".lower()) else ""
    return safe_name(identity + suffix)


def labels_of(categories: dict[str, Any]) -> tuple[list[str], list[LabelRecord]]:
    """Names by ``label_id``, and the classes that are not only key points of others."""
    described = as_object(categories.get("label"))
    entries = [entry if isinstance(entry, dict) else {"name": entry} for entry in as_list(described.get("labels"))]
    names = [text_of(entry.get("name")) for entry in entries]
    points = _keypoints(as_object(categories.get("points")), len(names))
    colors = _colors(as_object(categories.get("mask")))
    parts = {(names[place], part) for place, (parts, _) in points.items() for part in parts}
    found: dict[str, LabelRecord] = {}
    for place, (entry, name) in enumerate(zip(entries, names, strict=True)):
        parent = text_of(entry.get("parent"))
        if not name or (parent, name) in parts:
            continue
        keypoints, edges = points.get(place, ((), ()))
        label = LabelRecord(
            name=name,
            color=colors.get(place, ""),
            parent=parent or None,
            attributes=tuple(
                AttributeRecord(name=text) for a in as_list(entry.get("attributes")) if (text := text_of(a))
            ),
            keypoints=keypoints,
            skeleton=edges,
        )
        found.setdefault(name, label_with_own_fields(label, entry.get(KEY)))
    return names, list(found.values())


Edges = tuple[tuple[int, int], ...]


def _keypoints(described: dict[str, Any], count: int) -> dict[int, tuple[tuple[str, ...], Edges]]:
    """Label → names of its key points and edges from 0; files count from 1 (COCO's way) unless a 0 says otherwise."""
    found: dict[int, tuple[tuple[str, ...], Edges]] = {}
    for entry in map(as_object, as_list(described.get("items"))):
        place = whole(entry.get("label_id"))
        names = tuple(text_of(name) for name in as_list(entry.get("labels")))
        if place is None or not 0 <= place < count:
            continue
        pairs = [[whole(end) for end in as_list(pair)] for pair in as_list(entry.get("joints"))]
        first = 0 if any(0 in pair for pair in pairs) else 1
        edges = [
            (pair[0] - first, pair[1] - first)
            for pair in pairs
            if len(pair) == 2 and pair[0] is not None and pair[1] is not None
        ]
        inside = tuple(edge for edge in edges if min(edge) >= 0 and max(edge) < len(names))
        found[place] = (names if any(names) else (), inside)
    return found


def _colors(described: dict[str, Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    for entry in map(as_object, as_list(described.get("colormap"))):
        place = whole(entry.get("label_id"))
        colour = [whole(entry.get(key)) for key in "rgb"]
        if place is not None and all(value is not None and 0 <= value <= 255 for value in colour):
            found[place] = "#" + "".join(f"{value:02x}" for value in colour)
    return found
