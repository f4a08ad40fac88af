"""Our own pass gives what the library's gives, and the signals it does not give."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from annotator.core.errors import Unavailable
from annotator.core.geometry.types import Box
from trainer.backends.ultralytics.inference import BoxPredictor, load
from trainer.backends.ultralytics.pictures import read_picture
from trainer.core.records import ModelTask
from trainer.plugins.quiet import silence_ultralytics


def save(path: Path, definition: str, task: str, *, seed: int = 0, classes: int = 3) -> Path:
    """An untrained network with random but lively class scores."""
    silence_ultralytics()
    from ultralytics import YOLO
    from ultralytics.nn.tasks import DetectionModel, SegmentationModel

    torch.manual_seed(seed)
    model = YOLO(definition, task=task)
    network = {"detect": DetectionModel, "segment": SegmentationModel}[task](definition, nc=classes, verbose=False)
    network.task = task
    for level in network.model[-1].cv3:
        torch.nn.init.normal_(level[-1].weight, std=0.3)
        torch.nn.init.constant_(level[-1].bias, -1.0)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():  # without statistics of its layers an untrained network gives the same score everywhere
        network.train()(torch.rand(8, 3, 128, 128))
    model.model, model.ckpt = network.eval(), {"train_args": {"imgsz": 128, "task": task}}
    model.save(str(path))
    return path


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("net") / "net.pt", "yolo11n.yaml", "detect")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    found = []
    for number, size in enumerate([(128, 96), (96, 128), (128, 96), (300, 200)]):
        path = folder / f"{number}.png"
        Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)).save(path)
        found.append((f"id{number}", path))
    return found


def test_boxes_equal_the_librarys(detector: Path, pictures: list[tuple[str, Path]]) -> None:
    from ultralytics import YOLO

    ours = next(
        iter(load(detector, task=ModelTask.DETECT, labels="abc", device="cpu").predict(pictures[:1], confidence=0.25))
    )
    theirs = YOLO(str(detector)).predict(str(pictures[0][1]), imgsz=128, conf=0.25, iou=0.7, verbose=False)[0].boxes
    assert len(ours.objects) == len(theirs) > 3
    for record, box, score, label in zip(ours.objects, theirs.xyxy, theirs.conf, theirs.cls, strict=True):
        assert isinstance(record.geometry, Box)
        corners = (
            record.geometry.x,
            record.geometry.y,
            record.geometry.x + record.geometry.w,
            record.geometry.y + record.geometry.h,
        )
        assert np.allclose(corners, box.numpy(), atol=0.1)
        assert record.score == pytest.approx(float(score), abs=1e-3)
        assert record.label == "abc"[int(label)]


def test_signals_belong_to_their_boxes(detector: Path, pictures: list[tuple[str, Path]]) -> None:
    predictor = load(detector, task=ModelTask.DETECT, labels="abc", device="cpu")
    seen: list[int] = []
    found = list(predictor.predict(pictures, confidence=0.25, on_image=seen.append))
    assert [prediction.image_id for prediction in found] == ["id0", "id1", "id2", "id3"]
    assert seen[-1] <= 4
    for prediction in found:
        signals = prediction.boxes
        count = len(signals.scores)
        assert 0 < count <= 20
        assert signals.probabilities.shape == (count, 3)
        assert signals.features.shape == (count, 64)
        assert np.allclose(signals.probabilities.max(axis=1), signals.scores, atol=1e-5)
        assert np.array_equal(signals.probabilities.argmax(axis=1), signals.labels)
        assert np.all(np.diff(signals.scores) <= 1e-6), "best first"
    assert np.all(found[3].boxes.boxes[:, [0, 2]] <= 300)
    assert len({prediction.embedding.shape for prediction in found}) == 1


def test_batches_do_not_change_the_answer(detector: Path, pictures: list[tuple[str, Path]]) -> None:
    predictor = load(detector, task=ModelTask.DETECT, labels="abc", device="cpu")
    together = list(predictor.predict([pictures[0], pictures[2]], confidence=0.25))
    alone = next(iter(predictor.predict([pictures[2]], confidence=0.25)))
    assert np.allclose(together[1].embedding, alone.embedding, atol=1e-4)
    assert len(together[1].objects) == len(alone.objects)


def test_masks_come_in_the_pictures_size(tmp_path: Path, pictures: list[tuple[str, Path]]) -> None:
    weights = save(tmp_path / "net.pt", "yolo11n-seg.yaml", "segment")
    found = next(
        iter(load(weights, task=ModelTask.SEGMENT, labels="abc", device="cpu").predict([pictures[3]], confidence=0.3))
    )
    assert found.objects
    for record in found.objects:
        assert record.geometry.kind == "mask"
        x, y, w, h = record.geometry.bbox  # type: ignore[union-attr]
        assert (x >= 0, y >= 0, x + w <= 300, y + h <= 200) == (True,) * 4


def test_yolo26_keeps_whole_class_vectors(tmp_path: Path, pictures: list[tuple[str, Path]]) -> None:
    silence_ultralytics()
    from ultralytics.nn.tasks import DetectionModel

    network = DetectionModel("yolo26n.yaml", nc=3, verbose=False)
    network.args = {"imgsz": 128}
    predictor = BoxPredictor(network.eval(), "abc", "cpu", masks=False)
    found = next(iter(predictor.predict([pictures[0]], confidence=0.001)))
    assert found.boxes.probabilities.shape == (len(found.boxes.scores), 3)


def test_broken_and_foreign_files_are_refused(tmp_path: Path, detector: Path) -> None:
    broken = tmp_path / "broken.pt"
    broken.write_bytes(detector.read_bytes()[:1000])
    with pytest.raises(Unavailable, match=r"broken\.pt cannot be used"):
        load(broken, task=ModelTask.DETECT, labels="abc", device="cpu")
    with pytest.raises(Unavailable, match="not for “segment”"):
        load(detector, task=ModelTask.SEGMENT, labels="abc", device="cpu")
    with pytest.raises(Unavailable, match="cannot be decoded"):
        read_picture(broken)


class _Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (_touch, (str(self.path),))


def _touch(path: str) -> None:
    Path(path).touch()


def test_code_hidden_in_weights_is_not_run(tmp_path: Path) -> None:
    weights = tmp_path / "evil.pt"
    torch.save({"model": _Evil(tmp_path / "was-run"), "epoch": 1}, weights)
    with pytest.raises(Unavailable):
        load(weights, task=ModelTask.DETECT, labels="abc", device="cpu")
    assert not (tmp_path / "was-run").exists()
