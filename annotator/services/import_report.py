"""The report of an import: what is in the files, what became of it, and every single issue for the download."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from django.core.files.storage import default_storage

from annotator.core.issues import SAMPLES
from annotator.core.records import Issue
from annotator.models import Job
from annotator.plugins.recognition import FormatGuess
from annotator.services.files import put_object
from annotator.services.import_labels import LabelPlan
from annotator.services.import_survey import Survey

MAX_SPOOLED = 1_000_000
"""Issues kept one by one; beyond that they are counted only."""
COLUMNS = ("severity", "code", "file", "where", "text")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def describe(
    *,
    format_name: str,
    guesses: Sequence[FormatGuess],
    survey: Survey,
    plan: Sequence[LabelPlan],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """What was found out by reading the files once."""
    tally = survey.tally
    own = next((guess for guess in guesses if guess.name == format_name), None)
    return {
        "format": format_name,
        "confidence": own.confidence if own else None,
        "reasons": list(own.reasons) if own else [],
        "candidates": [guess.as_json() for guess in guesses],
        "options": dict(options),
        "counts": {
            **tally.as_json(),
            **{name: survey.fates[name] for name in ("new", "matched", "repeated", "size_only", "without_file")},
            "missing_on_disc": tally.missing,
            "annotations_here": survey.objects_here,
            "predictions": tally.predictions,
        },
        "examples": survey.examples,
        "estimate": {"rows": tally.images + tally.annotations, "bytes": survey.bytes},
        "labels": [label.as_json() for label in plan],
        "choices": msgspec.to_builtins({label.source: label.choice for label in plan}),
    }


class Spool:
    """Writes every issue as a line of JSON; a context manager around the work."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __call__(self, issue: Issue) -> None:
        """Keep one issue."""
        if self._written < MAX_SPOOLED:
            self._file.write(msgspec.json.encode(issue) + b"\n")
            self._written += 1

    def store(self, job: Job, issues: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Keep the file when the report shows less than all; answers what goes into the job's result."""
        if all(issue["n"] <= SAMPLES for issue in issues):
            return {}
        self._file.flush()
        key = f"reports/{job.project_id}/{job.id}.jsonl"
        with self._path.open("rb") as file:
            put_object(key, file)
        return {"issues_file": key}


def iter_issues(job: Job) -> Iterator[dict[str, str]]:
    """Every issue of a job with the columns ``COLUMNS``; only samples where no file was kept."""
    key = job.result.get("issues_file")
    if key and default_storage.exists(key):
        with default_storage.open(key, "rb") as file:
            for line in file:
                yield _row(msgspec.json.decode(line))
        return
    for issue in job.result.get("issues", []):
        for sample in issue.get("samples", []):
            yield _row({**sample, "code": issue["code"], "severity": issue["severity"]})


def _row(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(values.get(name) or "") for name in COLUMNS}


def iter_csv(job: Job) -> Iterator[str]:
    """The issues as CSV, line by line; cells that a spreadsheet would take for a formula begin with an apostrophe."""
    yield _csv_line(COLUMNS)
    for row in iter_issues(job):
        yield _csv_line([f"'{text}" if text.startswith(_FORMULA) else text for text in row.values()])


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def iter_json(job: Job) -> Iterator[str]:
    """The whole report as one JSON object, every issue in ``all_issues``."""
    head = {key: value for key, value in job.result.items() if key not in {"issues_file", "glance", "file"}}
    yield msgspec.json.encode(head).decode()[:-1]
    yield ',"all_issues":['
    for number, row in enumerate(iter_issues(job)):
        yield ("," if number else "") + msgspec.json.encode(row).decode()
    yield "]}"
