"""Reading through a format: labels and images whose names everybody can write, whatever files are called."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotator.core.names import readable
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat, Report


def read_labels(plugin: DatasetFormat, folder: Path, *, options: Options, report: Report) -> list[LabelRecord]:
    """The classes of a dataset."""
    labels = plugin.labels(folder, options=options, report=report)
    return [label if label.name.isascii() else replace(label, name=readable(label.name)) for label in labels]


def read_images(plugin: DatasetFormat, folder: Path, *, options: Options, report: Report) -> Iterator[ImageRecord]:
    """The images of a dataset, one by one.

    Names of files and folders may hold bytes that are no text; no database and no other format could take them.
    """
    for image in plugin.read(folder, options=options, report=report):
        yield image if image.name.isascii() or readable(image.name) == image.name else _readable(image)


def _readable(image: ImageRecord) -> ImageRecord:
    """An image of such a name: it may be in its fields, and its folder may be a class."""
    return replace(
        image,
        name=readable(image.name),
        annotations=tuple(map(_annotation, image.annotations)),
        predictions=tuple(map(_annotation, image.predictions)),
        source=_texts(image.source),
    )


def _annotation(annotation: AnnotationRecord) -> AnnotationRecord:
    label = readable(annotation.label)
    return annotation if label == annotation.label else replace(annotation, label=label)


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, Mapping):
        return {_texts(key): _texts(item) for key, item in value.items()}
    return [_texts(item) for item in value] if isinstance(value, list | tuple) else value
