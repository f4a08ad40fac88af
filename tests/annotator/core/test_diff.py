"""Comparing frozen states: every kind of change once, and nothing where nothing changed."""

import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from annotator.core.diff import DiffSummary, diff_lines
from annotator.core.geometry.types import Box
from annotator.core.manifest import ManifestHeader, read_lines, write_manifest
from annotator.core.records import AnnotationRecord, ImageRecord

HEADER = ManifestHeader(version=1, project="p", labels=[], held_out={})


def lines(images: list[ImageRecord]) -> list[bytes]:
    file = io.BytesIO()
    write_manifest(file, HEADER, images)
    file.seek(0)
    return list(read_lines(file))


def shape(name: str, label: str = "cat", x: float = 0.0) -> AnnotationRecord:
    return AnnotationRecord(label, Box(x=x, y=0, w=10, h=10), id=name)


def image(name: str, *shapes: AnnotationRecord, split: str = "train") -> ImageRecord:
    return ImageRecord(f"{name}.jpg", 100, 50, shapes, split, id=name, source={"sha256": f"s{name}"})


def test_every_kind_of_change() -> None:
    base = [image("a", shape("1")), image("b", shape("2"), shape("3"), shape("4")), image("c"), image("e", shape("5"))]
    head = [
        image("b", shape("2"), shape("3", x=5), shape("6", "dog"), split="val"),
        replace(image("c"), name="new.jpg"),
        image("d", shape("7")),
        image("e", shape("5")),
    ]
    summary = DiffSummary()
    entries = {entry["id"]: entry for entry in diff_lines(lines(base), lines(head), summary)}
    assert {key: entry["changes"] for key, entry in entries.items()} == {
        "a": ["removed"],
        "b": ["changed", "moved"],
        "c": ["renamed"],
        "d": ["added"],
    }
    assert summary.images == {"removed": 1, "changed": 1, "moved": 1, "renamed": 1, "added": 1, "same": 1}
    assert summary.moves == {"train → val": 1}
    assert summary.labels == {"cat": {"removed": 2, "changed": 1, "added": 1}, "dog": {"added": 1}}
    shapes = {found["id"]: found for found in entries["b"]["shapes"]}
    assert set(shapes) == {"3", "4", "6"}
    assert (shapes["3"]["what"], shapes["3"]["box"]) == (["geometry"], [[0, 0, 10, 10], [5, 0, 10, 10]])
    assert (shapes["4"]["box"][1], shapes["6"]["box"][0], shapes["6"]["label"]) == (None, None, [None, "dog"])
    assert entries["b"]["split"] == ["train", "val"]
    assert entries["a"]["sha256"] == "sa"


def test_only_a_state_is_no_change() -> None:
    base, head = image("a"), replace(image("a"), source={"sha256": "sa", "state": "reviewed"})
    summary = DiffSummary()
    assert list(diff_lines(lines([base]), lines([head]), summary)) == []
    assert summary.images == {"same": 1}


SETS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.dictionaries(st.sampled_from("12345"), st.integers(0, 2), max_size=4), max_size=6
)


@given(SETS, SETS)
def test_there_and_back(base: dict[str, dict[str, int]], head: dict[str, dict[str, int]]) -> None:
    def records(rows: dict[str, dict[str, int]]) -> list[ImageRecord]:
        return [image(n, *(shape(n + s, x=x) for s, x in sorted(rows[n].items()))) for n in sorted(rows)]

    there, back = DiffSummary(), DiffSummary()
    list(diff_lines(lines(records(base)), lines(records(head)), there))
    list(diff_lines(lines(records(head)), lines(records(base)), back))
    assert (there.images["added"], there.images["removed"]) == (len(head.keys() - base), len(base.keys() - head))
    assert (there.images["added"], there.images["changed"]) == (back.images["removed"], back.images["changed"])
    flat = [{n + s: x for n in rows for s, x in rows[n].items()} for rows in (base, head)]
    counts: dict[str, int] = dict(there.labels.get("cat", {}))
    assert counts.get("added", 0) == len(flat[1].keys() - flat[0])
    assert counts.get("removed", 0) == len(flat[0].keys() - flat[1])
    assert counts.get("changed", 0) == sum(flat[0][k] != flat[1][k] for k in flat[0].keys() & flat[1])
