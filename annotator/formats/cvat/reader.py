"""Reading CVAT: the XML files of a folder, one picture at a time."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import merge
from html import unescape
from pathlib import Path, PurePosixPath

from annotator.core.errors import FormatError
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.cvat.meta import CvatMeta
from annotator.formats.cvat.parser import RawHolder, RawShape, check_file, events
from annotator.formats.cvat.shapes import ShapeMaker, flag
from annotator.formats.cvat.tracks import TrackKey, frames_of, skeletons_of
from annotator.formats.shared.checking import dropped
from annotator.formats.shared.files import Match, safe_name, split_of_word
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.values import pixels, whole
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

_LABEL = re.compile(rb'label="([^"]*)"')
_ODD_LABEL = re.compile(rb"label(?:\s+=|=\s|=')")
_IMAGE = re.compile(rb"<image\s[^>]{0,8192}")
_NAMED = re.compile(rb"""\s(name|subset)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FRAME = re.compile(r"(?:.*_)?(\d{1,12})$")
_MAX_FRAME = 10**9
_HOLDERS = frozenset({"id", "name", "width", "height", "subset"})


@dataclass
class CvatSchema:
    """The labels of all files, and per file those that its meta does not declare."""

    labels: dict[str, LabelRecord] = field(default_factory=dict)
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    undeclared: dict[str, list[str]] = field(default_factory=dict)
    metas: dict[str, CvatMeta] = field(default_factory=dict)

    def names(self) -> dict[str, tuple[str, ...]]:
        """Points of the skeletons by label."""
        return {label.name: label.keypoints for label in self.labels.values() if label.keypoints}


