"""Taking an import back, as far as nobody has worked on what it brought."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.core.errors import Cancelled, Conflict
from annotator.models import Annotation, AnnotationRevision, Image, ImportChunk, Job, Label, Project, User
from annotator.queries import import_roots
from annotator.services import imports
from annotator.services.import_settings import ImportSettings
from annotator.services.import_undo import create_undo
from annotator.services.imports import create_import, resume_import
from annotator.services.jobs import cancel_job, run_job
from annotator.services.operations import save_operations
from tests.factories.annotations import make_annotation, update
from tests.factories.datasets import CAT, DOG, make_yolo
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user, labels=("cat",))


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(import_roots, "import_roots", lambda: [tmp_path.resolve()])
    return make_yolo(tmp_path / "data", {"train/a.jpg": [CAT], "train/b.jpg": [CAT, DOG], "train/c.jpg": []})


def bring_in(user: User, project: Project, dataset: Path, **values: Any) -> Job:
    job = create_import(actor=user, project=project, settings=ImportSettings(path=str(dataset), **values))
    run_job(job_id=job.id, owner="w")
    job.refresh_from_db()
    return job


def take_back(user: User, job: Job) -> dict[str, int]:
    undo = create_undo(actor=user, job=Job.objects.get(id=job.id))
    run_job(job_id=undo.id, owner="w")
    undo.refresh_from_db()
    assert undo.state == "done", undo.error
    counts: dict[str, int] = undo.result["counts"]
    return counts


def test_everything_that_it_made_goes(user: User, project: Project, dataset: Path) -> None:
    job = bring_in(user, project, dataset)
    assert (Image.objects.count(), Annotation.objects.count(), Label.objects.count()) == (3, 3, 2)
    counts = take_back(user, job)
    assert (Image.objects.count(), Annotation.objects.count()) == (0, 0)
    assert list(Label.objects.values_list("name", flat=True)) == ["cat"]
    assert counts["images_removed"] == 3
    assert (counts["annotations_removed"], counts["labels_removed"]) == (3, 1)
    job.refresh_from_db()
    assert job.result["undone"] is True
    with pytest.raises(Conflict, match="nothing"):
        create_undo(actor=user, job=job)


def test_work_of_people_stays(user: User, project: Project, dataset: Path) -> None:
    job = bring_in(user, project, dataset)
    first, second = Image.objects.get(name="train/a.jpg"), Image.objects.get(name="train/b.jpg")
    own = make_annotation(first, label=project.labels.get(name="cat"))
    edited = Annotation.objects.filter(image=second, label__name="dog").get()
    outcome = save_operations(actor=user, image_id=second.id, operations=[update(edited.id, 1, z_order=5)])
    assert outcome.results[0].status == "applied"
    counts = take_back(user, job)
    live = Annotation.objects.filter(deleted=False)
    assert set(live.values_list("id", flat=True)) == {own.id, edited.id}
    assert set(Image.objects.values_list("name", "annotation_count")) == {("train/a.jpg", 1), ("train/b.jpg", 1)}
    assert (counts["images_kept"], counts["annotations_kept"]) == (2, 1)
    assert Label.objects.filter(name="dog").exists(), "it is used"


def test_what_was_replaced_comes_back(user: User, project: Project, dataset: Path) -> None:
    bring_in(user, project, dataset)
    before = set(Annotation.objects.values_list("id", flat=True))
    Image.objects.filter(name="train/c.jpg").update(state="new", submitted_at=None)
    (dataset / "labels/train/a.txt").write_text("1 .8 .5 .1 .2")
    job = bring_in(user, project, dataset, mode="replace")
    assert job.result["counts"]["annotations_replaced"] == 1
    assert Image.objects.get(name="train/c.jpg").state == "labelled"
    counts = take_back(user, job)
    assert set(Annotation.objects.filter(deleted=False).values_list("id", flat=True)) == before
    assert (counts["annotations_restored"], counts["annotations_removed"], counts["images_removed"]) == (1, 1, 0)
    assert Image.objects.get(name="train/c.jpg").state == "new"
    changes = AnnotationRevision.objects.order_by("id").values_list("change", flat=True)
    assert list(changes)[-2:] == ["delete", "restore"]
    assert Image.objects.get(name="train/a.jpg").annotation_count == 1


def test_a_running_import_is_cancelled_first(
    user: User, project: Project, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped_after_the_first_chunk(**values: Any) -> dict[str, Any]:
        real(**values)
        raise Cancelled("The job was cancelled.")

    real = imports.import_dataset
    monkeypatch.setattr(imports, "import_dataset", stopped_after_the_first_chunk)
    job = create_import(actor=user, project=project, settings=ImportSettings(path=str(dataset)))
    undo = create_undo(actor=user, job=job)
    job.refresh_from_db()
    assert job.state == "cancelled"
    Job.objects.filter(id=job.id).update(state="queued", cancel_requested=False)
    run_job(job_id=job.id, owner="w")
    assert Image.objects.count() == 3
    run_job(job_id=undo.id, owner="w")
    assert Image.objects.count() == 0
    assert not ImportChunk.objects.exists()


def test_images_of_a_chunk_that_was_never_closed_go_too(
    user: User, project: Project, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise Cancelled("The job was cancelled.")

    monkeypatch.setattr("annotator.services.import_run.ImportRun._commit", breaks)
    job = bring_in(user, project, dataset)
    assert (job.state, Image.objects.count(), Annotation.objects.count()) == ("cancelled", 3, 0)
    take_back(user, job)
    assert Image.objects.count() == 0


def test_pictures_from_before_a_kill_are_the_imports_own(
    user: User, project: Project, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise Cancelled("The job was cancelled.")

    with monkeypatch.context() as patch:
        patch.setattr("annotator.services.import_run.ImportRun._commit", breaks)
        job = bring_in(user, project, dataset)
    resume_import(actor=user, job=job)
    run_job(job_id=job.id, owner="w")
    job.refresh_from_db()
    assert (job.state, job.result["counts"]["images_added"], job.result["counts"]["images_matched"]) == ("done", 3, 0)
    counts = take_back(user, job)
    assert (counts["images_removed"], Image.objects.count()) == (3, 0)


def test_a_look_or_another_job_cannot_be_taken_back(user: User, project: Project, dataset: Path) -> None:
    look = bring_in(user, project, dataset, dry_run=True)
    with pytest.raises(Conflict, match="changed something"):
        create_undo(actor=user, job=look)
    export = Job.objects.create(project=project, kind="export", state="done", result={"x": json.dumps(1)})
    with pytest.raises(Conflict, match="changed something"):
        create_undo(actor=user, job=export)
    waiting = create_import(actor=user, project=project, settings=ImportSettings(path=str(dataset)))
    cancel_job(actor=user, job=waiting)
    with pytest.raises(Conflict, match="nothing"):
        create_undo(actor=user, job=waiting)
