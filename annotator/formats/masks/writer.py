"""Writing masks as pictures: class numbers, instances as class * divisor + n, or colours."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import bitmap_of, clip_mask
from annotator.core.geometry.measures import area
from annotator.core.geometry.types import Mask
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.masks.layout import OWN_TABLE
from annotator.formats.shared.files import FolderMaker, place_picture
from annotator.formats.shared.palettes import Rgb, hex_colour, is_paintable, rgb_of_hex, voc_colour
from annotator.plugins.formats import Report

_BYTE, _WORD = 1 << 8, 1 << 16


class MasksWriter:
    """Adds pictures one by one; ``kinds`` are the pictures to write: semantic, instances, colours."""

    def __init__(
        self,
        folder: Path,
        labels: Sequence[LabelRecord],
        *,
        kinds: frozenset[str],
        background: int,
        ignore: int,
        report: Report,
    ) -> None:
        self._folder = folder
        self._report = report
        self._folders = FolderMaker()
        self._stems: set[str] = set()
        self._background = background
        self._ignore = ignore
        free = (number for number in range(_WORD) if number not in {background, ignore})
        self._labels = list(labels)
        self._number = {label.name: next(free) for label in labels}
        highest = max(self._number.values(), default=0)
        self._divisor = 1000 if highest < 65 else 256
        self._kinds = kinds if highest < 256 else kinds - {"instances"}
        if self._kinds != kinds:
            text = "There are more classes than fit into 16 bits with their instances; only classes were written."
            report(Issue("unsupported_shape", "warning", text))
        self._type = np.uint8 if max(highest, background) < _BYTE else np.uint16
        self._colours = _colours(labels, self._number)

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its masks; a picture whose size is unknown gets none."""
        below = f"{image.split}/" if image.split else ""
        if image.path is not None:
            place_picture(image.path, self._folder / "images" / f"{below}{image.name}")
        stem = PurePosixPath(image.name).with_suffix("").as_posix()
        if f"{below}{stem}".casefold() in self._stems:  # a.jpg and a.png: the second mask keeps the ending
            stem = image.name
        self._stems.add(f"{below}{stem}".casefold())
        if not is_paintable(image.width, image.height):
            text = f"The size of “{image.name}” is unknown or beyond reason, so that nothing can be painted."
            self._report(Issue("missing_size", "warning", text, image.name))
            return
        shapes = self._shapes(image)
        classes = np.full((image.height, image.width), self._background, dtype=self._type)
        objects = np.full((image.height, image.width), self._background, dtype=np.uint16)
        self._paint(image, shapes, classes, objects)
        if "semantic" in self._kinds:
            self._save(classes, "masks", f"{below}{stem}.png")
        if "instances" in self._kinds:
            self._save(objects, "instances", f"{below}{stem}.png")
        if "colours" in self._kinds:
            table = np.zeros((int(classes.max()) + 1, 3), dtype=np.uint8)
            for number, colour in self._colours.items():
                if number < len(table):
                    table[number] = colour
            self._save(table[classes], "masks" if "semantic" not in self._kinds else "colours", f"{below}{stem}.png")

    def _shapes(self, image: ImageRecord) -> list[tuple[AnnotationRecord, Mask]]:
        """What can be painted, in painting order: by z order, the larger first."""
        found = []
        for annotation in image.annotations:
            if annotation.label not in self._number:
                text = f"The label “{annotation.label}” is not in the list; the object was left out."
                self._report(Issue("undeclared_label", "warning", text, image.name, annotation.id))
                continue
            mask = to_mask(annotation.geometry, image.width, image.height)
            mask = clip_mask(mask, image.width, image.height) if mask is not None else None
            if mask is None:
                text = f"A {annotation.geometry.kind} “{annotation.label}” covers no pixel; it was left out."
                self._report(Issue("unsupported_shape", "warning", text, image.name, annotation.id))
            else:
                found.append((annotation, mask))
        return sorted(found, key=lambda item: (item[0].z_order, -area(item[1])))

    def _paint(
        self,
        image: ImageRecord,
        shapes: Sequence[tuple[AnnotationRecord, Mask]],
        classes: NDArray[Any],
        objects: NDArray[np.uint16],
    ) -> None:
        seen: Counter[str] = Counter()
        hidden = 0
        for annotation, mask in shapes:
            x, y, w, h = mask.bbox
            bitmap, place = bitmap_of(mask), (slice(y, y + h), slice(x, x + w))
            number = self._number[annotation.label]
            hidden += int(np.count_nonzero(objects[place][bitmap] != self._background))
            classes[place][bitmap] = number
            if seen[annotation.label] >= self._divisor:
                text = f"More than {self._divisor} objects “{annotation.label}”; the rest share a number."
                self._report(Issue("unsupported_shape", "warning", text, image.name, annotation.id))
            value = number * self._divisor + min(seen[annotation.label], self._divisor - 1)
            objects[place][bitmap] = value
            seen[annotation.label] += 1
        if hidden:
            text = f"{hidden} pixels belong to several objects; the upper one has them."
            self._report(Issue("overlapped_pixels", "info", text, image.name))

    def _save(self, pixels: NDArray[Any], folder: str, name: str) -> None:
        path = self._folders.make_for(self._folder / folder / name)
        Image.fromarray(pixels).save(path)

    def close(self) -> None:
        """Write the table of classes, for ourselves and (labelmap.txt) for others."""
        for folder in ("images", "masks"):
            (self._folder / folder).mkdir(exist_ok=True)
        classes = [
            {"index": self._number[label.name], "name": label.name, "color": hex_colour(self._colours_of(label))}
            for label in self._labels
        ]
        table = {
            "background": self._background,
            "ignore": self._ignore,
            "divisor": self._divisor,
            "classes": classes,
        }
        text = json.dumps(table, ensure_ascii=False, indent=1)
        (self._folder / OWN_TABLE).write_text(f"{text}\n", encoding="utf-8")
        rows = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
        rows += [f"{label.name}:{','.join(map(str, self._colours_of(label)))}::" for label in self._labels]
        (self._folder / "labelmap.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")

    def _colours_of(self, label: LabelRecord) -> Rgb:
        return self._colours[self._number[label.name]]


def _colours(labels: Sequence[LabelRecord], numbers: dict[str, int]) -> dict[int, Rgb]:
    """A colour for every class, none twice: the label's own where it can be, else one of VOC's palette."""
    taken: set[Rgb] = {(0, 0, 0)}
    found: dict[int, Rgb] = {}
    for label in labels:
        own = rgb_of_hex(label.color) if label.color else None
        if own is not None and own not in taken:
            taken.add(own)
            found[numbers[label.name]] = own
    spare = (voc_colour(index % 256) if index < 256 else _mixed(index) for index in range(1, 1 << 24))
    for label in labels:
        if numbers[label.name] not in found:
            colour = next(colour for colour in spare if colour not in taken)
            taken.add(colour)
            found[numbers[label.name]] = colour
    return found


def _mixed(index: int) -> Rgb:
    """Further colours, far from each other (multiplying by an odd number visits every one)."""
    value = index * 0x9E3779 & 0xFFFFFF
    return value >> 16, value >> 8 & 255, value & 255
