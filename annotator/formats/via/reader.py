"""Reading VIA: the regions of all files of a folder, picture by picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.checking import dropped
from annotator.formats.shared.files import report_match, safe_name, split_of_word
from annotator.formats.shared.json_items import as_object
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.several_files import read_each
from annotator.formats.shared.values import number, pixels, text_of
from annotator.formats.via.files import ViaFile, ViaImage, ViaRegion, parse
from annotator.formats.via.regions import geometry_of, label_attribute, plain, texts_of
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

PREFIX = "via:"
TAGS = "tags"
"""The attribute of files in which ticked options are tags."""
_OWN = frozenset({TAGS, "split", "width", "height"})
_NOTHING = "No VIA file was found: a project or annotations in JSON, or a CSV with region_shape_attributes."
_UNSUPPORTED = "A region is of a kind that is not known; it was left out."


@dataclass
class ViaFolder:
    """A folder with VIA's files. ``attribute`` is the class (guessed when empty), ``default`` stands where there is none."""

    folder: Path
    attribute: str
    default: str

    def __post_init__(self) -> None:
        self._issues: list[Issue] = []
        self._apart = False
        """Whether several files have pictures of one name: then all get their folder before it."""

    @cached_property
    def _files(self) -> list[ViaFile]:
        """All files; what was noticed is kept for :meth:`read`."""
        paths = [path for path in walk_files(self.folder) if path.suffix.lower() in {".json", ".csv"}]
        read = partial(self._parse, report=self._issues.append)
        found = read_each(paths, read, root=self.folder, report=self._issues.append, nothing=_NOTHING)
        files = [file for file in found if file is not None]
        if not files:
            raise FormatError(_NOTHING)
        return files

    def _parse(self, path: Path, report: Report) -> ViaFile | None:
        return parse(path, path.relative_to(self.folder).as_posix(), report)

    @cached_property
    def _label_attribute(self) -> tuple[str, str]:
        return (self.attribute, "") if self.attribute else label_attribute(self._files)

    def labels(self) -> list[LabelRecord]:
        """Declared options of the class attribute first, then names as they come up, then tags."""
        files, names, tags = self._files, dict[str, None](), dict[str, None]()
        name, _ = self._label_attribute
        for file in files:
            names.update(dict.fromkeys(file.options.get(name, ())))
        for file in files:
            for image in file.images:
                for region in image.regions:
                    names[next(iter(texts_of(region.attributes.get(name))), self.default)] = None
                tags.update(dict.fromkeys(_tags(image)))
        return [LabelRecord(name=label) for label in {**names, **tags}]

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures in the files' order."""
        files = self._files
        for issue in self._issues:
            report(issue)
        name, why = self._label_attribute
        if why:
            text = f"The attribute “{name}” was taken for the class, because {why}."
            report(Issue("label_attribute_guessed", "info", text, files[0].file))
        elif not name and any(image.regions for file in files for image in file.images):
            text = f"No region has an attribute; all are called “{self.default}”."
            report(Issue("label_missing_default_used", "info", text, files[0].file))
        placer = Placer(self.folder, report)
        self._apart = _share_names(files)
        for file in files:
            seen: set[str] = set()
            for image in file.images:
                record = self._record(file, image, placer, seen, report)
                if record is not None:
                    yield record

    def _record(
        self, file: ViaFile, image: ViaImage, placer: Placer, seen: set[str], report: Report
    ) -> ImageRecord | None:
        name = safe_name(image.name) if image.name else None
        if name is None and image.name and (name := placer.pictures.name_of_foreign(image.name)) is not None:
            text = f"“{image.name}” is a path on another machine; the picture is called “{name}” here."
            report(Issue("unsafe_path", "warning", text, file.file, image.where))
        if name is None:
            code = "unsafe_path" if image.name else "missing_name"
            text = f"“{image.name}” is no name inside the dataset; the picture was left out."
            report(Issue(code, "warning", text, file.file, image.where))
            return None
        if name in seen:
            text = f"“{name}” is listed twice; both were kept."
            report(Issue("duplicate_file_name", "warning", text, file.file, image.where))
        seen.add(name)
        inside = PurePosixPath(file.file).parent
        below = safe_name(file.folder) if file.folder else None
        bases = [(inside / folder).as_posix() for folder in (below, "", "images") if folder is not None]
        match = placer.pictures.find(name, [base for base in bases if base != "."])
        report_match(match, name, report, file.file)
        stated = pixels(image.attributes.get("width"), image.attributes.get("height"))
        split = split_of_word(text_of(image.attributes.get("split"))) or next(
            (found for part in inside.parts if (found := split_of_word(part))), None
        )
        prefix = split or _prefix(inside)
        full = f"{prefix}/{name}" if self._apart and prefix and not name.startswith(f"{prefix}/") else name
        place = placer.place(full, stated, file=file.file, split=split, prefix=prefix, match=match)
        records = [one for region in image.regions if (one := self._region(region, file.file, report)) is not None]
        tags = [AnnotationRecord(tag, Tag()) for tag in _tags(image)]
        kept = {f"{PREFIX}{key}": plain(value) for key, value in image.attributes.items() if key not in _OWN}
        return placer.record(place, [*records, *tags], source=kept)

    def _region(self, region: ViaRegion, file: str, report: Report) -> AnnotationRecord | None:
        geometry = geometry_of(region.shape)
        if geometry == "unsupported_shape":
            report(Issue("unsupported_shape", "warning", _UNSUPPORTED, file, region.where))
            return None
        if isinstance(geometry, str):
            report(dropped(geometry, file=file, where=region.where))
            return None
        if geometry.kind == "box" and min(number(region.shape["width"]), number(region.shape["height"])) < 0:
            text = "A box had a negative size; it was turned round."
            report(Issue("negative_size_normalised", "info", text, file, region.where))
        name, _ = self._label_attribute
        labels = texts_of(region.attributes.get(name))
        if not labels and name:
            text = f"A region has no “{name}”; it is called “{self.default}”."
            report(Issue("label_missing_default_used", "warning", text, file, region.where))
        attributes: dict[str, Any] = {key: plain(v) for key, v in region.attributes.items() if key != name}
        if labels[1:]:
            attributes["via:labels"] = labels[1:]
        return AnnotationRecord(labels[0] if labels else self.default, geometry, attributes)


def _tags(image: ViaImage) -> list[str]:
    """Ticked options of the file attribute ``tags``."""
    return texts_of(as_object(image.attributes.get(TAGS)))


def _prefix(inside: PurePosixPath) -> str | None:
    return None if inside.as_posix() == "." else inside.as_posix()


def _share_names(files: list[ViaFile]) -> bool:
    seen: dict[str, str] = {}
    return any(seen.setdefault(image.name, file.file) != file.file for file in files for image in file.images)
