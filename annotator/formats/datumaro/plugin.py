"""Datumaro: one JSON file per subset, every type of annotation."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from annotator.core.geometry.types import GEOMETRY_KINDS
from annotator.core.progress import Progress
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.datumaro.reader import DatumaroFile
from annotator.formats.datumaro.writer import DatumaroWriter
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.several_files import read_each
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import KEEPS, DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing, part_of, walk_files

_ITEMS = re.compile(rb'"items"\s*:\s*\[')
_CATEGORIES = re.compile(rb'"categories"\s*:\s*\{')
_VERSION = b'"dm_format_version"'
_NOTHING = "No Datumaro file was found: a JSON file with the members categories and items."


class DatumaroFormat(DatasetFormat):
    """The format of Datumaro, and of CVAT's own branch of it."""

    title = "Datumaro"
    description = "One JSON file per subset. Keeps every shape, attribute, group and the order of everything."
    kinds: ClassVar[frozenset[str]] = frozenset(GEOMETRY_KINDS)
    keeps: ClassVar[frozenset[str]] = frozenset(KEEPS)

    def recognises(self, listing: Listing) -> Recognition:
        """Look for JSON objects with ``categories`` and a list of ``items``."""
        best, reasons = 0.0, []
        for name in listing.with_suffix(".json"):
            sure = _likeness(listing.head(name), listing.tail(name))
            if sure:
                best = max(best, sure)
                reasons.append(f"{name} has categories and a list of items.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes in the files' order; those of several files are joined by name."""
        found: dict[str, LabelRecord] = {}
        for file in _files(folder, report):
            for label in file.labels:
                found.setdefault(label.name, label)
        return list(found.values())

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield items file by file; all files are walked before the first item."""
        files = _files(folder, report)
        placer = Placer(folder, report)
        apart = _share_names(files)
        for file in files:
            yield from file.read(placer, report, apart=apart)

    def information(self, folder: Path, *, options: BaseOptions) -> Mapping[str, Any]:
        """What the files say of the whole set, as ``info``, and their groups of labels."""
        files = _files(folder, _ignore)
        infos = {key: value for file in reversed(files) for key, value in file.infos.items()}
        groups = next((file.label_groups for file in files if file.label_groups), [])
        return {name: value for name, value in (("info", infos), ("label_groups", groups)) if value}

    def write(
        self,
        images: Iterable[ImageRecord],
        folder: Path,
        *,
        labels: Sequence[LabelRecord],
        options: BaseOptions,
        report: Report,
        progress: Progress,
        information: Mapping[str, Any] | None = None,
    ) -> None:
        """Write ``annotations/<subset>.json`` and the pictures below ``images/<subset>``."""
        with DatumaroWriter(folder, labels, information or {}, report=report) as writer:
            for done, image in enumerate(images, start=1):
                writer.add(image)
                progress.advance(done)


def _ignore(issue: Issue) -> None:
    """What is wrong with a file is said when its pictures are read."""
    del issue


def _share_names(files: Sequence[DatumaroFile]) -> bool:
    """Whether several subsets have pictures of one name: then all get their subset before their names."""
    if len({file.subset for file in files}) < 2:
        return False
    seen: dict[str, str] = {}
    return any(seen.setdefault(name, file.subset) != file.subset for file in files for name in file.names())


def _likeness(head: bytes, tail: bytes) -> float:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return 0.0
    both = head + tail
    if not _ITEMS.search(both):
        return 0.0
    return 0.95 if _VERSION in both or _CATEGORIES.search(both) else 0.0


def _files(folder: Path, report: Report) -> list[DatumaroFile]:
    return read_each(
        _paths(folder), lambda path: DatumaroFile(path, folder), root=folder, report=report, nothing=_NOTHING
    )


def _paths(folder: Path) -> Iterator[Path]:
    for path in walk_files(folder):
        if path.suffix.lower() == ".json" and _likeness(part_of(path, tail=False), part_of(path, tail=True)):
            yield path
