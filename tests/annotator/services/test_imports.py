"""Imports: everything comes in once, good records whatever the bad ones do."""

import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.config import get_config
from annotator.core.errors import Cancelled, InvalidInput, NotFound, PermissionRefused
from annotator.core.progress import SilentProgress
from annotator.models import Annotation, AnnotationRevision, Image, Job, Project, Upload, User
from annotator.queries import import_roots
from annotator.queries.uploads import upload_path
from annotator.services.import_settings import ImportSettings
from annotator.services.imports import create_import, import_dataset, sweep_imports
from annotator.services.jobs import run_job
from tests.factories.datasets import CAT, DOG, make_yolo
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db

Importer = Callable[..., dict[str, Any]]


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user, labels=("Cat",))


@pytest.fixture
def bring_in(user: User, project: Project, tmp_path: Path) -> Importer:
    def run(source: Path, progress: Any = None, **values: Any) -> dict[str, Any]:
        return import_dataset(
            actor=user,
            project=project,
            source=source,
            settings=ImportSettings(path=str(source), **values),
            progress=progress or SilentProgress(),
            work=tmp_path / "work",
        )

    return run


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    rows = {"train/a.jpg": [CAT, DOG], "train/b.jpg": [], "train/c.jpg": None, "val/d.jpg": [CAT, "9 .5 .5 .1 .1"]}
    return make_yolo(tmp_path / "data", rows)


def states() -> dict[str, tuple[str, str, int]]:
    return {image.name: (image.state, image.split, image.annotation_count) for image in Image.objects.all()}


def test_a_dataset_comes_in(bring_in: Importer, dataset: Path, project: Project) -> None:
    report = bring_in(dataset)
    assert states() == {
        "train/a.jpg": ("labelled", "train", 2),
        "train/b.jpg": ("labelled", "train", 0),
        "train/c.jpg": ("new", "train", 0),
        "val/d.jpg": ("labelled", "val", 1),
    }
    assert Counter(Annotation.objects.values_list("label__name", flat=True)) == {"Cat": 2, "dog": 1}
    assert set(Annotation.objects.values_list("source", flat=True)) == {"import"}
    assert AnnotationRevision.objects.count() == 3
    assert report["format"] == "yolo"
    assert [(i["code"], i["n"]) for i in report["issues"]] == [("unknown_category_id", 1)]
    assert [(label["source"], label["action"]) for label in report["labels"]] == [("cat", "use"), ("dog", "create")]
    assert report["counts"]["images_added"] == 4


@pytest.mark.parametrize("mode", ["add", "replace", "skip"])
def test_importing_twice_adds_nothing(bring_in: Importer, dataset: Path, mode: str) -> None:
    bring_in(dataset, mode=mode)
    before = states(), AnnotationRevision.objects.count(), Job.objects.count()
    report = bring_in(dataset, mode=mode)
    assert (states(), AnnotationRevision.objects.count(), Job.objects.count()) == before
    assert report["counts"]["images_matched"] == 4
    assert report["counts"]["annotations_added"] == 0


def test_modes_on_changed_labels(bring_in: Importer, dataset: Path) -> None:
    bring_in(dataset)
    (dataset / "labels/train/a.txt").write_text(f"{CAT}\n1 .8 .5 .1 .2")
    bring_in(dataset, mode="skip")
    assert states()["train/a.jpg"][2] == 2
    bring_in(dataset, mode="add")
    assert states()["train/a.jpg"][2] == 3
    report = bring_in(dataset, mode="replace")
    assert states()["train/a.jpg"][2] == 2
    assert report["counts"]["annotations_replaced"] == 3


def test_a_dry_run_changes_nothing_and_counts_the_same(bring_in: Importer, dataset: Path) -> None:
    dry = bring_in(dataset, dry_run=True)
    assert Image.objects.count() == 0
    assert Project.objects.get().labels.count() == 1
    real = bring_in(dataset)
    assert dry["counts"].items() <= real["counts"].items()
    assert dry["labels"] == real["labels"]
    assert dry["issues"] == real["issues"]


