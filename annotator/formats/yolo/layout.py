"""Where things are in a YOLO dataset: data.yaml, class names, splits, the label file of a picture."""

import unicodedata
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from annotator.core.records import LabelRecord
from annotator.formats.shared.files import PICTURE_SUFFIXES, stem_of
from annotator.formats.yolo.names import (
    NAME_FILES,
    KeyPoints,
    configured_names,
    counted_names,
    key_points_of,
    label_records,
    listed_names,
)
from annotator.formats.yolo.splits import Splits
from annotator.plugins.formats import Recognition, Report
from annotator.plugins.listing import walk_files

_NOT_LABELS = frozenset(
    {*NAME_FILES, "train.txt", "val.txt", "test.txt", "valid.txt", "requirements.txt", "readme.txt", "license.txt",
     "readme.dataset.txt", "readme.roboflow.txt", "notes.txt"}
)  # fmt: skip
_SPLITS = frozenset({"train", "val", "test"})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_LARGEST_CONFIG = 1 << 20
MARK = "marquee_names"
"""Key in our own data files: names of pictures do not include the split's folder."""


class YoloLayout:
    """A folder read as YOLO; ``config`` names the data.yaml when there are several. All names are relative to ``folder``."""

    def __init__(self, folder: Path, config: str = "", files: tuple[str, ...] | None = None) -> None:
        self.folder = folder
        self._wanted = config.strip("/")
        self._given = files

    @cached_property
    def _files(self) -> tuple[str, ...]:
        if self._given is not None:
            return self._given
        return tuple(path.relative_to(self.folder).as_posix() for path in walk_files(self.folder))

    @cached_property
    def configs(self) -> list[tuple[str, dict[str, Any]]]:
        """Data files with class names, those nearest to the root first; the wanted one alone when one is wanted."""
        found = []
        for name in self._files:
            if name.lower().endswith((".yaml", ".yml")) and (not self._wanted or name == self._wanted):
                content = self._loaded(name)
                if isinstance(content, dict) and ("names" in content or "nc" in content):
                    found.append((name, content))
        return sorted(found, key=lambda item: (item[0].count("/"), item[0]))

    def _loaded(self, name: str) -> Any:
        path = self.folder / name
        try:
            if path.stat().st_size >= _LARGEST_CONFIG:
                return None
            text = _decoded(path.read_bytes())
            content = yaml.load(text, Loader=_LOADER)  # noqa: S506 -- a safe loader
            if isinstance(content, dict) and "names" in content:  # “no”, “007” and “12:30” are names as they stand
                plain = yaml.load(text, Loader=_TEXT_LOADER)  # noqa: S506 -- makes text only
                content["names"] = plain.get("names", content["names"])  # merged in from elsewhere: as it is
            return content
        except (yaml.YAMLError, ValueError, OSError, RecursionError, OverflowError):
            return None

    @property
    def config_file(self) -> str:
        """The data file that counts; empty when there is none."""
        return self.configs[0][0] if self.configs else ""

    @property
    def config(self) -> dict[str, Any]:
        """Its content; that of Darknet's ``obj.data`` where that takes its place."""
        return self.configs[0][1] if self.configs else self._darknet

    @cached_property
    def _darknet(self) -> dict[str, Any]:
        """``key = value`` lines of the data file nearest to the root."""
        near = sorted((n for n in self._files if n.lower().endswith(".data")), key=lambda n: (n.count("/"), n))
        for name in near[:1]:
            text = (self.folder / name).read_text(encoding="utf-8-sig", errors="replace")
            pairs = (line.partition("=") for line in text[:_LARGEST_CONFIG].splitlines() if "=" in line)
            return {key.strip(): value.strip() for key, _, value in pairs}
        return {}

    @property
    def _base(self) -> str:
        return PurePosixPath(self.config_file).parent.as_posix() if self.config_file else "."

    @cached_property
    def pictures(self) -> list[str]:
        """Pictures of the dataset in path order: when some lie in ``images``, others (masks, say) need a label file."""
        everything = [name for name in self._files if PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES]
        inside = {name for name in everything if "images" in name.lower().split("/")[:-1]}
        return [name for name in everything if not inside or name in inside or self.label_file(name)]

    @cached_property
    def names(self) -> dict[int, str]:
        """Class names by index, in order of index."""
        return (
            configured_names(self.config)
            or listed_names(self.folder, self._files)
            or counted_names(self.config)
            or {index: str(index) for index in sorted(self._used_classes())}
        )

    def labels(self, report: Report) -> list[LabelRecord]:
        """The classes as labels, with their key points."""
        return label_records(self.names, self.key_points, report, self.config_file)

    def _used_classes(self) -> set[int]:
        used: set[int] = set()
        for picture in self.pictures:
            labels = self.label_file(picture)
            if labels is not None:
                for line in (self.folder / labels).read_text(encoding="utf-8-sig", errors="replace").splitlines():
                    first = line.split(maxsplit=1)[:1]
                    if first and len(first[0]) < 9 and first[0].removesuffix(".0").isdecimal():
                        used.add(int(first[0].removesuffix(".0")))
        return used

    @cached_property
    def key_points(self) -> KeyPoints | None:
        """``kpt_shape`` and what belongs to it."""
        return key_points_of(self.config)

    @cached_property
    def _texts(self) -> dict[str, str]:
        """Candidates for label files by their path in lower case (``Labels/A.TXT``)."""
        return {
            unicodedata.normalize("NFC", name).casefold(): name
            for name in self._files
            if name.lower().endswith(".txt") and (not _is_no_label_file(name) or self._has_picture(name))
        }

    def _has_picture(self, name: str) -> bool:
        """Whether a picture of that stem lies beside a text file (``val.jpg`` beside ``val.txt``)."""
        return PurePosixPath(name).name.lower() not in NAME_FILES and stem_of(name).casefold() in self._picture_stems

    @cached_property
    def _picture_stems(self) -> frozenset[str]:
        return frozenset(
            stem_of(name).casefold() for name in self._files if PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES
        )

    @property
    def label_files(self) -> list[str]:
        """All text files that may hold rows."""
        return list(self._texts.values())

    def label_file(self, picture: str) -> str | None:
        """The text file of a picture: for its last or first ``images`` folder, beside it, or below the data file."""
        parts = unicodedata.normalize("NFC", picture).casefold().split("/")
        stem = parts[-1].rpartition(".")[0]
        below = [*parts[1:-1], f"{stem}.txt"] if len(parts) > 1 else [f"{stem}.txt"]
        parts[-1] = f"{stem}.txt"
        places = [i for i, part in enumerate(parts[:-1]) if part == "images"]
        candidates = []
        for place in dict.fromkeys([*places[-1:], *places[:1]]):
            below = parts[place + 1 :]
            candidates.append([*parts[:place], "labels", *below])
            base = [] if self._base == "." else self._base.casefold().split("/")
            candidates.append([*base, "labels", *below])
        candidates += [parts, ["labels", *parts]]
        for candidate in candidates:
            found = self._texts.get("/".join(candidate))
            if found is not None:
                return found
        return None

    def name(self, picture: str) -> str:
        """Name of a picture: its path without the ``images`` folder (and without the split in our own exports)."""
        parts = unicodedata.normalize("NFC", picture).split("/")
        place = next((index for index, part in enumerate(parts[:-1]) if part.lower() == "images"), None)
        if place is not None:
            del parts[place]
        if self.config.get(MARK) and len(parts) > 1:
            folder = parts[0].removeprefix("obj_").removesuffix("_data") if parts[0].startswith("obj_") else parts[0]
            parts = parts[1:] if folder in _SPLITS else parts
        return "/".join(parts)

    @cached_property
    def splits(self) -> Splits:
        """Where the splits are."""
        return Splits(self.folder, self._base, self.config, frozenset(self._files), self.pictures)

    def recognise(self) -> Recognition:
        """How likely this is a YOLO dataset with label files."""
        reasons = [f"{name} names classes." for name, _ in self.configs[:3]]
        reasons += ["There is an obj.data of Darknet."] if "names" in self._darknet else []
        first = self.pictures[:50]
        with_labels = [picture for picture in first if self.label_file(picture)]
        if with_labels:
            reasons.append(f"{len(with_labels)} of the first {len(first)} pictures have a label file.")
        known = bool(self.configs) or "names" in self._darknet
        if known and not self.pictures and any(map(self._looks_like_rows, self._first_files())):
            return Recognition(0.6, (*reasons, "There are label files, but none of their pictures."))
        if not with_labels:
            return Recognition(0.3 if known and self.pictures else 0.0, tuple(reasons))
        files = [path for picture in with_labels[:20] if (path := self.label_file(picture))]
        looks = [self._looks_like_rows(self.folder / path) for path in files]
        if known:  # whatever the rows hold: bad ones are the reader's business
            return Recognition(0.95, tuple(reasons))
        if False in looks and True not in looks:
            return Recognition(0.0)  # text files of another kind (KITTI, captions)
        return Recognition(0.8 if True in looks else 0.4, tuple(reasons))

    def _first_files(self) -> list[Path]:
        return [self.folder / name for name in self.label_files[:20]]

    def _looks_like_rows(self, path: Path) -> bool | None:
        """Whether a file's first row is one of ours; ``None`` for an empty file."""
        try:
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                tokens = next((line.split() for line in file.readlines(1 << 14) if line.strip()), [])
            return len(tokens) >= 5 and all(-1 <= float(t) <= 2 for t in tokens[1:]) if tokens else None
        except (ValueError, OSError):
            return False


def _decoded(data: bytes) -> str:
    """UTF-8, or what Windows writes where it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _is_no_label_file(name: str) -> bool:
    """Lists of pictures and of names; in a folder ``labels`` a file ``train.txt`` belongs to a picture."""
    *folders, last = name.lower().split("/")
    return last in (NAME_FILES if "labels" in folders else _NOT_LABELS)
