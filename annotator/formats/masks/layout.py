"""Which picture a mask belongs to, told by folders, prefixes and suffixes; no file is opened here."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from annotator.core.records import SPLITS
from annotator.formats.shared.files import PICTURE_SUFFIXES, split_of_word, stem_of

Encoding = Literal["plain", "label_ids", "train_ids", "instances", "colours", "ade", "object", "polygons"]

OWN_TABLE = "masks.json"
"""The table of our own exports: classes, background, ignored number, and by what instances are multiplied."""
_OWN_FOLDERS = frozenset({"images", "masks", "instances", "colours"})
_OWN_MASKS = ("masks/", "instances/", "colours/")
"""Where our own exports put pictures and masks: below them, folders belong to names whatever they are called."""
_PICTURE_FOLDERS = frozenset(
    {"images", "image", "imgs", "img", "jpegimages", "leftimg8bit", "image_2", "pictures", "photos", "rgb", "inputs",
     "input", "raw", "raw_images", "png_images", "original_images", "701_stillsraw_full", "stillsraw_full",
     "imgsfine"}
)  # fmt: skip
_MASK_FOLDERS = frozenset(
    {"mask", "masks", "label", "labels", "annot", "annots", "annotation", "annotations", "gt", "groundtruth",
     "ground_truth", "gtfine", "gtcoarse", "segmentation", "segmentations", "seg", "semantic", "semantics", "instance",
     "instances", "trimaps", "labeledapproved_full", "png_masks", "masks_machine", "mask_png", "segmentation_masks",
     "segmentationclass", "segmentationclassraw", "segmentationclassaug", "segmentationclasspng", "semantic_rgb",
     "label_images", "targets", "label_images_semantic", "target"}
)  # fmt: skip
_MASK_ENDING = re.compile(r"^(.+?)[_-]?(?:masks?|labels?|annots?|annotations?|gt)$", re.IGNORECASE)
"""``train_masks``, ``trainannot``: the folder of a split, for masks."""
_SUFFIXES: tuple[tuple[str, Encoding], ...] = (
    ("_labelids", "label_ids"), ("_labeltrainids", "train_ids"), ("_instanceids", "instances"),
    ("_instancetrainids", "instances"), ("_color", "colours"), ("_polygons", "polygons"),
)  # fmt: skip
_GT = re.compile(r"_gt(?:fine|coarse)$", re.IGNORECASE)
_MASK_STEM = re.compile(
    r"^(?:gt|mask|label|seg)[_-](.+)$|^(.+?)[_-](?:masks?|gt|l|p|seg|labels?|segmentation)$", re.IGNORECASE
)
_PLAIN_ENDING = re.compile(r"^(.+?)_(?:masks?|segmentation)$")
_SHARP = frozenset({".png", ".bmp", ".tif", ".tiff", ".gif"})
_ADE = re.compile(r"^(.+)_(?:seg|parts_\d+)$")
_PICTURE_STEM = re.compile(r"^(.+?)_(?:leftimg8bit|sat|image|img)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MaskFile:
    """One file of masks (path relative to the dataset) and how its numbers are to be read."""

    path: str
    encoding: Encoding


@dataclass(slots=True)
class Subject:
    """A picture with its masks; ``picture`` is ``None`` where only masks are here."""

    name: str
    split: str | None
    picture: str | None
    masks: list[MaskFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: str
    folders: tuple[str, ...]
    """Folders that do not merely say what kind of file this is, lower case."""
    stems: tuple[str, ...]
    """Names under which the picture may be found, the likeliest first; NFC, case folded."""
    encoding: Encoding


class MaskLayout:
    """The pictures and masks among ``files`` (relative POSIX paths)."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = files

    @cached_property
    def _sorted(self) -> tuple[list[str], list[_Candidate]]:
        """Pictures, and files of masks."""
        pictures: list[str] = []
        masks: list[_Candidate] = []
        files = frozenset(self._files)
        known = frozenset(part.lower() for name in self._files for part in name.split("/")[:-1])
        beside = {key for name in self._files if _is_picture(name) for key in _picture_stems(name)}
        stems = {_fold(PurePosixPath(name).stem) for name in self._files if _is_picture(name)}
        for name in self._files:
            if name.lower().endswith("_polygons.json"):
                masks.append(_candidate(name))
            elif _is_picture(name):
                ade = _ADE.match(name.rpartition(".")[0])
                if ade and (f"{ade[1]}_atr.txt" in files or ade[1].rpartition("/")[2].startswith("ADE_")):
                    if name.rpartition(".")[0].endswith("_seg"):  # parts of objects lie in files of their own
                        masks.append(replace(_candidate(name), encoding="ade"))
                elif self._is_mask(name, known, beside, stems):
                    masks.append(_candidate(name))
                else:
                    pictures.append(name)
        return pictures, masks

    def _own_pictures(self, pictures: list[str]) -> dict[str, str]:
        """In our own exports: what masks are called below their folder → picture; by their stem where only one has it."""
        if not self._is_own:
            return {}
        below = {name.partition("/")[2]: name for name in pictures if name.startswith("images/")}
        stems = Counter(map(stem_of, below))
        return below | {stem_of(inside): name for inside, name in below.items() if stems[stem_of(inside)] == 1}

    def _is_mask(self, name: str, known: frozenset[str], beside: set[str], stems: set[str]) -> bool:
        if self._is_own and name.partition("/")[0] in _OWN_FOLDERS:
            return name.startswith(_OWN_MASKS)
        return _in_mask_folder(name, known) or _is_beside_its_picture(name, beside) or _is_named_after(name, stems)

    @property
    def has_both(self) -> bool:
        """Whether there are pictures and masks for at least one of them."""
        return any(subject.picture and subject.masks for subject in self.subjects)

    @cached_property
    def _is_own(self) -> bool:
        return OWN_TABLE in self._files

    @cached_property
    def ambiguous(self) -> list[str]:
        """Masks that could belong to several pictures; filled by :attr:`subjects`."""
        return []

    @cached_property
    def subjects(self) -> list[Subject]:
        """All pictures in path order with their masks, then masks whose picture is not here."""
        pictures, masks = self._sorted
        found = {name: Subject(self._name(name), _split(name), name) for name in pictures}
        finder = _Finder(pictures)
        full = {finder.of_full_name(mask) for mask in masks}
        orphans: dict[tuple[str, ...], Subject] = {}
        own = self._own_pictures(pictures)
        owners = [own.get(_inside(mask.path)) or finder.find(mask, full) for mask in masks]
        whole = {PurePosixPath(mask.path).parent for mask, owner in zip(masks, owners, strict=True) if owner}
        for mask, first in zip(masks, owners, strict=True):
            owner, encoding = first, mask.encoding
            if owner is None and PurePosixPath(mask.path).parent not in whole:  # there are no masks of whole pictures
                owner = finder.of_objects(mask.path)
                encoding = "object" if owner is not None else encoding
            if owner == "":
                self.ambiguous.append(mask.path)
            elif owner is not None:
                found[owner].masks.append(MaskFile(mask.path, encoding))
            else:
                key = (*mask.folders, mask.stems[-1])
                name = self._name(mask.path, PurePosixPath(mask.path).stem if len(mask.stems) == 1 else mask.stems[-1])
                subject = orphans.setdefault(key, Subject(name, _split(mask.path), None))
                subject.masks.append(MaskFile(mask.path, encoding))
        return [*found.values(), *orphans.values()]

    def _name(self, path: str, stem: str | None = None) -> str:
        """A picture's path without the folder of pictures (or, with ``stem``, of masks where only these are here).

        In our own exports and in KITTI the folder of the split is none of the name either.
        """
        parts = unicodedata.normalize("NFC", path).split("/")
        if self._is_own and parts[0] in _OWN_FOLDERS:
            last = parts[-1] if stem is None else f"{stem}{PurePosixPath(parts[-1]).suffix}"
            return "/".join([*parts[2 if parts[1] in SPLITS else 1 : -1], last])
        words = _PICTURE_FOLDERS if stem is None else _MASK_FOLDERS
        kept = [part for part in parts[:-1] if part.lower() not in words]
        kitti = any(part.lower() == "image_2" for part in parts[:-1])
        if kept and (kept[0] in SPLITS if self._is_own else kitti and split_of_word(kept[0])):
            kept = kept[1:]
        last = parts[-1] if stem is None else f"{stem}{PurePosixPath(parts[-1]).suffix}"
        return "/".join([*kept, last])