def test_a_dry_run_says_what_the_import_will_find_there(bring_in: Importer, dataset: Path) -> None:
    assert bring_in(dataset, dry_run=True)["counts"]["annotations_here"] == 0
    bring_in(dataset)
    (dataset / "labels/train/a.txt").write_text(f"{CAT}\n1 .8 .5 .1 .2")
    dry = bring_in(dataset, dry_run=True)["counts"]
    real = bring_in(dataset)["counts"]
    assert (dry["matched"], dry["annotations_here"]) == (4, 2)
    assert (real["images_matched"], real["annotations_already_there"], real["annotations_added"]) == (4, 2, 1)


def test_labels_can_be_mapped_and_ignored(bring_in: Importer, dataset: Path, project: Project) -> None:
    cat = project.labels.get()
    bring_in(dataset, labels={"dog": cat.id, "cat": "ignore"})
    assert list(Annotation.objects.values_list("label", flat=True)) == [cat.id]
    assert project.labels.count() == 1
    with pytest.raises(InvalidInput, match="does not have"):
        bring_in(dataset, labels={"dog": 12345})


def test_a_fraction_of_the_labels(bring_in: Importer, tmp_path: Path) -> None:
    rows = {f"{split}/{i:02}.jpg": [CAT] for split, n in (("train", 20), ("val", 10)) for i in range(n)}
    folder = make_yolo(tmp_path / "many", rows)
    bring_in(folder, label_fraction=0.3, seed=1)
    found = states()
    assert len(found) == 30
    chosen = {name for name, (state, _, count) in found.items() if (state, count) == ("labelled", 1)}
    assert Counter(name.partition("/")[0] for name in chosen) == {"train": 6, "val": 3}
    assert {state for name, (state, _, _) in found.items() if name not in chosen} == {"new"}
    bring_in(folder, label_fraction=0.3, seed=1)
    assert states() == found


def test_an_archive_with_one_folder_and_a_bad_entry(bring_in: Importer, dataset: Path, tmp_path: Path) -> None:
    archive = tmp_path / "data.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(dataset.rglob("*")):
            packed.write(path, f"outer/inner/{path.relative_to(dataset)}")
        packed.writestr("../evil.txt", "x")
    report = bring_in(archive)
    assert set(states()) == {"train/a.jpg", "train/b.jpg", "train/c.jpg", "val/d.jpg"}
    assert "unsafe_path" in {issue["code"] for issue in report["issues"]}
    assert not (tmp_path / "evil.txt").exists()
    assert not (tmp_path / "work").exists()


def test_cancelling_keeps_what_is_done_and_going_on_completes_it(bring_in: Importer, tmp_path: Path) -> None:
    rows = {f"train/{i:03}.jpg": [CAT] for i in range(70)}
    folder = make_yolo(tmp_path / "many", rows)

    class Stops:
        def advance(self, done: int, total: int | None = None, message: str = "") -> None:
            if message == "Importing" and done == 60:
                raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        bring_in(folder, Stops())
    assert Annotation.objects.count() == 50
    bring_in(folder)
    assert Annotation.objects.count() == 70
    assert Image.objects.filter(state="labelled").count() == 70


def test_pictures_that_are_not_here_are_found_by_name(bring_in: Importer, tmp_path: Path, dataset: Path) -> None:
    bring_in(dataset)
    folder = tmp_path / "voc"
    folder.mkdir()
    box = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax></bndbox>"
    for name in ("train/c.jpg", "gone.jpg"):
        size = "<size><width>100</width><height>50</height></size>"
        thing = f"<object><name>Cat</name>{box}</object>"
        xml = f"<annotation><filename>{name}</filename>{size}{thing}</annotation>"
        (folder / f"{Path(name).stem}.xml").write_text(xml)
    report = bring_in(folder)
    assert states()["train/c.jpg"] == ("labelled", "train", 1)
    assert (report["counts"]["images_matched"], report["counts"]["images_not_here"]) == (1, 1)
    assert "image_not_found" in {issue["code"] for issue in report["issues"]}


