"""Writing DOTA: ``images`` and ``labelTxt`` in a folder for each split."""

from collections.abc import Sequence
from pathlib import Path

from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.dota.rows import HEADER, corners_of, format_row
from annotator.formats.shared.files import FolderMaker, name_below_split, place_picture
from annotator.formats.shared.stems import StemNames
from annotator.formats.shared.words import words_of, write_class_list
from annotator.plugins.formats import Report


class DotaWriter:
    """Adds pictures one by one."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], report: Report) -> None:
        self._folder = folder
        self._words = words_of(label.name for label in labels)
        self._report = report
        self._stems = StemNames(report)
        self._folders = FolderMaker()
        write_class_list(folder, self._words)
        if not labels:
            (folder / "labelTxt").mkdir()

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its label file, which has no row for an empty picture."""
        below = name_below_split(image, image.split) if image.split else image.name
        name = self._stems.free(image.split or "", below, image.name)
        place = self._folder / (image.split or "")
        if image.path is not None:
            place_picture(image.path, place / "images" / name)
        lines = [f"{key}:{image.source[f'dota:{key}']}" for key in HEADER if f"dota:{key}" in image.source]
        lines += [row for annotation in image.annotations for row in self._rows(annotation, image)]
        target = self._folders.make_for((place / "labelTxt" / name).with_suffix(".txt"))
        target.write_text("".join(f"{' '.join(line.splitlines())}\n" for line in lines), encoding="utf-8")

    def _rows(self, annotation: AnnotationRecord, image: ImageRecord) -> list[str]:
        points = corners_of(annotation.geometry)
        if points is None or annotation.label not in self._words:
            code = "unsupported_shape" if points is None else "undeclared_label"
            text = (
                f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as four corners; it was left out."
            )
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return []
        return [format_row(points, self._words[annotation.label], annotation.attributes.get("difficult", 0))]
