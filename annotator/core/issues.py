"""Issues counted by code, with samples: a report stays small however large the set is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from annotator.core.names import readable
from annotator.core.records import Issue, Severity

SAMPLES = 20
_ORDER: dict[Severity, int] = {"fatal": 0, "error": 1, "warning": 2, "info": 3}


class IssueCollector:
    """A ``Report``: call it with issues, read :meth:`as_json` at the end. ``keep`` gets every single one."""

    def __init__(self, keep: Callable[[Issue], None] | None = None) -> None:
        self._keep = keep
        self._counts: Counter[tuple[str, Severity]] = Counter()
        self._samples: dict[tuple[str, Severity], list[dict[str, str]]] = {}

    def __call__(self, issue: Issue) -> None:
        """Count one issue, and keep it while there are few of its kind."""
        issue = _written(issue)
        key = (issue.code, issue.severity)
        self._counts[key] += 1
        if self._keep is not None:
            self._keep(issue)
        samples = self._samples.setdefault(key, [])
        if len(samples) < SAMPLES:
            places = {"file": issue.file, "where": issue.where}
            samples.append({**{name: text for name, text in places.items() if text}, "text": issue.text})

    def __bool__(self) -> bool:
        return bool(self._counts)

    def count(self, *severities: Severity) -> int:
        """How many issues of these severities (all when none is named)."""
        return sum(n for (_, severity), n in self._counts.items() if not severities or severity in severities)

    def as_json(self) -> list[dict[str, Any]]:
        """``[{"code", "severity", "n", "samples": [{"file", "where", "text"}]}]``, the gravest first."""
        keys = sorted(self._counts, key=lambda key: (_ORDER[key[1]], -self._counts[key], key[0]))
        return [
            {
                "code": code,
                "severity": severity,
                "n": self._counts[code, severity],
                "samples": self._samples[code, severity],
            }
            for code, severity in keys
        ]


def _written(issue: Issue) -> Issue:
    """The issue in texts that can be written: files may have names that are none."""
    if all(text is None or text.isascii() for text in (issue.file, issue.where, issue.text)):
        return issue
    file, where = (text and readable(text) for text in (issue.file, issue.where))
    return replace(issue, file=file, where=where, text=readable(issue.text))
