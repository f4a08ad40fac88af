"""Writing COCO as a stream: entries go to files of their own that are joined at the end."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.coco.entries import (
    annotation_entry,
    category_entry,
    category_ids,
    detection_entry,
    image_entry,
    plain_box,
    tag_entry,
)
from annotator.formats.coco.lines import Ids, Lines, dump, id_number
from annotator.formats.coco.painting import PanopticPainter
from annotator.formats.coco.tables import CAPTION, PLACE, is_caption
from annotator.formats.shared.files import name_below_split, place_picture
from annotator.plugins.formats import Report

DEFAULT_SPLIT = "train"
_INFO = {"description": "Exported by Marquee", "version": "1.0"}
_LISTS = frozenset({"images", "annotations", "categories"})


class _SplitFile:
    """The growing lists of one split."""

    def __init__(self, folder: Path, split: str) -> None:
        self.split = split
        self.image_ids, self.annotation_ids, self.caption_ids, self.tag_ids = Ids(), Ids(), Ids(), Ids()
        self.images = Lines(folder / f".images_{split}", self.image_ids, None)
        self.annotations = Lines(folder / f".annotations_{split}", self.annotation_ids, self.image_ids)
        self.segments = Lines(folder / f".segments_{split}", None, self.image_ids)
        self.tags = Lines(folder / f".labels_{split}", self.tag_ids, self.image_ids)
        self.captions = Lines(folder / f".captions_{split}", self.caption_ids, self.image_ids)
        self.predictions = Lines(folder / f".predictions_{split}", None, self.image_ids)

    def close(self) -> None:
        """Remove the lists."""
        for lines in (self.images, self.annotations, self.segments, self.tags, self.captions, self.predictions):
            lines.close()


class CocoWriter:
    """Adds pictures one by one; a context manager that joins the lists when all went well."""

    def __init__(
        self,
        folder: Path,
        labels: Sequence[LabelRecord],
        *,
        kind: str,
        zero_based: bool,
        report: Report,
        information: Mapping[str, Any] | None,
    ) -> None:
        self._folder = folder
        self._report = report
        self._kind = kind
        self._information = dict(information or {})
        listed = [label for label in labels if label.source.get("captions") is not True]
        ids = category_ids(listed, zero_based=zero_based)
        self._categories = [category_entry(label, number) for label, number in zip(listed, ids, strict=True)]
        self._ids = {label.name: number for label, number in zip(listed, ids, strict=True)}
        self._splits: dict[str, _SplitFile] = {}
        self._painter = PanopticPainter(listed, self._ids, report)

    def __enter__(self) -> "CocoWriter":
        (self._folder / "annotations").mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self._splits:
                self._split(DEFAULT_SPLIT)  # an empty set is a set
            for split in self._splits.values() if kind is None else ():
                self._join(split)
        finally:
            for split in self._splits.values():
                split.close()

    def _split(self, name: str) -> _SplitFile:
        if name not in self._splits:
            self._splits[name] = _SplitFile(self._folder / "annotations", name)
        return self._splits[name]

    def add(self, image: ImageRecord) -> None:
        """Write one picture with everything on it."""
        name = image.split or DEFAULT_SPLIT
        split = self._split(name)
        file_name = name_below_split(image, name)
        place = split.images.count
        number = split.image_ids.add(id_number(image.source.get("id")))
        split.images.add(image_entry(image, file_name), number)
        if image.path is not None:
            place_picture(image.path, f"{self._folder}/images/{name}/{file_name}")
        if self._kind == "panoptic":
            target = self._folder / "annotations" / f"panoptic_{name}"
            entry = self._painter.paint(image, target, file_name)
            if entry is not None:
                split.segments.add(entry, None, place)
        else:
            self._add_objects(split, image, place)
        self._add_tags(split, image, place)
        for annotation in image.predictions:
            category = self._category(annotation, image)
            found = None if category is None else detection_entry(annotation, category, image)
            if found is not None:
                split.predictions.add(found, None, place)

    def _add_objects(self, split: _SplitFile, image: ImageRecord, place: int) -> None:
        numbers: dict[str | None, int] = {}
        owned: list[tuple[dict[str, Any], int]] = []
        has_parts = any(annotation.part_of is not None for annotation in image.annotations)
        image_number = split.image_ids.given(place)
        for annotation in image.annotations:
            category = self._ids.get(annotation.label)
            rest = None if category is None or has_parts else plain_box(annotation, category)
            if rest is not None:
                number = split.annotation_ids.add(id_number(annotation.id))
                split.annotations.add_text(b'{"id":%d,"image_id":%d,%b\n' % (number, image_number, rest), place)
                continue
            entry = self._entry(annotation, category, image)
            if entry is not None:
                number = numbers[annotation.id] = split.annotation_ids.add(id_number(annotation.id))
                owned.append((entry, number))
                if not has_parts:
                    split.annotations.add(*owned.pop(), place)
        for entry, number in owned:
            if "part_of" in entry and entry["part_of"] in numbers:  # objects without an id are nobody's whole
                entry["part_of"] = str(numbers[entry["part_of"]])
            split.annotations.add(entry, number, place)

    def _entry(self, annotation: AnnotationRecord, category: int | None, image: ImageRecord) -> dict[str, Any] | None:
        """The entry of an object; ``None`` when it has no place here, which is reported unless it has one elsewhere."""
        if annotation.geometry.kind == "tag":
            return None
        if category is None:
            self._leave_out("undeclared_label", annotation, image)
            return None
        entry = annotation_entry(annotation, category, image)
        if entry is None:
            self._leave_out("unsupported_shape", annotation, image)
        return entry

    def _add_tags(self, split: _SplitFile, image: ImageRecord, place: int) -> None:
        """Tags and captions have files of their own; their place among the objects is told where it is not the end."""
        kinds = [_order(annotation) for annotation in image.annotations]
        is_plain = kinds == sorted(kinds)
        for at, annotation in enumerate(image.annotations):
            if not kinds[at]:
                continue
            entry: dict[str, Any] = {} if is_plain else {PLACE: at}
            if kinds[at] == _CAPTION:
                caption = {**entry, CAPTION: annotation.attributes[CAPTION]}
                split.captions.add(caption, split.caption_ids.add(id_number(annotation.id)), place)
            elif (category := self._category(annotation, image)) is not None:
                entry |= tag_entry(annotation, category)
                split.tags.add(entry, split.tag_ids.add(id_number(annotation.id)), place)

    def _category(self, annotation: AnnotationRecord, image: ImageRecord) -> int | None:
        found = self._ids.get(annotation.label)
        if found is None:
            self._leave_out("undeclared_label", annotation, image)
        return found

    def _leave_out(self, code: str, annotation: AnnotationRecord, image: ImageRecord) -> None:
        text = f"A {annotation.geometry.kind} “{annotation.label}” cannot be written as COCO; it was left out."
        self._report(Issue(code, "warning", text, image.name, annotation.id))

    def _join(self, split: _SplitFile) -> None:
        categories = self._categories
        if self._kind == "panoptic":
            self._write(f"panoptic_{split.split}", split, split.segments, self._painter.categories(categories))
        else:
            self._write(f"instances_{split.split}", split, split.annotations, categories)
        if split.tags.count:
            self._write(f"labels_{split.split}", split, split.tags, categories)
        if split.captions.count:
            self._write(f"captions_{split.split}", split, split.captions, None)
        if split.predictions.count:
            with (self._folder / "annotations" / f"predictions_{split.split}.json").open("wb") as target:
                target.write(b"[")
                split.predictions.copy_to(target)
                target.write(b"]\n")

    def _write(self, stem: str, split: _SplitFile, lines: Lines, categories: Iterable[Any] | None) -> None:
        others = {key: value for key, value in self._information.items() if key not in _LISTS}
        head = {"info": _INFO, "licenses": [], **others}
        with (self._folder / "annotations" / f"{stem}.json").open("wb") as target:
            target.write(dump(head)[:-1])
            if categories is not None:
                target.write(b',\n"categories":' + dump(list(categories)))
            for key, part in (("images", split.images), ("annotations", lines)):
                target.write(b',\n"' + key.encode() + b'":[')
                part.copy_to(target)
                target.write(b"]")
            target.write(b"}\n")


_TAG, _CAPTION = 1, 2


def _order(annotation: AnnotationRecord) -> int:
    """0 for objects, 1 for tags, 2 for captions: the order in which readers put them together."""
    if annotation.geometry.kind != "tag":
        return 0
    return _CAPTION if is_caption(annotation) else _TAG
