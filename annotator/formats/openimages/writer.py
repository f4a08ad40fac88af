"""Writing Open Images: tables per split, pictures under their ids, masks as PNG files."""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, TextIO

import numpy as np
from PIL import Image

from annotator.core.geometry.masks import Window, bitmap_in
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Mask
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.openimages.objects import FLAGS
from annotator.formats.shared.encoded_bitmaps import MAX_PIXELS
from annotator.formats.shared.files import FolderMaker, is_picture, name_below_split, place_picture
from annotator.plugins.formats import Report

LIST = "image_ids_and_rotation"
"""One list for all splits: where a picture is, and pictures on which nothing is."""
SPLIT_FOLDERS = {"train": "train", "val": "validation", "test": "test"}
_MID = re.compile(r"/\w/\w{1,40}")
_STRANGE = re.compile(r"[^\w.~-]")
_LONGEST = 60
_CONTROLS = re.compile(r"[\x00-\x1f]")
_FLAG_COLUMNS = ("IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside")
_COLUMNS = {
    LIST: ("ImageID", "Subset", "OriginalURL", "Rotation", "FileName", "Width", "Height", "Split"),
    "annotations-bbox": (
        "ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax", *_FLAG_COLUMNS, "Position",
    ),
    "annotations-human-imagelabels": ("ImageID", "Source", "LabelName", "Confidence", "Position"),
    "annotations-object-segmentation": (
        "MaskPath", "ImageID", "LabelName", "BoxID", "BoxXMin", "BoxXMax", "BoxYMin", "BoxYMax", "PredictedIoU", "Position",
    ),
}  # fmt: skip


class OpenImagesWriter:
    """Adds pictures one by one; a context manager that closes the tables."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], report: Report) -> None:
        self._folder = folder
        self._report = report
        self._mids = machine_ids(labels)
        self._files: dict[str, TextIO] = {}
        self._writers: dict[str, Any] = {}
        self._ids: set[str] = set()
        self._masks = 0
        self._folders = FolderMaker()
        self._tables = folder / "annotations"
        self._tables.mkdir(parents=True, exist_ok=True)
        with (self._tables / "class-descriptions.csv").open(
            "w", encoding="utf-8", errors="replace", newline=""
        ) as file:
            csv.writer(file, lineterminator="\n").writerows((self._mids[label.name], label.name) for label in labels)

    def __enter__(self) -> "OpenImagesWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    def _write(self, split: str, table: str, row: Iterable[Any]) -> None:
        name = f"{table}.csv" if table == LIST else f"{split}-{table}.csv"
        if name not in self._writers:
            self._files[name] = (self._tables / name).open("w", encoding="utf-8", errors="replace", newline="")
            self._writers[name] = csv.writer(self._files[name], lineterminator="\n")
            self._writers[name].writerow(_COLUMNS[table])
        self._writers[name].writerow(row)

    def add(self, image: ImageRecord) -> None:
        """Write one picture: its line in the list, its objects in their tables."""
        split = SPLIT_FOLDERS.get(image.split or "train", image.split or "")  # other programs know these three only
        name = _CONTROLS.sub("_", name_below_split(image, image.split or ""))  # a row is a line
        identity = self._identity(name)
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / split / name)
        kept = [image.source.get(f"openimages:{column}", "") for column in ("OriginalURL", "Rotation")]
        self._write(split, LIST, (identity, split, *kept, name, image.width or "", image.height or "", image.split))
        for label in self._absent(image):
            self._write(split, "annotations-human-imagelabels", (identity, "verification", self._mids[label], 0, ""))
        for position, annotation in enumerate(image.annotations):
            self._add_object(annotation, image, split, identity, position)

    def _identity(self, name: str) -> str:
        """The name without its ending; with it where two pictures differ by nothing else."""
        stem = PurePosixPath(name).with_suffix("").as_posix() if is_picture(Path(name)) else name
        identity = name if stem in self._ids else stem
        self._ids.add(identity)
        return identity

    def _absent(self, image: ImageRecord) -> list[str]:
        found = image.source.get("openimages:absent")
        return [label for label in found if label in self._mids] if isinstance(found, list) else []

    def _add_object(
        self, annotation: AnnotationRecord, image: ImageRecord, split: str, identity: str, position: int
    ) -> None:
        label = self._mids.get(annotation.label)
        if label is None:
            text = f"The label “{annotation.label}” is not in the list; its object was left out."
            self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
            return
        source = annotation.source.get("openimages:source", "xclick")
        score = 1 if annotation.score is None else annotation.score
        if annotation.geometry.kind == "tag":
            self._write(split, "annotations-human-imagelabels", (identity, "verification", label, score, position))
            return
        found = bounds(annotation.geometry)
        huge = annotation.geometry.kind == "mask" and image.width * image.height > MAX_PIXELS
        if huge or not image.width or found is None or found[2] <= found[0] or found[3] <= found[1]:
            what = "lies on a picture of unknown size" if not image.width else "has no extent"
            what = "would need a mask of too many pixels" if huge else what
            text = f"A {annotation.geometry.kind} “{annotation.label}” {what}; it was left out."
            self._report(Issue("unsupported_shape", "warning", text, image.name, annotation.id))
            return
        x1, y1, x2, y2 = found
        sides = (x1 / image.width, x2 / image.width, y1 / image.height, y2 / image.height)
        if isinstance(annotation.geometry, Mask):
            path = self._mask(annotation.geometry, image, split, identity, label)
            row = (path, identity, label, f"{self._masks:08x}", *sides, 1, position)
            self._write(split, "annotations-object-segmentation", row)
        else:
            flags = [_flag(annotation, column) for column in _FLAG_COLUMNS]
            self._write(split, "annotations-bbox", (identity, source, label, score, *sides, *flags, position))

    def _mask(self, mask: Mask, image: ImageRecord, split: str, identity: str, label: str) -> str:
        """Write the mask in the size of its picture; returns its file's name: picture, class and number."""
        self._masks += 1
        safe = _STRANGE.sub("~", f"{identity}_{label}")[:_LONGEST]
        bitmap = bitmap_in(mask, Window(0, 0, image.width, image.height))
        path = self._folders.make_for(self._folder / "masks" / split / f"{safe}_{self._masks:08x}.png")
        Image.fromarray(np.where(bitmap, np.uint8(255), np.uint8(0))).convert("1", dither=Image.Dither.NONE).save(path)
        return path.name


def _flag(annotation: AnnotationRecord, column: str) -> int:
    """1, 0, or −1 where nobody knows; whether it is a group is known of every object."""
    name = FLAGS[column.lower()]
    value = annotation.attributes.get(name)
    if value in (True, "1", "true") or (name == "is_group_of" and annotation.crowd):
        return 1
    return 0 if value in (False, "0", "false") or name == "is_group_of" else -1


def machine_ids(labels: Sequence[LabelRecord]) -> dict[str, str]:
    """Label → machine id: the one it came with, else its name (some programs show nothing else), else its place."""
    owned = [label.source_id for label in labels]
    taken: set[str] = set()
    found: dict[str, str] = {}
    for number, label in enumerate(labels, start=1):
        own = label.source_id
        plain = _CONTROLS.sub("_", label.name).strip()
        usable = isinstance(own, str) and _MID.fullmatch(own) and own not in taken
        free = plain and plain not in taken and plain not in owned
        found[label.name] = str(own) if usable else plain if free else f"/x/{number:04d}"
        taken.add(found[label.name])
    return found
