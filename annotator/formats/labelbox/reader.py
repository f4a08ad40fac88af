"""Reading Labelbox: pictures in order of their first record, whatever dialect the records are in."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.labelbox.files import Key, LabelboxFile, LabelboxTable
from annotator.formats.labelbox.objects import Context, labels_in, name_of, records_of
from annotator.formats.shared.files import Match, PictureIndex, is_picture, safe_name, split_of_word
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.placing import Place, Placer
from annotator.formats.shared.values import pixels, text_of
from annotator.plugins.formats import Report

Source = LabelboxFile | LabelboxTable
_FRAMES = ("frames", "segments")
_SHAPE_KEYS = ("polygon", "line", "point", "bbox")


def labels_of(files: list[Source], pictures: Placer) -> list[LabelRecord]:
    """Labels in order of appearance: Labelbox keeps them in an ontology that is not in its files."""
    found: dict[str, None] = {}
    for file in files:
        for key in file.keys:
            context = Context(pictures.pictures, (0, 0), file.file, "", _ignore)
            records = list(file.records(key))
            for entry, place in _entries(key, records, context):
                found |= dict.fromkeys(labels_in(entry, place))
            if key[0] == "export":
                found |= {guess.label: None for guess in _of_models(records[0][1], context)}
    return [LabelRecord(name=name) for name in found]


def _ignore(issue: Issue) -> None:
    """What is wrong with a record is said when the pictures are read."""
    del issue


def read(files: list[Source], folder: Path, report: Report) -> Iterator[ImageRecord]:
    """Yield the pictures, then those beside them that no import row mentions: rows cannot say that there is nothing."""
    placer = Placer(folder, report)
    for file in files:
        for key in file.keys:
            record = _record(file, key, placer, report)
            if record is not None:
                yield record
    if any(not file.keys or next(iter(file.keys))[0] == "row" for file in files):
        folders = {path.parent for path in placer.used}
        for path in placer.pictures.pictures:
            if path not in placer.used and (path.parent in folders or path.is_relative_to(folder / "images")):
                name, split = _below(placer.pictures.relative(path))
                place = placer.place(name, None, file="", split=split, match=Match(path, "exact"))
                yield placer.record(place, (), source={"annotated": False})


def _below(relative: str) -> tuple[str, str | None]:
    """Name and split of ``images/train/a.jpg``."""
    parts = PurePosixPath(relative).parts
    if len(parts) > 1 and parts[0] == "images":
        parts = parts[1:]
    split = split_of_word(parts[0]) if len(parts) > 1 else None
    return "/".join(parts[1:] if split else parts), split


def _record(file: Source, key: Key, placer: Placer, report: Report) -> ImageRecord | None:
    records = list(file.records(key))
    where, first = records[0]
    described = _described(key, first)
    pictures = placer.pictures
    usable = [name for text in map(_plain, described.names) if (name := safe_name(text) or _here(text, pictures))]
    if not usable:
        text = f"“{key[1]}” points outside the dataset; the picture was left out."
        report(Issue("unsafe_path", "warning", text, file.file, where))
        return None
    split = described.split or file.split
    bases = (f"images/{split}", "images", PurePosixPath(file.file).parent.as_posix())
    name, match = _match(usable, bases, placer)
    if match.path is None:
        match = placer.find(name, bases, file.file)
    if split is None and match.path is not None:
        split = _below(placer.pictures.relative(match.path))[1]
    place = placer.place(name, described.size, file=file.file, split=split, match=match)
    return _filled(key, records, place, Context(placer.pictures, place.raster, file.file, where, report), placer, first)


def _filled(
    key: Key,
    records: list[tuple[str, dict[str, Any]]],
    place: Place,
    context: Context,
    placer: Placer,
    first: dict[str, Any],
) -> ImageRecord:
    found = list(_annotations(key, records, context))
    guesses = [a for a in found if a.score is not None]
    if key[0] == "export":
        guesses += _of_models(first, context)
    return placer.record(
        place,
        [a for a in found if a.score is None],
        predictions=guesses,
        source=_source(key, first),
    )


def _here(text: str, pictures: PictureIndex) -> str | None:
    """What an absolute path of another machine is called here."""
    return pictures.name_of_foreign(text) if text.startswith(("/", "\\")) or text[1:2] == ":" else None


def _plain(text: str) -> str:
    """A file's name as it is; the last part of an address without its escapes."""
    return unquote(urlsplit(text).path.rpartition("/")[2]) or text if "://" in text else text


class _Described:
    """What a record says of its picture: names by which it may be found, the best first, its size and split."""

    def __init__(self, names: list[str], size: tuple[int, int] | None = None, split: str | None = None) -> None:
        self.names = sorted(names, key=lambda name: not is_picture(Path(name.partition("?")[0])))
        self.size = size
        self.split = split


def _described(key: Key, record: dict[str, Any]) -> _Described:
    if key[0] == "row":
        row = as_object(record.get("dataRow"))
        return _Described([text_of(row.get(k)) for k in ("globalKey", "externalId", "id")])
    if key[0] == "export":
        row, media = as_object(record.get("data_row")), as_object(record.get("media_attributes"))
        names = [text_of(row.get(k)) for k in ("external_id", "global_key", "row_data", "id")]
        return _Described(names, pixels(media.get("width"), media.get("height")), _split(record))
    return _Described([text_of(record.get(k)) for k in ("External ID", "Labeled Data", "DataRow ID", "ID")])


