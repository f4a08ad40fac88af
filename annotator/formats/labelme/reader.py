"""Reading LabelMe: one JSON (or old XML) file per picture."""

import posixpath
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

from annotator.core.errors import FormatError
from annotator.core.records import ImageRecord, Issue, LabelRecord
from annotator.formats.labelme import xml as labelme_xml
from annotator.formats.labelme.shapes import IGNORED, PREFIX, records_of
from annotator.formats.shared.embedded_pictures import EmbeddedPictures
from annotator.formats.shared.files import Match, picture_size, report_match, safe_name, split_of_word, stem_of
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.values import load_json, pixels, text_of
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

_USED = frozenset({"shapes", "flags", "imagePath", "imageData", "imageHeight", "imageWidth", "split", "version"})
_NO_PICTURES = frozenset({"Masks", "Scribbles"})
_NOTHING = "No LabelMe file was found: a JSON file with “shapes” for each picture, or an XML file with polygons."
_MAX_LABELS = 16 << 20
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _File:
    """One annotation file: JSON or XML."""

    file: str
    content: Json | None
    root: Element | None


class LabelMeFolder:
    """A folder with annotation files anywhere; ``unpack`` pictures that are only inside them."""

    def __init__(self, folder: Path, *, unpack: bool) -> None:
        self._folder = folder
        self._unpack = unpack
        self._embedded = EmbeddedPictures()

    def _files(self, report: Report) -> Iterator[_File]:
        """Every file that is LabelMe's; those that are broken cost themselves.

        Raises :class:`FormatError` when there is nothing else.
        """
        refused: list[FormatError] = []
        found = False
        for path in walk_files(self._folder):
            if path.suffix.lower() not in {".json", ".xml"}:
                continue
            try:
                parsed = self._parse(path)
            except FormatError as error:
                refused.append(error)
                continue
            if parsed is not None:
                found = True
                yield parsed
        if not found:
            raise refused[0] if refused else FormatError(_NOTHING)
        for refusal in refused:
            place = refusal.fields.get("offset", refusal.fields.get("line"))
            where = None if place is None else str(place)
            report(Issue(refusal.fields["issue"], "error", refusal.detail, refusal.fields["file"], where))

    def _parse(self, path: Path) -> _File | None:
        file = path.relative_to(self._folder).as_posix()
        if path.suffix.lower() == ".xml":
            root = labelme_xml.parse(path, file)
            return None if root is None else _File(file, None, root)
        content = load_json(path, file)
        if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
            return None
        return _File(file, content, None)

    def labels(self, report: Report) -> list[LabelRecord]:
        """Names of ``labels.txt``, then as they come up; flags of pictures behind all names of shapes."""
        shapes = dict.fromkeys(_listed(self._folder / "labels.txt"))
        flags: dict[str, None] = {}
        for parsed in self._files(report):
            if parsed.root is not None:
                shapes.update(dict.fromkeys(labelme_xml.labels_in(parsed.root)))
                continue
            content = parsed.content or {}
            names = (text_of(as_object(shape).get("label")) for shape in as_list(content.get("shapes")))
            shapes.update(dict.fromkeys(name for name in names if name and name not in IGNORED))
            flags.update(dict.fromkeys(n for n, on in as_object(content.get("flags")).items() if on is True and n))
        return [LabelRecord(name=name) for name in {**shapes, **flags}]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield a picture per file, then those without a file."""
        placer = Placer(self._folder, report)
        for parsed in self._files(report):
            if parsed.root is not None:
                yield self._from_xml(parsed.file, parsed.root, placer, report)
            else:
                yield self._from_json(parsed.file, parsed.content or {}, placer, report)
        for path in placer.pictures.pictures:
            if path not in placer.used and not _NO_PICTURES & set(path.parts):
                name = placer.pictures.relative(path)
                place = placer.place(name, _size_of(path), file=name, split=_split(name), match=Match(path, "exact"))
                if place.width:
                    yield placer.record(place, (), source={"annotated": False})

    def _from_json(self, file: str, content: Json, placer: Placer, report: Report) -> ImageRecord:
        stated = pixels(content.get("imageWidth"), content.get("imageHeight"))
        name = _name_beside(file, text_of(content.get("imagePath")))
        match = placer.pictures.find(name)
        if match.path is None and (beside := _picture_beside(file, placer)) is not None:
            name, match = beside, placer.pictures.find(beside)
            text = f"The file calls its picture “{text_of(content.get('imagePath'))}”; “{name}” beside it was taken."
            report(Issue("filename_disagrees", "info", text, file))
        if match.path is None and content.get("imageData"):
            match, stated = self._inside(file, content["imageData"], stated, report)
        else:
            report_match(match, name, report, file)
        split = split_of_word(text_of(content.get("split"))) or _split(file)
        place = placer.place(name, stated, file=file, split=split, match=match)
        records, ignored = records_of(content, file=file, report=report)
        for shape in ignored:
            text = f"A shape “{text_of(shape.get('label'))}” is no object; it is kept with the picture only."
            report(Issue("ignored_label", "info", text, file))
        source = {f"{PREFIX}{key}": value for key, value in content.items() if key not in _USED}
        flags = {name: on for name, on in as_object(content.get("flags")).items() if on is not True}
        kept = {f"{PREFIX}flags": flags, f"{PREFIX}ignored": ignored}
        return placer.record(place, records, source=source | {key: value for key, value in kept.items() if value})

    def _inside(
        self, file: str, data: Any, stated: tuple[int, int] | None, report: Report
    ) -> tuple[Match, tuple[int, int] | None]:
        """The picture that is inside the file: unpacked, or at least its size."""
        path = self._embedded.unpack(data)
        if path is None:
            text = "The picture inside the file is damaged; it was left out."
            report(Issue("image_not_found", "warning", text, file))
            return Match(None, "missing"), stated
        report(Issue("image_not_found", "info", "The picture is only inside the file; it was taken from there.", file))
        if self._unpack:
            return Match(path, "exact"), stated
        return Match(None, "absent"), stated or _size_of(path)

    def _from_xml(self, file: str, root: Element, placer: Placer, report: Report) -> ImageRecord:
        stated = labelme_xml.stated_size(root)
        name = _name_beside(file, labelme_xml.text_in(root, "filename"))
        below = PurePosixPath(name.partition("Annotations/")[2] or name)
        bases = ("Images", f"Images/{labelme_xml.text_in(root, 'folder')}")
        match = placer.pictures.find(below.as_posix(), bases)
        report_match(match, below.as_posix(), report, file)
        if match.path is not None:
            relative = placer.pictures.relative(match.path)
            below = PurePosixPath(relative.removeprefix("Images/"))
        place = placer.place(below.as_posix(), stated, file=file, split=_split(file), match=match)
        size = (place.width, place.height) if place.width else None
        records = labelme_xml.records_of(root, size=size, masks=placer.pictures, file=file, report=report)
        return placer.record(place, list(records))


def _name_beside(file: str, stated: str) -> str:
    """The picture's name from the root: ``stated`` is relative to the file; what lies outside keeps its inner part."""
    path = unicodedata.normalize("NFC", stated.replace("\\", "/"))
    folder = posixpath.dirname(file)
    if not path or path.startswith("/") or path[1:2] == ":":  # nothing, or a place on somebody's machine
        path = posixpath.basename(path) or f"{PurePosixPath(file).stem}.jpg"
    parts = posixpath.normpath(posixpath.join(folder, path)).split("/")
    inside = "/".join(part for part in parts if part != "..")
    return safe_name(inside) or f"{PurePosixPath(file).stem}.jpg"


def _picture_beside(file: str, placer: Placer) -> str | None:
    """The only picture with the name of the file, in the same folder."""
    stem = stem_of(unicodedata.normalize("NFC", file)).casefold()
    found = [name for name in placer.pictures.of_stem(posixpath.basename(stem)) if stem_of(name).casefold() == stem]
    return found[0] if len(found) == 1 else None


def _split(name: str) -> str | None:
    return next((split for part in PurePosixPath(name).parts[:-1] if (split := split_of_word(part))), None)


def _size_of(path: Path) -> tuple[int, int] | None:
    found = picture_size(path)
    return (found.width, found.height) if found else None


def _listed(path: Path) -> Iterator[str]:
    """Names in ``labels.txt``, less those that are no classes."""
    if path.is_file() and path.stat().st_size <= _MAX_LABELS:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.strip() and line.strip() not in IGNORED:
                yield line.strip()
