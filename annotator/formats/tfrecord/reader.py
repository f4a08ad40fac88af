"""Reading TFRecord files of the TensorFlow Object Detection API; their pictures are unpacked one by one."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.types import Box, Geometry, Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.checking import dropped, report_outside, settle_size, sound_box, turn_all
from annotator.formats.shared.encoded_bitmaps import bitmap_of_png
from annotator.formats.shared.files import (
    PICTURE_SUFFIXES,
    PictureIndex,
    picture_size,
    safe_name,
    split_of_word,
    unique_name,
)
from annotator.formats.shared.label_maps import MapItem, parse_label_map
from annotator.formats.shared.spooled_pictures import PictureSpool
from annotator.formats.tfrecord.example import Feature, WireError, bytes_of, floats_of, ints_of, parse_example, text_of
from annotator.formats.tfrecord.files import Record, read_records, record_files
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

OBJECT, DETECTION = "image/object", "image/detection"
SHAPES = "marquee/object/shape"
"""Our own feature: which masks are only there because every object of a picture with masks must have one."""
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_FLAGS = ("difficult", "truncated", "occluded")
_MOST_TEXT, _MOST_NUMBERS = 10_000, 1000
_USED = frozenset(
    {
        "image/encoded", "image/filename", "image/source_id", "image/format", "image/height", "image/width",
        "image/key/sha256", "image/class/text", "image/class/label", SHAPES,
    }
)  # fmt: skip
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"BM": ".bmp", b"RIFF": ".webp"}
Features = dict[str, Feature]


class RecordFolder:
    """TFRecord files and their label map."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._map: dict[int, MapItem] = {}
        """Of the file that is being read."""

    @cached_property
    def _files(self) -> list[Path]:
        return record_files(self._folder)

    @cached_property
    def _maps(self) -> dict[Path, dict[int, MapItem]]:
        """Label maps by the folder they lie in: those of several splits may count differently."""
        found: dict[Path, dict[int, MapItem]] = {}
        for path in walk_files(self._folder):
            if path.suffix.lower() in {".pbtxt", ".prototxt"}:
                for item in parse_label_map(path):
                    found.setdefault(path.parent, {}).setdefault(item.number, item)
        return found

    def _map_near(self, path: Path) -> dict[int, MapItem]:
        """The label map beside a file or above it, else all there are."""
        for folder in path.parents:
            if folder in self._maps:
                return self._maps[folder]
        items: dict[int, MapItem] = {}
        for found in self._maps.values():
            items = found | items
        return items

    def labels(self) -> list[LabelRecord]:
        """Classes of the label map by their numbers, then those that only the records know, as they come up."""
        found: dict[str, LabelRecord] = {}
        items = [pair for items in self._maps.values() for pair in items.items()]
        for number, item in sorted(items, key=lambda pair: pair[0]):
            source = {"display_name": item.display} if item.display and item.display != item.name else {}
            found.setdefault(item.name, LabelRecord(name=item.name, source_id=number, source=source))
        for path in self._files:
            self._map = self._map_near(path)
            for record in read_records(path, file=path.name, report=_ignore, check=False):
                features = _parsed(record, path.name, _ignore)
                for name in self._names_in(features) if features else ():
                    found.setdefault(name, LabelRecord(name=name))
        return list(found.values())

    @cached_property
    def _apart(self) -> bool:
        """Whether several splits have pictures of one name: then all get their split before it."""
        splits = [_split(path.relative_to(self._folder).as_posix()) for path in self._files]
        if len(set(splits)) < 2:
            return False
        seen: dict[str, str | None] = {}
        for path, split in zip(self._files, splits, strict=True):
            for record in read_records(path, file=path.name, report=_ignore, check=False):
                features = _parsed(record, path.name, _ignore) or {}
                name = _name_of(features, record.number, b"") if text_of(features, "image/filename") else None
                if name is not None and seen.setdefault(name, split) != split:
                    return True
        return False

    def _names_in(self, features: Features) -> Iterator[str]:
        for prefix in (f"{OBJECT}/class", DETECTION, f"{DETECTION}/class", "image/class"):
            texts, numbers = bytes_of(features, f"{prefix}/text"), ints_of(features, f"{prefix}/label")
            for text, number in zip_longest(texts, numbers):
                if (name := self._name(text, number)) is not None:
                    yield name

    def _name(self, text: bytes | None, number: int | None) -> str | None:
        """The class's text, else the name of its number in the label map, else the number."""
        said = (text or b"").decode("utf-8", errors="replace").strip()
        if said or number is None:
            return said or None
        return self._map[number].name if number in self._map else str(number)

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures record by record; raises :class:`FormatError` when there is none that can be read."""
        if not self._files:
            raise FormatError("There is no TFRecord file.")
        pictures, spool, taken = PictureIndex(self._folder), PictureSpool(), set[str]()
        problems: list[Issue] = []

        def keep(issue: Issue) -> None:
            if issue.code == "unparsable_file" and not problems:
                problems.append(issue)
            report(issue)

        count = 0
        for path in self._files:
            self._map = self._map_near(path)
            file = path.relative_to(self._folder).as_posix()
            for record in read_records(path, file=file, report=keep):
                features = _parsed(record, file, keep)
                image = features and self._image(features, record, file, pictures, spool, taken, report)
                if image:
                    count += 1
                    yield image
        if problems and not count:
            first = problems[0]
            raise FormatError(first.text, fields={"file": first.file, "place": first.where})

    def _image(
        self,
        features: Features,
        record: Record,
        file: str,
        pictures: PictureIndex,
        spool: PictureSpool,
        taken: set[str],
        report: Report,
    ) -> ImageRecord | None:
        where = f"record {record.number}"
        encoded = next(iter(bytes_of(features, "image/encoded")), b"")
        name = _name_of(features, record.number, encoded)
        if name is None:
            text = f"“{text_of(features, 'image/filename')[:200]}” leads outside of the dataset; it was left out."
            report(Issue("unsafe_path", "warning", text, file, where))
            return None
        split = _split(file)
        path = spool.put(encoded, PurePosixPath(name).suffix) if encoded else pictures.find(name).path
        name = unique_name(f"{split}/{name}" if self._apart and split else name, taken, split)
        found = picture_size(path) if path else None
        if path is None or found is None:
            text = f"The picture “{name}” is not inside of its record{', or cannot be opened' if encoded else ''}."
            report(Issue("image_not_found", "warning" if encoded or pictures.names else "info", text, file, where))
            path = None
        stated = _size(features)
        settled = settle_size(stated, found, name=name, report=report) or (0, 0, 1)
        raster = stated if stated and settled[2] != 1 else settled[:2]
        objects = list(self._objects(features, OBJECT, raster, file, where, report))
        tags = [AnnotationRecord(label=tag, geometry=Tag()) for tag in dict.fromkeys(self._tags(features))]
        annotations = turn_all([*tags, *objects], settled[2], *raster)
        predictions = turn_all(self._objects(features, DETECTION, raster, file, where, report), settled[2], *raster)
        if settled[0]:
            report_outside(annotations, settled[0], settled[1], name=name, report=report)
        identity = text_of(features, "image/source_id") or None
        identity = None if identity == text_of(features, "image/filename") else identity
        return ImageRecord(
            name, settled[0], settled[1], annotations, split, path, identity, predictions, source=_rest(features)
        )

    def _tags(self, features: Features) -> Iterator[str]:
        texts, numbers = bytes_of(features, "image/class/text"), ints_of(features, "image/class/label")
        for text, number in zip_longest(texts, numbers):
            if (name := self._name(text, number)) is not None:
                yield name

    def _objects(
        self, features: Features, prefix: str, raster: tuple[int, int], file: str, where: str, report: Report
    ) -> Iterator[AnnotationRecord]:
        columns = [floats_of(features, f"{prefix}/bbox/{corner}") for corner in _CORNERS]
        count = max(map(len, columns))
        if not count:
            return
        if len({len(column) for column in columns}) > 1:
            text = "The lists of corners are not equally long; the objects of this picture were left out."
            report(Issue("missing_geometry", "error", text, file, where))
            return
        if not raster[0]:
            text = "The size of a picture is unknown, of which its coordinates are parts; its objects were left out."
            report(Issue("image_not_found", "error", text, file, where))
            return
        for place, corners in enumerate(zip(*columns, strict=True)):
            spot = f"{where}, object {place + 1}"
            label = self._label_of(features, prefix, place)
            box = _box(corners, raster)
            if label is None or isinstance(box, str):
                report(dropped(box if isinstance(box, str) else "missing_label", file=file, where=spot))
                continue
            geometry = _mask(features, prefix, place, raster, file, spot, report) or box
            yield _record(features, prefix, place, label, geometry)

    def _label_of(self, features: Features, prefix: str, place: int) -> str | None:
        text: bytes | None = None
        number: int | None = None
        for inside in (f"{prefix}/class", prefix):
            text = text or _at(bytes_of(features, f"{inside}/text"), place)
            number = number if number is not None else _at(ints_of(features, f"{inside}/label"), place)
        return self._name(text, number)


def _parsed(record: Record, file: str, report: Report) -> Features | None:
    try:
        return parse_example(record.data)
    except WireError as error:
        text = f"A record is no tf.train.Example ({error}); it was left out."
        report(Issue("unparsable_file", "error", text, file, f"record {record.number}, byte {record.offset}"))
        return None


def _name_of(features: Features, number: int, encoded: bytes) -> str | None:
    """The file's name with an ending; numbered when there is none, ``None`` when it leads outside."""
    stated = text_of(features, "image/filename").replace("\\", "/")
    if stated.startswith("/") or stated[1:2] == ":":  # of another machine
        stated = "" if ".." in stated.split("/") else PurePosixPath(stated).name
    name = safe_name(stated) if stated else unicodedata.normalize("NFC", f"{number:06d}")
    if name is None or PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES:
        return name
    form = text_of(features, "image/format").lower().lstrip(".")
    known = {"jpeg": ".jpg", "jpg": ".jpg", "png": ".png"}.get(form, ".jpg")
    return name + next((suffix for mark, suffix in _SUFFIXES.items() if encoded.startswith(mark)), known)


