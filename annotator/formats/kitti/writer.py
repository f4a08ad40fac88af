"""Writing KITTI: ``training`` and ``testing``, with lists that tell training from validation."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TextIO

from annotator.core.geometry.measures import bounds
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.kitti.rows import IGNORED, format_row
from annotator.formats.shared.files import FolderMaker, place_picture
from annotator.formats.shared.stems import StemNames
from annotator.formats.shared.words import words_of, write_class_list
from annotator.plugins.formats import Report


class KittiWriter:
    """Adds pictures one by one; a context manager that closes the lists of splits."""

    def __init__(self, folder: Path, labels: Sequence[LabelRecord], report: Report) -> None:
        self._folder = folder
        self._words = words_of(label.name for label in labels)
        self._report = report
        self._stems = StemNames(report)
        self._folders = FolderMaker()
        self._open = ExitStack()
        self._lists: dict[str, TextIO] = {}

    def __enter__(self) -> "KittiWriter":
        write_class_list(self._folder, self._words)
        for name in ("training/image_2", "training/label_2", "ImageSets"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def add(self, image: ImageRecord) -> None:
        """Write one picture and its label file, which is empty for an empty picture."""
        place = "testing" if image.split == "test" else "training"
        name = self._stems.free(place, image.name.removeprefix(f"{place}/"), image.name)
        if image.path is not None:
            place_picture(image.path, self._folder / place / "image_2" / name)
        target = self._folders.make_for((self._folder / place / "label_2" / name).with_suffix(".txt"))
        rows = [row for annotation in image.annotations for row in self._rows(annotation, image)]
        rows += [format_row(IGNORED, tuple(box), {}, None) for box in image.source.get(f"kitti:{IGNORED}", ())]
        target.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        if image.split:
            self._list(image.split).write(
                f"{target.relative_to(self._folder / place / 'label_2').with_suffix('').as_posix()}\n"
            )

    def _list(self, split: str) -> TextIO:
        if split not in self._lists:
            path = self._folder / "ImageSets" / f"{split}.txt"
            self._lists[split] = self._open.enter_context(path.open("w", encoding="utf-8", newline="\n"))
        return self._lists[split]

    def _rows(self, annotation: AnnotationRecord, image: ImageRecord) -> list[str]:
        found = bounds(annotation.geometry)
        if found is None or annotation.label not in self._words:
            code = "undeclared_label" if found else "unsupported_shape"
            text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as a row; it was left out."
            self._report(Issue(code, "warning", text, image.name, annotation.id))
            return []
        return [format_row(self._words[annotation.label], found, annotation.attributes, annotation.score)]
