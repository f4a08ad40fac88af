"""Which label of a project a name in a file means."""

import unicodedata
from collections.abc import Mapping, Sequence

NEAR = 2


def fold(name: str) -> str:
    """A name for comparison: NFKC, case, spaces, hyphens and underscores do not matter."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("_", " ").replace("-", " ")
    return " ".join(text.split())


def likeness(first: str, second: str) -> str:
    """How two names agree: ``exact``, ``case`` (case, spaces, hyphens), ``unicode`` (also NFKC), ``near`` or nothing."""
    if first == second:
        return "exact"
    if _spaced(first) == _spaced(second):
        return "case"
    if fold(first) == fold(second):
        return "unicode"
    return "near" if _distance(fold(first), fold(second)) <= NEAR else ""


def _spaced(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def match_label(name: str, known: Mapping[str, int]) -> int | None:
    """The id that ``name`` means among ``known`` (name → id): exact first, then folded when that is unambiguous."""
    if name in known:
        return known[name]
    found = {label_id for other, label_id in known.items() if fold(other) == fold(name)}
    return found.pop() if len(found) == 1 else None


def similar_labels(name: str, known: Sequence[str], *, most: int = 3) -> list[str]:
    """Names that differ by at most two letters, nearest first: proposals for a person, never taken by themselves."""
    near = [(distance, other) for other in known if (distance := _distance(fold(name), fold(other))) <= NEAR]
    return [other for _, other in sorted(near)][:most]


def _distance(first: str, second: str) -> int:
    """Levenshtein's distance, given up beyond ``NEAR``."""
    if abs(len(first) - len(second)) > NEAR:
        return NEAR + 1
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        above, row[0] = row[0], i
        for j, b in enumerate(second, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]
