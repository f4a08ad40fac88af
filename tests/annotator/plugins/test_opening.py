"""Datasets in folders, archives and single files."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from annotator.core.errors import InvalidInput
from annotator.core.issues import IssueCollector
from annotator.core.progress import SilentProgress
from annotator.plugins.opening import opened_dataset


def names(source: Path, work: Path, issues: IssueCollector | None = None) -> set[str]:
    report = IssueCollector() if issues is None else issues
    with opened_dataset(source, work=work, report=report, progress=SilentProgress()) as folder:
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def tree(root: Path, *files: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def test_the_wrapping_of_an_archive_is_taken_off(tmp_path: Path) -> None:
    folder = tree(tmp_path / "in", "my set/labels/a.txt", "my set/images/a.jpg")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, path.relative_to(folder).as_posix())
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        tar.add(folder / "my set", "my set")
    for source in (folder, tmp_path / "x.zip", tmp_path / "x.tar.gz"):
        assert names(source, tmp_path / "work") == {"labels/a.txt", "images/a.jpg"}


@pytest.mark.parametrize("word", ["train", "images", "Annotations", "val"])
def test_a_folder_whose_name_says_something_is_kept(tmp_path: Path, word: str) -> None:
    assert names(tree(tmp_path / "in", f"{word}/cat/a.jpg"), tmp_path / "work") == {f"{word}/cat/a.jpg"}


@pytest.mark.parametrize("files", [("S1/seqinfo.ini", "S1/img1/1.jpg"), ("S1/gt/gt.txt", "S1/img1/1.jpg")])
def test_a_sequence_is_no_wrapping(tmp_path: Path, files: tuple[str, ...]) -> None:
    folder = tree(tmp_path / "in", *(f"my set/{name}" for name in files), "my set/.DS_Store")
    assert names(folder, tmp_path / "work") == {*files, ".DS_Store"}


def test_texts_for_people_beside_the_wrapping(tmp_path: Path) -> None:
    folder = tree(tmp_path / "in", "my set/labels/a.txt", "README.txt", "LICENSE", "Thumbs.db", "__MACOSX/x")
    assert names(folder, tmp_path / "work") == {"labels/a.txt"}
    (folder / "README.md").write_text("---\ndataset_info: {}\n---\n")
    assert len(names(folder, tmp_path / "work")) == 6


def test_a_single_file(tmp_path: Path) -> None:
    tree(tmp_path, "instances.json", "other.json")
    assert names(tmp_path / "instances.json", tmp_path / "work") == {"instances.json"}


def test_entries_that_lead_away_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        for name in ("../evil.txt", "good.txt", "good.txt"):
            path = tree(tmp_path, "file.txt") / "file.txt"
            tar.add(path, name)
    issues = IssueCollector()
    assert names(tmp_path / "x.tar", tmp_path / "work", issues) == {"good.txt"}
    assert {issue["code"] for issue in issues.as_json()} == {"unsafe_path", "duplicate_file_name"}
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tgz"])
@pytest.mark.parametrize("data", [b"", b"no archive at all", b"\x1f\x8b\x08\x00rubbish"])
def test_a_damaged_archive_is_refused_with_a_sentence(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InvalidInput, match="archive"):
        names(tmp_path / name, tmp_path / "work")


def test_an_archive_cut_off_anywhere_is_refused_or_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        tar.add(tree(tmp_path / "in", "a.txt", "b.txt"), ".")
    whole = (tmp_path / "x.tar.gz").read_bytes()
    refused = 0
    for length in range(1, len(whole), 7):
        (tmp_path / "x.tar.gz").write_bytes(whole[:length])
        try:
            found = names(tmp_path / "x.tar.gz", tmp_path / "work")
        except InvalidInput:
            refused += 1
        else:
            assert found == {"a.txt", "b.txt"}  # only the padding at the end was missing
    assert refused > 10
