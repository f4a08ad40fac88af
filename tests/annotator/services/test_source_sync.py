"""Synchronising with a source: new, changed, vanished, returned; nothing twice, nothing lost."""

import hashlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage

from annotator.api.files import Found, _open
from annotator.config import get_config
from annotator.core.errors import Cancelled, NotFound
from annotator.core.progress import SilentProgress
from annotator.models import Image, Job, Source, SourceFile
from annotator.queries import import_roots
from annotator.queries.files import blob_key, local_path
from annotator.services import source_sync
from annotator.services.files import ensure_blob
from annotator.services.jobs import run_job
from annotator.services.source_sync import run_sync, sweep_fetched
from annotator.services.sources import create_source, start_sync, update_source
from tests.factories.annotations import make_annotation
from tests.factories.images import make_picture
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    allowed = replace(get_config(), import_roots=(str(tmp_path),))
    monkeypatch.setattr(import_roots, "get_config", lambda: allowed)
    folder = tmp_path / "pictures"
    (folder / "sub").mkdir(parents=True)
    for number, name in enumerate(("a.jpg", "sub/b.jpg", "c.jpg"), start=1):
        (folder / name).write_bytes(make_picture(number))
        default_storage.delete(blob_key(hashlib.sha256(make_picture(number)).hexdigest()))  # of other tests
    person = make_user()
    return SimpleNamespace(person=person, project=make_project(owner=person, labels=("cell",)), folder=folder)


def add(world: SimpleNamespace, *, copies: bool = True) -> Source:
    options = {"path": str(world.folder)}
    return create_source(
        actor=world.person, project=world.project, name="Camera", plugin="folder", options=options, copies=copies
    )


def sync(world: SimpleNamespace, source: Source) -> dict[str, Any]:
    job = start_sync(actor=world.person, source=source)
    done = run_job(job_id=job.id, owner="test")
    assert done is not None
    assert done.state == Job.State.DONE, done.error
    return {name: n for name, n in done.result["counts"].items() if n}


def test_pictures_come_in_once(world: SimpleNamespace) -> None:
    source = add(world)
    assert sync(world, source) == {"new": 3}
    assert sorted(Image.objects.values_list("name", flat=True)) == ["a.jpg", "c.jpg", "sub/b.jpg"]
    assert sync(world, source) == {"unchanged": 3}
    source.refresh_from_db()
    assert (source.report["unchanged"], source.synced_at is not None) == (3, True)


def test_what_vanished_is_marked_and_nothing_is_deleted(world: SimpleNamespace) -> None:
    source = add(world)
    sync(world, source)
    data = (world.folder / "a.jpg").read_bytes()
    (world.folder / "a.jpg").unlink()
    assert sync(world, source) == {"unchanged": 2, "vanished": 1}
    assert Image.objects.count() == 3
    assert sync(world, source) == {"unchanged": 2}
    (world.folder / "a.jpg").write_bytes(data)
    assert sync(world, source)["returned"] == 1
    assert Image.objects.count() == 3
    assert not SourceFile.objects.filter(state="vanished").exists()


def test_a_changed_picture_is_renewed(world: SimpleNamespace) -> None:
    source = add(world)
    sync(world, source)
    image = Image.objects.get(name="a.jpg")
    before = image.sha256
    make_annotation(image, world.project.labels.get())
    (world.folder / "a.jpg").write_bytes(make_picture(9))
    assert sync(world, source) == {"changed": 1, "unchanged": 2}
    image.refresh_from_db()
    assert image.sha256 != before
    assert image.annotations.count() == 1
    with local_path(image) as path:
        assert path.read_bytes() == make_picture(9)


