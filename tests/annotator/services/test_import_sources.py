"""Datasets in a bucket: fetched once, looked at, imported."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from annotator.core.errors import InvalidInput, LimitExceeded, NotFound
from annotator.core.progress import SilentProgress
from annotator.models import Annotation, Job, Project, Source, User
from annotator.plugins.base import Options
from annotator.plugins.sources import ImageSource, SourceItem
from annotator.services import import_sources
from annotator.services.import_settings import ImportSettings
from annotator.services.import_sources import fetch_source, find_source, folder_of, sweep_fetched
from annotator.services.imports import create_import
from annotator.services.jobs import run_job
from tests.factories.datasets import CAT, DOG, make_yolo
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


class Bucket(ImageSource):
    """A bucket in memory that counts what is fetched."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.fetched: list[str] = []

    def items(self, *, options: Options) -> Iterator[SourceItem]:
        return self.files(options=options)

    def files(self, *, options: Options) -> Iterator[SourceItem]:
        for name, data in self.objects.items():
            yield SourceItem(name, len(data), str(hash(data)))

    @contextmanager
    def open(self, item: SourceItem, *, options: Options) -> Iterator[BinaryIO]:
        self.fetched.append(item.name)
        yield io.BytesIO(self.objects[item.name])


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user)


@pytest.fixture
def source(project: Project) -> Source:
    return Source.objects.create(project=project, name="Lake", plugin="s3", options={"bucket": "lake"})


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    bucket = Bucket()
    monkeypatch.setattr(import_sources, "opened_source", lambda *_: (bucket, Options()))
    return bucket


def fill(bucket: Bucket, folder: Path) -> None:
    bucket.objects = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_only_what_changed_is_fetched_again(source: Source, bucket: Bucket) -> None:
    bucket.objects = {"a/x.txt": b"1", "b.txt": b"2", "c.txt": b"3"}
    fetch_source(source, SilentProgress())
    bucket.objects |= {"b.txt": b"new"}
    del bucket.objects["c.txt"]
    bucket.fetched.clear()
    fetch_source(source, SilentProgress())
    assert bucket.fetched == ["b.txt"]
    files = {path.name: path.read_bytes() for path in folder_of(source).rglob("*") if path.is_file()}
    assert files == {"x.txt": b"1", "b.txt": b"new"}


def test_placeholders_of_folders_give_way(source: Source, bucket: Bucket) -> None:
    bucket.objects = {"images": b"", "images/a.txt": b"1"}
    fetch_source(source, SilentProgress())
    fetch_source(source, SilentProgress())
    assert [path.name for path in folder_of(source).rglob("*.txt")] == ["a.txt"]
    bucket.objects = {"a": b"file", "a/b": b"1"}
    with pytest.raises(InvalidInput, match="a folder at the same time"):
        fetch_source(source, SilentProgress())


def test_limits_and_names(source: Source, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="no files"):
        fetch_source(source, SilentProgress())
    bucket.objects = {"../evil": b"1"}
    with pytest.raises(InvalidInput, match="leads out"):
        fetch_source(source, SilentProgress())
    bucket.objects = {str(number): b"x" for number in range(5)}
    monkeypatch.setattr(import_sources, "ArchiveLimits", lambda: import_sources_limits(entries=4))
    with pytest.raises(LimitExceeded, match="more than 4 files"):
        fetch_source(source, SilentProgress())
    monkeypatch.setattr(import_sources, "ArchiveLimits", lambda: import_sources_limits(total_bytes=3))
    with pytest.raises(LimitExceeded, match="MiB"):
        fetch_source(source, SilentProgress())


def import_sources_limits(**limits: int) -> object:
    from annotator.core.archives import ArchiveLimits

    return ArchiveLimits(**limits)


def test_look_and_import(user: User, project: Project, source: Source, bucket: Bucket, tmp_path: Path) -> None:
    fill(bucket, make_yolo(tmp_path / "set", {"train/a.jpg": [CAT], "train/b.jpg": [DOG]}))

    def run(**values: object) -> Job:
        job = create_import(actor=user, project=project, settings=ImportSettings(**values))  # type: ignore[arg-type]
        run_job(job_id=job.id, owner="w")
        job.refresh_from_db()
        return job

    looked = run(source=str(source.id), dry_run=True)
    assert (looked.state, looked.result["counts"]["new"], looked.result["name"]) == ("done", 2, "Lake"), looked.error
    bucket.fetched.clear()
    made = run(token=looked.result["token"])
    assert (made.state, bucket.fetched, Annotation.objects.count()) == ("done", [], 2), made.error
    bucket.objects["labels/train/a.txt"] = DOG.encode()
    changed = run(token=looked.result["token"])
    assert changed.state == "failed"
    assert "changed since" in changed.error


def test_sources_of_others_are_not_found(source: Source, user: User) -> None:
    with pytest.raises(NotFound):
        find_source(make_project(owner=user), source.id)


def test_fetched_files_go_after_a_day(source: Source, bucket: Bucket) -> None:
    bucket.objects = {"a.txt": b"1"}
    fetch_source(source, SilentProgress())
    sweep_fetched()
    assert folder_of(source).exists()
    used = (folder_of(source).parent / "index.json").stat().st_mtime
    assert sweep_fetched(now=used + 24 * 3600 + 1) >= 1
    assert not folder_of(source).exists()
