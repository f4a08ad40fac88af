"""Datasets of several annotation files: one that cannot be read costs only itself."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from annotator.core.errors import FormatError
from annotator.core.records import Issue
from annotator.plugins.formats import Report

T = TypeVar("T")


def read_each(paths: Iterable[Path], read: Callable[[Path], T], *, root: Path, report: Report, nothing: str) -> list[T]:
    """What ``read`` makes of each file; those that it refuses are reported.

    Raises :class:`FormatError`: the refusal itself when all files were refused, ``nothing`` when there are none.
    """
    results: list[T] = []
    refusals: list[tuple[str, FormatError]] = []
    for path in paths:
        try:
            results.append(read(path))
        except FormatError as error:
            refusals.append((path.relative_to(root).as_posix(), error))
        except OSError as error:
            name = path.relative_to(root).as_posix()
            refusals.append((name, FormatError(f"{name} cannot be read ({error.strerror}).", fields={"file": name})))
    if not results:
        raise refusals[0][1] if refusals else FormatError(nothing)
    for file, refusal in refusals:
        place = refusal.fields.get("offset", refusal.fields.get("line"))
        report(Issue("unparsable_file", "error", refusal.detail, file, None if place is None else f"byte {place}"))
    return results
