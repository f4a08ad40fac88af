"""Reading a Supervisely project: ``meta.json``, and per dataset pictures in ``img`` and one JSON file each in ``ann``."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.shared.files import SPLIT_WORDS, Match, is_picture, safe_name, split_of_word
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.own_fields import KEY, label_with_own_fields, with_own_fields
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.values import load_json, pixels, text_of
from annotator.formats.supervisely.objects import Context, SuperviselyClass, records_of, tags_of
from annotator.plugins.formats import Report
from annotator.plugins.listing import HEAD, walk_files

ORDER = "order.txt"
"""Names of all pictures in order, one a line, where it is not that of the names: ours, others pass it over."""
_USED = frozenset({"tags", "size", "objects", KEY})


@dataclass(frozen=True, slots=True)
class _Annotated:
    """One annotation file: its dataset, the folders inside, and the picture's name."""

    path: Path
    file: str
    dataset: str
    inner: str
    picture: str

    @property
    def place(self) -> str:
        """Dataset, inner datasets and name: the same for no two pictures of a project."""
        return "/".join(part for part in (self.dataset, self.inner, self.picture) if part)


@dataclass
class SuperviselyFolder:
    """A folder with one project or several."""

    folder: Path
    inclusive: bool
    report: Report
    metas: list[Path] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)
    _annotations: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in walk_files(self.folder):
            if path.name == "meta.json" and path.parent.name not in {"ann", "img"}:
                self.metas.append(path)
            elif path.suffix.lower() == ".json" and path.parent.name == "ann":
                self._annotations.append(path)
            elif path.parent.name == "img" and is_picture(path):
                self.pictures.append(path)
        if not self.metas and not self._annotations:
            self._annotations = [path for path in walk_files(self.folder) if _is_lone_annotation(path)]
        if not self.metas and not self._annotations:
            raise FormatError("No Supervisely project was found: a meta.json, and folders ann and img in each dataset.")
        self._context = Context(self._classes(), self.inclusive, self.report)
        self._roots = {path.parent for path in self.metas}

    def information(self) -> dict[str, Any]:
        """What ``meta.json`` says beside the classes: tags with their values and colours, settings of the project."""
        found: dict[str, Any] = {}
        for _, meta in self._loaded:
            found |= {key: value for key, value in meta.items() if key not in {"classes", "tags"}}
            found["tags"] = [*found.get("tags", []), *as_list(meta.get("tags"))]
        return {key: value for key, value in found.items() if value}

    @cached_property
    def _loaded(self) -> list[tuple[str, dict[str, Any]]]:
        """Each ``meta.json`` that can be read, with its name."""
        found: list[tuple[str, dict[str, Any]]] = []
        for path in self.metas:
            file = path.relative_to(self.folder).as_posix()
            try:
                found.append((file, as_object(load_json(path, file))))
            except FormatError as error:
                self.report(Issue("unparsable_file", "error", error.detail, file))
        return found

    def _classes(self) -> dict[str, SuperviselyClass]:
        found: dict[str, SuperviselyClass] = {}
        for file, meta in self._loaded:
            here: set[str] = set()
            for number, entry in enumerate(as_list(meta.get("classes"))):
                known = _class(as_object(entry))
                if known is None:
                    text = "A class has no title; it was left out."
                    self.report(Issue("missing_label", "warning", text, file, f"/classes/{number}"))
                else:
                    if known.label.name in here:
                        text = f"Two classes are called “{known.label.name}”; they were joined."
                        self.report(Issue("duplicate_label_name", "warning", text, file, f"/classes/{number}"))
                    here.add(known.label.name)
                    found.setdefault(known.label.name, known)
        return found

    def labels(self) -> list[LabelRecord]:
        """Classes in order, then classes that are not declared and image tags as they come up."""
        tags: dict[str, LabelRecord] = {}
        for entry in self._entries():
            content = self._load(entry, None)
            own = as_object(as_object(content).get(KEY))
            for found in (*as_list(as_object(content).get("objects")), *as_list(own.get("predictions"))):
                title = text_of(as_object(found).get("classTitle"))
                if title and title not in self._context.classes:
                    self._context.undeclared.setdefault(title, LabelRecord(name=title))
            for found in _image_tags(as_object(content).get("tags")):
                tags.setdefault(found.label, LabelRecord(name=found.label))
        classes = {name: known.label for name, known in self._context.classes.items()}
        return list({**classes, **_missing(self._context.undeclared, classes), **_missing(tags, classes)}.values())

    def read(self) -> Iterator[ImageRecord]:
        """Yield pictures in order (of their names unless a list says otherwise), then those that nobody annotated."""
        placer = Placer(self.folder, self.report)
        entries = self._in_order(list(self._entries()))
        readable = 0
        for entry in entries:
            content = self._load(entry, self.report)
            if content is not None:
                readable += 1
                yield self._record(entry, content, placer)
        if entries and not readable:
            text = "None of the annotation files can be read."
            raise FormatError(text, fields={"issue": "unparsable_file", "file": entries[0].file})
        for path in self.pictures:
            if path not in placer.used:
                yield self._without_annotation(path, placer)

    def _entries(self) -> Iterator[_Annotated]:
        for path in self._annotations:
            chain = self._chain(_dataset_of(path))
            name = unicodedata.normalize("NFC", path.name[: -len(".json")])
            yield _Annotated(path, path.relative_to(self.folder).as_posix(), *chain, name)

    def _chain(self, dataset: Path) -> tuple[str, str]:
        """The outermost dataset and the path of those inside it."""
        root = next((parent for parent in (dataset, *dataset.parents) if parent in self._roots), self.folder)
        parts = [part for part in dataset.relative_to(root).parts if part != "datasets"]
        names = [unicodedata.normalize("NFC", part) for part in parts]
        return (names[0], "/".join(names[1:])) if names else ("", "")

    def _in_order(self, entries: list[_Annotated]) -> list[_Annotated]:
        wanted: dict[str, int] = {}
        for root in self._roots:
            if (root / ORDER).is_file():
                lines = (root / ORDER).read_text(encoding="utf-8", errors="replace").split("\n")
                wanted |= {line: number for number, line in enumerate(lines, start=len(wanted)) if line}
        return sorted(entries, key=lambda entry: wanted.get(entry.place, len(wanted))) if wanted else entries

    def _load(self, entry: _Annotated, report: Report | None) -> dict[str, Any] | None:
        try:
            content = load_json(entry.path, entry.file)
        except FormatError as error:
            if report is not None:
                where = error.fields.get("offset")
                place = None if where is None else f"byte {where}"
                report(Issue("unparsable_file", "error", error.detail, entry.file, place))
            return None
        if isinstance(content, dict):
            return content
        if report is not None:
            report(Issue("unparsable_file", "error", f"{entry.file} is no annotation of a picture.", entry.file))
        return None

    def _record(self, entry: _Annotated, content: dict[str, Any], placer: Placer) -> ImageRecord:
        folder = PurePosixPath(entry.file).parent
        base = (folder.parent / "img" if folder.name == "ann" else folder).as_posix()
        match = placer.pictures.find(entry.picture, (base,))
        if match.path is not None and not match.path.is_relative_to(self.folder / base):
            match = Match(None, "missing")  # the picture of another dataset
        if match.how == "stem" and not is_picture(Path(entry.picture)):
            match = Match(match.path, "exact")  # old projects name annotations without the picture's ending
        picture = match.path.name if match.path and match.how == "exact" else entry.picture
        own = as_object(content.get(KEY))
        name = self._name(entry.dataset, entry.inner, picture, own.get("name"))
        if match.path is None:
            placer.find((PurePosixPath(base) / entry.picture).as_posix(), (), entry.file)
        stated = as_object(content.get("size"))
        split = next((SPLIT_WORDS[tag.lower()] for tag in _split_tags(content.get("tags"))), None)
        place = placer.place(
            name,
            pixels(stated.get("width"), stated.get("height")),
            file=entry.file,
            split=split or split_of_word(entry.dataset),
            prefix=entry.dataset,
            match=match,
        )
        found = list(records_of(as_list(content.get("objects")), place.raster, self._context, entry.file))
        guesses = records_of(as_list(own.get("predictions")), place.raster, self._context, entry.file)
        source = {f"supervisely:{k}": v for k, v in content.items() if k not in _USED and v not in ("", None)}
        if isinstance(own.get("source"), dict):
            source = own["source"] | source
        source["supervisely:place"] = entry.place
        joined = _in_places(_image_tags(content.get("tags")), found, own.get("tags_at"))
        return placer.record(place, joined, predictions=list(guesses), source=source)

    def _name(self, dataset: str, inner: str, picture: str, stated: Any) -> str:
        """As we stated it; else below the outermost dataset, with that one in front where there are several."""
        if isinstance(stated, str) and stated.rpartition("/")[2] == picture and safe_name(stated) == stated:
            return stated
        parts = [dataset if self._several else "", inner, picture]
        return safe_name("/".join(part for part in parts if part)) or picture

    @cached_property
    def _several(self) -> bool:
        folders = {_dataset_of(path) for path in (*self._annotations, *self.pictures)}
        return len({self._chain(folder)[0] for folder in folders}) > 1

    def _without_annotation(self, path: Path, placer: Placer) -> ImageRecord:
        dataset, inner = self._chain(path.parent.parent)
        picture = unicodedata.normalize("NFC", path.name)
        place = placer.place(
            self._name(dataset, inner, picture, None),
            None,
            file=path.relative_to(self.folder).as_posix(),
            split=split_of_word(dataset),
            prefix=dataset,
            match=Match(path, "exact"),
        )
        return placer.record(place, (), source={"annotated": False})