class CvatFolder:
    """A folder with one or more of CVAT's XML files; what was found out about them is kept while they stay as they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._checked: tuple[list[tuple[Path, str]], list[FormatError]] | None = None
        self._schema: CvatSchema | None = None
        self.stamp = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path, _ in self._files]

    @cached_property
    def _files(self) -> list[tuple[Path, str]]:
        found = [path for path in walk_files(self.folder) if path.suffix.lower() == ".xml"]
        return [(path, path.relative_to(self.folder).as_posix()) for path in found]

    def sound_files(self, report: Report) -> list[tuple[Path, str]]:
        """Files that are CVAT's and whole; raises :class:`FormatError` when there is none."""
        if self._checked is None:
            self._checked = self._check()
        sound, refused = self._checked
        for refusal in refused if sound else refused[1:]:
            report(Issue(refusal.fields["issue"], "error", refusal.detail, refusal.fields["file"], _line(refusal)))
        if not sound and refused:
            raise refused[0]
        if not sound:
            raise FormatError("No CVAT file was found: an XML file that begins with <annotations>.")
        return sound

    def _check(self) -> tuple[list[tuple[Path, str]], list[FormatError]]:
        sound: list[tuple[Path, str]] = []
        refused: list[FormatError] = []
        for path, file in self._files:
            try:
                if check_file(path, file):
                    sound.append((path, file))
            except FormatError as error:
                refused.append(error)
        return sound, refused

    def schema(self, files: list[tuple[Path, str]]) -> CvatSchema:
        """Labels in the order of the files' meta, then as undeclared ones come up."""
        if self._schema is not None:
            return self._schema
        schema = self._schema = CvatSchema()
        for path, file in files:
            meta = _meta_of(path, file)
            schema.metas[file] = meta
            for name, label in meta.labels.items():
                known = schema.labels.get(name)
                schema.labels[name] = label if known is None else _joined(known, label)
            for owner, types in meta.types.items():
                schema.types.setdefault(owner, {}).update(types)
            self._add_undeclared(path, file, meta, schema)
        return schema

    def _add_undeclared(self, path: Path, file: str, meta: CvatMeta, schema: CvatSchema) -> None:
        if not _needs_a_look(path, schema):
            return
        for name, parts in _used_labels(path, file):
            if name not in meta.labels and name not in schema.undeclared.setdefault(file, []):
                schema.undeclared[file].append(name)
            label = schema.labels.setdefault(name, LabelRecord(name=name))
            if parts and (not label.keypoints or name not in meta.labels or not meta.labels[name].keypoints):
                ordered = _ordered({**dict.fromkeys(label.keypoints), **dict.fromkeys(parts)})
                schema.labels[name] = replace(label, keypoints=ordered)

    def labels(self, report: Report) -> list[LabelRecord]:
        """The label list."""
        return list(self.schema(self.sound_files(report)).labels.values())

    def facts(self) -> dict[str, str]:
        """What the first file says of itself."""
        for path, file in self._files:
            try:
                if check_file(path, file):
                    return _meta_of(path, file).facts
            except FormatError:
                continue
        return {}

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures of all files in order; raises :class:`FormatError` when there is nothing to read."""
        files = self.sound_files(report)
        schema = self.schema(files)
        placer = Placer(self.folder, report)
        for path, file in files:
            for name in schema.metas[file].repeated:
                text = f"The label “{name}” is declared twice; the first one holds."
                report(Issue("duplicate_label_name", "warning", text, file))
            if schema.metas[file].labels:
                for name in schema.undeclared.get(file, ()):
                    text = f"The label “{name}” is used but not declared; it was added."
                    report(Issue("undeclared_label", "warning", text, file))
            maker = ShapeMaker(file, schema.types, schema.names(), report)
            yield from _File(path, file, schema.metas[file], maker, placer, report).read()


class _File:
    """Reads one file."""

    def __init__(
        self, path: Path, file: str, meta: CvatMeta, maker: ShapeMaker, placer: Placer, report: Report
    ) -> None:
        self._path = path
        self._file = file
        self._meta = meta
        self._maker = maker
        self._placer = placer
        self._report = report
        self._base = PurePosixPath(file).parent.as_posix()
        self._tracks: dict[str, list[list[TrackKey]]] = {}
        self._subsets: dict[str, str] = {}
        self._apart = False
        """Whether subsets have pictures of one name: then all get their subset before it."""

    def read(self) -> Iterator[ImageRecord]:
        self._apart = _share_names(self._path)
        for holder in events(self._path, self._file):
            if not isinstance(holder, RawHolder):
                continue
            if holder.tag == "track":
                self._add_track(holder)
            else:
                record = self._image(holder)
                if record is not None:
                    yield record
        for task_id, tracks in self._tracks.items():
            yield from self._frames(task_id, tracks)

    def _bases(self, subset: str) -> list[str]:
        inside = "" if self._base == "." else f"{self._base}/"
        return [f"{inside}images/{subset}", f"{inside}images", f"{inside}{subset}", inside.rstrip("/")]

    def _image(self, holder: RawHolder) -> ImageRecord | None:
        attrs, where = holder.attrs, f"line {holder.line}"
        stated = attrs.get("name", "").strip()
        name = safe_name(stated)
        if name is None and (name := self._placer.pictures.name_of_foreign(stated, self._bases(""))) is not None:
            text = f"“{stated}” is a path on another machine; the picture is called “{name}” here."
            self._report(Issue("unsafe_path", "warning", text, self._file, where))
        if name is None:
            code = "unsafe_path" if stated else "missing_name"
            text = f"“{stated}” is no name inside the dataset; the picture was left out."
            self._report(Issue(code, "warning", text, self._file, where))
            return None
        subset = attrs.get("subset", "").strip()
        match = self._placer.find(name, self._bases(subset), self._file)
        if self._apart and subset and not name.startswith(f"{subset}/"):
            name = safe_name(f"{subset}/{name}") or name
        place = self._placer.place(
            name,
            pixels(attrs.get("width"), attrs.get("height")),
            file=self._file,
            bases=self._bases(subset),
            split=split_of_word(subset) if subset else None,
            prefix=subset or (self._base if self._base != "." else None),
            match=match,
        )
        found = [record for raw in holder.shapes if (record := self._maker.record(raw)) is not None]
        kept = {f"cvat:{key}": value for key, value in attrs.items() if key not in _HOLDERS}
        if subset and place.split is None and subset != "default":
            kept["cvat:subset"] = subset
        identity = attrs.get("id")
        return self._placer.record(place, found, source={"id": identity, **kept} if identity else kept)

    def _add_track(self, holder: RawHolder) -> None:
        attrs = holder.attrs
        identity = whole(attrs.get("id"))
        track = identity if identity is not None else attrs.get("id") or f"line {holder.line}"
        keys: list[TrackKey] = []
        for raw in skeletons_of(holder) if holder.parts else holder.shapes:
            frame = whole(raw.attrs.get("frame"))
            if frame is None or not 0 <= frame < _MAX_FRAME:
                self._report(dropped("missing_geometry", file=self._file, where=f"line {raw.line}"))
                continue
            record = None
            if not _is_outside(raw):
                for key in ("group_id", "z_order"):
                    if key in attrs:
                        raw.attrs.setdefault(key, attrs[key])
                record = self._maker.record(
                    raw, label=attrs.get("label", ""), source=attrs.get("source", ""), track=track
                )
                if record is None:
                    continue
            keys.append(TrackKey(frame, record))
        task_id = attrs.get("task_id", "")
        self._subsets.setdefault(task_id, attrs.get("subset", "").strip())
        self._tracks.setdefault(task_id, []).append(keys)

    def _frames(self, task_id: str, tracks: list[list[TrackKey]]) -> Iterator[ImageRecord]:
        """Frames with objects, and those without of which there is a picture."""
        task = self._meta.task(task_id)
        subset = self._subsets.get(task_id, "")
        split = split_of_word(subset) if subset else None
        pictures = self._frame_pictures(self._bases(subset)) if len(self._tracks) == 1 else {}
        shown = frames_of(tracks, task.step, self._file, self._report)
        empty: Iterator[tuple[int, list[AnnotationRecord]]] = ((frame, []) for frame in sorted(pictures))
        done = -1
        for frame, records in merge(shown, empty, key=lambda entry: entry[0]):
            if frame == done:  # the picture of a frame that was just read: shown comes first
                continue
            done = frame
            path = pictures.get(frame)
            name = f"frame_{frame:06d}" + (path.suffix if path else "")
            match = Match(path, "exact") if path else None
            place = self._placer.place(
                name,
                task.size,
                file=self._file,
                bases=self._bases(subset),
                split=split,
                prefix=safe_name(task.name or f"task_{task_id}"),
                match=match,
            )
            yield self._placer.record(place, records, source={"frame": frame})

    def _frame_pictures(self, bases: list[str]) -> dict[int, Path]:
        """Pictures by the number that their names end in."""
        found: dict[int, Path] = {}
        for path in self._placer.pictures.pictures:
            number = _FRAME.match(path.stem)
            inside = path.parent.relative_to(self._placer.pictures.root).as_posix()
            if number and path not in self._placer.used and (inside in bases or inside == "."):
                found.setdefault(int(number.group(1)), path)
        return found


def _is_outside(raw: RawShape) -> bool:
    if raw.tag == "skeleton" and raw.points:
        return all(flag(point.attrs.get("outside")) for point in raw.points)
    return flag(raw.attrs.get("outside"))


def _line(error: FormatError) -> str | None:
    return f"line {error.fields['line']}" if "line" in error.fields else None


def _meta_of(path: Path, file: str) -> CvatMeta:
    """The meta element, which stands before everything else; empty when there is none."""
    first = next(events(path, file), None)
    return first if isinstance(first, CvatMeta) else CvatMeta()


def _share_names(path: Path) -> bool:
    """Whether pictures of two subsets of a file have the same name, by a look at the starts of its images."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(b"subset=") < 0:
            return False
        seen: dict[bytes, bytes] = {}
        for tag in _IMAGE.finditer(data):
            said = {key: first or second for key, first, second in _NAMED.findall(tag.group())}
            if seen.setdefault(said.get(b"name", b""), said.get(b"subset", b"")) != said.get(b"subset", b""):
                return True
    return False


