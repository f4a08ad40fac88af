"""Writing COCO as a stream: pictures and annotations go to two files that are joined at the end."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import orjson

from annotator.core.geometry.convert import to_polygon
from annotator.core.geometry.masks import mask_area, mask_of_polygon, runs_over_picture
from annotator.core.geometry.measures import area, bounds
from annotator.core.geometry.rle import runs_to_text
from annotator.core.geometry.types import Geometry, Keypoints, Mask, Polygon
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.files import name_below_split, place_picture
from annotator.plugins.formats import Report

DEFAULT_SPLIT = "train"


class _SplitFile:
    """The two growing lists of one split."""

    def __init__(self, folder: Path, split: str) -> None:
        self.split = split
        self.images = (folder / f".images_{split}").open("w+b")
        self.annotations = (folder / f".annotations_{split}").open("w+b")
        self.image_count = 0
        self.annotation_count = 0


def _append(file: IO[bytes], count: int, value: dict[str, Any]) -> None:
    file.write((b",\n" if count else b"") + orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))


class CocoWriter:
    """Adds pictures one by one; a context manager that joins the files when all went well."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], *, first_category: int, report: Report) -> None:
        self._folder = folder
        self._report = report
        self._categories = [
            {"id": number, "name": label.name, "supercategory": label.parent or ""}
            for number, label in enumerate(labels, start=first_category)
        ]
        self._ids = {category["name"]: category["id"] for category in self._categories}
        self._splits: dict[str, _SplitFile] = {}
        self._next_image = 1
        self._next_annotation = 1

    def __enter__(self) -> "CocoWriter":
        (self._folder / "annotations").mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._splits:
            self._split(DEFAULT_SPLIT)  # an empty set is a set
        for split in self._splits.values():
            if kind is None:
                self._join(split)
            for file in (split.images, split.annotations):
                file.close()
                Path(file.name).unlink()

    def _split(self, name: str) -> _SplitFile:
        if name not in self._splits:
            self._splits[name] = _SplitFile(self._folder / "annotations", name)
        return self._splits[name]

    def add(self, image: ImageRecord) -> None:
        """Write one picture with its annotations."""
        name = image.split or DEFAULT_SPLIT
        split = self._split(name)
        file_name = name_below_split(image, name)
        entry = {"id": self._next_image, "file_name": file_name, "width": image.width, "height": image.height}
        _append(split.images, split.image_count, entry)
        split.image_count += 1
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / name / file_name)
        for annotation in image.annotations:
            written = self._entry(annotation, image)
            if written is not None:
                _append(split.annotations, split.annotation_count, written)
                split.annotation_count += 1
        self._next_image += 1

    def _entry(self, annotation: AnnotationRecord, image: ImageRecord) -> dict[str, Any] | None:
        category = self._ids.get(annotation.label)
        found = bounds(annotation.geometry)
        if category is None or found is None or annotation.geometry.kind in {"tag", "polyline"}:
            code = "undeclared_label" if category is None else "unsupported_shape"
            text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as COCO; it was left out."
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return None
        attributes = {key: value for key, value in annotation.attributes.items() if not key.startswith("coco:")}
        extra = {key[5:]: value for key, value in annotation.attributes.items() if key.startswith("coco:")}
        x1, y1, x2, y2 = found
        entry: dict[str, Any] = {
            **extra,
            "id": self._next_annotation,
            "image_id": self._next_image,
            "category_id": category,
            "bbox": extra.get("bbox") or [x1, y1, x2 - x1, y2 - y1],
            "iscrowd": int(annotation.crowd or bool(extra.get("iscrowd"))),
            **_shape(annotation.geometry, image.width, image.height),
        }
        if attributes:
            entry["attributes"] = attributes
        if annotation.score is not None:
            entry["score"] = annotation.score
        self._next_annotation += 1
        return entry

    def _join(self, split: _SplitFile) -> None:
        info = {"description": "Exported by Marquee", "version": "1.0"}
        with (self._folder / "annotations" / f"instances_{split.split}.json").open("wb") as target:
            target.write(b'{"info":' + orjson.dumps(info) + b',"licenses":[],\n"categories":')
            target.write(orjson.dumps(self._categories))
            for key, file in (("images", split.images), ("annotations", split.annotations)):
                target.write(b',\n"' + key.encode() + b'":[')
                file.seek(0)
                while block := file.read(1 << 20):
                    target.write(block)
                target.write(b"]")
            target.write(b"}\n")


def _shape(geometry: Geometry, width: int, height: int) -> dict[str, Any]:
    """``segmentation`` and ``area`` (and key points) of a geometry; holes need run lengths."""
    if isinstance(geometry, Keypoints):
        triples = [
            [geometry.points[i], geometry.points[i + 1], int(geometry.points[i + 2])]
            for i in range(0, len(geometry.points), 3)
        ]
        found = bounds(geometry) or (0.0, 0.0, 0.0, 0.0)
        return {
            "keypoints": [value for triple in triples for value in triple],
            "num_keypoints": sum(triple[2] > 0 for triple in triples),
            "segmentation": [],
            "area": (found[2] - found[0]) * (found[3] - found[1]),
        }
    if geometry.kind == "box":
        return {"segmentation": [], "area": area(geometry)}
    if isinstance(geometry, Mask):
        return _run_lengths(geometry, width, height)
    polygon = to_polygon(geometry) or Polygon(parts=[])
    mask = mask_of_polygon(polygon, width, height)
    if mask is not None and any(part.holes for part in polygon.parts):
        return _run_lengths(mask, width, height)
    # the area in pixels, as COCO's own tools compute it; outlines that cross themselves have no other meaningful one
    return {"segmentation": [part.outer for part in polygon.parts], "area": mask_area(mask) if mask else 0}


def _run_lengths(mask: Mask, width: int, height: int) -> dict[str, Any]:
    runs = runs_over_picture(mask, width, height)
    return {"segmentation": {"size": [height, width], "counts": runs_to_text(runs)}, "area": int(runs[1::2].sum())}
