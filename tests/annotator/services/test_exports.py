"""Exports: what is in the archive, what is reported, and that it comes back the same."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from annotator.core.errors import Cancelled, InvalidInput, PluginError
from annotator.core.progress import SilentProgress
from annotator.core.splits import SplitRule
from annotator.models import Annotation, AuditEvent, Image, Job, Project, User
from annotator.queries.images import ImageFilter
from annotator.services.export_selection import ExportSettings
from annotator.services.exports import create_export, export_archive, export_folder, sweep_exports
from annotator.services.import_settings import ImportSettings
from annotator.services.imports import import_dataset
from annotator.services.jobs import run_job
from annotator.services.versions import create_version
from tests.factories.annotations import make_annotation
from tests.factories.images import make_image, make_stored_image
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
    assert report["lossy"] == job.result["lossy"]
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


def test_a_look_says_what_would_be_lost_and_writes_nothing(user: User, project: Project) -> None:
    looked = run(user, project, format="yolo", everything=True, dry_run=True)
    result = looked.result
    assert (result["dry_run"], result["counts"]["images"], result["counts"]["without_annotations"]) == (True, 3, 2)
    assert result["counts"]["by_type"] == {"box": 1, "rotated_box": 1}
    assert result["counts"]["by_split"] == {"train": 1, "val": 1, "": 1}
    assert [issue["code"] for issue in result["issues"]] == ["unlabelled_as_background"]
    assert "file" not in result
    assert AuditEvent.objects.filter(action="export.created").count() == 0
    written = run(user, project, format="yolo", everything=True)
    assert written.result["lossy"] == result["lossy"]
    assert {"unsupported_rotated_box": 1, "attributes": 1}.items() <= {
        loss["code"]: loss["count"] for loss in result["lossy"]
    }.items()
    assert 0.5 < result["estimate"]["bytes"] / written.result["bytes"] < 1.6
    assert result["estimate"]["pictures"] == sum(Image.objects.values_list("bytes", flat=True))
    assert run(user, project, format="yolo", everything=True, dry_run=True, with_images=False).result["estimate"][
        "pictures"
    ] == 0  # fmt: skip


def test_a_view_of_the_images(user: User, project: Project) -> None:
    cat = project.labels.get(name="cat")
    result = run(user, project, format="coco", view=ImageFilter(label=cat.id)).result
    assert result["counts"]["images"] == 1
    assert run(user, project, format="coco", view=ImageFilter(search=".jpg", split=("val",))).result["images"] == 1
    found = run(user, project, format="coco", view=ImageFilter(state=("new",))).result
    assert [issue["code"] for issue in found["issues"]] == ["unlabelled_as_background"]
    with pytest.raises(InvalidInput, match="nothing to export"):
        create_export(actor=user, project=project, settings=ExportSettings("coco", view=ImageFilter(search="zebra")))


def test_a_seeded_split(user: User, project: Project) -> None:
    for _ in range(8):
        make_stored_image(project, state=Image.State.LABELLED)
    rule = SplitRule(fractions={"train": 0.5, "val": 0.3, "test": 0.2}, seed=3)
    counts = [run(user, project, format="coco", split=rule, dry_run=dry).result["counts"] for dry in (True, False)]
    assert counts[0]["by_split"] == counts[1]["by_split"] == {"train": 5, "val": 3, "test": 2}
    assert Image.objects.exclude(split="").count() == 2  # only written, nothing is decided in the project
    anew = SplitRule(fractions={"train": 0.7, "val": 0.3}, keep_fixed=False)
    create_version(actor=user, project=project, fractions={"train": 0.2, "val": 0.8})
    found = run(user, project, format="coco", split=anew, dry_run=True).result
    assert found["counts"]["by_split"] == {"train": 7, "val": 3}
    assert found["warnings"][0]["code"] == "held_out_moves"
    kept = run(user, project, format="coco").result["counts"]["by_split"]
    assert kept == {"train": 1, "val": 1, "": 8}
    version = create_version(actor=user, project=project)
    with pytest.raises(InvalidInput, match="keeps its own split"):
        create_export(actor=user, project=project, settings=ExportSettings("coco", version=str(version.id), split=rule))
    wrong = create_export(actor=user, project=project, settings=ExportSettings("coco", split=SplitRule(together="x")))
    run_job(job_id=wrong.id, owner="w")
    wrong.refresh_from_db()
    assert (wrong.state, "no field to split by" in wrong.error) == ("failed", True)


def test_an_image_without_file_is_written_without_picture(user: User, project: Project) -> None:
    make_image(project, "elsewhere.jpg", state="labelled", sha256="", format="", bytes=0)
    job = run(user, project, format="coco")
    assert job.result["counts"]["images"] == 3
    assert [(issue["code"], issue["n"]) for issue in job.result["issues"]] == [("image_not_found", 1)]
    assert job.result["sha256"] == hashlib.sha256(default_storage.open(job.result["file"]).read()).hexdigest()


def test_an_export_can_be_cancelled_while_it_writes(user: User, project: Project, tmp_path: Path) -> None:
    class Stop:
        def advance(self, done: int, total: int | None = None, message: str = "") -> None:
            if message == "Writing" and done:
                raise Cancelled("Stop.")

    with pytest.raises(Cancelled):
        export_archive(project=project, settings=ExportSettings("coco"), target=tmp_path / "x.zip", progress=Stop())
    assert list(tmp_path.iterdir()) == []
