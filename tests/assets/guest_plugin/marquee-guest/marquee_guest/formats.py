"""Boxes in one CSV file beside the pictures."""

import csv
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Box
from annotator.core.progress import Progress
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.plugins.base import Options
from annotator.plugins.formats import DatasetFormat, Recognition, Report
from annotator.plugins.listing import Listing

HEADER = ["image", "width", "height", "split", "label", "x", "y", "w", "h"]


class CsvFormat(DatasetFormat):
    """``boxes.csv`` (a line per box, one with an empty label per picture), ``labels.txt`` and ``images/``."""

    title = "Guest CSV"
    description = "One line per box. Easy to open in a spreadsheet; keeps boxes only."
    kinds = frozenset({"box"})

    def recognises(self, listing: Listing) -> Recognition:
        if "boxes.csv" in listing.names:
            return Recognition(0.9, ("There is a boxes.csv.",))
        return Recognition(0.0)

    def labels(self, folder: Path, *, options: Options, report: Report) -> list[LabelRecord]:
        names = (folder / "labels.txt").read_text(encoding="utf-8").splitlines()
        return [LabelRecord(name) for name in names]

    def read(self, folder: Path, *, options: Options, report: Report) -> Iterator[ImageRecord]:
        path = folder / "boxes.csv"
        if not path.is_file():
            raise FormatError("There is no boxes.csv here.")
        found: dict[str, tuple[int, int, str | None, list[AnnotationRecord]]] = {}
        with path.open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                picture = found.setdefault(
                    line["image"], (int(line["width"]), int(line["height"]), line["split"] or None, [])
                )
                if line["label"]:
                    box = Box(float(line["x"]), float(line["y"]), float(line["w"]), float(line["h"]))
                    picture[3].append(AnnotationRecord(line["label"], box))
        for name, (width, height, split, boxes) in found.items():
            picture_path = folder / "images" / name
            yield ImageRecord(name, width, height, tuple(boxes), split, picture_path if picture_path.exists() else None)

    def write(
        self,
        images: Iterable[ImageRecord],
        folder: Path,
        *,
        labels: Sequence[LabelRecord],
        options: Options,
        report: Report,
        progress: Progress,
        information: Mapping[str, Any] | None = None,
    ) -> None:
        names = [label.name for label in labels]
        (folder / "labels.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        with (folder / "boxes.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(HEADER)
            for number, image in enumerate(images, start=1):
                table.writerow([image.name, image.width, image.height, image.split or "", "", "", "", "", ""])
                for shape in image.annotations:
                    if shape.label not in names:
                        report(Issue("unknown_label", "warning", f"“{shape.label}” is not a label.", image.name))
                    elif isinstance(shape.geometry, Box):
                        box = shape.geometry
                        table.writerow(
                            [
                                image.name,
                                image.width,
                                image.height,
                                image.split or "",
                                shape.label,
                                box.x,
                                box.y,
                                box.w,
                                box.h,
                            ]
                        )
                self._copy(image, folder)
                progress.advance(number)

    @staticmethod
    def _copy(image: ImageRecord, folder: Path) -> None:
        if image.path is not None:
            target = folder / "images" / image.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(image.path, target)
