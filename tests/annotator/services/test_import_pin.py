"""What a dry run saw is what comes in."""

import os
import zipfile
from pathlib import Path

import pytest

from annotator.core.errors import Conflict
from annotator.core.progress import SilentProgress
from annotator.services.import_pin import check_token, content_digest, glance, make_token
from annotator.services.import_settings import ImportSettings
from tests.factories.datasets import CAT, DOG, make_yolo


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_yolo(tmp_path / "data", {"train/a.jpg": [CAT], "train/b.jpg": [DOG]})


def content(source: Path) -> str:
    return content_digest(source, SilentProgress())


def test_the_content_counts_not_the_place_or_the_time_of_a_text(dataset: Path) -> None:
    before = content(dataset), glance(dataset)
    label = dataset / "labels/train/a.txt"
    os.utime(label, (1, 1))
    assert content(dataset) == before[0]
    assert glance(dataset) != before[1]
    label.write_text(CAT.replace("0", "1", 1))
    assert content(dataset) != before[0]


def test_new_and_missing_files_count(dataset: Path) -> None:
    before = content(dataset)
    (dataset / "labels/train/c.txt").write_text("")
    assert content(dataset) != before
    (dataset / "labels/train/c.txt").unlink()
    assert content(dataset) == before
    (dataset / "images/train/a.jpg").unlink()
    assert content(dataset) != before


def test_an_archive_is_hashed_as_a_whole(dataset: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(dataset / "data.yaml", "data.yaml")
    before = content(archive)
    os.utime(archive, (1, 1))
    assert content(archive) == before
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("more", "x")
    assert content(archive) != before


def test_a_token_is_that_of_files_format_and_options() -> None:
    settings = ImportSettings(path="x", options={"task": "detect"})
    token = make_token(settings, format_name="yolo", content="abc")
    same = ImportSettings(path="x", options={"task": "detect"}, token=token, mode="replace", labels={"cat": "ignore"})
    check_token(same, format_name="yolo", content="abc")
    check_token(ImportSettings(path="x"), format_name="yolo", content="none was given")
    for format_name, seen, options in (("voc", "abc", "detect"), ("yolo", "xyz", "detect"), ("yolo", "abc", "segment")):
        other = ImportSettings(path="x", options={"task": options}, token=token)
        with pytest.raises(Conflict, match="changed since"):
            check_token(other, format_name=format_name, content=seen)
