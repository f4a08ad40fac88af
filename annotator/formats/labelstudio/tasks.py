"""Label Studio's files as a stream of tasks, whichever of its exports they are."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from annotator.core.errors import FormatError
from annotator.formats.labelstudio.results import kind_of
from annotator.formats.shared.json_items import as_list, as_object, decoded
from annotator.formats.shared.json_stream import JsonFile
from annotator.formats.shared.quoted_cells import cells, lines_of
from annotator.formats.shared.values import load_json

_FACTS = frozenset(
    {
        "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "completed_by",
        "inner_id", "total_annotations", "was_cancelled",
    }
)  # fmt: skip
TABLES = frozenset({".csv", ".tsv"})
_MIN_FACTS = frozenset({"annotator", "annotation_id", "lead_time", "created_at", "updated_at"})
_CHOICES = frozenset({"choice", "choices"})
"""What templates call the control of classes of whole pictures."""
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
Json = dict[str, Any]


def is_task_table(head: str) -> bool:
    """Whether a line is the head of a flattened export as a table."""
    return len(_MIN_FACTS & set(_columns(head))) >= 2


def _columns(head: str) -> list[str]:
    return cells(head, _delimiter(head))


def _delimiter(head: str) -> str:
    return "\t" if "\t" in head else ","


def is_task_file(path: Path) -> bool:
    """Whether the file holds tasks (or an empty list); raises :class:`FormatError` when it is cut off."""
    if path.suffix.lower() in TABLES:
        return is_task_table(next(lines_of(path), (0, ""))[1])
    with JsonFile(path) as data:
        start = data.start()
        if data.is_array(start):
            first = next(iter(data.items(start)), None)
            return first is None or task_of(decoded(first.text)) is not None
        if data.data[start : start + 1] != b"{":
            return False
        keys = {key for key, _ in data.members()}
    return ("data" in keys or "task" in keys) and bool(keys & {"annotations", "completions", "predictions", "result"})


def tasks_in(path: Path, file: str) -> Iterator[Json | None]:
    """The tasks in order; ``None`` for what is none. Raises :class:`FormatError` where the file breaks."""
    if path.suffix.lower() in TABLES:
        yield from _rows(path)
        return
    raws = _raw_items(path)
    if raws is not None:
        for raw in raws:
            yield task_of(decoded(bytes(raw)))
        return
    with JsonFile(path) as data:  # no list, or one with small faults
        start = data.start()
        if data.is_array(start):
            for item in data.items(start):
                yield task_of(decoded(item.text))
            if data.data[data.end_of(start) :].strip(b" \t\r\n\0"):
                raise FormatError(f"{file} goes on after its list.", fields={"file": file, "issue": "unparsable_file"})
            return
    yield task_of(load_json(path, file))


def _raw_items(path: Path) -> list[msgspec.Raw] | None:
    """The items of a faultless list, as views of the mapped file; ``None`` for everything else."""
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return _RAWS.decode(data[3:] if bytes(data[:3]) == b"\xef\xbb\xbf" else data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, OSError):
        return None


def _rows(path: Path) -> Iterator[Json]:
    """A task for each row; cells that are JSON are read as such."""
    lines = lines_of(path)
    head = next(lines, (0, ""))[1]
    columns = _columns(head)
    for _, line in lines:
        row: Json = dict(zip(columns, cells(line, _delimiter(head)), strict=False))
        values = {name: decoded(text.encode()) for name, text in row.items() if text.startswith(("[", "{"))}
        yield _from_flat({**row, **{name: value for name, value in values.items() if value is not None}})


def task_of(value: Any) -> Json | None:
    """A task with ``data``, ``annotations`` and ``predictions``; ``None`` when the value is no task."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("task"), dict) and "result" in value:  # an annotation with its task: exports to a storage
        return {**value["task"], "annotations": [value]}
    if isinstance(value.get("data"), dict):
        done = value.get("annotations")
        return {**value, "annotations": done if done is not None else value.get("completions")}
    if "data" not in value and (_MIN_FACTS & value.keys() or any(_is_shape_list(v) for v in value.values())):
        return _from_flat(value)
    return None


def _is_shape_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "original_width" in value[0]


def _from_flat(value: Json) -> Json:
    """A task of the flattened export (JSON-MIN): controls stand beside the data, values without their frames."""
    results: list[Json] = []
    data: Json = {}
    for name, entry in value.items():
        if name in _FACTS:
            continue
        bare = name in _CHOICES and isinstance(entry, str) and entry  # a single choice
        items = [{"choices": [entry]}] if bare else entry if isinstance(entry, list) else [entry]
        found = [_flat_result(name, item) for item in items if isinstance(item, dict)]
        if found and all(result is not None for result in found):
            results += [result for result in found if result is not None]
        else:
            data[name] = entry
    return {"id": value.get("id"), "data": data, "annotations": [{"id": value.get("annotation_id"), "result": results}]}


def _flat_result(name: str, value: Json) -> Json | None:
    result: Json = {
        "id": value.get("id"),
        "from_name": name,
        "value": value,
        **{key: value[key] for key in ("original_width", "original_height", "image_rotation") if key in value},
    }
    return {**result, "type": kind_of(result)} if kind_of(result) else None


def finished(task: Json) -> list[Json]:
    """The annotations that nobody cancelled."""
    entries = [as_object(entry) for entry in as_list(task.get("annotations"))]
    return [entry for entry in entries if not entry.get("was_cancelled") and isinstance(entry.get("result"), list)]


def chosen(entries: list[Json], which: str) -> list[Json]:
    """One of several annotations of a task, or all: ``auto`` takes the ground truth, else the first."""
    if which == "all" or not entries:
        return entries
    if which == "last":
        return entries[-1:]
    truth = [entry for entry in entries if entry.get("ground_truth")] if which == "auto" else []
    return (truth or entries)[:1]
