"""Writing TFRecord files for the TensorFlow Object Detection API: one per split, pictures inside."""

import hashlib
import math
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from PIL import Image

from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import Bitmap, Window, bitmap_in
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Mask
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.files import picture_size, place_picture
from annotator.formats.shared.label_maps import format_label_map
from annotator.formats.tfrecord.example import Feature, format_example
from annotator.formats.tfrecord.files import RecordWriter
from annotator.formats.tfrecord.reader import DETECTION, OBJECT, SHAPES
from annotator.plugins.formats import Report

UNSPLIT = "data"
OUTLINES = frozenset({"mask", "polygon", "rotated_box", "ellipse"})
"""Kinds that a box does not say: they get a mask."""
OWN = frozenset({"difficult", "truncated", "occluded", "pose", "tfrecord:group_of"})
"""Attributes that have a feature."""
_FORMATS = {".jpg": b"jpeg", ".jpeg": b"jpeg", ".png": b"png"}
_FLAGS = {"difficult": "difficult", "truncated": "truncated", "occluded": "occluded", "group_of": "tfrecord:group_of"}


class TfRecordWriter:
    """Adds pictures one by one; a context manager that closes its files."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], *, masks: bool, report: Report) -> None:
        self._folder = folder
        self._names = list(dict.fromkeys(label.name for label in labels))
        self._numbers = {name: number for number, name in enumerate(self._names, start=1)}
        self._masks = masks
        self._report = report
        self._open = ExitStack()
        self._files: dict[str, RecordWriter] = {}

    def __enter__(self) -> "TfRecordWriter":
        (self._folder / "label_map.pbtxt").write_text(format_label_map(self._names), encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def add(self, image: ImageRecord) -> None:
        """Write the record of one picture."""
        split = image.split or UNSPLIT
        if split not in self._files:
            self._files[split] = self._open.enter_context(RecordWriter(self._folder / f"{split}.tfrecord"))
        features: dict[str, Feature] = {"image/filename": [image.name.encode()]}
        features["image/source_id"] = [(image.id or image.name).encode()]
        if image.width and image.height:
            features |= {"image/width": [image.width], "image/height": [image.height]}
        if image.path is not None:
            encoded = _encoded(image.path)
            features |= {"image/encoded": [encoded], "image/format": [_format(image)]}
            features["image/key/sha256"] = [hashlib.sha256(encoded).hexdigest().encode()]
        features |= _kept(image)
        self._tags(features, image)
        self._objects(features, image, image.annotations, OBJECT)
        self._objects(features, image, image.predictions, DETECTION)
        self._files[split].write(format_example(features))

    def _tags(self, features: dict[str, Feature], image: ImageRecord) -> None:
        tags = [a.label for a in image.annotations if a.geometry.kind == "tag" and a.label in self._numbers]
        if tags:
            features["image/class/text"] = [tag.encode() for tag in tags]
            features["image/class/label"] = [self._numbers[tag] for tag in tags]

    def _objects(
        self, features: dict[str, Feature], image: ImageRecord, annotations: Sequence[AnnotationRecord], prefix: str
    ) -> None:
        known = [a for a in annotations if self._knows(a, image, tags=prefix == OBJECT)]
        known = [a for a in known if a.geometry.kind != "tag"]
        if not known:
            return
        places = [_place(annotation, image) for annotation in known]
        for number, corner in enumerate(("xmin", "ymin", "xmax", "ymax")):
            features[f"{prefix}/bbox/{corner}"] = [float(place[number]) for place in places]
        inside = f"{prefix}/class" if prefix == OBJECT else prefix
        features[f"{inside}/text"] = [a.label.encode() for a in known]
        features[f"{inside}/label"] = [self._numbers[a.label] for a in known]
        features |= _columns(known, prefix)
        if self._masks and any(a.geometry.kind in OUTLINES for a in known):
            features[f"{prefix}/mask"] = [_png(_bitmap(a, image)) for a in known]
            if prefix == OBJECT:
                features[SHAPES] = [b"mask" if a.geometry.kind in OUTLINES else b"box" for a in known]

    def _knows(self, annotation: AnnotationRecord, image: ImageRecord, *, tags: bool) -> bool:
        placed = bounds(annotation.geometry) is not None
        if annotation.label not in self._numbers:
            code, why = "undeclared_label", "is not in the list of labels"
        elif not placed and not (tags and annotation.geometry.kind == "tag"):
            code, why = "unsupported_shape", "has no place"
        elif placed and not (image.width and image.height):
            code, why = "unsupported_shape", "cannot be a part of a picture whose size is unknown"
        else:
            return True
        text = f"A {annotation.geometry.kind} “{annotation.label}” {why}; it was left out."
        self._report(Issue(code, "warning", text, image.name, annotation.id))
        return False


def _place(annotation: AnnotationRecord, image: ImageRecord) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = bounds(annotation.geometry) or (0.0, 0.0, 0.0, 0.0)
    return x1 / image.width, y1 / image.height, x2 / image.width, y2 / image.height


def _bitmap(annotation: AnnotationRecord, image: ImageRecord) -> Bitmap:
    """The object's pixels; of a box those that it covers, because every object of such a picture has a mask."""
    window = Window(0, 0, image.width, image.height)
    mask = to_mask(annotation.geometry, image.width, image.height)
    return bitmap_in(mask, window) if isinstance(mask, Mask) else np.zeros((image.height, image.width), dtype=bool)