def _needs_a_look(path: Path, schema: CvatSchema) -> bool:
    """Whether a label may be used that no meta declares, or a skeleton whose points have no order yet."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not schema.labels or data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data.find(b"\0", 0, 64) >= 0:
            return True
        if data.find(b"<skeleton") >= 0 or _ODD_LABEL.search(data):
            return True
        used = set(_LABEL.findall(data))
    return any(unescape(name.decode(errors="replace")).strip() not in schema.labels for name in used)


def _used_labels(path: Path, file: str) -> Iterator[tuple[str, list[str]]]:
    """Each label that a shape has, with the names of its points when it is a skeleton."""
    seen: set[str] = set()
    for holder in events(path, file):
        if isinstance(holder, RawHolder):
            for raw in holder.shapes:
                name = (raw.attrs.get("label") or holder.attrs.get("label", "")).strip()
                parts = [point.attrs.get("label", "") for point in raw.points or ()]
                parts += [part.attrs.get("label", "") for part in holder.parts]
                if name and (parts or name not in seen):
                    seen.add(name)
                    yield name, parts


def _joined(known: LabelRecord, more: LabelRecord) -> LabelRecord:
    if more.keypoints and not known.keypoints:
        return replace(known, keypoints=more.keypoints, skeleton=more.skeleton)
    return known


def _ordered(names: dict[str, None]) -> tuple[str, ...]:
    """Numbers by their value, other names as they came up."""
    return tuple(sorted(names, key=int)) if all(name.isdecimal() for name in names) else tuple(names)
