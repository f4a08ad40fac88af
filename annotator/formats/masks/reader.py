"""Reading pictures of masks: pairs them with their pictures, names their numbers, makes annotations of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from annotator.core.errors import FormatError
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.masks.ade import ade_names, ade_numbers, ade_regions
from annotator.formats.masks.decode import (
    DIVISORS,
    MOST_COLOURS,
    Region,
    cityscapes_counted,
    divisor_between,
    instance_regions,
    numbers_of,
    object_region,
    open_mask,
    plain_regions,
)
from annotator.formats.masks.known import KNOWN
from annotator.formats.masks.layout import OWN_TABLE, Encoding, MaskFile, MaskLayout, Subject
from annotator.formats.masks.naming import (
    COLOUR,
    UNKNOWN,
    Numbering,
    Table,
    find_table,
    numbering_of,
    numbering_without_table,
)
from annotator.formats.masks.polygons import names_of, read_polygons
from annotator.formats.shared.checking import turn_all
from annotator.formats.shared.files import PictureSize, picture_size, unique_name
from annotator.formats.shared.index_maps import MOST_MASKS, values_of
from annotator.formats.shared.palettes import PixelMap, Rgb
from annotator.plugins.formats import Report

_INSTANCES_FIRST: tuple[Encoding, ...] = (
    "instances", "object", "label_ids", "train_ids", "plain", "ade", "colours", "polygons",
)  # fmt: skip
_CLASSES_FIRST: tuple[Encoding, ...] = (
    "label_ids", "train_ids", "plain", "ade", "instances", "object", "colours", "polygons",
)  # fmt: skip
_BLURRED = (
    "The mask is a JPEG, whose borders are blurred; its pixels were taken for the nearest colour of the table or, "
    "without one, light for the foreground and dark for the rest."
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the options of reading say."""

    meaning: str = "auto"
    source: str = "auto"
    table: str = ""
    foreground: str = "foreground"
    background: int = -1
    ignore: int = 255
    resize: bool = False
    tolerance: float = 0


