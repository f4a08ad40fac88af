"""Damaged files: a sentence or an issue, never another exception, and never the rest of the set."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.core.errors import AnnotatorError
from annotator.core.records import ImageRecord, Issue
from annotator.plugins.families import FORMATS
from annotator.plugins.listing import Listing
from annotator.plugins.testing import DatasetFormatContract

ANNOTATIONS = {"coco": "*.json", "voc": "*.xml", "yolo": "*.txt"}
Dataset = Callable[[str], Path]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The kit's sample, written once per format."""
    made: dict[str, Path] = {}

    def build(name: str) -> Path:
        if name not in made:
            kit = type("Kit", (DatasetFormatContract,), {"plugin": FORMATS.get(name)})()
            folder = tmp_path_factory.mktemp(name)
            kit.write(kit.sample(folder / "in"), folder / "out")
            made[name] = folder / "out"
        return made[name]

    return build


def read(name: str, folder: Path) -> tuple[list[ImageRecord], list[Issue]]:
    plugin = FORMATS.get(name)
    issues: list[Issue] = []
    return list(plugin().read(folder, options=plugin.Options(), report=issues.append)), issues


@pytest.mark.parametrize("name", sorted(ANNOTATIONS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(data=st.data())
def test_any_damage_is_survived(dataset: Dataset, name: str, data: st.DataObject) -> None:
    folder = dataset(name)
    path = data.draw(st.sampled_from(sorted(folder.rglob(ANNOTATIONS[name]))))
    good = path.read_bytes()
    at = data.draw(st.integers(0, len(good)))
    kind = data.draw(st.sampled_from(["cut", "overwrite", "insert"]))
    junk = data.draw(
        st.binary(max_size=8) | st.sampled_from([b"null", b"-1e999", b'"x"', b"{}", b"[]", b"NaN", b"\xff"])
    )
    bad = {
        "cut": good[:at],
        "overwrite": good[:at] + junk + good[at + len(junk) :],
        "insert": good[:at] + junk + good[at:],
    }[kind]
    try:
        path.write_bytes(bad)
        FORMATS.get(name)().recognises(Listing(folder))
        images, _ = read(name, folder)
        for image in images:
            assert image.name
            assert image.width > 0
    except AnnotatorError:
        pass  # a sentence for a person
    finally:
        path.write_bytes(good)


@pytest.mark.parametrize("name", ["voc", "yolo"])
def test_one_torn_file_costs_one_picture(dataset: Dataset, name: str) -> None:
    folder = dataset(name)
    whole, _ = read(name, folder)
    path = next(p for p in sorted(folder.rglob(ANNOTATIONS[name])) if p.stat().st_size > 100 and p.stem == "b 1")
    good = path.read_bytes()
    try:
        path.write_bytes(b"\x00\xff torn")
        images, issues = read(name, folder)
    finally:
        path.write_bytes(good)
    assert issues
    untouched = {image.name: image.annotations for image in whole if image.name != "b 1.png"}
    assert {i.name: i.annotations for i in images if i.name != "b 1.png"} == untouched
