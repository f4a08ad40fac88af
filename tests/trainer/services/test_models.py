"""A finished training becomes one model, with its weights and report in the store."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.files.storage import default_storage

from annotator.core.errors import Unavailable
from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.models import DatasetVersion
from tests.factories.projects import make_project
from trainer.core.job import RunFolder
from trainer.core.manifest import write_records
from trainer.models import ModelVersion, Run
from trainer.services.leases import Claim
from trainer.services.models import register_model
from trainer.services.weights import local_weights

pytestmark = pytest.mark.django_db


def finished(tmp_path: Path, **values: Any) -> tuple[Run, RunFolder, dict[str, Any]]:
    project = values.pop("project", None) or make_project(labels=("cell",))
    labels = [{"id": label.id, "name": label.name, "color": label.color} for label in project.labels.all()]
    number = DatasetVersion.objects.filter(project=project).count() + 1
    version = DatasetVersion.objects.create(project=project, number=number, hash="ab", labels=labels)
    run = Run.objects.create(
        project=project,
        kind="train",
        backend="fake",
        task="detect",
        state="running",
        owner="me",
        version=version,
        name="n",
        attempt=1,
    )
    folder = RunFolder(tmp_path / str(run.id))
    objects = tuple(AnnotationRecord("cell", Box(0.0, 0.0, 1.0, 1.0)) for _ in range(3))
    write_records(folder.manifest, [ImageRecord("a", 1, 1, objects, "train"), ImageRecord("b", 1, 1, objects, "val")])
    weights = folder.root / "output" / "best.pt"
    weights.parent.mkdir()
    weights.write_bytes(str(run.id).encode())
    folder.report.write_bytes(orjson.dumps({"overall": {}}))
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    metrics = {"map50": 0.5, "map50_95": None, "images": 12.0}
    result = {
        "weights": "output/best.pt",
        "sha256": digest,
        "bytes": 36,
        "epochs": 3,
        "metrics": metrics,
        "split": "val",
        "environment": {"code": "abc"},
    }
    return run, folder, result


def test_model_run_and_store(tmp_path: Path) -> None:
    run, folder, result = finished(tmp_path)
    register_model(Claim(run.id, 0, "cpu", "me"), run, folder, result)
    model = ModelVersion.objects.get()
    assert (model.number, model.name, model.metrics) == (1, "n", {"map50": 0.5})
    assert (model.labelled_images, model.labelled_objects) == (1, 3)
    assert model.labels == [{"id": run.project.labels.get().id, "name": "cell"}]
    assert default_storage.open(model.weights_key).read() == str(run.id).encode()
    run.refresh_from_db()
    assert (run.state, run.provenance["dataset"]["hash"], run.provenance["code"]) == ("done", "ab", "abc")
    assert local_weights(model).read_bytes() == str(run.id).encode()


def test_numbers_go_on_and_a_lost_lease_makes_no_model(tmp_path: Path) -> None:
    run, folder, result = finished(tmp_path)
    register_model(Claim(run.id, 0, "cpu", "me"), run, folder, result)
    second, folder, result = finished(tmp_path, project=run.project)
    register_model(Claim(second.id, 0, "cpu", "somebody else"), second, folder, result)
    assert ModelVersion.objects.count() == 1
    register_model(Claim(second.id, 0, "cpu", "me"), second, folder, result)
    assert list(ModelVersion.objects.values_list("number", flat=True)) == [2, 1]


def test_changed_weights_are_not_used(tmp_path: Path) -> None:
    run, folder, result = finished(tmp_path)
    register_model(Claim(run.id, 0, "cpu", "me"), run, folder, result)
    model = ModelVersion.objects.get()
    local_weights(model).write_bytes(b"something else")
    with pytest.raises(Unavailable, match="are not those that were trained"):
        local_weights(model)
    assert local_weights(model).read_bytes() == str(run.id).encode(), "the store still has the right ones"
    local_weights(model).unlink()
    default_storage.delete(model.weights_key)
    with pytest.raises(Unavailable, match="no longer in the store"):
        local_weights(model)