class MaskFolder:
    """A folder of pictures and masks; ``files`` are all its files."""

    def __init__(self, root: Path, files: Sequence[str], wishes: Wishes) -> None:
        self._root = root
        self._files = files
        self._wishes = wishes
        self._layout = MaskLayout(files)
        self._ade_names: dict[int, str] = {}

    @cached_property
    def _subjects(self) -> list[tuple[Subject, list[MaskFile]]]:
        return [(subject, self._chosen(subject.masks)) for subject in self._layout.subjects]

    def _chosen(self, masks: list[MaskFile]) -> list[MaskFile]:
        """Of several files for one picture those that say most (or what was wished for)."""
        order = _INSTANCES_FIRST if self._wishes.meaning == "instances" or self._tell_classes else _CLASSES_FIRST
        order = _CLASSES_FIRST if self._wishes.meaning == "semantic" else order
        if self._wishes.source == "polygons":
            order = ("polygons", *(encoding for encoding in order if encoding != "polygons"))
        for encoding in order:
            same = [mask for mask in masks if mask.encoding == encoding]
            if same:
                return same if encoding == "object" else same[:1]
        return []

    @cached_property
    def _tell_classes(self) -> bool:
        """Whether numbers of instances, if there are any, say their class; else pictures of classes say more."""
        return OWN_TABLE in self._files or self._is_kitti or self._are_named or self._paired_divisor > 0

    @cached_property
    def _are_named(self) -> bool:
        """Whether instances are called as in Cityscapes."""
        masks = (mask for subject in self._layout.subjects for mask in subject.masks)
        return any(mask.path.lower().endswith("_instanceids.png") for mask in masks)

    @cached_property
    def _paired_divisor(self) -> int:
        """By what numbers of instances must be divided to be the classes of the same picture; 0 when by nothing usual."""
        for subject in self._layout.subjects:
            pair = {mask.encoding: mask for mask in subject.masks}
            if {"plain", "instances"} <= pair.keys():
                opened = (open_mask(self._root / pair[kind].path, (), resize=False) for kind in ("plain", "instances"))
                classes, objects = (o.pixels.values if o.pixels and o.pixels.kind == "index" else None for o in opened)
                return divisor_between(classes, objects)
        return 0

    @cached_property
    def _listed_divisor(self) -> int:
        """By what numbers of instances must be divided to be classes of the table; 0 when by nothing usual."""
        chosen = (mask for _, masks in self._subjects for mask in masks)
        first = next((mask for mask in chosen if mask.encoding == "instances"), None)
        if self._table is None or self._table.divisor or first is None:
            return 0
        pixels = open_mask(self._root / first.path, (), resize=False).pixels
        values = set(values_of(pixels.values)) - {0} if pixels and pixels.kind == "index" else set()
        more = 1 if self._table.plain_lines else 0  # lists of names may count from 1
        known = {entry.index + shift for entry in self._table.entries for shift in range(more + 1)}
        return next((d for d in DIVISORS if values and min(values) >= d and {v // d for v in values} <= known), 0)

    @cached_property
    def _encodings(self) -> Counter[Encoding]:
        return Counter(mask.encoding for _, masks in self._subjects for mask in masks)

    @cached_property
    def _table(self) -> Table | None:
        masks = [mask.path for _, chosen in self._subjects for mask in chosen]
        return find_table(self._root, self._files, masks, self._wishes.table)

    @cached_property
    def _colours(self) -> frozenset[Rgb]:
        """Colours of the dataset's own table."""
        return frozenset(self._table.colours() if self._table else ())

    @cached_property
    def _is_kitti(self) -> bool:
        return any("image_2" in name.split("/")[:-1] for name in self._files)

    @cached_property
    def _used(self) -> tuple[frozenset[int], frozenset[int]]:
        """Numbers, and colours that stand for themselves, in all masks (one look at each file)."""
        numbers, colours = set[int](), set[int]()
        for _, masks in self._subjects:
            for mask in masks:
                if mask.encoding in {"object", "polygons"}:
                    continue
                pixels = open_mask(self._root / mask.path, (), resize=False, colours=self._colours).pixels
                if pixels is not None and mask.encoding == "ade":
                    self._ade_names |= ade_names(pixels, self._root / mask.path)
                divisor = self._divisor if self._has_instances else 0
                for value in _values(pixels, mask, self._table, divisor) if pixels is not None else ():
                    (numbers if value < COLOUR else colours).add(value if value < COLOUR else value - COLOUR)
        return frozenset(numbers), frozenset(colours)

    @property
    def _divisor(self) -> int:
        own = self._table.divisor if self._table else 0
        return own or self._paired_divisor or self._listed_divisor or (256 if self._is_kitti else 1000)

    @cached_property
    def _numbering(self) -> Numbering:
        """One numbering for the whole set: by its table, a collection's own, or the numbers themselves."""
        wishes = self._wishes
        if self._table is not None and not (self._encodings["ade"] and not self._table.file):
            used = self._used[0] if self._table.plain_lines else ()
            return numbering_of(self._table, background=wishes.background, ignore=wishes.ignore, used=used)
        known = self._known()
        if known is not None:
            numbers = self._used[0]
            entries = tuple(entry for entry in known.entries if entry.index in numbers)
            # unlike tables of the dataset: only classes that occur, since nobody said that there are others
            return numbering_of(Table(entries), background=self._known_background, ignore=wishes.ignore, used=numbers)
        return numbering_without_table(
            self._used[0] | (frozenset({255}) if self._encodings["object"] else frozenset()),
            background=wishes.background,
            ignore=wishes.ignore,
            foreground=wishes.foreground,
            colours=self._used[1],
            names=self._ade_names,
        )

    @property
    def _known_background(self) -> int:
        return self._wishes.background if self._wishes.background >= 0 or self._encodings["train_ids"] else 0

    def _known(self) -> Table | None:
        """The table of a collection that files are named after (Cityscapes, KITTI)."""
        found = self._encodings
        if found["train_ids"]:
            return Table(tuple(KNOWN["cityscapes_train"]))
        ours = bool(found["label_ids"] or found["colours"])
        if ours or self._are_named or (self._is_kitti and (found["instances"] or found["plain"])):
            return Table(tuple(KNOWN["cityscapes"]))
        return None

    def labels(self) -> list[LabelRecord]:
        """The classes: those of the table, else those that occur; names of outlines as they come up."""
        records = [] if self._only_polygons else self._numbering.labels()
        names = {record.name for record in records}
        if self._encodings["object"] and self._wishes.foreground not in names:
            names.add(self._wishes.foreground)
            records.append(LabelRecord(name=self._wishes.foreground))
        for _, masks in self._subjects:
            for mask in masks:
                if mask.encoding == "polygons":
                    for name in names_of(self._root / mask.path):
                        if name not in names:
                            names.add(name)
                            records.append(LabelRecord(name=name))
        return records

    @property
    def _only_polygons(self) -> bool:
        return set(self._encodings) == {"polygons"}

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in path order, then those of which only masks are here."""
        if OWN_TABLE not in self._files and not any(masks for _, masks in self._subjects):
            raise FormatError(
                "No mask belongs to any picture: name them alike, or put them into folders images and masks."
            )
        for path in self._layout.ambiguous:
            text = "Several pictures could belong to this mask; it was left out."
            report(Issue("ambiguous_image_match", "warning", text, file=path))
        if self._table is None and self._used[1] - {0}:
            text = (
                "There is no table of colours; classes are called by their colours. Add a class_dict.csv or map them."
            )
            report(Issue("label_missing_default_used", "info", text))
        here = any(subject.picture for subject, _ in self._subjects)
        taken: set[str] = set()
        readable, refused = False, list[Issue]()

        def reading(issue: Issue) -> None:
            if issue.code in {"unparsable_file", "mask_size_mismatch"}:
                refused.append(issue)
            report(issue)

        for subject, masks in self._subjects:
            record = self._record(subject, masks, taken, reading, others=here)
            if record is not None:
                readable = readable or "annotated" not in record.source
                yield record
        if refused and not readable:
            text = f"None of the masks can be used. {refused[0].text}"
            raise FormatError(text, fields={"issue": refused[0].code, "file": refused[0].file})

    def _record(
        self, subject: Subject, masks: list[MaskFile], taken: set[str], report: Report, *, others: bool
    ) -> ImageRecord | None:
        path = self._root / subject.picture if subject.picture else None
        size = picture_size(path) if path is not None else None
        if path is not None and size is None:
            text = f"“{subject.name}” cannot be opened as a picture; it was left out."
            report(Issue("unreadable_picture", "error", text, file=subject.picture))
            return None
        if path is None and others:
            text = "The picture of this mask is not here; its objects were kept."
            report(Issue("image_not_found", "warning", text, file=masks[0].path if masks else subject.name))
        name = unique_name(subject.name, taken, subject.split)
        annotations, found, read = self._annotations(masks, size, report)
        if size is not None:
            found = (size.width, size.height)
        source = {} if read else {"annotated": False}
        return ImageRecord(name, *found, annotations, subject.split, path, source=source)

    def _annotations(
        self, masks: list[MaskFile], size: PictureSize | None, report: Report
    ) -> tuple[tuple[AnnotationRecord, ...], tuple[int, int], bool]:
        """The objects of a picture, its size by its masks, and whether any mask could be read."""
        found: list[AnnotationRecord] = []
        extent, read = (0, 0), False
        for mask in masks:
            if mask.encoding == "polygons":
                outlines = read_polygons(self._root / mask.path, mask.path, report)
                if outlines is not None:
                    found, extent, read = [*found, *outlines.annotations], outlines.size, True
                continue
            sizes = _acceptable(size)
            opened = open_mask(self._root / mask.path, sizes, resize=self._wishes.resize, colours=self._colours)
            if opened.pixels is None:
                report(_problem(opened.problem, mask.path, opened.size, sizes))
                continue
            if opened.pixels.lossy:
                report(Issue("lossy_mask_thresholded", "warning", _BLURRED, file=mask.path))
            records = self._records(opened.pixels, mask, report)
            extent, read = opened.size, read or records is not None
            turned = size is not None and size.orientation != 1 and opened.size == sizes[-1] != sizes[0]
            found += turn_all(records or (), size.orientation if size and turned else 1, *opened.size)
        return tuple(found), extent, read

    def _records(self, pixels: PixelMap, mask: MaskFile, report: Report) -> list[AnnotationRecord] | None:
        """The objects of a mask; ``None`` (and a report) when it is none."""
        numbering = self._numbering
        try:
            regions = self._regions(pixels, mask, numbering)
        except ValueError as error:
            report(Issue("unparsable_file", "error", str(error), file=mask.path))
            return None
        records: list[AnnotationRecord] = []
        unknown: set[int] = set()
        for region in regions:
            name = self._wishes.foreground if mask.encoding == "object" else numbering.name(region.number)
            if name is None:
                unknown.add(region.number)
            else:
                records.append(AnnotationRecord(label=name, geometry=region.mask, crowd=region.group))
        for number in sorted(unknown):
            what = "A colour" if number == UNKNOWN else f"Number {number}"
            text = f"{what} is not in the table of classes; its pixels were left out."
            report(Issue("unknown_category_id", "warning", text, file=mask.path, where=f"number {number}"))
        return records

    def _regions(self, pixels: PixelMap, mask: MaskFile, numbering: Numbering) -> list[Region]:
        told_apart = self._wishes.meaning != "semantic"
        if mask.encoding == "object":
            region = object_region(pixels)
            return [region] if region is not None else []
        if mask.encoding == "ade":
            return ade_regions(pixels, numbering.skip | {0}, instances=told_apart)
        numbers = numbers_of(pixels, self._table or self._colour_table(mask), self._wishes.tolerance)
        if mask.encoding == "instances" and self._has_instances:
            return instance_regions(
                numbers,
                numbering.skip,
                divisor=self._divisor,
                counted=cityscapes_counted() if self._known() is not None else (),
                instances=told_apart,
            )
        if pixels.kind == "colour" and len(values_of(numbers)) > MOST_COLOURS:
            raise ValueError("This has more colours than a mask; it looks like a photograph.")
        return plain_regions(numbers, numbering.skip, instances=self._wishes.meaning == "instances")

    @cached_property
    def _has_instances(self) -> bool:
        """Whether numbers of instances say their class: in our own exports, well-known collections, and as they fit."""
        divisor = (self._table.divisor if self._table else 0) or self._paired_divisor or self._listed_divisor
        return divisor > 0 or self._known() is not None

    def _colour_table(self, mask: MaskFile) -> Table | None:
        return Table(tuple(KNOWN["cityscapes"])) if mask.encoding == "colours" else None


def _values(pixels: PixelMap, mask: MaskFile, table: Table | None, divisor: int) -> list[int]:
    """Class numbers in a mask (``divisor`` > 0: of instances)."""
    if mask.encoding == "ade":
        return values_of(ade_numbers(pixels, instances=False))
    if mask.encoding == "colours" and table is None:
        table = Table(tuple(KNOWN["cityscapes"]))
    found = values_of(numbers_of(pixels, table))
    if len(found) > (MOST_COLOURS if pixels.kind == "colour" else MOST_MASKS):
        return []
    if mask.encoding == "instances" and divisor:
        return sorted({value // divisor if value >= divisor else value for value in found})
    return found


def _acceptable(size: PictureSize | None) -> tuple[tuple[int, int], ...]:
    """Displayed size first, then the stored one where EXIF turns the picture."""
    if size is None:
        return ()
    shown = (size.width, size.height)
    return (shown, (size.height, size.width)) if size.orientation >= 5 else (shown,)


def _problem(code: str, file: str, size: tuple[int, int], wanted: tuple[tuple[int, int], ...]) -> Issue:
    if code == "mask_size_mismatch" and wanted:
        text = (
            f"The mask is {size[0]} × {size[1]}, its picture {wanted[0][0]} × {wanted[0][1]}; it was left out "
            "(an option makes it fit)."
        )
        return Issue(code, "error", text, file=file)
    return Issue(code, "error", "This is no picture that can be opened.", file=file)
