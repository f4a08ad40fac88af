"""Backup and restore: what was there is there again; what is no backup is refused."""

import io
import json
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from annotator.config import Config
from annotator.core.errors import Conflict, FormatError, InvalidInput
from annotator.core.progress import SilentProgress
from annotator.services import backup
from annotator.services.backup import MANIFEST, restore_backup, write_backup


@pytest.fixture
def home(tmp_path: Path) -> Config:
    """A home with a picture, a log and a key."""
    folder = tmp_path / "home"
    for name in ("store/blobs/ab/picture", "logs/web.log", "secret_key"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return Config(home=folder)


def archive_of(path: Path, entries: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def manifest(**changes: object) -> bytes:
    return json.dumps({"format": 1, "created": "2026", "database": connection.vendor, "files": 0, **changes}).encode()


@pytest.mark.django_db(transaction=True)
def test_holds_database_and_files_but_no_secrets(home: Config, tmp_path: Path) -> None:
    target = tmp_path / "all.tar"
    written = write_backup(config=home, target=target, progress=SilentProgress())
    with tarfile.open(target) as archive:
        names = archive.getnames()
    dump = "database/marquee.sqlite3" if connection.vendor == "sqlite" else "database/marquee.dump"
    assert names == [MANIFEST, dump, "home/store/blobs/ab/picture"]
    assert written["files"] == 1
    with pytest.raises(Conflict, match="exists already"):
        write_backup(config=home, target=target, progress=SilentProgress())


def test_brings_files_back(tmp_path: Path) -> None:
    source = archive_of(tmp_path / "b.tar", {MANIFEST: manifest(), "home/store/x": b"bytes"})
    report = restore_backup(config=Config(home=tmp_path / "new"), source=source, force=False, progress=SilentProgress())
    assert (tmp_path / "new/store/x").read_bytes() == b"bytes"
    assert report["restored"] == 1


def test_moves_an_existing_database_aside_only_when_forced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "connection", SimpleNamespace(vendor="sqlite", close=lambda: None))
    home = Config(home=tmp_path / "home")
    home.home.mkdir()
    (home.home / "marquee.sqlite3").write_text("old")
    source = archive_of(tmp_path / "b.tar", {MANIFEST: manifest(database="sqlite"), "database/marquee.sqlite3": b"new"})
    with pytest.raises(Conflict, match="holds a database already"):
        restore_backup(config=home, source=source, force=False, progress=SilentProgress())
    report = restore_backup(config=home, source=source, force=True, progress=SilentProgress())
    assert (home.home / "marquee.sqlite3").read_bytes() == b"new"
    assert (Path(report["moved_aside"]) / "marquee.sqlite3").read_text() == "old"


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"home/x": b""}, "its manifest is missing"),
        ({MANIFEST: manifest(format=9)}, "has format 9"),
        ({MANIFEST: manifest(), "home/../../evil": b""}, "an entry that it should not"),
    ],
)
def test_refuses_what_is_no_backup(tmp_path: Path, entries: dict[str, bytes], sentence: str) -> None:
    source = archive_of(tmp_path / "b.tar", entries)
    with pytest.raises(FormatError, match=sentence):
        restore_backup(config=Config(home=tmp_path / "home"), source=source, force=False, progress=SilentProgress())


def test_refuses_another_kind_of_database(tmp_path: Path) -> None:
    source = archive_of(tmp_path / "b.tar", {MANIFEST: manifest(database="oracle")})
    with pytest.raises(Conflict, match="holds a “oracle” database"):
        restore_backup(config=Config(home=tmp_path), source=source, force=False, progress=SilentProgress())


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is not a file"):
        restore_backup(config=Config(home=tmp_path), source=tmp_path / "no", force=False, progress=SilentProgress())
