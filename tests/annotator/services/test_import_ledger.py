"""An import goes on where it stopped."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from annotator.core.errors import Cancelled
from annotator.core.progress import SilentProgress
from annotator.models import Annotation, Image, ImportChunk, Job, Project, User
from annotator.services import import_run
from annotator.services.files import put_object
from annotator.services.import_ledger import JobLedger, pack_ids, unpack_ids
from annotator.services.import_settings import ImportSettings
from annotator.services.imports import import_dataset, sweep_imports
from tests.factories.datasets import CAT, make_yolo
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db

Importer = Callable[..., dict[str, Any]]


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user)


@pytest.fixture
def job(project: Project, user: User) -> Job:
    return Job.objects.create(project=project, kind="import", created_by=user)


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(import_run, "MAX_PICTURES", 2)
    return make_yolo(tmp_path / "data", {f"train/{n}.jpg": [CAT] for n in range(7)})


@pytest.fixture
def bring_in(user: User, project: Project, job: Job, dataset: Path, tmp_path: Path) -> Importer:
    def run(progress: Any = None) -> dict[str, Any]:
        return import_dataset(
            actor=user,
            project=project,
            source=dataset,
            settings=ImportSettings(path=str(dataset)),
            progress=progress or SilentProgress(),
            work=tmp_path / "work",
            ledger=JobLedger(job),
        )

    return run


class StopsAt:
    """Cancels when a number of images is in."""

    def __init__(self, number: int) -> None:
        self.number = number

    def advance(self, done: int, total: int | None = None, message: str = "") -> None:
        if message == "Importing" and done == self.number:
            raise Cancelled("Enough.")


def test_ids_there_and_back() -> None:
    ids = [uuid4() for _ in range(3)]
    assert unpack_ids(memoryview(pack_ids(ids))) == ids


@pytest.mark.parametrize("stop", range(1, 7))
def test_interrupted_anywhere_and_continued_is_the_same(bring_in: Importer, job: Job, stop: int) -> None:
    with pytest.raises(Cancelled):
        bring_in(StopsAt(stop))
    done = ImportChunk.objects.filter(job=job).exclude(number=0).count()
    assert done in {stop // 2, max(stop // 2 - 1, 0)}
    report = bring_in()
    assert (Image.objects.count(), Annotation.objects.count()) == (7, 7)
    assert Image.objects.filter(state="labelled").count() == 7
    assert report["counts"]["annotations_added"] == 7
    assert ImportChunk.objects.filter(job=job).exclude(number=0).count() == 4


def test_a_second_run_of_the_same_job_skips_every_chunk(bring_in: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bring_in()
    monkeypatch.setattr(import_run.ImportRun, "_commit", lambda *_: pytest.fail("a chunk was done twice"))
    assert bring_in()["counts"] | {"new": 0, "matched": 0} == first["counts"] | {"new": 0, "matched": 0}
    assert Annotation.objects.count() == 7


def test_changed_records_are_done_again(bring_in: Importer, dataset: Path) -> None:
    bring_in()
    (dataset / "labels/train/0.txt").write_text(f"{CAT}\n0 .8 .8 .1 .1")
    bring_in()
    assert Annotation.objects.count() == 8


def test_the_ledger_knows_what_was_made(bring_in: Importer, job: Job) -> None:
    bring_in()
    chunks = list(ImportChunk.objects.filter(job=job).order_by("number"))
    assert [chunk.number for chunk in chunks] == [0, 1, 2, 3, 4]
    made = [pk for chunk in chunks for pk in unpack_ids(chunk.annotations)]
    assert set(made) == set(Annotation.objects.values_list("id", flat=True))
    images = [pk for chunk in chunks for pk in unpack_ids(chunk.images)]
    assert set(images) == set(Image.objects.values_list("id", flat=True))


def test_ledgers_and_long_reports_of_old_imports_are_swept(bring_in: Importer, job: Job) -> None:
    bring_in()
    put_object("reports/x.jsonl", b"{}")
    for age, left in ((timedelta(days=29), True), (timedelta(days=31), False)):
        Job.objects.filter(id=job.id).update(
            state="done", ended_at=timezone.now() - age, result={"issues_file": "reports/x.jsonl", "counts": {}}
        )
        sweep_imports()
        assert ImportChunk.objects.filter(job=job).exists() is left
        assert default_storage.exists("reports/x.jsonl") is left
    job.refresh_from_db()
    assert job.result == {"counts": {}}