def _split(file: str) -> str | None:
    parts = PurePosixPath(file).parts
    return next((found for part in parts[::-1] if (found := split_of_word(part))), None)


def _size(features: Features) -> tuple[int, int] | None:
    width, height = (next(iter(ints_of(features, f"image/{side}")), 0) for side in ("width", "height"))
    return (width, height) if 0 < width < 1 << 31 and 0 < height < 1 << 31 else None


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


def _box(corners: tuple[float, ...], raster: tuple[int, int]) -> Box | str:
    x1, y1, x2, y2 = corners
    width, height = raster
    return sound_box(x1 * width, y1 * height, x2 * width, y2 * height)


def _mask(
    features: Features, prefix: str, place: int, raster: tuple[int, int], file: str, where: str, report: Report
) -> Geometry | None:
    """The object's mask, if it has a good one of the picture's size."""
    data = _at(bytes_of(features, f"{prefix}/mask"), place)
    if not data or _at(bytes_of(features, SHAPES), place) == b"box":
        return None
    try:
        bitmap = bitmap_of_png(data)
    except ValueError as error:
        report(Issue("unparsable_file", "error", f"{error} The box was taken for the mask.", file, where))
        return None
    if bitmap.shape != (raster[1], raster[0]):
        text = f"A mask has {bitmap.shape[1]} × {bitmap.shape[0]} pixels, its picture others; the box was taken."
        report(Issue("mask_size_mismatch", "warning", text, file, where))
        return None
    return mask_from_bitmap(bitmap)


