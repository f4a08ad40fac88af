"""Reading Pascal VOC: standard folders or XML beside the pictures, with or without lists of splits."""

import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.checking import report_outside, settle_size, turn_all
from annotator.formats.shared.class_tables import ClassEntry, read_class_table
from annotator.formats.shared.files import PictureIndex, picture_size, safe_name, split_of_word, stem_of, unique_name
from annotator.formats.shared.palettes import hex_colour
from annotator.formats.voc.lists import SplitLists
from annotator.formats.voc.masks import NAMES, PARTS, VocMasks
from annotator.formats.voc.pictures import VocPictures, folder_key, is_segmentation
from annotator.formats.voc.xml import VocFile, actions_in, names_in, objects_of, parse, plain_names, tags_of
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

_NO_CLASS = frozenset({"background", "_background_", "__background__", "ignored", "__ignore__"})


class VocFolder:
    """A folder in Pascal VOC's manner; ``coordinates`` is auto, as_is or one_based, ``masks`` whether to read pictures."""

    def __init__(self, folder: Path, coordinates: str, *, masks: bool = True) -> None:
        self._folder = folder
        self._coordinates = coordinates
        self._with_masks = masks
        self._said_one_based = False

    @cached_property
    def _files(self) -> list[str]:
        return [path.relative_to(self._folder).as_posix() for path in walk_files(self._folder)]

    @cached_property
    def _xml(self) -> list[str]:
        return [name for name in self._files if name.lower().endswith(".xml")]

    @cached_property
    def _lists(self) -> SplitLists:
        return SplitLists(self._folder, self._files)

    @cached_property
    def _table(self) -> list[ClassEntry]:
        """Classes of ``labelmap.txt`` or ``class_names.txt``; the background is index 0 whether it is listed or not."""
        for wanted in ("labelmap.txt", "class_names.txt"):
            for name in sorted(self._files, key=lambda name: (name.count("/"), name)):
                if PurePosixPath(name).name.lower() == wanted:
                    entries = [e for e in read_class_table(self._folder / name) if e.name != "__ignore__"]
                    first = 0 if entries and entries[0].name.lower() in _NO_CLASS else 1
                    return [
                        ClassEntry(e.name, place, e.colour, e.parts, e.actions)
                        for place, e in enumerate(entries, start=first)
                        if e.name.lower() not in _NO_CLASS
                    ]
        return []

    @cached_property
    def _names(self) -> tuple[dict[str, None], dict[str, dict[str, None]]]:
        """Names of objects as they come up in the files, and the actions that each is asked about."""
        names: dict[str, None] = {}
        actions: dict[str, dict[str, None]] = {}
        for name in self._xml:
            plain = plain_names(f"{self._folder}/{name}")
            if plain is not None:
                names |= dict.fromkeys(plain)
                continue
            parsed = parse(f"{self._folder}/{name}", name, _ignore)
            if parsed is not None:
                names |= dict.fromkeys(names_in(parsed))
                for owner, action in actions_in(parsed):
                    actions.setdefault(owner, {})[action] = None
        return names, actions

    @cached_property
    def _classes(self) -> dict[str, list[str]]:
        """Classes of whole pictures by key; where there are objects the lists only repeat them."""
        return self._lists.classes if self._lists.classes and not self._names[0] else {}

    @cached_property
    def _masks(self) -> VocMasks:
        files = [name for name in self._files if is_segmentation(name)] if self._with_masks else []
        official = bool(files) and not self._table and set(self._names[0]) <= {*NAMES, *PARTS}
        return VocMasks(self._folder, files, self._table, official)

    def labels(self) -> list[LabelRecord]:
        """Names in order: those of the class table (less the background), then as they come up in the files."""
        table = {entry.name: entry for entry in self._table}
        names, actions = self._names
        drawn = dict.fromkeys(self._masks.used_names() if self._masks else ())
        records = []
        listed = dict.fromkeys(label for found in self._classes.values() for label in found)
        for name in dict.fromkeys([*table, *names, *drawn, *listed]):
            entry = table.get(name)
            known = [*(entry.actions if entry else ()), *actions.get(name, ())]
            source = {"voc:parts": list(entry.parts) if entry else [], "voc:actions": list(dict.fromkeys(known))}
            color = hex_colour(entry.colour) if entry and entry.colour else ""
            records.append(LabelRecord(name=name, color=color, source={k: v for k, v in source.items() if v}))
        return records

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield every picture once; a file that cannot be read is reported."""
        index, taken, used = PictureIndex(self._folder), set[str](), set[Path]()
        pictures = VocPictures(self._folder, index)
        drawn = set(self._masks.keys if self._masks else ())
        if self._xml and not pictures.any:
            text = "There are no pictures; sizes were taken from the XML files."
            report(Issue("image_not_found", "info", text))
        refused: list[Issue] = []
        readable = bool(self._masks)

        def parsing(issue: Issue) -> None:
            refused.append(issue)
            report(issue)

        for name in self._xml:
            parsed = parse(f"{self._folder}/{name}", name, parsing)
            if parsed is not None:
                readable = True
                record = self._record(parsed, pictures, taken, report)
                drawn.discard(folder_key(name))
                used |= {record.path} if record.path else set()
                yield record
        for path in pictures.own:
            if path not in used:
                yield from self._without_xml(path, pictures, taken, drawn, report)
        for key in sorted(drawn):  # neither a picture nor an XML file
            yield self._only_masks(key, taken, report)
        self._report_missing(pictures, report)
        if refused and not readable:
            text = f"None of the {len(refused)} XML files can be read. {refused[0].text}"
            raise FormatError(text, fields={"issue": refused[0].code, "file": refused[0].file})

    def _report_missing(self, pictures: VocPictures, report: Report) -> None:
        known = {folder_key(name) for name in self._xml} | pictures.keys
        for entry in self._lists.absent(known) if pictures.any else ():
            text = f"“{entry}” is listed in ImageSets, but is not here."
            report(Issue("image_not_found", "warning", text, file="ImageSets"))

    def _record(self, parsed: VocFile, pictures: VocPictures, taken: set[str], report: Report) -> ImageRecord:
        path = pictures.find(parsed.file, parsed.filename, report)
        found = picture_size(path) if path else None
        name = pictures.name(path) if path else pictures.name_without(parsed.file, parsed.filename, report)
        split, key = self._split_of(parsed.file), folder_key(parsed.file)
        name = unique_name(name, taken, split)
        stated = parsed.size
        if found is None and stated is None and self._masks:
            stated = self._masks.size_of(key)
        width, height, orientation = settle_size(stated, found, name=name, report=report) or (0, 0, 1)
        raster = stated if stated and orientation != 1 else (width, height)
        objects = tuple(objects_of(parsed, one_based=self._is_one_based(parsed, report), report=report))
        if self._table:
            self._report_undeclared(objects, parsed.file, report)
        annotations = turn_all(self._with_shapes(key, raster, objects, report), orientation, *raster)
        annotations = _with_tags(annotations, tags_of(parsed))
        if not annotations:
            annotations = self._classified(key)
        if width:
            report_outside(annotations, width, height, name=name, report=report)
        return ImageRecord(name, width, height, annotations, split, path, source=parsed.fields())

    def _report_undeclared(self, objects: tuple[AnnotationRecord, ...], file: str, report: Report) -> None:
        """Name the classes that the table of classes does not list, each once."""
        for name in dict.fromkeys(annotation.label for annotation in objects):
            if name not in self._declared:
                self._declared.add(name)
                text = f"The class “{name}” is used but not in the table of classes; it was added."
                report(Issue("undeclared_label", "warning", text, file=file))

    @cached_property
    def _declared(self) -> set[str]:
        return {name for entry in self._table for name in (entry.name, *entry.parts)}

    def _classified(self, key: str) -> tuple[AnnotationRecord, ...]:
        return tuple(AnnotationRecord(label=label, geometry=Tag()) for label in self._classes.get(key, ()))

    def _with_shapes(
        self, key: str, size: tuple[int, int], objects: tuple[AnnotationRecord, ...], report: Report
    ) -> tuple[AnnotationRecord, ...]:
        return self._masks.shapes(key, size, objects, report) if self._masks else objects

    def _split_of(self, name: str) -> str | None:
        """From the lists (by stem or path below its folder), else from the folder's name."""
        if self._lists.listed:
            return self._lists.split_of(stem_of(name))
        return next((s for part in name.split("/")[:-1] if (s := split_of_word(part))), None)

    def _without_xml(
        self, path: Path, pictures: VocPictures, taken: set[str], drawn: set[str], report: Report
    ) -> Iterator[ImageRecord]:
        size = picture_size(path)
        if size is None:
            return
        relative = pictures.relative(path)
        split, key = self._split_of(relative), pictures.key(path)
        name = unique_name(pictures.name(path), taken, split)
        raster = (size.height, size.width) if size.orientation >= 5 else (size.width, size.height)
        masks = self._with_shapes(key, raster, (), report) if key in drawn else ()
        drawn.discard(key)
        annotations = turn_all(masks, size.orientation, *raster) or self._classified(key)
        source = {} if annotations else {"annotated": False}
        yield ImageRecord(name, size.width, size.height, annotations, split, path, source=source)

    def _only_masks(self, key: str, taken: set[str], report: Report) -> ImageRecord:
        width, height = self._masks.size_of(key) or (0, 0)
        split = self._lists.split_of(unicodedata.normalize("NFC", key))
        name = unique_name(safe_name(f"{key}.jpg") or "unnamed.jpg", taken, split)
        shapes = self._with_shapes(key, (width, height), (), report) if width else ()
        return ImageRecord(name, width, height, shapes, split)

    def _is_one_based(self, parsed: VocFile, report: Report) -> bool:
        if self._coordinates != "auto":
            return self._coordinates == "one_based"
        if not parsed.looks_one_based:
            return False
        if not self._said_one_based:
            self._said_one_based = True
            text = "These are files of the VOC challenge: pixels are counted from 1, inclusive."
            report(Issue("voc_one_based_detected", "info", text, file=parsed.file))
        return True


def _with_tags(
    annotations: tuple[AnnotationRecord, ...], tags: list[tuple[str, int | None]]
) -> tuple[AnnotationRecord, ...]:
    """Objects and labels of the whole picture in the order in which they were written."""
    result = list(annotations)
    for label, place in tags:
        result.insert(len(result) if place is None else place, AnnotationRecord(label=label, geometry=Tag()))
    return tuple(result)


def _ignore(issue: Issue) -> None:
    """Reports of the first look come again when the pictures are read."""
    del issue