def _png(bitmap: Bitmap) -> bytes:
    """0 and 255: loaders take everything above 0 for the object."""
    file = BytesIO()
    Image.fromarray(bitmap.astype(np.uint8) * 255).save(file, "PNG")
    return file.getvalue()


def _columns(known: Sequence[AnnotationRecord], prefix: str) -> dict[str, Feature]:
    """Flags, views, crowds and scores, each where one object has it."""
    columns: dict[str, Feature] = {}
    for column, name in _FLAGS.items():
        if any(a.attributes.get(name) for a in known):
            columns[f"{prefix}/{column}"] = [_flag(a.attributes.get(name)) for a in known]
    if any(a.attributes.get("pose") for a in known):
        columns[f"{prefix}/view"] = [str(a.attributes.get("pose") or "").encode() for a in known]
    if any(a.crowd for a in known):
        columns[f"{prefix}/is_crowd"] = [int(a.crowd) for a in known]
    if prefix == DETECTION:
        columns[f"{prefix}/score"] = [1.0 if a.score is None else float(a.score) for a in known]
    return columns


def _flag(value: Any) -> int:
    if isinstance(value, int | float) and math.isfinite(value):
        return math.ceil(min(max(value, 0), 1 << 30))  # KITTI's truncation is a part of 1
    return int(str(value).lower() in {"1", "true", "yes"})


def _kept(image: ImageRecord) -> dict[str, Feature]:
    """Features that came with the picture."""
    found: dict[str, Feature] = {}
    for key, values in image.source.items():
        if key.startswith("tfrecord:") and isinstance(values, list | tuple):
            texts = [value.encode() for value in values if isinstance(value, str)]
            numbers = [value for value in values if isinstance(value, int | float)]
            whole = [value for value in numbers if isinstance(value, int) and -(1 << 63) <= value < 1 << 63]
            found[key.removeprefix("tfrecord:")] = texts or (whole if len(whole) == len(numbers) else numbers)
    return found


def _format(image: ImageRecord) -> bytes:
    suffix = image.path.suffix.lower() if image.path else ""
    return _FORMATS.get(suffix, suffix.lstrip(".").encode())


def _encoded(path: Path) -> bytes:
    """The picture's bytes, with turned pixels where EXIF says so: TensorFlow does not look there."""
    size = picture_size(path)
    if size is None or size.orientation == 1:
        return path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        place_picture(path, Path(folder) / path.name)
        return (Path(folder) / path.name).read_bytes()
