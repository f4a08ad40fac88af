"""Which picture a Pascal VOC XML file speaks of, and what it is called."""

import unicodedata
from functools import cached_property
from pathlib import Path, PurePosixPath

from annotator.core.names import readable
from annotator.core.records import Issue
from annotator.formats.shared.files import PICTURE_SUFFIXES, PictureIndex, safe_name
from annotator.plugins.formats import Report

_PICTURE_FOLDERS = frozenset({"jpegimages", "images", "image", "imgs", "img", "pictures", "pngimages"})
_FILE_FOLDERS = frozenset({"annotations", "annotation", "annots", "annot", "xml", "xmls", "labels", "label"})
_SEGMENTATION = "segmentation"


def is_segmentation(name: str) -> bool:
    """Whether a file lies in a folder of masks (``SegmentationClass``, ``SegmentationObject``, drawings of them)."""
    return any(part.lower().startswith(_SEGMENTATION) for part in name.split("/")[:-1])


def _below(name: str, folders: frozenset[str]) -> str:
    """A path without the folder that only says what kind of file it is (``a/Annotations/b/c.xml`` → ``a/b/c``)."""
    parts = unicodedata.normalize("NFC", readable(name)).split("/")
    for index, part in enumerate(parts[:-1]):
        if part.lower() in folders:
            after = index + 1
            while after < len(parts) - 1 and parts[after].lower() in folders:  # annotations/xmls
                after += 1
            parts = [*parts[:index], *parts[after:]]
            break
    stem, dot, _ = parts[-1].rpartition(".")
    parts[-1] = stem if dot and stem else parts[-1]
    return "/".join(parts)


def folder_key(name: str) -> str:
    """What an XML file and its picture have in common: the path without extension and without ``Annotations``."""
    return _below(name, _FILE_FOLDERS)


class VocPictures:
    """The pictures of a dataset (segmentation pictures are none), found for XML files."""

    def __init__(self, root: Path, index: PictureIndex) -> None:
        self._root = root
        self._index = index
        self._relative: dict[Path, str] = {}
        self.paths: list[Path] = []
        self._by_key: dict[str, list[Path]] = {}
        self._folded: dict[str, list[Path]] = {}
        self._by_stem: dict[str, list[Path]] = {}
        self._by_name: dict[str, list[Path]] = {}
        for path in index.pictures:
            if not is_segmentation(self.relative(path)):
                self._add(path)
        self.any = bool(self.paths)

    def _add(self, path: Path) -> None:
        key = self.key(path)
        self.paths.append(path)
        self._by_key.setdefault(key, []).append(path)
        self._by_key.setdefault(f"{key}{path.suffix}", []).append(path)  # a.png.xml beside a.xml
        self._folded.setdefault(key.casefold(), []).append(path)
        self._by_stem.setdefault(key.rpartition("/")[2].casefold(), []).append(path)
        self._by_name.setdefault(unicodedata.normalize("NFC", readable(path.name)).casefold(), []).append(path)

    @property
    def keys(self) -> set[str]:
        """Paths without extension and folder of pictures."""
        return {self.key(path) for path in self.paths}

    def relative(self, path: Path) -> str:
        """Path within the dataset."""
        found = self._relative.get(path)
        if found is None:
            found = self._relative[path] = self._index.relative(path)
        return found

    def key(self, path: Path) -> str:
        """What a picture has in common with its XML file."""
        return _below(self.relative(path), _PICTURE_FOLDERS)

    @cached_property
    def own(self) -> list[Path]:
        """Pictures of the set's own folder of pictures where it has one; others beside it (trimaps, say) need an XML file."""
        inside = [path for path in self.paths if self._is_inside(path)]
        return inside or self.paths

    def _is_inside(self, path: Path) -> bool:
        return any(part.lower() in _PICTURE_FOLDERS for part in self.relative(path).split("/")[:-1])

    def name(self, path: Path) -> str:
        """Name relative to the folder of pictures; with the folders above it where several have pictures of one name."""
        return f"{self.key(path)}{path.suffix}" if self._apart else self._short_name(path)

    @cached_property
    def _apart(self) -> bool:
        short = {self._short_name(path) for path in self.own}
        return len(short) < len(self.own)

    def _short_name(self, path: Path) -> str:
        parts = self.relative(path).split("/")
        for index, part in enumerate(parts[:-1]):
            if part.lower() in _PICTURE_FOLDERS:
                return "/".join(parts[index + 1 :])
        return "/".join(parts)

    def name_without(self, file: str, filename: str, report: Report) -> str:
        """Name of a picture that is not here: what the XML file says, in the folder in which it lies."""
        inside = PurePosixPath(folder_key(file))
        stated = safe_name(filename) if filename else None
        if filename and stated is None and ".." in filename:
            text = f"“{filename}” points outside the dataset; the picture is called like its XML file."
            report(Issue("unsafe_path", "warning", text, file=file))
        if stated is None:
            stated = f"{inside.name}.jpg"
        elif not PurePosixPath(stated).suffix:
            stated = f"{stated}.jpg"
        if self.any:
            report(Issue("image_not_found", "warning", f"The picture “{stated}” is not here.", file=file))
        return stated if "/" in stated else (inside.parent / stated).as_posix()

    def find(self, file: str, filename: str, report: Report) -> Path | None:
        """By the XML file's own stem first (the name inside is often wrong), then by the name inside, then by any case."""
        key = folder_key(file)
        stated = PurePosixPath(safe_name(filename.replace("\\", "/").rpartition("/")[2]) or "").name
        for candidates in (
            self._by_key.get(key, []),
            self._by_name.get(stated.casefold(), []) if stated else [],
            self._folded.get(key.casefold(), []),
            self._by_stem.get(key.rpartition("/")[2].casefold(), []),
            self._by_stem.get(stated.casefold(), []) if stated else [],
        ):
            chosen = self._choose(candidates, file, stated)
            if chosen is not None:
                self._report_spelling(chosen, file, stated, report)
                return chosen
            if candidates:
                text = f"Several pictures could belong to it: {', '.join(self.relative(p) for p in candidates[:3])}."
                report(Issue("ambiguous_image_match", "warning", text, file=file))
                return None
        return None

    def _choose(self, candidates: list[Path], file: str, stated: str) -> Path | None:
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        named = [path for path in candidates if unicodedata.normalize("NFC", path.name) == stated]
        beside = [path for path in candidates if path.parent == (self._root / file).parent]
        for fewer in (named, beside, [path for path in named if path in beside]):
            if len(fewer) == 1:
                return fewer[0]
        return None

    def _report_spelling(self, path: Path, file: str, stated: str, report: Report) -> None:
        own, said = PurePosixPath(unicodedata.normalize("NFC", path.name)).stem, PurePosixPath(stated)
        stem = said.stem if said.suffix.lower() in PICTURE_SUFFIXES else stated
        inner = folder_key(file).rpartition("/")[2]
        if stated and own == stem and own != inner and own.casefold() == inner.casefold():
            text = f"The file is called “{inner}”, its picture “{own}”."
            report(Issue("filename_case", "info", text, file=file))
        elif stated and own != stem:
            code = "filename_case" if own.casefold() == stem.casefold() else "filename_disagrees"
            text = f"The file calls its picture “{stated}”; “{self.relative(path)}” was taken."
            report(Issue(code, "info", text, file=file))
