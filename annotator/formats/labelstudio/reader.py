"""Reading Label Studio: tasks with their annotations and predictions, one picture at a time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.core.errors import FormatError
from annotator.core.records import AnnotationRecord, ImageRecord, Issue, LabelRecord
from annotator.formats.labelstudio.config import LabelConfig, find_config
from annotator.formats.labelstudio.refs import find_picture, is_film, name_of_reference, picture_reference
from annotator.formats.labelstudio.results import RecordMaker, Results, sorted_results
from annotator.formats.labelstudio.tasks import TABLES, chosen, finished, is_task_file, tasks_in
from annotator.formats.shared.files import report_match, safe_name, split_of_word
from annotator.formats.shared.json_items import as_list, as_object
from annotator.formats.shared.placing import Placer
from annotator.formats.shared.several_files import read_each
from annotator.formats.shared.values import number, pixels, text_of
from annotator.plugins.formats import Report
from annotator.plugins.listing import walk_files

_PICTURE_FOLDERS = ("images", "data", "upload")
_USED_DATA = frozenset({"split", "width", "height"})
Json = dict[str, Any]


@dataclass
class _Names:
    """Labels of shapes and of whole pictures, as they come up."""

    shapes: dict[str, None]
    tags: dict[str, None]


class TaskFolder:
    """A folder with files of tasks; ``which`` annotation of a task is taken, ``prefix`` stands before picture names."""

    def __init__(self, folder: Path, which: str, prefix: str) -> None:
        self._folder = folder
        self._which = which
        self._prefix = prefix
        self._surveyed: dict[tuple[Path, int, int], tuple[Path, str, _Names] | None] = {}

    def is_of(self, folder: Path, which: str, prefix: str) -> bool:
        """Whether it can be used again, with what it found out about its files."""
        return (self._folder, self._which, self._prefix) == (folder, which, prefix)

    def _files(self, report: Report) -> list[tuple[Path, str, _Names]]:
        """Files with tasks, read to their end once; raises :class:`FormatError` when there is none."""
        paths = [path for path in walk_files(self._folder) if path.suffix.lower() in {".json", *TABLES}]
        nothing = "No Label Studio file was found: a JSON list of tasks with “data” and “annotations”."
        found = read_each(paths, self._survey, root=self._folder, report=report, nothing=nothing)
        files = [entry for entry in found if entry is not None]
        if not files:
            raise FormatError(nothing)
        return files

    def _survey(self, path: Path) -> tuple[Path, str, _Names] | None:
        """What a file holds, looked at again only when it changed."""
        state = path.stat()
        key = (path, state.st_mtime_ns, state.st_size)
        if key not in self._surveyed:
            self._surveyed[key] = self._look(path)
        return self._surveyed[key]

    def _look(self, path: Path) -> tuple[Path, str, _Names] | None:
        file = path.relative_to(self._folder).as_posix()
        if not is_task_file(path):
            return None
        names = _Names({}, {})
        for task in tasks_in(path, file):
            for results in self._results(task or {}):
                for region in results.regions:
                    known = names.tags if region.kind == "tag" else names.shapes
                    known.update(dict.fromkeys(region.labels[:1]))
        return path, file, names

    def _results(self, task: Json) -> Iterator[Results]:
        for entry in (*chosen(finished(task), self._which), *as_list(task.get("predictions"))):
            yield sorted_results(as_object(entry).get("result"))

    def labels(self, report: Report) -> list[LabelRecord]:
        """Labels of the configuration, then as they come up; names of choices behind all names of shapes."""
        return list(self._labels(self._files(report), find_config(self._folder)).values())

    def _labels(self, files: list[tuple[Path, str, _Names]], config: LabelConfig) -> dict[str, LabelRecord]:
        shapes = {name: None for _, _, names in files for name in names.shapes}
        tags = {name: None for _, _, names in files for name in names.tags}
        labels = dict(config.labels)
        for name in shapes:
            labels.setdefault(name, LabelRecord(name=name))
        for name, label in config.choices.items():
            if name in tags or not labels.keys() - config.choices.keys():
                labels.setdefault(name, label)
        for name in tags:
            labels.setdefault(name, LabelRecord(name=name))
        return labels

    def read(self, report: Report) -> Iterator[ImageRecord]:
        """Yield the pictures of all tasks in order."""
        files = self._files(report)
        config = find_config(self._folder)
        self._report_undeclared(files, config, report)
        placer = Placer(self._folder, report)
        seen: set[str] = set()
        for path, file, _ in files:
            for position, task in enumerate(tasks_in(path, file)):
                where = f"/{position}"
                if task is None:
                    text = "An entry is no task; it was left out."
                    report(Issue("unparsable_record", "warning", text, file, where))
                    continue
                record = self._image(task, file, where, config, placer, seen, report)
                if record is not None:
                    yield record

    def _report_undeclared(self, files: list[tuple[Path, str, _Names]], config: LabelConfig, report: Report) -> None:
        for _, file, names in files:
            for name in names.shapes if config.labels else ():
                if name not in config.labels:
                    text = f"The label “{name}” is used but not in the configuration; it was added."
                    report(Issue("undeclared_label", "warning", text, file))

    def _image(
        self, task: Json, file: str, where: str, config: LabelConfig, placer: Placer, seen: set[str], report: Report
    ) -> ImageRecord | None:
        data = as_object(task.get("data"))
        identity = text_of(task.get("id")) or where
        reference = picture_reference(data, config.image_key)
        if reference is None:
            film = any(isinstance(value, str) and is_film(value) for value in data.values())
            what = "is about a video or a sound, not a picture" if film else "has no picture"
            code = "unsupported_shape" if film else "missing_name"
            report(Issue(code, "warning", f"A task {what}; it was left out.", file, f"task {identity}"))
            return None
        embedded = reference.startswith("data:")
        name = f"task-{identity.strip('/')}.png" if embedded else name_of_reference(reference, self._prefix)
        if name is None:
            text = f"“{reference[:200]}” is no name inside the dataset; the picture was left out."
            report(Issue("unsafe_path", "warning", text, file, f"task {identity}"))
            return None
        name, match = find_picture(placer.pictures, name, _bases(file))
        upload = safe_name(text_of(task.get("file_upload")))
        if match.path is None and upload:  # the address says nothing, but the name of the upload may
            other = find_picture(placer.pictures, upload, _bases(file))
            name, match = other if other[1].path is not None else (name, match)
        report_match(match, name, report, file)
        if name in seen:
            text = f"Two tasks show “{name}”; they were kept as two pictures."
            report(Issue("duplicate_file_name", "warning", text, file, f"task {identity}"))
        seen.add(name)
        entries, guesses = self._chosen(task, file, identity, report), as_list(task.get("predictions"))
        stated = _stated([*entries, *guesses]) or pixels(data.get("width"), data.get("height"))
        split = split_of_word(text_of(data.get("split"))) if text_of(data.get("split")) else None
        place = placer.place(name, stated, file=file, split=split, match=match)
        maker = RecordMaker(file, identity, stated or ((place.width, place.height) if place.width else None), report)
        records, facts = _annotations(entries, maker)
        source = {"id": task.get("id"), **_kept(data, reference), **facts}
        if not entries:
            source["annotated"] = False
        return placer.record(place, records, predictions=_predictions(guesses, maker), source=source)

    def _chosen(self, task: Json, file: str, identity: str, report: Report) -> list[Json]:
        entries = finished(task)
        if len(entries) > 1:
            text = f"A task has {len(entries)} annotations; the option “annotation” says which one is taken."
            report(Issue("several_annotations_per_task", "warning", text, file, f"task {identity}"))
        return chosen(entries, self._which)


def _annotations(entries: list[Json], maker: RecordMaker) -> tuple[list[AnnotationRecord], Json]:
    records: list[AnnotationRecord] = []
    facts: Json = {}
    for entry in entries:
        results = sorted_results(entry.get("result"))
        records += maker.records(results)
        facts |= results.facts
    return records, facts


def _predictions(guesses: list[Any], maker: RecordMaker) -> Iterator[AnnotationRecord]:
    for guess in map(as_object, guesses):
        score = number(guess.get("score"))
        version = text_of(guess.get("model_version"))
        yield from maker.records(
            sorted_results(guess.get("result")),
            score=score if math.isfinite(score) else None,
            source={"model_version": version} if version else None,
        )


def _stated(entries: list[Any]) -> tuple[int, int] | None:
    """The size that the first result gives."""
    for entry in entries:
        for result in as_list(as_object(entry).get("result")):
            if isinstance(result, dict) and (
                size := pixels(result.get("original_width"), result.get("original_height"))
            ):
                return size
    return None


def _kept(data: Json, reference: str) -> Json:
    """Other data of the task."""
    kept = {f"labelstudio:{key}": value for key, value in data.items() if key not in _USED_DATA}
    return {key: value for key, value in kept.items() if value != reference}


def _bases(file: str) -> list[str]:
    inside = PurePosixPath(file).parent.as_posix()
    below = "" if inside == "." else f"{inside}/"
    return [*(f"{below}{name}" for name in _PICTURE_FOLDERS), inside, *_PICTURE_FOLDERS]
