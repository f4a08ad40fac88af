"""Freezing and restoring in the background, and comparing two versions."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from annotator.core.errors import Conflict, InvalidInput, NotFound
from annotator.core.progress import SilentProgress
from annotator.core.splits import SplitRule
from annotator.models import Annotation, AnnotationRevision, DatasetVersion, Image, Job, Project, User
from annotator.queries.version_diff import diff_page, summarise_diff
from annotator.queries.versions import read_manifest, verify_version
from annotator.services import jobs
from annotator.services.jobs import run_job
from annotator.services.operations import save_operations
from annotator.services.version_jobs import compare_versions, run_version, start_restore
from annotator.services.versions import (
    VersionSettings,
    create_version,
    delete_version,
    describe_version,
    start_version,
)
from tests.factories.annotations import create, delete, save_box, update
from tests.factories.images import make_image
from tests.factories.projects import make_project
from trainer.models import Run

pytestmark = pytest.mark.django_db
MOVED = {"type": "box", "x": 50.0, "y": 60.0, "w": 30.0, "h": 40.0}


@pytest.fixture
def project(user: User) -> Project:
    project = make_project(owner=user, labels=("cat", "dog"))
    for _ in range(4):
        image = make_image(project)
        save_box(user, image, project.labels.order_by("position")[0])
        Image.objects.filter(id=image.id).update(state="labelled")
    return project


def finished(job: Job) -> Job:
    run_job(job_id=job.id, owner="w")
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def state(project: Project) -> dict[str, Any]:
    """Everything that a restore brings back."""
    rows = Annotation.objects.filter(image__project=project, deleted=False).order_by("id")
    shapes = list(
        rows.values_list("id", "image_id", "label_id", "geometry", "attributes", "z_order", "source", "score")
    )
    images = Image.objects.filter(project=project).order_by("id").values_list("id", "state", "annotation_count")
    return {"shapes": shapes, "images": list(images)}


def disturb(user: User, project: Project) -> None:
    """Change, delete and add a shape, and reset an image."""
    first, second, third, fourth = Image.objects.filter(project=project).order_by("id")
    dog = project.labels.get(name="dog")
    one, two = first.annotations.get(), second.annotations.get()
    save_operations(actor=user, image_id=first.id, operations=[update(one.id, 1, geometry=MOVED, label=dog.id)])
    save_operations(actor=user, image_id=second.id, operations=[delete(two.id, 1)])
    save_operations(actor=user, image_id=third.id, operations=[create(dog)])
    Image.objects.filter(id=fourth.id).update(state="in_progress")


def test_a_version_is_frozen_in_the_background_once(user: User, project: Project) -> None:
    rule = SplitRule(fractions={"train": 0.5, "val": 0.5}, seed=4, together="folder")
    settings = VersionSettings("v", "why", rule, refresh_held_out=True)
    job = finished(start_version(actor=user, project=project, settings=settings))
    version = DatasetVersion.objects.get()
    assert job.result["version"] == str(version.id)
    assert (version.name, version.notes, version.created_by, version.counts["images"]) == ("v", "why", user, 4)
    assert version.parameters["together"] == "folder"
    assert run_version(job, SilentProgress())["version"] == str(version.id)  # started again after a crash
    assert DatasetVersion.objects.count() == 1
    Image.objects.update(state="new")
    with pytest.raises(Conflict, match="nothing to freeze"):
        start_version(actor=user, project=project, settings=settings)


def test_restoring_brings_everything_back_and_can_be_undone(user: User, project: Project) -> None:
    before = state(project)
    version = create_version(actor=user, project=project)
    disturb(user, project)
    later = make_image(project)
    save_box(user, later, project.labels.get(name="dog"))
    disturbed = state(project)
    revisions = AnnotationRevision.objects.count()

    result = finished(start_restore(actor=user, version=version)).result
    assert result["counts"] == {
        "images": 3, "unchanged": 1, "missing": 0, "created": 0, "changed": 2, "removed": 1, "refused": 0,
    }  # fmt: skip
    now = state(project)
    assert [row for row in now["shapes"] if row[1] != later.id] == before["shapes"]
    assert [row for row in now["images"] if row[0] != later.id] == before["images"]
    assert later.annotations.filter(deleted=False).count() == 1
    assert AnnotationRevision.objects.count() == revisions + 3  # as new revisions: the history is still there

    backup = DatasetVersion.objects.get(id=result["backup"]["version"])
    assert backup.name == "Before restoring v1"
    finished(start_restore(actor=user, version=backup))
    assert state(project) == disturbed


def test_a_restore_that_was_killed_goes_on(user: User, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(project)
    version = create_version(actor=user, project=project)
    disturb(user, project)
    job = start_restore(actor=user, version=version)
    job = Job.objects.select_related("project", "created_by").get(id=job.id)
    from annotator.services import version_restore

    calls = []

    def dies(**values: Any) -> Any:
        calls.append(values)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return save_operations(**values)

    monkeypatch.setattr(version_restore, "save_operations", dies)
    with pytest.raises(KeyboardInterrupt):
        run_version(job, SilentProgress())
    monkeypatch.setattr(version_restore, "save_operations", save_operations)
    result = run_version(job, SilentProgress())
    assert (result["counts"]["images"], DatasetVersion.objects.count()) == (2, 2)
    assert state(project) == before


def test_what_vanished_is_reported(user: User, project: Project) -> None:
    version = create_version(actor=user, project=project)
    first, second, *_ = Image.objects.order_by("id")
    name = first.name
    first.delete()
    second.annotations.all().delete()  # rolled back import: not even the row is left
    result = finished(start_restore(actor=user, version=version)).result
    assert (result["counts"]["missing"], result["counts"]["created"]) == (1, 1)
    assert [(i["code"], i["n"], i["samples"][0]["file"]) for i in result["issues"]] == [("image_not_found", 1, name)]
    assert second.annotations.get().geometry["type"] == "box"


def test_labels_that_were_renamed_are_found(user: User, project: Project) -> None:
    version = create_version(actor=user, project=project)
    project.labels.filter(name="cat").update(name="tiger")
    disturb(user, project)
    assert finished(start_restore(actor=user, version=version)).result["counts"]["refused"] == 0
    assert set(Annotation.objects.filter(deleted=False).values_list("label__name", flat=True)) == {"tiger"}


def test_a_damaged_version_is_not_restored(user: User, project: Project) -> None:
    version = create_version(actor=user, project=project)
    found = verify_version(version)
    assert (found["ok"], found["images"], found["hash"]) == (True, 4, version.hash)
    Image.objects.order_by("id").first().delete()  # type: ignore[union-attr]
    assert verify_version(version)["missing_images"] == 1
    other = create_version(actor=user, project=project)
    with default_storage.open(other.manifest_key) as file:
        data = file.read()
    default_storage.delete(version.manifest_key)
    assert verify_version(version)["error"].startswith("The manifest of v1 is missing")
    from annotator.services.files import put_object

    put_object(version.manifest_key, data)
    assert "changed after it was frozen" in verify_version(version)["error"]
    put_object(version.manifest_key, data[:50])
    assert verify_version(version)["ok"] is False
    with pytest.raises(NotFound, match="cannot be restored"):
        start_restore(actor=user, version=version)


def test_the_difference_of_two_versions_in_pages(user: User, project: Project) -> None:
    base = create_version(actor=user, project=project)
    disturb(user, project)
    Image.objects.update(state="labelled")
    head = create_version(actor=user, project=project)
    with compare_versions(base, head) as comparison:
        summary = summarise_diff(base, head, comparison)
        assert summary["images"] == {"added": 0, "removed": 0, "changed": 3, "moved": 0, "renamed": 0, "same": 1}
        rows = {
            row["name"]: (row["before"], row["after"], row["added"], row["removed"], row["changed"])
            for row in summary["labels"]
        }
        assert rows == {"cat": (4, 2, 0, 1, 0), "dog": (0, 2, 1, 0, 1)}
        first, cursor = diff_page(comparison, cursor=None, limit=2)
        assert cursor is not None
        rest, end = diff_page(comparison, cursor=cursor, limit=2)
        assert (len(first), len(rest), end) == (2, 1, None)
        only, end = diff_page(comparison, cursor=None, limit=10, change="changed", label="dog")
        assert ([entry["labels"] for entry in only], end) == ([{"dog": {"changed": 1}}, {"dog": {"added": 1}}], None)
        for wrong in ("x", "1", "-5"):
            with pytest.raises(InvalidInput, match="cursor"):
                diff_page(comparison, cursor=wrong, limit=2)
    with compare_versions(head, base) as comparison:
        assert summarise_diff(head, base, comparison)["labels"][1]["removed"] == 1
    other = make_project()
    make_image(other, state="labelled")
    foreign = create_version(actor=None, project=other)
    with pytest.raises(InvalidInput, match="same project"):
        compare_versions(base, foreign)


def test_deleting_and_describing(
    user: User, project: Project, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    first, second = (create_version(actor=user, project=project) for _ in range(2))
    compare_versions(first, second).close()
    with django_capture_on_commit_callbacks(execute=True):
        delete_version(actor=user, version=second)
    assert not default_storage.exists(second.manifest_key)
    folder = default_storage.listdir(f"versions/{project.id}")[1]
    assert folder == [f"{first.id}.jsonl.gz"]
    assert create_version(actor=user, project=project).number == 3  # 2 is never given again
    Run.objects.create(project=project, kind="train", backend="b", task="detect", version=first)
    with pytest.raises(Conflict, match="a run was trained on it"):
        delete_version(actor=user, version=first)
    frozen = first.hash
    describe_version(actor=user, version=first, changes={"name": " new ", "notes": "because"})
    first.refresh_from_db()
    assert (first.name, first.notes, first.hash) == ("new", "because", frozen)


def test_extras_and_the_label_schema_are_frozen(user: User, project: Project) -> None:
    dog = project.labels.get(name="dog")
    dog.keypoints, dog.skeleton, dog.source = ["nose", "tail"], [[0, 1]], {"format": "coco", "id": 18, "fields": {}}
    dog.save()
    shape = Annotation.objects.order_by("id").first()
    assert shape is not None
    Annotation.objects.filter(id=shape.id).update(attributes={"marquee:group": "g", "marquee:track": 4})
    Image.objects.filter(id=shape.image_id).update(metadata={"source": {"id": 99}})
    version = create_version(actor=user, project=project)
    assert {key: version.labels[1][key] for key in ("keypoints", "skeleton", "source")} == {
        "keypoints": ["nose", "tail"],
        "skeleton": [[0, 1]],
        "source": {"format": "coco", "id": 18, "fields": {}},
    }
    record = next(r for r in read_manifest(version) if r.id == str(shape.image_id))
    assert record.annotations[0].attributes == {"marquee:group": "g", "marquee:track": 4}
    assert record.source["source"] == {"id": 99}
    save_operations(actor=user, image_id=shape.image_id, operations=[delete(shape.id, 1)])
    assert finished(start_restore(actor=user, version=version)).result["counts"]["refused"] == 0
    shape.refresh_from_db()
    assert shape.attributes == {"marquee:group": "g", "marquee:track": 4}


def test_somebody_without_account_restores_nothing(user: User, project: Project) -> None:
    version = create_version(actor=None, project=project)
    job = start_restore(actor=user, version=version)
    Job.objects.filter(id=job.id).update(created_by=None)
    jobs.run_job(job_id=job.id, owner="w")
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The person who asked for this does not exist any more.")
    delete_version(actor=user, version=version)
    gone = Job.objects.create(
        project=project, kind="version", created_by=user, parameters={"action": "restore", "version": str(uuid4())}
    )
    with pytest.raises(NotFound, match="deleted in the meantime"):
        run_version(gone, SilentProgress())
