"""Reading Open Images: class names by machine ids, and what the tables say of each picture."""

import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.openimages.objects import RowReader, confidence, position
from annotator.formats.openimages.tables import KINDS, Table, TableRow, kind_of_header
from annotator.formats.shared.checking import dropped
from annotator.formats.shared.files import Match, is_picture, safe_name, split_of_word
from annotator.formats.shared.placing import Place, Placer
from annotator.formats.shared.tables import read_rows
from annotator.formats.shared.values import pixels
from annotator.plugins.formats import Report
from annotator.plugins.listing import HEAD, walk_files

_KEPT_OF_IMAGES = frozenset({"imageid", "subset", "filename", "width", "height", "split"})
_NOTHING = "No Open Images tables were found: CSV files with the columns ImageID and LabelName."


@dataclass
class OpenImagesFolder:
    """All tables below a folder."""

    folder: Path
    report: Report
    tables: list[Table] = field(default_factory=list)
    images: dict[str, int] = field(default_factory=dict)
    _classes: dict[str, LabelRecord] = field(default_factory=dict)
    _seen: dict[str, None] = field(default_factory=dict)
    _sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    _spelling: dict[str, str] = field(default_factory=dict)
    """Columns of the lists of pictures as they are written."""

    def __post_init__(self) -> None:
        descriptions: list[Path] = []
        for path in walk_files(self.folder):
            if path.name == "images.meta":
                self._read_sizes(path)
            if path.suffix.lower() != ".csv":
                continue
            with path.open("rb") as file:
                head = file.read(HEAD)
            kind = kind_of_header(head)
            if kind is not None:
                self.tables.append(Table(path, path.relative_to(self.folder).as_posix(), kind, head))
            elif is_description(path.name, head):
                descriptions.append(path)
        if not self.tables and not descriptions:
            raise FormatError(_NOTHING)
        self.tables.sort(key=lambda table: KINDS.index(table.kind))
        for path in sorted(descriptions, key=lambda path: "boxable" not in path.name):
            self._read_classes(path)
        for table in self.tables:
            table.index(self.images, self._seen, self.report)
            if table.kind == "images":
                self._spelling |= dict(zip(table.columns, table.header, strict=True))

    def _read_sizes(self, path: Path) -> None:
        """Lines ``id height width``, as Datumaro and CVAT write them."""
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, *sides = line.rsplit(maxsplit=2)
            size = pixels(sides[1], sides[0]) if len(sides) == 2 else None
            if size:
                self._sizes[name.strip().strip('"')] = size

    def _read_classes(self, path: Path) -> None:
        file = path.relative_to(self.folder).as_posix()
        names = {label.name for label in self._classes.values()}
        for row in read_rows(path, file=file, report=self.report, delimiter=","):
            if len(row.cells) < 2 or not row.cells[0] or row.cells[0].lower() == "labelname":
                continue
            mid, name = row.cells[0], row.cells[1] or row.cells[0]
            if mid not in self._classes and name in names:
                text = f"Two classes are called “{name}”; they were joined."
                self.report(Issue("duplicate_label_name", "warning", text, file, f"line {row.line}"))
            names.add(name)
            self._classes.setdefault(mid, LabelRecord(name=name, source_id=mid))

    def labels(self) -> list[LabelRecord]:
        """The classes in order, then those that are used without being described."""
        found = {label.name: label for label in reversed(self._classes.values())}
        order = dict.fromkeys(label.name for label in self._classes.values())
        for mid in self._seen:
            if mid and mid not in self._classes:
                order.setdefault(mid)
                found.setdefault(mid, LabelRecord(name=mid, source_id=mid))
        return [found[name] for name in order]

    def _label(self, row: TableRow, table: Table) -> str | None:
        mid = row.cells.get("labelname", "")
        if not mid:
            self.report(dropped("missing_label", file=table.file, where=f"line {row.line}"))
            return None
        if mid in self._classes:
            return self._classes[mid].name
        if self._classes:
            text = f"The class {mid} has no name in the class descriptions; it was taken under its id."
            self.report(Issue("undeclared_label", "warning", text, table.file, f"line {row.line}"))
        return mid

    def read(self) -> Iterator[ImageRecord]:
        """Yield pictures in order of their first mention, then those that no table mentions."""
        placer = Placer(self.folder, self.report)
        by_stem = self._by_stem(placer)
        with ExitStack() as stack:
            for table in self.tables:
                stack.enter_context(table)
            for name, number_ in self.images.items():
                groups = self._apart(name, number_, by_stem)
                for tables in groups:
                    record = self._record(name, number_, placer, by_stem, tables, apart=len(groups) > 1)
                    if record is not None:
                        yield record
        for path in placer.pictures.pictures:
            if path not in placer.used and not self._is_mask(path):
                split = next(
                    (s for part in path.relative_to(self.folder).parts[:-1] if (s := split_of_word(part))), None
                )
                place = placer.place(
                    unicodedata.normalize("NFC", path.name), None, file="", split=split, match=Match(path, "exact")
                )
                yield placer.record(place, (), source={"annotated": False})

    def _apart(self, name: str, number_: int, by_stem: dict[str, list[Path]]) -> list[list[Table]]:
        """The tables of an id; apart where two splits call different pictures so."""
        if len({table.split for table in self.tables} - {None}) < 2:
            return [self.tables]
        tables = [table for table in self.tables if table.speaks_of(number_)]
        splits = list(dict.fromkeys(table.split for table in tables if table.split))
        safe = safe_name(name) if len(splits) > 1 else None
        if safe is None:
            return [tables]
        places = {split: self._match(safe, split, by_stem).path for split in splits}
        if None in places.values() or len(set(places.values())) < len(splits):
            return [tables]
        rest = [table for table in tables if not table.split]
        first, *others = ([table for table in tables if table.split == split] for split in splits)
        return [[*rest, *first], *others]

    def _by_stem(self, placer: Placer) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in placer.pictures.pictures:
            if not self._is_mask(path):
                found.setdefault(unicodedata.normalize("NFC", path.stem).casefold(), []).append(path)
        return found

    def _is_mask(self, path: Path) -> bool:
        """Masks lie in folders of their own, or are called ``<picture>_<class>_<box>.png``; no table lists them."""
        relative = path.relative_to(self.folder)
        if relative.suffix.lower() != ".png":
            return False
        folders = [part.lower() for part in relative.parts[:-1]]
        named = relative.stem.count("_") >= 2 and relative.stem.partition("_")[0] in self.images
        if not named and not any("mask" in part or "segmentation" in part for part in folders):
            return False
        parts = relative.with_suffix("").parts
        return not any("/".join(parts[start:]) in self.images for start in range(len(parts)))

    def _match(self, name: str, split: str | None, by_stem: dict[str, list[Path]]) -> Match:
        """The picture of an id: ids are names without their ending."""
        base = PurePosixPath(name).name.casefold()
        same = by_stem.get(base) or (by_stem.get(PurePosixPath(base).stem, []) if is_picture(Path(base)) else [])
        if is_picture(Path(base)):
            same = [path for path in same if unicodedata.normalize("NFC", path.name).casefold() == base] or same
        wanted = f"/{PurePosixPath(name).with_suffix('') if is_picture(Path(base)) else name}".casefold()
        inside = [p for p in same if self._relative(p).casefold().endswith(wanted)] or same
        in_split = [p for p in inside if split in map(split_of_word, p.relative_to(self.folder).parts[:-1])] or inside
        exact = [p for p in in_split if self._relative(p).endswith(wanted)] or in_split
        if len(exact) == 1:
            return Match(exact[0], "exact")
        return Match(None, "ambiguous" if exact else "missing")

    def _listed(self, about: dict[str, str], table: Table, placer: Placer) -> Match | None:
        """The picture that a list calls by its whole name."""
        name = safe_name(about.get("filename", "")) if about.get("filename") else None
        if name is None:
            return None
        home = PurePosixPath(table.file).parent
        home = home.parent if home.name == "annotations" else home
        subset = about.get("subset", "")
        bases = [(home / "images" / subset).as_posix(), (home / subset).as_posix()]
        match = placer.pictures.find(name, bases)
        return match if match.how == "exact" else None

    def _relative(self, path: Path) -> str:
        return "/" + unicodedata.normalize("NFC", path.relative_to(self.folder).with_suffix("").as_posix())

    def _record(
        self,
        name: str,
        number_: int,
        placer: Placer,
        by_stem: dict[str, list[Path]],
        tables: list[Table],
        *,
        apart: bool,
    ) -> ImageRecord | None:
        safe = safe_name(name) or (
            placer.pictures.name_of_foreign(name) if name[:1] in "/\\" or name[1:2] == ":" else None
        )
        if safe is None:
            text = f"“{name}” points outside the dataset; the picture was left out."
            self.report(Issue("unsafe_path", "warning", text))
            return None
        rows = [(table, row) for table in tables for row in table.rows(number_)]
        about = next((row.cells for table, row in rows if table.kind == "images"), {})
        table = rows[0][0]
        split = split_of_word(about.get("subset", "")) or next((t.split for t, _ in rows if t.split), None)
        match = self._listed(about, table, placer) or self._match(safe, split, by_stem)
        if "split" in about:
            split = split_of_word(about["split"])
        elif match.path is not None and split is None:
            folders = match.path.relative_to(self.folder).parts[:-1]
            split = next((s for part in folders if (s := split_of_word(part))), None)
        stated = pixels(about.get("width"), about.get("height")) or self._sizes.get(name)
        if match.path is None and stated is None and all(t.kind == "images" for t, _ in rows):
            text = f"“{name}” is only listed: there is neither a picture nor an annotation; it was left out."
            self.report(Issue("image_not_found", "info", text, table.file))
            return None
        shown = _name(safe, about, match)
        shown = f"{split}/{shown}" if apart and split else shown
        place = placer.place(shown, stated, file=table.file, split=split, match=match)
        if match.path is None:
            self._report_missing(name, match, place, table)
        return self._filled(place, rows, about, placer)

    def _report_missing(self, name: str, match: Match, place: Place, table: Table) -> None:
        code = "ambiguous_image_match" if match.how == "ambiguous" else "image_not_found"
        what = "Several pictures could be" if match.how == "ambiguous" else "There is no picture for"
        rest = "" if place.width else "; without its size relative coordinates mean nothing, and they were left out"
        self.report(Issue(code, "warning", f"{what} “{name}”{rest}.", table.file))

    def _filled(
        self, place: Place, rows: list[tuple[Table, TableRow]], about: dict[str, str], placer: Placer
    ) -> ImageRecord:
        reader = RowReader(placer, self.report)
        objects: list[tuple[float, AnnotationRecord]] = []
        guesses: list[AnnotationRecord] = []
        absent: list[str] = []
        for table, row in rows:
            label = self._label(row, table) if table.kind in {"boxes", "masks", "labels"} else None
            if table.kind == "relations":
                text = "A relation between two objects cannot be kept; it was left out."
                self.report(Issue("unsupported_shape", "warning", text, table.file, f"line {row.line}"))
            if label is None:
                continue
            score = confidence(row)
            if table.kind == "labels" and score == 0:
                absent.append(label)
            elif table.kind == "labels" and row.cells.get("source", "") == "machine":
                guesses.append(AnnotationRecord(label, Tag(), score=score))
            else:
                found = reader.record(label, score, table, row, place)
                if found is not None:
                    objects.append((position(row), found))
        objects.sort(key=lambda pair: pair[0])
        source: dict[str, Any] = {
            f"openimages:{self._spelling.get(key, key)}": value
            for key, value in about.items()
            if key not in _KEPT_OF_IMAGES and value
        }
        if absent:
            source["openimages:absent"] = absent
            text = f"It was checked that {', '.join(absent)} is not on “{place.name}”; that was kept with the picture."
            self.report(Issue("ignored_label", "info", text, place.name))
        return placer.record(place, [record for _, record in objects], predictions=guesses, source=source)


def is_description(name: str, head: bytes) -> bool:
    """Whether a file names classes: ``/m/01,Cat`` a line."""
    if "class-descriptions" in name.lower() or "class_descriptions" in name.lower():
        return True
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b'"').startswith((b"/m/", b"/g/", b"/t/"))


def _name(name: str, about: dict[str, str], match: Match) -> str:
    """The picture's name: as it is listed, else its id with the ending of the picture that is here."""
    listed = safe_name(about.get("filename", "")) if about.get("filename") else None
    if listed is not None:
        return listed
    if is_picture(Path(name)):
        return name
    return name + (match.path.suffix if match.path else ".jpg")
