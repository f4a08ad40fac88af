"""Formats that join a picture and its label file by their stem: no two pictures may have the same one."""

from pathlib import PurePosixPath

from annotator.core.records import Issue
from annotator.plugins.formats import Report


class StemNames:
    """Gives each picture of a folder a name whose stem nobody else has, ignoring case."""

    def __init__(self, report: Report) -> None:
        self._taken: set[str] = set()
        self._report = report

    def free(self, folder: str, name: str, full_name: str) -> str:
        """``name``, or ``name`` with a number, which is reported for ``full_name``."""
        path, number = PurePosixPath(name), 2
        found = path
        while (key := f"{folder}/{found.with_suffix('')}".casefold()) in self._taken:
            found = path.with_stem(f"{path.stem}-{number}")
            number += 1
        self._taken.add(key)
        if found != path:
            text = f"“{full_name}” was renamed to “{found}”, because its label file would have been another picture's."
            self._report(Issue("renamed", "info", text, full_name))
        return found.as_posix()
