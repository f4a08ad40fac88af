"""Reading DOTA: ``labelTxt`` beside ``images``, in one of its versions."""

import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from annotator.core.errors import FormatError
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.dota.rows import header_of, parse_row, record_of
from annotator.formats.shared.checking import dropped, report_outside
from annotator.formats.shared.files import Match, PictureIndex, picture_size, report_match, split_of_word, unique_name
from annotator.formats.shared.label_files import Readable, folder_above, picture_of, text_lines
from annotator.formats.shared.words import CLASS_LIST, names_of, read_class_list
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

LABELS = ("labeltxt",)
PICTURES = ("images", "image", "img")


class DotaFolder:
    """A folder in DOTA's manner; ``tolerance`` is how far in pixels corners may be from those of a rotated box."""

    def __init__(self, folder: Path, tolerance: float) -> None:
        self._folder = folder
        self._tolerance = tolerance
        self._list = read_class_list(folder)
        self._names = names_of(self._list)
        self._left_out: set[str] = set()
        self._readable = Readable()

    @cached_property
    def _files(self) -> list[tuple[Path, PurePosixPath]]:
        """One label file per picture and the folder that holds it: the newest version, rotated rather than upright."""
        found: dict[tuple[str | None, str], tuple[Path, PurePosixPath]] = {}
        named: list[tuple[Path, PurePosixPath]] = []
        others: list[tuple[Path, PurePosixPath]] = []
        for path in walk_files(self._folder):
            relative = PurePosixPath(path.relative_to(self._folder).as_posix())
            if relative.suffix.lower() == ".txt" and relative.name != CLASS_LIST:
                base = folder_above(relative, LABELS)
                (named if base else others).append((path, base or relative.parent))
        for path, base in named or others:
            key = (_split(base), _inside(self._folder, path, base).as_posix())
            if key not in found or _rank(base) > _rank(found[key][1]):
                self._left_out |= {found[key][1].as_posix()} if key in found else set()
                found[key] = (path, base)
            else:
                self._left_out.add(base.as_posix())
        return list(found.values())

    @cached_property
    def _apart(self) -> bool:
        """Whether pictures of several splits have the same names: then all get their split before it."""
        splits: dict[str, str | None] = {}
        named = [(_split(base / inside), inside) for path, base in self._files if (inside := self._inside(path, base))]
        for name in PictureIndex(self._folder).names:
            if folder_above(PurePosixPath(name), PICTURES):
                inside = PurePosixPath(self._name(name)).with_suffix("")
                named.append((_split(PurePosixPath(name).parent), inside))
        return any(splits.setdefault(inside.as_posix(), split) != split for split, inside in named)

    def _full(self, name: str, split: str | None) -> str:
        return f"{split}/{name}" if self._apart and split else name

    def _inside(self, path: Path, base: PurePosixPath) -> PurePosixPath:
        return _inside(self._folder, path, base)

    def labels(self) -> list[LabelRecord]:
        """Classes in the order of ``classes.txt``, then of appearance."""
        names = dict.fromkeys(self._list)
        for path, _ in self._files:
            for _, line in text_lines(path):
                row = parse_row(line)
                if row is not None and row.label:
                    names[self._names.get(row.label, row.label)] = None
        return [LabelRecord(name=name) for name in names]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures that have a label file, then the others; raises :class:`FormatError` when there are none."""
        pictures, taken, used = PictureIndex(self._folder), set[str](), set[Path]()
        if not self._files and not any(self._base_of(path) for path in pictures.pictures):
            raise FormatError("There is no folder labelTxt with text files.")
        for folder in sorted(self._left_out):
            text = f"{folder} has the labels of pictures again, in another version; it was left out."
            report(Issue("ignored_file", "info", text, folder))
        for path, base in self._files:
            yield self._record(path, base, pictures, taken, used, report)
        self._readable.check()
        for path in pictures.pictures:
            size = picture_size(path) if path not in used and self._base_of(path) else None
            if size is not None:
                split = _split(PurePosixPath(pictures.relative(path)).parent)
                name = unique_name(self._full(self._name(pictures.relative(path)), split), taken, split)
                yield ImageRecord(name, size.width, size.height, (), split, path, source={"annotated": False})

    def _base_of(self, path: Path) -> PurePosixPath | None:
        return folder_above(PurePosixPath(path.relative_to(self._folder).as_posix()), PICTURES)

    def _name(self, relative: str) -> str:
        """The picture's path below its folder of pictures."""
        path = PurePosixPath(relative)
        base = folder_above(path, PICTURES)
        return path.relative_to(base).as_posix() if base else relative

    def _record(
        self, path: Path, base: PurePosixPath, pictures: PictureIndex, taken: set[str], used: set[Path], report: Report
    ) -> ImageRecord:
        file = path.relative_to(self._folder).as_posix()
        inside = self._inside(path, base)
        bases = [(parent / name).as_posix() for parent in base.parents for name in PICTURES] + [base.parent.as_posix()]
        picture = picture_of(inside, bases, pictures)
        split = _split(base / inside)
        if picture is not None and split is not None:
            other = _split(PurePosixPath(pictures.relative(picture)).parent)
            picture = None if other not in {None, split} else picture
        if picture is None:
            report_match(Match(None, "missing" if pictures.names else "absent"), f"{inside}.png", report, file)
        else:
            used.add(picture)
        name = self._name(pictures.relative(picture)) if picture else f"{inside}.png"
        name = unique_name(self._full(name, split), taken, split)
        size = picture_size(picture) if picture else None
        source: dict[str, str] = {}
        annotations = tuple(self._objects(path, file, source, report))
        if size is None:
            return ImageRecord(name, 0, 0, annotations, split, picture, source=source)
        report_outside(annotations, size.width, size.height, name=name, report=report)
        return ImageRecord(name, size.width, size.height, annotations, split, picture, source=source)

    def _objects(self, path: Path, file: str, source: dict[str, str], report: Report) -> Iterator[AnnotationRecord]:
        good, bad = 0, None
        for number, line in text_lines(path):
            where = f"line {number}"
            said = header_of(line)
            if said is not None:
                source[f"dota:{said[0]}"] = said[1]
                good += 1
                continue
            row = parse_row(line)
            good += row is not None
            if row is None:
                text = "This is no row of eight coordinates and a class; it was left out."
                issue = Issue("unparsable_file", "error", text, file, where)
                bad = bad or issue
                report(issue)
            elif not row.label:
                report(dropped("missing_label", file=file, where=where))
            else:
                found = record_of(row, self._names.get(row.label, row.label), self._tolerance)
                if isinstance(found, str):
                    report(dropped(found, file=file, where=where))
                else:
                    yield found
        self._readable.add(good, bad)


def _split(path: PurePosixPath) -> str | None:
    return next((split for part in path.parts[::-1] if (split := split_of_word(part))), None)


def _inside(folder: Path, path: Path, base: PurePosixPath) -> PurePosixPath:
    name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
    return PurePosixPath(name).relative_to(unicodedata.normalize("NFC", base.as_posix())).with_suffix("")


def _rank(base: PurePosixPath) -> tuple[bool, str]:
    """Rotated boxes before upright ones, then by the version in the folder's name."""
    return "hbb" not in base.name.lower(), base.name.lower()
