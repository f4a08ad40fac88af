"""Reading KITTI: ``training/label_2`` beside ``training/image_2``, with or without lists of splits."""

import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.kitti.rows import IGNORED, box_of, parse_row, record_of
from annotator.formats.shared.checking import dropped, report_outside
from annotator.formats.shared.files import Match, PictureIndex, picture_size, report_match, split_of_word, unique_name
from annotator.formats.shared.label_files import Readable, folder_above, picture_of, text_lines
from annotator.formats.shared.tables import text_encoding
from annotator.formats.shared.words import CLASS_LIST, names_of, read_class_list
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

LABEL_FOLDERS = ("label",)
PICTURE_FOLDERS = ("image_", "images", "image")
_PICTURES = ("image_2", "image_02", "image_3", "images", "image")


class KittiFolder:
    """A folder in KITTI's manner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list = read_class_list(folder)
        self._names = names_of(self._list)
        self._readable = Readable()

    @cached_property
    def _files(self) -> list[tuple[Path, PurePosixPath]]:
        """Label files and the folders that hold them."""
        found: list[tuple[Path, PurePosixPath]] = []
        for path in walk_files(self._folder):
            relative = PurePosixPath(path.relative_to(self._folder).as_posix())
            base = folder_above(relative, LABEL_FOLDERS)
            if base is None and relative.name != CLASS_LIST and "ImageSets" not in relative.parts:
                base = relative.parent
            if relative.suffix.lower() == ".txt" and base is not None:
                found.append((path, base))
        named = [(path, base) for path, base in found if base.name.lower().startswith(LABEL_FOLDERS)]
        return named or found

    @cached_property
    def _lists(self) -> dict[str, list[str]]:
        """Splits of each listed name."""
        found: dict[str, list[str]] = {}
        for path in walk_files(self._folder):
            split = split_of_word(path.stem)
            if path.suffix == ".txt" and path.parent.name == "ImageSets" and split:
                for line in path.read_text(encoding=text_encoding(path), errors="replace").splitlines():
                    if line.strip():
                        found.setdefault(unicodedata.normalize("NFC", line.strip()), []).append(split)
        return found

    @cached_property
    def _apart(self) -> bool:
        """Whether pictures of two folders have the same names, as in the benchmark: then all get the folder's before it."""
        insides: dict[str, str] = {}
        for path, base in self._files:
            inside = path.relative_to(self._folder / base).with_suffix("").as_posix()
            if insides.setdefault(inside, base.parent.name) != base.parent.name:
                return True
        for name in PictureIndex(self._folder).names:
            found = folder_above(PurePosixPath(name), PICTURE_FOLDERS)
            if found is not None:
                inside = PurePosixPath(name).relative_to(found).with_suffix("").as_posix()
                if insides.setdefault(inside, found.parent.name) != found.parent.name:
                    return True
        return False

    def _name(self, base: PurePosixPath, inside: str) -> str:
        """A picture's path below its folder of pictures."""
        return f"{base.parent.name}/{inside}" if self._apart and base.parent.name else inside

    def labels(self) -> list[LabelRecord]:
        """Types in the order of ``classes.txt``, then of appearance; regions to ignore are none."""
        names = dict.fromkeys(self._list)
        for path, _ in self._files:
            for _, line in text_lines(path):
                row = parse_row(line)
                if row is not None and row[0] and row[0] != IGNORED:
                    names[self._names.get(row[0], row[0])] = None
        return [LabelRecord(name=name) for name in names]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures that have a label file, then the others; raises :class:`FormatError` when there are none."""
        pictures, taken, used = PictureIndex(self._folder), set[str](), set[Path]()
        if not self._files and not any(self._base_of(path) for path in pictures.pictures):
            raise FormatError("There is no folder label_2 with text files, and no image_2 with pictures.")
        for path, base in self._files:
            yield self._record(path, base, pictures, taken, used, report)
        self._readable.check()
        cameras = {found for path in pictures.pictures if (found := self._base_of(path))}
        for path in pictures.pictures:
            camera = self._base_of(path)
            if path in used or camera is None or _is_other_camera(camera, cameras):
                continue
            size = picture_size(path)
            if size is not None:
                inside = PurePosixPath(pictures.relative(path)).relative_to(camera)
                split = self._split(camera, inside)
                name = unique_name(self._name(camera, inside.as_posix()), taken, split)
                yield ImageRecord(name, size.width, size.height, (), split, path, source={"annotated": False})

    def _base_of(self, path: Path) -> PurePosixPath | None:
        return folder_above(PurePosixPath(path.relative_to(self._folder).as_posix()), PICTURE_FOLDERS)

    def _record(
        self, path: Path, base: PurePosixPath, pictures: PictureIndex, taken: set[str], used: set[Path], report: Report
    ) -> ImageRecord:
        file = path.relative_to(self._folder).as_posix()
        inside = PurePosixPath(unicodedata.normalize("NFC", file)).relative_to(base).with_suffix("")
        bases = [(base.parent / name).as_posix() for name in _PICTURES] + [base.as_posix()]
        picture = picture_of(inside, bases, pictures)
        if picture is not None and (here := self._base_of(picture)) and here.parent != base.parent:
            picture = None  # the testing picture of that number is another one
        if picture is None:
            report_match(Match(None, "missing" if pictures.names else "absent"), f"{inside}.png", report, file)
        else:
            used.add(picture)
        split = self._split(base, inside)
        name = f"{inside}{unicodedata.normalize('NFC', picture.suffix) if picture else '.png'}"
        name = unique_name(self._name(base, name), taken, split)
        size = picture_size(picture) if picture else None
        ignored: list[list[float]] = []
        annotations = tuple(self._objects(path, file, ignored, report))
        source: dict[str, Any] = {f"kitti:{IGNORED}": ignored} if ignored else {}
        if size is None:
            return ImageRecord(name, 0, 0, annotations, split, picture, source=source)
        report_outside(annotations, size.width, size.height, name=name, report=report)
        return ImageRecord(name, size.width, size.height, annotations, split, picture, source=source)

    def _objects(self, path: Path, file: str, ignored: list[list[float]], report: Report) -> Iterator[AnnotationRecord]:
        good, bad = 0, None
        for number, line in text_lines(path):
            where = f"line {number}"
            row = parse_row(line)
            if row is None:
                text = "This is no row of a type and at least seven numbers; it was left out."
                issue = Issue("unparsable_file", "error", text, file, where)
                bad = bad or issue
                report(issue)
                continue
            good += 1
            label, numbers = row
            if label == IGNORED:
                box = box_of(numbers)
                if isinstance(box, Box):
                    ignored.append([box.x, box.y, box.x + box.w, box.y + box.h])
                report(Issue("ignored_label", "info", f"{IGNORED} marks a region to ignore, no object.", file, where))
                continue
            found = record_of(self._names.get(label, label), numbers)
            if isinstance(found, str):
                report(dropped(found, file=file, where=where))
            else:
                yield found
        self._readable.add(good, bad)

    def _split(self, base: PurePosixPath, inside: PurePosixPath) -> str | None:
        """From the lists, which tell apart what lies in ``training``; without them from the folder's name."""
        parts = (*inside.parts[-2::-1], *base.parts[::-1])
        folder = next((s for part in parts if (s := split_of_word(part))), None)
        stem = unicodedata.normalize("NFC", inside.with_suffix("").as_posix())
        listed = self._lists.get(inside.as_posix()) or self._lists.get(stem, [])
        if not self._lists or folder not in {None, "train"}:
            return folder
        return next((split for split in listed if split != "test" or folder is None), None)


def _is_other_camera(base: PurePosixPath, bases: set[PurePosixPath]) -> bool:
    """Whether a folder has the pictures of another camera than the one whose objects are labelled (``image_2``)."""
    name = base.name.lower()
    return (
        name.startswith("image_")
        and any(base.parent / left in bases for left in ("image_2", "image_02"))
        and (name not in {"image_2", "image_02"})
    )