class _Finder:
    """Pictures by stem and by full name."""

    def __init__(self, pictures: Sequence[str]) -> None:
        self._by_stem: dict[str, list[str]] = {}
        self._by_full: dict[str, list[str]] = {}
        self._in_folder: dict[str, list[str]] = {}
        self._folders: dict[str, tuple[str, ...]] = {}
        for name in pictures:
            path = PurePosixPath(name)
            stem, full = _fold(path.stem), _fold(path.name)
            short = _PICTURE_STEM.match(stem)
            for key in {stem, *([short[1]] if short else [])}:
                self._by_stem.setdefault(key, []).append(name)
            self._by_full.setdefault(full, []).append(name)
            self._in_folder.setdefault(path.parent.as_posix(), []).append(name)
            self._folders[name] = _folders(name)

    def of_full_name(self, mask: _Candidate) -> str | None:
        """The picture of ``a.jpg.png``."""
        return self._nearest(self._by_full.get(mask.stems[0], []), mask) or None

    def find(self, mask: _Candidate, full: set[str | None]) -> str | None:
        """The picture of a mask; empty when there are several, ``None`` when there is none."""
        own = self.of_full_name(mask)
        if own is not None:
            return own
        for stem in mask.stems:
            candidates = self._by_stem.get(stem, [])
            if len(candidates) > 1:
                candidates = [name for name in candidates if name not in full] or candidates
            found = self._nearest(candidates, mask)
            if found is not None:
                return found
        return None

    def _nearest(self, candidates: list[str], mask: _Candidate) -> str | None:
        """The candidate that shares the most last folders with the mask; empty when several do."""
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        shared = {name: _shared_end(self._folders[name], mask.folders) for name in candidates}
        best = [name for name in candidates if shared[name] == max(shared.values())]
        return best[0] if len(best) == 1 else ""

    def of_objects(self, path: str) -> str | None:
        """The picture of which a file shows one object: the only one in the neighbouring folder, or that of the folder's name."""
        folder = PurePosixPath(path).parent
        for name in sorted(_PICTURE_FOLDERS):
            beside = self._in_folder.get((folder.parent / name).as_posix(), [])
            if len(beside) == 1:
                return beside[0]
        named = self._by_stem.get(_fold(folder.name), []) or self._by_full.get(_fold(folder.name), [])
        return named[0] if len(named) == 1 else None


