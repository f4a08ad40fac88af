"""What must hold for every format, on random datasets: the invariants of docs/formats/README.md by their numbers."""

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.geometry.measures import area, bounds
from annotator.core.records import AnnotationRecord, ImageRecord, LabelRecord
from annotator.plugins.listing import Listing
from tests.annotator.formats.kits import Kit, attempt, contents, kinds_of, kits, plain, read, write
from tests.factories import random_sets

ALL = pytest.mark.parametrize("kit", kits(), ids=lambda kit: f"{kit.__module__.rpartition('.')[2]}.{kit.__name__}")
few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def fresh(tmp_path: Path, name: str) -> Path:
    """An empty place for one example."""
    folder = tmp_path / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def drawn(data: st.DataObject, kit: Kit, folder: Path) -> list[ImageRecord]:
    kinds = kinds_of(kit)
    images = data.draw(random_sets.images(folder, kinds, kit.plugin.keeps, one_tag=kinds == {"tag"}))
    return [random_sets.disjoint(image) for image in images] if kit.disjoint else images


def by_name(kit: Kit, found: list[ImageRecord], expected: list[ImageRecord]) -> list[tuple[ImageRecord, ImageRecord]]:
    names = {image.name: image for image in expected}
    pairs = []
    for image in found:
        name = image.name if kit.keeps_names else max((n for n in names if image.name.endswith(n)), key=len)
        pairs.append((image, names.pop(name)))
    return pairs


def same_object(kit: Kit, here: AnnotationRecord, there: AnnotationRecord) -> None:
    assert here.label == there.label
    assert here.geometry.kind == there.geometry.kind
    assert bounds(here.geometry) == pytest.approx(bounds(there.geometry), abs=kit.tolerance)
    assert area(here.geometry) == pytest.approx(area(there.geometry), abs=kit.tolerance * 130)
    if "attributes" in kit.plugin.keeps:
        assert {k: plain(v) for k, v in there.attributes.items()}.items() <= {
            k: plain(v) for k, v in here.attributes.items()
        }.items()
    if "z_order" in kit.plugin.keeps:
        assert here.z_order == there.z_order


@ALL
@few
@given(data=st.data())
def test_1_and_2_what_was_written_comes_back_and_is_written_the_same(
    kit: Kit, data: st.DataObject, tmp_path: Path
) -> None:
    work = fresh(tmp_path, "set")
    images = drawn(data, kit, work / "in")
    labels = random_sets.labels(kinds_of(kit))
    write(kit, images, work / "out", labels)
    found_labels, found, issues = read(kit, work / "out")
    assert [issue for issue in issues if issue.severity in {"error", "fatal"}] == []
    names = [label.name for label in found_labels]
    used = {a.label for image in images for a in image.annotations}
    assert used <= set(names)
    assert names == [label.name for label in labels if label.name in names] or "unused_labels" not in kit.plugin.keeps
    if "empty_images" in kit.plugin.keeps:
        assert len(found) == len(images)
    for here, there in by_name(kit, found, images):
        assert (here.width, here.height) == (there.width, there.height)
        if "splits" in kit.plugin.keeps:
            assert here.split == there.split
        assert len(here.annotations) == len(there.annotations)
        for one, other in zip(here.annotations, there.annotations, strict=True):
            same_object(kit, one, other)
    if kit.keeps_names:
        write(kit, found, work / "again", found_labels)
        _, third, _ = read(kit, work / "again")
        write(kit, third, work / "and again", found_labels)
        assert contents(work / "again") == contents(work / "and again")


@ALL
@few
@given(data=st.data())
def test_5_order_of_json_members_and_white_space_mean_nothing(kit: Kit, data: st.DataObject, tmp_path: Path) -> None:
    work = fresh(tmp_path, "set")
    write(kit, drawn(data, kit, work / "in"), work / "out", random_sets.labels(kinds_of(kit)))
    files = sorted((work / "out").rglob("*.json"))
    before = said(kit, work / "out")
    for file in files:
        value = json.loads(file.read_bytes())
        file.write_text(json.dumps(turned(value), indent=data.draw(st.sampled_from([None, 1, 3]))), encoding="utf-8")
    assert said(kit, work / "out") == before


