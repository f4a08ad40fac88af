"""Which JSON files of a folder belong to a COCO set, and which of them speak of the same pictures."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.coco.file import CocoFile
from annotator.formats.coco.panoptic import segment_folders
from annotator.formats.coco.reader import CAPTIONS, PANOPTIC, POINTS, TAGS, CocoGroup
from annotator.formats.coco.results import CocoResults
from annotator.formats.coco.tables import join_labels
from annotator.formats.shared.files import PictureIndex, split_of_word
from annotator.plugins.formats import Report
from annotator.plugins.listing import part_of, walk_names

_ARRAY = re.compile(rb'"(images|annotations|categories)"\s*:\s*\[')
_DETECTION = re.compile(rb'\[\s*\{[^{}]{0,4096}"image_id"\s*:')
_ROLES = ("instances", POINTS, "keypoints", "stuff", TAGS, CAPTIONS, PANOPTIC, "image_info")
"""Beginnings of file names, in the order in which files of one split are joined."""
_JOINED = frozenset({"instances", POINTS, "stuff"})


def lists_in(head: bytes, tail: bytes) -> set[str]:
    """Which of COCO's lists show in the first and last bytes of a file; ``results`` for a bare list of detections."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"["):
        return {"results"} if _DETECTION.match(text) else set()
    if not text.startswith(b"{"):
        return set()
    return {match.decode() for match in _ARRAY.findall(head + tail)}


def annotation_files(folder: Path) -> dict[str, frozenset[str]]:
    """JSON files of a folder that look like COCO, each with the lists that show in it."""
    names = [name for name in walk_names(folder) if name.lower().endswith(".json")]
    found = {name: frozenset(lists_in(*_ends(folder / name))) for name in names}
    return {name: lists for name, lists in found.items() if lists}