def test_a_picture_of_another_size_is_not_put_under_annotations(world: SimpleNamespace) -> None:
    source = add(world)
    sync(world, source)
    image = Image.objects.get(name="a.jpg")
    make_annotation(image, world.project.labels.get())
    Image.objects.filter(pk=image.pk).update(annotation_count=1)
    (world.folder / "a.jpg").write_bytes(make_picture(9, size=(33, 21)))
    assert sync(world, source) == {"refused": 1, "unchanged": 2}
    image.refresh_from_db()
    with local_path(image) as path:
        assert path.read_bytes() == make_picture(1)
    assert sync(world, source) == {"unchanged": 3}  # and is not tried again until it changes


def test_a_deleted_image_does_not_come_back(world: SimpleNamespace) -> None:
    source = add(world)
    sync(world, source)
    Image.objects.get(name="a.jpg").delete()
    assert sync(world, source) == {"unchanged": 2, "ignored": 1}
    assert sync(world, source) == {"unchanged": 2, "ignored": 1}
    assert Image.objects.count() == 2


def test_duplicates_and_rubbish_are_named_once(world: SimpleNamespace) -> None:
    (world.folder / "again.jpg").write_bytes(make_picture(1))
    (world.folder / "bad.jpg").write_bytes(b"no picture")
    source = add(world)
    assert sync(world, source) == {"new": 3, "ignored": 1, "refused": 1}
    assert sync(world, source) == {"unchanged": 3, "ignored": 2}


def stored(image: Image) -> bool:
    return default_storage.exists(blob_key(image.sha256))


def test_without_copying_originals_stay_where_they_are(world: SimpleNamespace) -> None:
    source = add(world, copies=False)
    assert sync(world, source) == {"new": 3}
    image = Image.objects.get(name="a.jpg")
    assert not stored(image)
    with local_path(image) as path:
        assert path.read_bytes() == make_picture(1)
    assert not stored(image)
    opened = _open(Found(blob_key(image.sha256), "image/jpeg", '"x"', original_of=image.sha256))
    assert opened.stream is not None
    with opened.stream as stream:
        assert stream.read() == make_picture(1)


def test_fetched_originals_are_swept_away_again(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    sync(world, add(world, copies=False))
    image = Image.objects.get(name="a.jpg")
    ensure_blob(image.sha256)
    monkeypatch.setattr(source_sync, "SWEEP_EVERY", -1e18)
    assert sweep_fetched() == 0
    monkeypatch.setattr(source_sync, "FETCHED_FOR", -10)
    assert sweep_fetched() == 1
    assert not stored(image)


def test_an_original_that_changed_at_its_source_is_not_served(world: SimpleNamespace) -> None:
    sync(world, add(world, copies=False))
    image = Image.objects.get(name="a.jpg")
    (world.folder / "a.jpg").write_bytes(make_picture(9))
    with pytest.raises(NotFound, match="changed at its source"), local_path(image):
        pass


def test_copying_can_be_switched_on_later(world: SimpleNamespace) -> None:
    source = add(world, copies=False)
    sync(world, source)
    update_source(actor=world.person, source=source, copies=True)
    assert sync(world, source) == {"unchanged": 3, "copied": 3}
    assert all(stored(image) for image in Image.objects.all())


class _StopsAfter(SilentProgress):
    def __init__(self, files: int) -> None:
        self.left = files

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        if done >= self.left:
            raise Cancelled("Stop.")


def test_an_interrupted_run_goes_on_and_marks_nothing_as_vanished(world: SimpleNamespace) -> None:
    source = add(world)
    job = start_sync(actor=world.person, source=source)
    with pytest.raises(Cancelled):
        run_sync(job, _StopsAfter(2))
    assert Image.objects.count() == 2
    assert not SourceFile.objects.filter(state="vanished").exists()
    assert sync(world, source) == {"new": 1, "unchanged": 2}


def test_a_source_that_was_removed_says_so(world: SimpleNamespace) -> None:
    source = add(world)
    job = start_sync(actor=world.person, source=source)
    source.delete()
    with pytest.raises(NotFound):
        run_sync(job, SilentProgress())