def _inside(mask: str) -> str:
    """The path of a mask below its outermost folder, without its ending."""
    return stem_of(mask.partition("/")[2])


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _is_picture(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES


def _picture_stems(name: str) -> list[str]:
    """The path of a picture without extension, and without what says that it is one (``a_sat``)."""
    stem = name.rpartition(".")[0]
    folder, slash, last = stem.rpartition("/")
    short = _PICTURE_STEM.match(last)
    return [stem, *([f"{folder}{slash}{short[1]}"] if short else [])]


def _in_mask_folder(name: str, known: frozenset[str]) -> bool:
    folders = [part.lower() for part in name.split("/")[:-1]]
    nearest = next((f for f in reversed(folders) if f in _MASK_FOLDERS or f in _PICTURE_FOLDERS), None)
    if nearest is not None:
        return nearest in _MASK_FOLDERS
    return any(_twin(folder) in known or split_of_word(_twin(folder) or "") for folder in folders)


def _twin(folder: str) -> str | None:
    """The folder of pictures that goes with one of masks: ``train`` of ``train_masks`` or ``trainannot``."""
    match = _MASK_ENDING.match(folder)
    return match[1] if match else None


def _is_beside_its_picture(name: str, beside: set[str]) -> bool:
    path = PurePosixPath(name)
    return any((path.parent / stem).as_posix() in beside for stem in _stems(path.stem, fold=False)[1:])


def _is_named_after(name: str, stems: set[str]) -> bool:
    """Whether ``b/x_segmentation.png`` belongs to a picture ``a/x.jpg``: some collections have such pairs of folders."""
    path = PurePosixPath(name)
    match = _PLAIN_ENDING.match(_fold(path.stem)) if path.suffix.lower() in _SHARP else None
    return match is not None and match[1] in stems


def _stems(stem: str, *, fold: bool = True) -> list[str]:
    """The stem of a mask, and without what only masks have in their names."""
    stems = [stem]
    for suffix, _ in _SUFFIXES:
        if stem.lower().endswith(suffix):
            stem = _GT.sub("", stem[: -len(suffix)])
            stems.append(stem)
    match = _MASK_STEM.match(stem)
    if match:
        stems.append(match[1] or match[2])
    return [_fold(text) for text in stems] if fold else stems


def _encoding(name: str) -> Encoding:
    path = PurePosixPath(name)
    stem, folders = path.stem, [part.lower() for part in path.parts[:-1]]
    for suffix, encoding in _SUFFIXES:
        if stem.lower().endswith(suffix):
            return encoding
    return "instances" if "instances" in folders or "instance" in folders else "plain"


def _candidate(name: str) -> _Candidate:
    return _Candidate(name, _folders(name), tuple(_stems(PurePosixPath(name).stem)), _encoding(name))


def _folders(name: str) -> tuple[str, ...]:
    """Folders that tell pictures apart, lower case: not those that say what kind of file lies in them."""
    kept = []
    for part in name.split("/")[:-1]:
        folder = _fold(part)
        if folder not in _PICTURE_FOLDERS and folder not in _MASK_FOLDERS:
            kept.append(_twin(folder) or folder)
    return tuple(kept)


def _shared_end(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    count = 0
    for here, there in zip(reversed(first), reversed(second), strict=False):
        if here != there:
            break
        count += 1
    return count


def _split(path: str) -> str | None:
    for part in path.split("/")[:-1]:
        split = split_of_word(_twin(part.lower()) or part)
        if split is not None:
            return split
    return None