def _dataset_of(path: Path) -> Path:
    """The folder of the dataset that a picture or an annotation belongs to."""
    return path.parent.parent if path.parent.name in {"ann", "img"} else path.parent


def is_annotation(head: bytes) -> bool:
    """Whether a file begins like the annotation of one picture, wherever it lies."""
    return all(key in head for key in (b'"objects"', b'"size"', b'"classTitle"'))


def _is_lone_annotation(path: Path) -> bool:
    if path.suffix.lower() != ".json":
        return False
    with path.open("rb") as stream:
        return is_annotation(stream.read(HEAD))


def _missing(found: dict[str, LabelRecord], known: dict[str, LabelRecord]) -> dict[str, LabelRecord]:
    return {name: label for name, label in found.items() if name not in known}


def _image_tags(entries: Any) -> list[AnnotationRecord]:
    """Tags of a picture as objects without a shape; a value is kept as the attribute ``value``."""
    found = []
    for entry in as_list(entries):
        for name, value in tags_of([entry]):
            own = as_object(as_object(entry).get(KEY))
            attributes = {} if value is True else {"value": value}
            if isinstance(own.get("attributes"), dict):
                attributes = own["attributes"]
            if not _is_split(entry, name):
                found.append(with_own_fields(AnnotationRecord(name, Tag(), attributes), own))
    return found


