"""Packing: the same data give the same bytes."""

import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from annotator.core.packing import pack
from annotator.core.progress import SilentProgress

FILES = {"b/2.txt": b"two " * 100, "a.jpg": b"one", "ü 猫.json": b"{}"}


def filled(folder: Path, order: int) -> Path:
    for name in list(FILES)[::order]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[name])
        os.utime(path, (order + 10, order + 10))
    return folder


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz"])
def test_the_same_data_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    archives = []
    for order in (1, -1):
        place = tmp_path / str(order)
        pack(filled(place / "data", order), place / name, SilentProgress())
        archives.append((place / name).read_bytes())
    assert archives[0] == archives[1]


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tgz"])
def test_everything_is_in_it(tmp_path: Path, name: str) -> None:
    pack(filled(tmp_path / "data", 1), tmp_path / name, SilentProgress())
    if name == "x.zip":
        with zipfile.ZipFile(tmp_path / name) as archive:
            found = {entry: archive.read(entry) for entry in archive.namelist()}
    else:
        with tarfile.open(tmp_path / name) as tar:
            found = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]  # all are files
    assert found == FILES


@pytest.mark.parametrize("name", ["x.zip", "x.tar"])
def test_empty_folders_are_kept(tmp_path: Path, name: str) -> None:
    (filled(tmp_path / "data", 1) / "train" / "unused class").mkdir(parents=True)
    pack(tmp_path / "data", tmp_path / name, SilentProgress())
    if name == "x.zip":
        with zipfile.ZipFile(tmp_path / name) as archive:
            folders = [entry.filename for entry in archive.infolist() if entry.is_dir()]
    else:
        with tarfile.open(tmp_path / name) as tar:
            folders = [f"{entry.name}/" for entry in tar if entry.isdir()]
    assert folders == ["train/unused class/"]