def _record(features: Features, prefix: str, place: int, label: str, geometry: Geometry) -> AnnotationRecord:
    attributes: dict[str, Any] = {}
    for flag in _FLAGS:
        if value := _at(ints_of(features, f"{prefix}/{flag}"), place):
            attributes[flag] = value
    if view := _at(bytes_of(features, f"{prefix}/view"), place):
        attributes["pose"] = view.decode("utf-8", errors="replace")
    if _at(ints_of(features, f"{prefix}/group_of"), place):
        attributes["tfrecord:group_of"] = 1
    score = _at(floats_of(features, f"{prefix}/score"), place)
    crowd = bool(_at(ints_of(features, f"{prefix}/is_crowd"), place))
    sound = score if score is not None and math.isfinite(score) else None
    return AnnotationRecord(label=label, geometry=geometry, attributes=attributes, crowd=crowd, score=sound)


def _rest(features: Features) -> dict[str, Any]:
    """Small features that mean nothing to us, kept for the way back."""
    found: dict[str, Any] = {}
    for name, values in features.items():
        if name in _USED or name.startswith((f"{OBJECT}/", f"{DETECTION}/")) or len(values) > _MOST_NUMBERS:
            continue
        texts = [value.decode("utf-8", errors="replace") for value in values if isinstance(value, bytes)]
        if sum(map(len, texts)) <= _MOST_TEXT:
            found[f"tfrecord:{name}"] = texts or [value for value in values if not isinstance(value, bytes)]
    return found


def _ignore(issue: Issue) -> None:
    """The look for classes reports nothing that reading would report again."""
