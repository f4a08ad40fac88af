"""Hugging Face: an image folder with metadata, as ``load_dataset("imagefolder")`` takes it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import orjson

from annotator.core.geometry.boxes import box_from_bounds
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.types import Box
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.huggingface.features import card_text
from annotator.formats.huggingface.reader import METADATA, PARQUET, ImageFolder
from annotator.formats.shared.files import name_below_split, place_picture, unique_name
from annotator.plugins.base import Options as BaseOptions
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

UNSPLIT = "images"
_OURS = frozenset({"file_name", "width", "height", "image_id", "labels", "objects"})


class HuggingFaceOptions(BaseOptions, frozen=True, kw_only=True):
    """How to read Hugging Face's image folders."""

    bbox: Annotated[
        Literal["xywh", "xyxy"],
        msgspec.Meta(
            title="Boxes",
            description="What the four numbers of a box are when reading: left, top, width, height (as in the "
            "documentation), or two corners.",
            extra_json_schema={"x-side": "read", "x-advanced": True},
        ),
    ] = "xywh"


class HuggingFaceFormat(DatasetFormat):
    """Pictures with ``metadata.jsonl``."""

    title = "Hugging Face image folder"
    description = "A metadata.jsonl beside the pictures of each split: labels, boxes and any other column."
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "tag"})
    keeps: ClassVar[frozenset[str]] = frozenset({"crowd", "splits", "empty_images", "unused_labels"})
    Options: ClassVar[type[BaseOptions]] = HuggingFaceOptions

    def recognises(self, listing: Listing) -> Recognition:
        """Look for metadata with a column ``file_name``."""
        best, reasons = 0.0, list[str]()
        for name in listing.names:
            base = PurePosixPath(name).name.lower()
            if base == PARQUET:
                best = max(best, 0.5)
                reasons.append(f"{name} is metadata in a form that is not read.")
            elif base in METADATA:
                head = listing.head(name)
                sure = 0.95 if b"file_name" in head or b'"image"' in head else 0.6 if not head.strip() else 0.3
                best = max(best, sure)
                reasons.append(f"{name} is metadata of pictures.")
        return Recognition(best, tuple(reasons[:5]))

    def labels(self, folder: Path, *, options: BaseOptions, report: Report) -> list[LabelRecord]:
        """Classes in the order of ``README.md`` or ``dataset_info.json``, then of appearance."""
        return _source(folder, options).labels()

    def read(self, folder: Path, *, options: BaseOptions, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the order of the metadata; other columns are kept with the picture."""
        yield from _source(folder, options).read(report)

    def information(self, folder: Path, *, options: BaseOptions) -> Mapping[str, Any]:
        """The dataset card without what we write ourselves."""
        card = _source(folder, options).card
        head = {key: value for key, value in card.head.items() if key not in {"dataset_info", "configs"}}
        return {key: value for key, value in (("card", head), ("text", card.text)) if value}

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
        """Write ``<split>/metadata.jsonl`` beside the pictures and a card with the names of the classes."""
        names = list(dict.fromkeys(label.name for label in labels))
        given = information or {}
        head, text = given.get("card"), given.get("text")
        card = card_text(names, head if isinstance(head, Mapping) else {}, text if isinstance(text, str) else "")
        (folder / "README.md").write_text(card, encoding="utf-8")
        numbers = {name: number for number, name in enumerate(names)}
        files: dict[str, Any] = {}
        taken: set[str] = set()
        with ExitStack() as stack:
            for done, image in enumerate(images, start=1):
                place = folder / (image.split or UNSPLIT)
                below = name_below_split(image, image.split) if image.split else image.name
                name = unique_name(f"{place.name}/{below}", taken, None).removeprefix(f"{place.name}/")
                if place.name not in files:
                    place.mkdir()
                    files[place.name] = stack.enter_context((place / METADATA[0]).open("wb"))
                if image.path is not None:
                    place_picture(image.path, place / name)
                files[place.name].write(_line(_row(image, name, numbers, report)))
                progress.advance(done)

    def fate(self, kind: str, *, options: BaseOptions) -> str:
        """Everything with a place becomes a box."""
        return "become their bounding boxes"


def _source(folder: Path, options: BaseOptions) -> ImageFolder:
    return ImageFolder(folder, corners=isinstance(options, HuggingFaceOptions) and options.bbox == "xyxy")


def _row(image: ImageRecord, name: str, numbers: Mapping[str, int], report: Report) -> dict[str, Any]:
    """The same columns in every row, as the loader wants it, and those that came with the picture."""
    row: dict[str, Any] = {"file_name": name, "width": image.width, "height": image.height}
    if image.id is not None:
        row["image_id"] = image.id
    tags: list[int] = []
    objects: list[tuple[list[float], int, bool]] = []
    for annotation in image.annotations:
        number = numbers.get(annotation.label)
        found = bounds(annotation.geometry)
        if number is None or (found is None and annotation.geometry.kind != "tag"):
            _left_out(annotation, image, report, known=number is not None)
        elif found is None:
            tags.append(number)
        else:
            box = annotation.geometry if isinstance(annotation.geometry, Box) else box_from_bounds(found)
            objects.append(([box.x, box.y, box.w, box.h], number, annotation.crowd))
    row["labels"] = list(dict.fromkeys(tags))
    row["objects"] = {
        "bbox": [box for box, _, _ in objects],
        "categories": [number for _, number, _ in objects],
        "iscrowd": [crowd for _, _, crowd in objects],
    }
    for key, value in image.source.items():
        column = key.removeprefix("huggingface:")
        if key.startswith("huggingface:") and column not in _OURS:
            row[column] = value
    return row


def _line(row: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(row) + b"\n"
    except TypeError:  # whole numbers of more than 64 bits that came with the picture
        return json.dumps(row, default=str).encode() + b"\n"


def _left_out(annotation: AnnotationRecord, image: ImageRecord, report: Report, *, known: bool) -> None:
    code = "unsupported_shape" if known else "undeclared_label"
    text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written; it was left out."
    report(Issue(code, "warning", text, image.name, annotation.id))
