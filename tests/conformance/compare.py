"""What a dataset should be against what ``marquee convert --inspect`` says of it."""

import math
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

Json = dict[str, Any]
TOLERANCE = 1e-3
"""Pixels. Text formats of six relative decimals and sheets of two stay within it on the small pictures of the set."""
_NOT_OF_THE_FORMAT = frozenset({"note"})


def differences(expected: Mapping[str, Any], header: Mapping[str, Any], lines: list[Json]) -> Iterator[str]:
    """Sentences, one per expectation that is not met."""
    if bool(header["rejected"]) != bool(expected["reject"]):
        yield f"rejected is {header['rejected']}"
    if expected["reject"]:
        return
    if header["labels"] != expected["labels"]:
        yield f"labels are {header['labels']}, expected {expected['labels']}"
    yield from _issue_differences(expected, header)
    yield from _prediction_differences(expected, lines)
    found = {line["image"]: line for line in lines if line["anns"] or not line["predictions"]}
    wanted: Mapping[str, Any] = expected["images"]
    names = {name: _match(name, found) for name in wanted}
    for name, line in names.items():
        if line is None:
            yield f"{name} is missing (there are {sorted(found)})"
        else:
            yield from _image_differences(name, wanted[name], line, expected.get("splits", {}).get(name))
    seen = {line["image"] for line in names.values() if line is not None}
    for name in found.keys() - seen:
        yield f"{name} was not expected"


def _match(name: str, found: Mapping[str, Json]) -> Json | None:
    """By name; expectations may leave out the extension."""
    if name in found:
        return found[name]
    stems = [line for other, line in found.items() if PurePosixPath(other).with_suffix("").as_posix() == name]
    return stems[0] if len(stems) == 1 else None


def _issue_differences(expected: Mapping[str, Any], header: Mapping[str, Any]) -> Iterator[str]:
    codes = {issue["code"] for issue in header["issues"]}
    for code in expected["warn"]:
        if code not in codes:
            yield f"{code} was not reported (only {sorted(codes)})"
    grave = {issue["code"] for issue in header["issues"] if issue["severity"] != "info"}
    for code in sorted(grave - set(expected["warn"])):
        yield f"{code} was reported without need"


def _prediction_differences(expected: Mapping[str, Any], lines: list[Json]) -> Iterator[str]:
    number = sum(len(line["predictions"]) for line in lines)
    if "predictions" in expected and number != expected["predictions"]:
        yield f"{number} predictions, expected {expected['predictions']}"


def _image_differences(name: str, wanted: Json, line: Json, split: str | None) -> Iterator[str]:
    if (line["w"], line["h"]) != (wanted["w"], wanted["h"]):
        yield f"{name} is {line['w']} x {line['h']}, expected {wanted['w']} x {wanted['h']}"
    if split is not None and line["split"] != split:
        yield f"{name} is in split {line['split']}, expected {split}"
    if len(line["anns"]) != len(wanted["anns"]):
        yield f"{name} has {len(line['anns'])} objects, expected {len(wanted['anns'])}"
        return
    for number, (here, there) in enumerate(zip(line["anns"], wanted["anns"], strict=True)):
        for key, value in there.items():
            if not _same(here.get(key), value, exact=key == "attributes"):
                yield f"{name} object {number}: {key} is {here.get(key)!r}, expected {value!r}"


def _same(here: Any, there: Any, *, exact: bool = False) -> bool:
    if isinstance(there, bool) or isinstance(here, bool):
        return here == there
    if isinstance(there, int | float):
        return isinstance(here, int | float) and math.isclose(here, there, abs_tol=TOLERANCE)
    if isinstance(there, Mapping):
        return isinstance(here, Mapping) and all(_same(here.get(key), value) for key, value in there.items())
    if isinstance(there, list):
        return (
            isinstance(here, list)
            and len(here) == len(there)
            and all(_same(a, b, exact=exact) for a, b in zip(here, there, strict=True))
        )
    return bool(here == there)
