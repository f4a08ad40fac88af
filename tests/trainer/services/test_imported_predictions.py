"""Suggestions that come with an import."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from annotator.core.geometry.types import Box
from annotator.core.progress import SilentProgress
from annotator.core.records import AnnotationRecord
from annotator.models import Annotation, Image, Job, Project, User
from annotator.services.import_settings import ImportSettings
from annotator.services.import_undo import create_undo
from annotator.services.imports import create_import, import_dataset
from annotator.services.jobs import run_job
from annotator.services.suggestions import SuggestionBatch
from tests.factories.images import make_image, make_picture
from tests.factories.projects import make_project
from tests.factories.rounds import make_model, make_prediction
from trainer.models import Prediction, Run
from trainer.queries.predictions import pending_predictions
from trainer.queries.runs import list_runs
from trainer.services.imported_predictions import ImportedPredictions

pytestmark = pytest.mark.django_db

Importer = Callable[..., dict[str, Any]]


@pytest.fixture
def project(user: User) -> Project:
    return make_project(owner=user, labels=("cat",))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "coco"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(make_picture(size=(100, 50)))
    write(folder, [[1, 1, 9, 9, 0.8], [20, 20, 10, 10, 0.4]])
    return folder


def write(folder: Path, boxes: list[list[float]]) -> None:
    annotations = [
        {"id": number, "image_id": 1, "category_id": 1, "bbox": box[:4], "score": box[4]}
        for number, box in enumerate(boxes, start=1)
    ]
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": annotations,
    }
    (folder / "labels.json").write_text(json.dumps(content))


@pytest.fixture
def bring_in(user: User, project: Project, tmp_path: Path) -> Importer:
    def run(source: Path) -> dict[str, Any]:
        return import_dataset(
            actor=user,
            project=project,
            source=source,
            settings=ImportSettings(path=str(source), mode="predictions"),
            progress=SilentProgress(),
            work=tmp_path / "work",
        )

    return run


def states() -> list[tuple[float, str]]:
    return sorted(Prediction.objects.values_list("score", "state"))


def test_annotations_become_suggestions(bring_in: Importer, dataset: Path, project: Project) -> None:
    report = bring_in(dataset)
    assert report["counts"]["suggestions_added"] == 2
    assert (Annotation.objects.count(), Image.objects.get().state) == (0, "new")
    model, pending = pending_predictions(Image.objects.get())
    assert model is None
    assert [(p.score, p.label.name) for p in pending] == [(0.8, "cat"), (0.4, "cat")]
    run = Run.objects.get()
    assert (run.kind, run.state, run.model) == ("import", "done", None)
    assert list(list_runs(project_id=project.id)) == []


def test_importing_twice_adds_nothing_and_keeps_decisions(bring_in: Importer, dataset: Path) -> None:
    bring_in(dataset)
    Prediction.objects.filter(score=0.4).update(state="rejected")
    report = bring_in(dataset)
    assert report["counts"]["suggestions_added"] == 0
    assert states() == [(0.4, "rejected"), (0.8, "pending")]
    assert Run.objects.count() == 1


def test_new_suggestions_replace_pending_ones_only(bring_in: Importer, dataset: Path) -> None:
    bring_in(dataset)
    Prediction.objects.filter(score=0.4).update(state="rejected")
    write(dataset, [[1, 1, 9, 9, 0.8], [20, 20, 10, 10, 0.4], [50, 20, 10, 10, 0.9]])
    bring_in(dataset)
    assert states() == [(0.4, "rejected"), (0.8, "pending"), (0.8, "superseded"), (0.9, "pending")]


def test_a_models_pending_predictions_step_back(bring_in: Importer, dataset: Path, project: Project) -> None:
    bring_in(dataset)
    image, label = Image.objects.get(), project.labels.get()
    model = make_model(project)
    run = Run.objects.create(project=project, kind="predict", backend="x", task="detect", model=model, state="done")
    make_prediction(run, image, label=label.id, score=0.1)
    write(dataset, [[60, 20, 10, 10, 0.7]])
    bring_in(dataset)
    assert [p.score for p in pending_predictions(image)[1]] == [0.7]
    assert Prediction.objects.get(run=run).state == "superseded"


def test_shapes_that_cannot_be_are_left_out(project: Project, user: User) -> None:
    image, label = make_image(project), project.labels.get()
    batch = SuggestionBatch(uuid4(), "a file", user, project, {"cat": label.id})
    records = [
        AnnotationRecord("cat", Box(x=1, y=1, w=0, h=9), score=0.5),
        AnnotationRecord("cat", Box(x=1, y=1, w=9, h=9), score=7.5),
        AnnotationRecord("dog", Box(x=1, y=1, w=9, h=9), score=0.5),
    ]
    assert ImportedPredictions().keep(batch, [(image.id, records), (uuid4(), records)]) == 1
    assert states() == [(1.0, "pending")]


def test_taking_the_import_back_drops_what_is_undecided(
    user: User, project: Project, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.queries import import_roots

    monkeypatch.setattr(import_roots, "import_roots", lambda: [dataset.parent.resolve()])
    settings = ImportSettings(path=str(dataset), mode="predictions")
    job = create_import(actor=user, project=project, settings=settings)
    run_job(job_id=job.id, owner="w")
    assert Prediction.objects.count() == 2
    job.refresh_from_db()
    undo = create_undo(actor=user, job=job)
    run_job(job_id=undo.id, owner="w")
    assert Job.objects.get(id=undo.id).state == "done"
    assert (Prediction.objects.count(), Run.objects.count(), Image.objects.count()) == (0, 0, 0)


def test_coco_results_belong_to_the_set_that_was_imported(bring_in: Importer, dataset: Path, tmp_path: Path) -> None:
    bring_in(dataset)
    Prediction.objects.all().delete()
    results = tmp_path / "results.json"
    box = [60.0, 5.0, 20.0, 20.0]
    rows = [
        {"image_id": 1, "category_id": 1, "bbox": box, "score": 0.6},
        {"image_id": 99, "category_id": 1, "bbox": box},
    ]
    results.write_text(json.dumps(rows))
    counts = bring_in(results)["counts"]
    assert (counts["suggestions_added"], counts["images_matched"], counts["images_not_here"]) == (1, 1, 1)
    (prediction,) = Prediction.objects.all()
    assert (prediction.score, prediction.label.name, prediction.image.name) == (0.6, "cat", "a.jpg")