def said(kit: Kit, folder: Path) -> tuple[list[LabelRecord], list[ImageRecord]]:
    """Labels and images, without where their pictures lie: those from inside of a file lie elsewhere each time."""
    labels, images, _ = read(kit, folder)
    return labels, [replace(image, path=None) for image in images]


def turned(value: Any) -> Any:
    """The same JSON value with the members of its outer objects in reversed order."""
    if isinstance(value, dict):
        return {key: value[key] for key in reversed(value)}
    return value


@ALL
@settings(few, max_examples=25)
@given(data=st.data())
def test_6_no_bytes_whatever_do_harm(kit: Kit, data: st.DataObject, tmp_path: Path) -> None:
    work = fresh(tmp_path, "set")
    write(kit, drawn(data, kit, work / "in"), work / "out", random_sets.labels(kinds_of(kit)))
    paths = sorted(path for path in (work / "out").rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(paths))
    path.write_bytes(damaged(data, path.read_bytes(), data.draw(st.sampled_from(paths)).read_bytes()))
    kit.plugin().recognises(Listing(work / "out"))
    for image in attempt(kit, work / "out") or []:
        assert image.name


JUNK = (
    b"null", b"-1e999", b'"x"', b"{}", b"[]", b"NaN", b"\xff", b"\0", b"99999999999999999999", b"[" * 2000, b'{"a":' * 2000,
    b"<!DOCTYPE x>", b"\r", b";;;", b"-1", b"0",
)  # fmt: skip


def damaged(data: st.DataObject, good: bytes, other: bytes) -> bytes:
    """Cut, overwritten, filled with rubbish, joined with another file."""
    at = data.draw(st.integers(0, len(good)))
    junk = data.draw(st.binary(max_size=8) | st.sampled_from(JUNK))
    there = data.draw(st.integers(0, len(other)))
    kinds = {
        "cut": good[:at],
        "overwritten": good[:at] + junk + good[at + len(junk) :],
        "inserted": good[:at] + junk + good[at:],
        "joined": good[:at] + other[there:],
        "other": other,
        "random": data.draw(st.binary(max_size=64)),
    }
    return kinds[data.draw(st.sampled_from(sorted(kinds)))]


BOX_KITS = [kit for kit in kits() if "box" in kinds_of(kit)]


@settings(few, max_examples=60)
@given(data=st.data())
def test_3_from_format_to_format_and_back(data: st.DataObject, tmp_path: Path) -> None:
    first, second = data.draw(st.sampled_from(BOX_KITS)), data.draw(st.sampled_from(BOX_KITS))
    work = fresh(tmp_path, "set")
    keeps = first.plugin.keeps & second.plugin.keeps
    images = data.draw(random_sets.images(work / "in", frozenset({"box"}), keeps - {"attributes"}, one_tag=False))
    write(first, images, work / "first", random_sets.labels(frozenset()))
    labels, found, _ = read(first, work / "first")
    write(second, found, work / "second", labels)
    other_labels, other, _ = read(second, work / "second")
    write(first, other, work / "back", other_labels)
    _, back, _ = read(first, work / "back")
    quantum = first.tolerance * 2 + second.tolerance
    if "empty_images" in keeps:
        assert len(back) == len(found)
    if not (first.keeps_names and second.keeps_names):
        assert counted(back) == counted(found)
        return
    before = {image.name: image for image in found}
    for image in back:
        pairs = zip(image.annotations, before[image.name].annotations, strict=True)
        for here, there in pairs:
            assert here.label == there.label
            assert bounds(here.geometry) == pytest.approx(bounds(there.geometry), abs=quantum)


def counted(images: list[ImageRecord]) -> Counter[str]:
    return Counter(a.label for image in images for a in image.annotations)