class CocoLayout:
    """The files of a set; ``file`` chooses one of them."""

    def __init__(
        self, folder: Path, *, file: str, prefer: str, report: Report, found: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self._folder = folder
        self.found = annotation_files(folder) if found is None else found
        self._wanted = file.strip("/")
        self._prefer = prefer
        self._report = report
        self._results: list[CocoResults] = []

    @cached_property
    def groups(self) -> list[CocoGroup]:
        """Files that speak of the same pictures, group by group; raises :class:`FormatError` when there is no file."""
        found: dict[str, list[str]] = {}
        for name, lists in self.found.items():
            if not self._wanted or name == self._wanted:
                if "results" in lists:
                    self._results.append(self._result_file(name))
                else:
                    found.setdefault(_group_key(name) if not self._wanted else name, []).append(name)
        if not found and not self._results:
            raise FormatError("No COCO annotation file was found: a JSON file with the lists images and annotations.")
        groups = [self._group(names) for names in self._chosen(found)]
        for results in self._results:
            for group in groups:
                if results.split in {None, group.split} or group.split is None:
                    group.results.append(results)
        return groups

    def _chosen(self, found: Mapping[str, list[str]]) -> list[list[str]]:
        """All groups; where names say “instances”, other files without such a name are left out."""
        named = [names for names in found.values() if any(_role(name) for name in names)]
        instances = any(_role(name) == "instances" for names in named for name in names)
        for names in found.values() if instances else ():
            if names not in named:
                for name in names:
                    self._leave_out(name, "there are instance files")
        return named if instances else list(found.values())

    def _group(self, names: list[str]) -> CocoGroup:
        ordered = sorted(names, key=lambda name: _ROLES.index(_role(name)) if _role(name) else -1)
        roles = {_role(name) for name in ordered}
        if PANOPTIC in roles and roles & _JOINED:
            for name in [name for name in ordered if _role(name) == PANOPTIC]:
                self._leave_out(name, "its objects are in the instance files, too")
                ordered.remove(name)
        return CocoGroup([self._file(name) for name in ordered], self._prefer)

    def _leave_out(self, name: str, reason: str) -> None:
        text = f"{name} was left out because {reason}; choose it in the options to read it."
        self._report(Issue("ignored_file", "info", text, file=name))

    def labels(self) -> list[LabelRecord]:
        """Labels of all files in order of appearance."""
        self._each(CocoFile.read_head)
        found: dict[str, LabelRecord] = {}
        tables = [file.categories for group in self.groups for file in group.files]
        for label in [*join_labels(tables), *(label for group in self.groups for label in group.labels())]:
            found.setdefault(label.name, label)
        return list(found.values())

    def information(self) -> Mapping[str, Any]:
        """What the first file says of the set."""
        for group in self.groups:
            if not group.files[0].was_read:
                group.files[0].read_head(_ignore)
            return group.files[0].information
        return {}

    def index(self) -> None:
        """Find the pictures and annotations of all files, so that a damaged one is known before anything is yielded."""
        self._each(CocoFile.index)
        for results in self._results:
            results.index()

    def _each(self, read: Callable[[CocoFile, Report], None]) -> None:
        """Let all files be read; a damaged one is left out as long as another one is sound."""
        damage: FormatError | None = None
        for group in self.groups:
            for file in list(group.files):
                try:
                    read(file, self._report)
                except FormatError as error:
                    self._report(Issue("unparsable_file", "error", error.detail, file=file.file))
                    group.files.remove(file)
                    damage = error
        self.groups[:] = [group for group in self.groups if group.files]
        if damage is not None and not self.groups:
            raise damage

    def painted_folders(self) -> tuple[str, ...]:
        """Folders that hold the PNG files of panoptic annotations."""
        painted = [file for group in self.groups for file in group.files if file.has_segments]
        return tuple(f"{base}/" for file in painted for base in segment_folders(file)[:2])

    def rest(self) -> Iterator[ImageRecord]:
        """Detections without a set that lists their pictures, or a word on those whose picture is not listed."""
        for results in self._results:
            if self.groups:
                results.report_unused()
            else:
                yield from results.alone()

    def _result_file(self, name: str) -> CocoResults:
        path = self._folder / name
        return CocoResults(path, name, split_of_word(path.stem), self._report)

    def _file(self, name: str) -> CocoFile:
        path, place = self._folder / name, Path(name)
        split = split_of_word(path.stem) or split_of_word(place.parent.name)
        role = _role(name)
        has_captions = role == CAPTIONS or _only_captions(path)
        bases = _bases(place, split)
        return CocoFile(path, name, split, bases, role, has_captions, name_here=self._name_here)

    def _name_here(self, path: str, bases: Sequence[str]) -> str | None:
        return self._pictures.name_of_foreign(path, bases)

    @cached_property
    def _pictures(self) -> PictureIndex:
        """Only looked at where a file knows its pictures by absolute paths."""
        return PictureIndex(self._folder)


def _bases(place: Path, split: str | None) -> tuple[str, ...]:
    """Folders in which the pictures of a file should lie, relative to the root: the likeliest first."""
    parent = place.parent
    words = dict.fromkeys([place.stem.rpartition("_")[2], split or ""])
    root = parent.parent if parent.name in {"annotations", "labels"} else parent
    bases = [parent, *(root / "images" / word for word in words if word), root / "images", root / "data"]
    bases += [root / word for word in words if word]
    return tuple(base.as_posix() for base in bases)


def _role(name: str) -> str:
    """What the beginning of a file name says; empty for other names."""
    stem = Path(name).stem.lower()
    found = next((role for role in _ROLES if _begins(stem, role)), "")
    return POINTS if found == "keypoints" else found


def _begins(stem: str, role: str) -> bool:
    """Whether a name begins with a role; ``labels.json`` by itself is FiftyOne's name for everything."""
    return stem.startswith(f"{role}_") or (stem == role and role != TAGS)


def _group_key(name: str) -> str:
    """Files with the same key speak of the same pictures: only what they say of them differs in their names."""
    place = Path(name)
    stem = place.stem.lower()
    for role in _ROLES:
        if _begins(stem, role):
            return f"{place.parent.as_posix()}/*_{stem[len(role) :].strip('_')}"
    return name


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and last bytes of a file."""
    return part_of(path, tail=False), part_of(path, tail=True)


def _only_captions(path: Path) -> bool:
    text = b"".join(_ends(path))
    return b'"caption"' in text and b'"category_id"' not in text


def _ignore(issue: Issue) -> None:
    """Take a report of what the reading will report again."""
    del issue
