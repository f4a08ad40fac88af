"""A real, tiny training through the whole machinery: train, kill, resume, evaluate, store, predict."""

import hashlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, ImageRecord
from annotator.models import Image, Label, Project
from tests.trainer.fakes.processes import ALIAS, Workplace, workplace
from trainer.core.manifest import write_records
from trainer.core.shards import read_signals
from trainer.models import ModelVersion, Prediction, Run

pytestmark = pytest.mark.processes
SIZE = (96, 72)


@pytest.fixture
def place(tmp_path: Path, django_db_blocker: Any) -> Iterator[Workplace]:
    with django_db_blocker.unblock(), workplace(tmp_path / "home", MARQUEE_TRAINING_THREADS="1") as made:
        yield made


def draw(path: Path, seed: int) -> AnnotationRecord:
    """A picture with one red block, and where it is."""
    rng = np.random.default_rng(seed)
    x, y, w, h = (
        int(v) for v in (rng.integers(2, 50), rng.integers(2, 36), rng.integers(20, 40), rng.integers(16, 32))
    )
    picture = Pictures.new("RGB", SIZE, (200, 210, 190))
    ImageDraw.Draw(picture).rectangle([x, y, x + w, y + h], fill=(190, 20, 30))
    picture.save(path, "PNG")
    return AnnotationRecord("block", Box(float(x), float(y), float(w), float(h)))


def fill(place: Workplace, count: int) -> tuple[Project, list[ImageRecord]]:
    """A project with ``count`` stored pictures; every third is for validation."""
    project = Project.objects.using(ALIAS).create(name="blocks")
    Label.objects.using(ALIAS).create(project=project, name="block", color="#aa0000")
    records = []
    for number in range(count):
        path = place.home / f"{number}.png"
        annotation = draw(path, number)
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        blob = place.home / "store" / "blobs" / sha[:2] / sha[2:4] / sha
        blob.parent.mkdir(parents=True, exist_ok=True)
        path.rename(blob)
        image = Image.objects.using(ALIAS).create(
            project=project,
            name=f"{number}.png",
            sha256=sha,
            format="PNG",
            bytes=blob.stat().st_size,
            width=SIZE[0],
            height=SIZE[1],
        )
        split = "val" if number % 3 == 0 else "train"
        records.append(ImageRecord(image.name, *SIZE, (annotation,), split, blob, str(image.id)))
    return project, records


def test_train_kill_resume_evaluate_predict(place: Workplace) -> None:
    project, records = fill(place, 9)
    version = place.make_version(project)
    label = Label.objects.using(ALIAS).get()
    type(version).objects.using(ALIAS).filter(id=version.id).update(labels=[{"id": label.id, "name": "block"}])
    options = {"architecture": "yolo11-tiny", "imgsz": 64, "epochs": 3, "batch": 2, "mosaic": 0.0}
    run = place.make_run(project=project, version=version, backend="ultralytics", options=options, seed=1)
    write_records(place.folder(run).manifest, records)
    place.start_worker()

    place.wait_epoch(run, 0)
    children = [p for p in Path("/proc").iterdir() if p.name.isdigit() and str(place.folder(run).spec) in command(p)]
    os.kill(int(children[0].name), signal.SIGKILL)
    done = place.wait_state(run, "done", "failed")
    assert (done.state, done.attempt) == ("done", 2), done.error
    assert place.epochs(run) == [0, 1, 2]
    assert done.provenance["libraries"]["ultralytics"] == "8.4.190"

    model = ModelVersion.objects.using(ALIAS).get(run=run)
    assert {"map50", "map50_95", "precision", "recall"} <= model.metrics.keys()
    assert (model.labelled_images, model.labelled_objects, model.labels) == (6, 6, [{"id": label.id, "name": "block"}])

    scope = {"images": "all", "confidence": 0.001}
    prediction = Run.objects.using(ALIAS).create(
        project=project, kind="predict", backend="ultralytics", task="detect", model=model, scope=scope
    )
    done = place.wait_state(prediction, "done", "failed")
    assert (done.state, done.result["images"]) == ("done", 9), done.error
    signals = read_signals(place.folder(prediction).shards)
    assert set(signals.ids) == {record.id for record in records}
    assert signals.embeddings.shape[0] == 9
    assert signals.embeddings.shape[1] > 100
    rows = Prediction.objects.using(ALIAS).filter(run=prediction)
    assert rows.count() == done.result["objects"] > 0
    assert {(row.label_id, row.kind, row.state) for row in rows} == {(label.id, "box", "pending")}


def command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