def _split_tags(entries: Any) -> Iterator[str]:
    for entry in as_list(entries):
        yield from (name for name, _ in tags_of([entry]) if _is_split(entry, name))


def _is_split(entry: Any, name: str) -> bool:
    return name.lower() in SPLIT_WORDS and as_object(as_object(entry).get(KEY)).get("label") is not True


def _in_places(tags: list[AnnotationRecord], objects: list[AnnotationRecord], places: Any) -> list[AnnotationRecord]:
    """Tags and shapes in one order: tags first, unless ``places`` says where they stood."""
    if not isinstance(places, list) or len(places) != len(tags) or not all(isinstance(n, int) for n in places):
        return [*tags, *objects]
    joined = list(objects)
    for place, tag in sorted(zip(places, tags, strict=True), key=lambda pair: pair[0]):
        joined.insert(place, tag)
    return joined


def _class(entry: dict[str, Any]) -> SuperviselyClass | None:
    title = text_of(entry.get("title"))
    if not title:
        return None
    config = as_object(entry.get("geometry_config"))
    nodes = as_object(config.get("nodes"))
    names = tuple(text_of(as_object(node).get("label")) for node in nodes.values())
    places = {node: number for number, node in enumerate(nodes)}
    edges = [
        (places[str(edge["src"])], places[str(edge["dst"])])
        for edge in map(as_object, as_list(config.get("edges")))
        if str(edge.get("src")) in places and str(edge.get("dst")) in places
    ]
    color = text_of(entry.get("color")).lower()
    label = LabelRecord(
        name=title,
        color=color if len(color) == 7 and color.startswith("#") else "",
        source_id=entry["id"] if isinstance(entry.get("id"), int | str) else None,
        keypoints=names if any(names) else (),
        skeleton=tuple(edges),
        source={f"supervisely:{k}": entry[k] for k in ("hotkey", "description") if entry.get(k)},
    )
    return SuperviselyClass(label_with_own_fields(label, entry.get(KEY)), text_of(entry.get("shape")), tuple(nodes))
