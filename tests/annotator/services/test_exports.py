"""Exports: what is in the archive, what is reported, and that it comes back the same."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from annotator.core.errors import InvalidInput, PluginError
from annotator.core.progress import SilentProgress
from annotator.models import Annotation, AuditEvent, Image, Job, Project, User
from annotator.services.exports import ExportSettings, create_export, export_archive, export_folder, sweep_exports
from annotator.services.import_settings import ImportSettings
from annotator.services.imports import import_dataset
from annotator.services.jobs import run_job
from annotator.services.versions import create_version
from tests.factories.annotations import make_annotation
from tests.factories.images import make_stored_image
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db
ROTATED = {"type": "rotated_box", "cx": 30.0, "cy": 20.0, "w": 10.0, "h": 6.0, "angle": 30.0}
INSIDE = {"type": "box", "x": 5.0, "y": 6.5, "w": 20.0, "h": 10.0}


@pytest.fixture
def project(user: User) -> Project:
    project = make_project(owner=user, labels=("cat", "dog"), name="My Cats & Dogs")
    cat, dog = project.labels.order_by("position")
    first = make_stored_image(project, "sub/a.jpg", state=Image.State.LABELLED, split="train")
    make_annotation(first, cat, geometry=INSIDE, attributes={"attr:age": 3})
    make_annotation(first, dog, geometry=ROTATED)
    make_stored_image(project, "b.jpg", state=Image.State.REVIEWED, split="val")
    make_stored_image(project, "c.jpg")
    return project


def archive_of(job: Job) -> zipfile.ZipFile:
    with default_storage.open(job.result["file"]) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def run(user: User, project: Project, **values: Any) -> Job:
    job = create_export(actor=user, project=project, settings=ExportSettings(**values))
    run_job(job_id=job.id, owner="w")
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def test_an_archive_with_its_report(user: User, project: Project) -> None:
    job = run(user, project, format="coco")
    with archive_of(job) as archive:
        names = set(archive.namelist())
        report = json.loads(archive.read("export_report.json"))
        content = json.loads(archive.read("annotations/instances_train.json"))
    assert names == {
        "annotations/instances_train.json",
        "annotations/instances_val.json",
        "images/train/sub/a.jpg",
        "images/val/b.jpg",
        "export_report.json",
    }
    assert report["lossy"] == [
        {
            "code": "unsupported_rotated_box",
            "count": 1,
            "text": "1 rotated_box objects cannot be represented exactly in COCO.",
        }
    ]
    assert content["annotations"][0]["attributes"] == {"age": 3}
    assert job.result["name"] == "my-cats-dogs-coco.zip"
    assert (job.result["counts"]["images"], job.result["annotations"]) == (2, 2)
    assert job.done == job.total == 4
    assert AuditEvent.objects.filter(action="export.created").count() == 1


def test_pictures_are_the_bytes_that_were_uploaded(user: User, project: Project) -> None:
    from annotator.queries.files import blob_key

    with archive_of(run(user, project, format="yolo")) as archive:
        image = Image.objects.get(name="b.jpg")
        with default_storage.open(blob_key(image.sha256)) as stored:
            assert archive.read("images/val/b.jpg") == stored.read()
        assert archive.read("labels/val/b.txt") == b""
    with archive_of(run(user, project, format="yolo", with_images=False)) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".jpg")]


def test_the_same_export_is_the_same_file(project: Project, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        export_archive(
            project=project, settings=ExportSettings("voc"), target=tmp_path / name, progress=SilentProgress()
        )
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "two.zip"]


def test_scopes(user: User, project: Project) -> None:
    everything = run(user, project, format="coco", everything=True).result
    assert everything["counts"]["images"] == 3
    assert [issue["code"] for issue in everything["issues"]] == ["unlabelled_as_background"]
    assert run(user, project, format="coco", states=("reviewed",)).result["counts"]["images"] == 1
    version = create_version(actor=user, project=project)
    Annotation.objects.update(deleted=True)
    job = run(user, project, format="coco", version=str(version.id))
    assert (job.result["counts"]["images"], job.result["annotations"]) == (2, 2)
    with pytest.raises(InvalidInput, match="nothing to export"):
        create_export(actor=user, project=project, settings=ExportSettings("coco", states=("skipped",)))
    for wrong in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(InvalidInput, match="no such dataset version"):
            create_export(actor=user, project=project, settings=ExportSettings("coco", version=wrong))
    with pytest.raises(PluginError, match="no formats plugin"):
        create_export(actor=user, project=project, settings=ExportSettings("docx"))
    with pytest.raises(InvalidInput, match="zero_based"):
        create_export(actor=user, project=project, settings=ExportSettings("coco", {"zero_based": "perhaps"}))


def test_a_missing_picture_is_reported_and_the_rest_is_written(user: User, project: Project) -> None:
    from annotator.queries.files import blob_key

    version = create_version(actor=user, project=project)
    default_storage.delete(blob_key(Image.objects.get(name="b.jpg").sha256))
    job = run(user, project, format="coco", version=str(version.id))
    assert [(issue["code"], issue["n"]) for issue in job.result["issues"]] == [("image_not_found", 1)]
    assert job.result["counts"]["images"] == 2


@pytest.mark.parametrize("name", ["coco", "voc"])
def test_what_was_exported_comes_back(user: User, project: Project, tmp_path: Path, name: str) -> None:
    Annotation.objects.exclude(kind="box").exclude(geometry=INSIDE).delete()
    folder = tmp_path / "out"
    folder.mkdir()
    export_folder(project=project, settings=ExportSettings(name), target=folder, progress=SilentProgress())
    other = make_project(owner=user)
    import_dataset(
        actor=user,
        project=other,
        source=folder,
        settings=ImportSettings(path=str(folder)),
        progress=SilentProgress(),
        work=tmp_path / "work",
    )
    rows = {(i.name, i.split, i.state, i.sha256) for i in Image.objects.filter(project=other)}
    labelled = Image.objects.filter(project=project).exclude(name="c.jpg")
    assert rows == {(i.name, i.split, "labelled", i.sha256) for i in labelled}
    assert Annotation.objects.get(image__project=other).geometry == INSIDE
    assert list(other.labels.values_list("name", flat=True)) == ["cat", "dog"]


def test_old_archives_are_deleted_and_their_reports_stay(user: User, project: Project) -> None:
    job = run(user, project, format="coco")
    assert sweep_exports() == 0
    Job.objects.update(ended_at=timezone.now() - timedelta(days=8))
    assert sweep_exports() == 1
    assert not default_storage.exists(job.result["file"])
    job.refresh_from_db()
    assert "file" not in job.result
    assert job.result["counts"]["images"] == 2
    assert sweep_exports() == 0