def test_one_bad_picture_costs_one_picture(bring_in: Importer, dataset: Path) -> None:
    (dataset / "images/train/a.jpg").write_bytes(b"this is no picture")
    report = bring_in(dataset)
    assert len(states()) == 3
    assert "unreadable_picture" in {issue["code"] for issue in report["issues"]}


def test_unknown_attributes_are_kept_and_known_ones_are_checked(
    bring_in: Importer, tmp_path: Path, project: Project
) -> None:
    project.labels.update(attributes=[{"name": "wet", "type": "checkbox", "values": []}])
    import json

    from tests.factories.images import make_picture

    folder = tmp_path / "coco"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(make_picture(size=(100, 50)))
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            {
                "id": 1,
                "image_id": 1,
                "category_id": 1,
                "bbox": [1, 1, 9, 9],
                "track": 4,
                "attributes": {"wet": True, "age": 3},
            }
        ],
    }
    (folder / "labels.json").write_text(json.dumps(content))
    bring_in(folder)
    kept = {"wet": True, "attr:age": 3, "coco:track": 4, "marquee:id": "1"}
    assert Annotation.objects.get().attributes == kept


def test_a_foreign_folder_is_said(bring_in: Importer, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.md").write_text("nothing")
    with pytest.raises(InvalidInput, match="not recognised"):
        bring_in(tmp_path / "texts")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no")
    with pytest.raises(InvalidInput, match="zip"):
        bring_in(broken)


def test_paths_of_the_server_need_a_root(
    user: User, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ImportSettings(path=str(tmp_path / "data"))
    with pytest.raises(PermissionRefused, match="switched off"):
        create_import(actor=user, project=project, settings=settings)
    from dataclasses import replace

    allowed = replace(get_config(), import_roots=(str(tmp_path / "data"),))
    monkeypatch.setattr(import_roots, "get_config", lambda: allowed)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "out").symlink_to(tmp_path)
    for path in (str(tmp_path), str(tmp_path / "data" / ".."), "out", "../x", str(tmp_path / "data" / "gone")):
        with pytest.raises(PermissionRefused, match="not inside"):
            create_import(actor=user, project=project, settings=ImportSettings(path=path))
    make_yolo(tmp_path / "data" / "set", {"train/a.jpg": [CAT]})
    job = create_import(actor=user, project=project, settings=ImportSettings(path="set"))
    run_job(job_id=job.id, owner="w")
    job.refresh_from_db()
    assert (job.state, job.result["counts"]["annotations_added"]) == ("done", 1), job.error


def test_an_upload_is_used_up_by_a_real_import_only(user: User, project: Project, dataset: Path) -> None:
    upload = Upload.objects.create(
        project=project, user=user, name="d.zip", size=1, offset=1, state=Upload.State.COMPLETE
    )
    upload_path(upload).parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(upload_path(upload), "w") as packed:
        for path in sorted(dataset.rglob("*")):
            packed.write(path, path.relative_to(dataset))
    for dry_run in (True, False):
        settings = ImportSettings(upload=str(upload.id), dry_run=dry_run)
        job = create_import(actor=user, project=project, settings=settings)
        run_job(job_id=job.id, owner="w")
        job.refresh_from_db()
        assert job.state == "done", job.error
        assert upload_path(upload).exists() is dry_run
    assert Annotation.objects.count() == 3
    with pytest.raises(NotFound, match="upload it again"):
        create_import(actor=user, project=project, settings=settings)
    stranger = make_project(owner=make_user())
    with pytest.raises(NotFound):
        create_import(actor=user, project=stranger, settings=settings)


def test_leftovers_of_dead_imports_are_swept(project: Project) -> None:
    alive = Job.objects.create(project=project, kind="import", state="running")
    over = Job.objects.create(project=project, kind="import", state="failed")
    folder = get_config().home / "imports"
    for job in (alive, over):
        (folder / str(job.id)).mkdir(parents=True)
    sweep_imports()
    assert [path.name for path in folder.iterdir()] == [str(alive.id)]
