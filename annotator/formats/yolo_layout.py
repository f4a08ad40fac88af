"""Where things are in a YOLO dataset: data.yaml, class names, splits, the label file of a picture."""

import unicodedata
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from annotator.formats.files import PictureIndex, split_of_word
from annotator.plugins.formats import Recognition
from annotator.plugins.listing import walk_files

_NAME_FILES = ("classes.txt", "obj.names", "predefined_classes.txt")
_NOT_LABELS = frozenset(
    {*_NAME_FILES, "train.txt", "val.txt", "test.txt", "valid.txt", "requirements.txt", "readme.txt"}
)

_SPLITS = {"train": "train", "val": "val", "valid": "val", "test": "test"}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MARK = "marquee_names"
"""Key in our own data.yaml: names of pictures do not include the split's folder."""


class YoloLayout:
    """A folder read as YOLO; ``config`` names the data.yaml when there are several."""

    def __init__(self, folder: Path, config: str = "") -> None:
        self.folder = folder
        self._wanted = config.strip("/")

    @cached_property
    def configs(self) -> list[tuple[Path, dict[str, Any]]]:
        """Data files with class names, those nearest to the root first; the wanted one alone when one is wanted."""
        found = []
        for path in walk_files(self.folder):
            if path.suffix.lower() in {".yaml", ".yml"} and path.stat().st_size < 1 << 20:
                try:
                    content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_LOADER)  # noqa: S506 -- a safe loader
                except (yaml.YAMLError, UnicodeDecodeError):
                    continue
                if isinstance(content, dict) and ("names" in content or "nc" in content):
                    found.append((path, content))
        if self._wanted:
            found = [item for item in found if item[0].relative_to(self.folder).as_posix() == self._wanted]
        return sorted(found, key=lambda item: (len(item[0].parts), item[0]))

    @property
    def config(self) -> dict[str, Any]:
        """The data file that counts."""
        return self.configs[0][1] if self.configs else {}

    @cached_property
    def pictures(self) -> list[Path]:
        """Pictures of the dataset in path order: when some lie in ``images``, others (masks, say) need a label file."""
        everything = PictureIndex(self.folder).pictures
        inside = {path for path in everything if self._is_in_images(path)}
        return [path for path in everything if not inside or path in inside or self.label_file(path)]

    def _is_in_images(self, picture: Path) -> bool:
        return "images" in (part.lower() for part in picture.relative_to(self.folder).parts[:-1])

    def names(self) -> dict[int, str]:
        """Class names by index, in order of index."""
        given = self.config.get("names")
        if isinstance(given, dict):
            numbered = {int(key): _name(value, key) for key, value in given.items() if str(key).strip().isdecimal()}
            return dict(sorted(numbered.items()))
        if isinstance(given, list):
            return {index: _name(name, index) for index, name in enumerate(given)}
        for path in self._name_files():
            lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
            return {index: name.strip() for index, name in enumerate(lines) if name.strip()}
        count = self.config.get("nc")
        if isinstance(count, int):
            return {index: str(index) for index in range(count)}
        return {index: str(index) for index in sorted(self._used_classes())}

    def _name_files(self) -> list[Path]:
        files = [path for path in walk_files(self.folder) if path.name in _NAME_FILES or path.suffix == ".names"]
        return sorted(files, key=lambda path: len(path.parts))

    def _used_classes(self) -> set[int]:
        used: set[int] = set()
        for picture in self.pictures:
            labels = self.label_file(picture)
            if labels is not None:
                for line in labels.read_text(encoding="utf-8-sig", errors="replace").splitlines():
                    first = line.split(maxsplit=1)[:1]
                    if first and first[0].replace(".0", "").isdecimal():
                        used.add(int(first[0].replace(".0", "")))
        return used

    @property
    def key_points(self) -> tuple[int, int] | None:
        """``kpt_shape``: number of points and values of each (2 or 3)."""
        shape = self.config.get("kpt_shape")
        if isinstance(shape, list) and len(shape) == 2 and all(isinstance(value, int) for value in shape):
            return shape[0], shape[1]
        return None

    def label_file(self, picture: Path) -> Path | None:
        """The text file of a picture: for its last or first ``images`` folder, beside it, or below the data file."""
        relative = picture.relative_to(self.folder)
        places = [i for i, part in enumerate(relative.parts[:-1]) if part.lower() == "images"]
        candidates = []
        for place in dict.fromkeys([*places[-1:], *places[:1]]):
            candidates.append(Path(*relative.parts[:place], "labels", *relative.parts[place + 1 :]))
            if self.configs:
                below = self.configs[0][0].parent.relative_to(self.folder)
                candidates.append(below / "labels" / Path(*relative.parts[place + 1 :]))
        candidates += [relative, Path("labels") / relative]
        for candidate in candidates:
            path = (self.folder / candidate).with_suffix(".txt")
            if path.name.lower() not in _NOT_LABELS and path.is_file() and not path.is_symlink():
                return path
        return None

    def name(self, picture: Path) -> str:
        """Name of a picture: its path without the ``images`` folder (and without the split in our own exports)."""
        relative = PurePosixPath(unicodedata.normalize("NFC", picture.relative_to(self.folder).as_posix()))
        parts = list(relative.parts)
        if "images" in parts[:-1]:
            parts.remove("images")
        if self.config.get(MARK) and len(parts) > 1 and parts[0] in _SPLITS:
            parts = parts[1:]
        return "/".join(parts)

    def split(self, picture: Path) -> str | None:
        """The split a picture is in: by the data file's lists and folders, else by the words in its path."""
        relative = picture.relative_to(self.folder)
        if relative.as_posix() in self._listed:
            return self._listed[relative.as_posix()]
        for known, parts in self._split_folders:
            size = len(parts)
            if any(relative.parts[i : i + size] == parts for i in range(len(relative.parts) - size)):
                return known
        return next((word for part in relative.parts[:-1] if (word := split_of_word(part))), None)

    @cached_property
    def _split_values(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        for key, split in _SPLITS.items():
            value = self.config.get(key)
            entries = value if isinstance(value, list) else [value]
            pairs += [(split, entry.replace("\\", "/")) for entry in entries if isinstance(entry, str) and entry]
        return pairs

    @cached_property
    def _split_folders(self) -> list[tuple[str, tuple[str, ...]]]:
        """(split, folder parts), longest first; ``..`` and the folders of another machine do not count."""
        found: list[tuple[str, tuple[str, ...]]] = []
        for split, value in self._split_values:
            parts = tuple(part for part in PurePosixPath(value).parts if part not in {"/", ".", ".."})
            while parts and not any((base / Path(*parts)).is_dir() for base in self._bases):
                parts = parts[1:]
            if parts and parts not in [known for _, known in found]:
                found.append((split, parts))
        return sorted(found, key=lambda item: -len(item[1]))

    @property
    def _bases(self) -> list[Path]:
        return [self.folder, *(path.parent for path, _ in self.configs[:1])]

    @cached_property
    def _listed(self) -> dict[str, str]:
        """Split by picture path, from text files that list pictures (Darknet, ``train: train.txt``)."""
        files = [(split, PurePosixPath(value).name) for split, value in self._split_values if value.endswith(".txt")]
        files += [] if self.configs else [(split, f"{key}.txt") for key, split in _SPLITS.items()]
        listed: dict[str, str] = {}
        index: dict[str, list[Path]] = {}
        for picture in self.pictures if files else []:
            index.setdefault(picture.name, []).append(picture)
        for split, name in files:
            for base in self._bases:
                path = base / name
                for line in path.read_text("utf-8-sig", "replace").splitlines() if path.is_file() else []:
                    self._note(line.strip().replace("\\", "/"), split, index, listed)
        return listed

    def _note(self, line: str, split: str, index: dict[str, list[Path]], listed: dict[str, str]) -> None:
        tail = PurePosixPath(line).parts
        for picture in index.get(tail[-1], []) if tail else []:
            parts = picture.relative_to(self.folder).parts
            size = min(len(parts), len(tail))
            if parts[-size:] == tail[-size:] or len(index[tail[-1]]) == 1:
                listed.setdefault("/".join(parts), split)

    def recognise(self) -> Recognition:
        """How likely this is a YOLO dataset with label files."""
        reasons = [f"{path.relative_to(self.folder).as_posix()} names classes." for path, _ in self.configs[:3]]
        with_labels = [picture for picture in self.pictures[:50] if self.label_file(picture)]
        if with_labels:
            reasons.append(f"{len(with_labels)} of the first {len(self.pictures[:50])} pictures have a label file.")
        rows = any(_looks_like_rows(path) for picture in with_labels[:5] if (path := self.label_file(picture)))
        if not with_labels:
            return Recognition(0.3 if self.configs and self.pictures else 0.0, tuple(reasons))
        return Recognition(0.95 if self.configs else 0.8 if rows else 0.5, tuple(reasons))


def _name(value: Any, index: Any) -> str:
    """A class name; anything nested is none (and may be huge: YAML can repeat itself)."""
    return str(value) if isinstance(value, str | int | float) else str(index)


def _looks_like_rows(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        tokens = file.readline().split()
    try:
        return len(tokens) >= 5 and all(-1 <= float(token) <= 1.5 for token in tokens[1:])
    except ValueError:
        return False