def _split(record: dict[str, Any]) -> str | None:
    """The reserved metadata field ``split``."""
    for entry in map(as_object, as_list(record.get("metadata_fields"))):
        if name_of(entry).lower() == "split" or text_of(entry.get("schema_name")).lower() == "split":
            value = entry.get("value")
            chosen = as_object(value[0]) if isinstance(value, list) and value else {"name": value}
            return split_of_word(text_of(chosen.get("schema_name")) or text_of(chosen.get("name")))
    return None


def _match(names: list[str], bases: tuple[str, ...], placer: Placer) -> tuple[str, Match]:
    """The first name that leads to a picture; a key without an ending may be a picture's name without its ending."""
    for name in names:
        match = placer.pictures.find(name, bases)
        if match.how == "stem" and not is_picture(Path(name)) and match.path is not None:
            return name + match.path.suffix, Match(match.path, "exact")
        if match.how in {"exact", "case", "basename"}:
            return name, match
    return names[0], Match(None, "missing")


def _annotations(key: Key, records: list[tuple[str, dict[str, Any]]], context: Context) -> Iterator[AnnotationRecord]:
    for entry, place in _entries(key, records, context):
        yield from records_of(entry, place)


def _entries(
    key: Key, records: list[tuple[str, dict[str, Any]]], context: Context
) -> Iterator[tuple[dict[str, Any], Context]]:
    """What is said of one picture, with the place where it is said."""
    if key[0] == "row":
        for where, record in records:
            yield record, Context(context.pictures, context.size, context.file, where, context.report)
        return
    if len(records) > 1:
        text = "A picture has several records (several people labelled it); the first one was taken."
        context.say("several_annotations_per_task", text)
    entries = _exported(records[0][1], context) if key[0] == "export" else _legacy(records[0][1], context)
    yield from ((entry, context) for entry in entries)


def _exported(record: dict[str, Any], context: Context) -> Iterator[dict[str, Any]]:
    """Objects and classifications of the first label that says anything."""
    projects = as_object(record.get("projects"))
    labels = [as_object(label) for project in projects.values() for label in as_list(as_object(project).get("labels"))]
    said = [label for label in labels if any(as_object(label.get("annotations")).values())]
    if len(said) > 1:
        text = "A picture has several labels (several people or projects); the first one was taken."
        context.say("several_annotations_per_task", text)
    for label in said[:1]:
        yield from _of_label(as_object(label.get("annotations")), context)


def _of_label(annotations: dict[str, Any], context: Context) -> Iterator[dict[str, Any]]:
    if any(annotations.get(key) for key in _FRAMES):
        context.say("unsupported_shape", "Frames of a video are no pictures; they were left out.")
    for key in ("objects", "classifications"):
        yield from map(as_object, as_list(annotations.get(key)))
    for _ in as_list(annotations.get("relationships")):
        context.say("unsupported_shape", "A relation between two objects cannot be kept; it was left out.")


def _of_models(record: dict[str, Any], context: Context) -> list[AnnotationRecord]:
    """Suggestions of the runs of models, with the confidence that they have or 1."""
    found: list[AnnotationRecord] = []
    for model in as_object(record.get("experiments")).values():
        for run in as_object(as_object(model).get("runs")).values():
            for guess in as_list(as_object(run).get("predictions")):
                for entry in _of_label(as_object(as_object(guess).get("annotations")), context):
                    found += records_of({"confidence": 1, **entry}, context)
    return found


def _legacy(record: dict[str, Any], context: Context) -> Iterator[dict[str, Any]]:
    """``Label.objects`` and ``Label.classifications``; before that, lists of outlines by class."""
    label = record.get("Label")
    if not isinstance(label, dict):
        return  # “Skip”, or nothing
    known = False
    for key in ("objects", "classifications"):
        if isinstance(label.get(key), list):
            known = True
            yield from map(as_object, label[key])
    if known:
        return
    for name, entries in label.items():
        if isinstance(entries, str):
            if entries.startswith(("POLYGON", "MULTIPOLYGON", "POINT")):
                context.say("unsupported_shape", "Outlines written as well-known text are not read; one was left out.")
            else:
                yield {"name": name, "answer": entries}
        for entry in map(as_object, as_list(entries)):
            geometry = entry.get("geometry")
            kind = "polygon" if isinstance(geometry, list) else "point"
            shaped = {key: value for key, value in entry.items() if key in _SHAPE_KEYS}
            yield {**(shaped or {kind: geometry}), "name": name}


def _source(key: Key, record: dict[str, Any]) -> dict[str, Any]:
    """What else is said of the picture, without the objects."""
    if key[0] == "row":
        row = as_object(record.get("dataRow"))
        return {"id": key[1]} | {f"labelbox:{k}": v for k, v in row.items() if k == "id" and v != key[1]}
    if key[0] == "export":
        row, media = as_object(record.get("data_row")), as_object(record.get("media_attributes"))
        kept = {"global_key": row.get("global_key"), "row_data": row.get("row_data"), "details": row.get("details")}
        kept["exif_rotation"] = media.get("exif_rotation")
        return {"id": key[1]} | {f"labelbox:{name}": value for name, value in kept.items() if value}
    names = ("ID", "Labeled Data", "Project Name", "Dataset Name", "Created By")
    return {"id": key[1]} | {f"labelbox:{name}": record[name] for name in names if record.get(name)}
