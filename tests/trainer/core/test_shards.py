"""Signals and objects come back from shards, image by image."""

from pathlib import Path

import numpy as np

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord
from trainer.core.records import BoxFeatures, ImagePrediction
from trainer.core.shards import read_objects, read_signals, shard_complete, write_shard


def prediction(name: str, boxes: int, seed: int) -> ImagePrediction:
    rng = np.random.default_rng(seed)
    objects = tuple(AnnotationRecord("a", Box(1.0, 2.0, 3.0, 4.0), score=0.5) for _ in range(boxes))
    values = BoxFeatures(
        rng.random((boxes, 4), dtype=np.float32) * 100,
        rng.random(boxes, dtype=np.float32),
        rng.integers(0, 3, boxes).astype(np.int32),
        rng.random((boxes, 3), dtype=np.float32),
        rng.random((boxes, 8), dtype=np.float32) if boxes else np.zeros((0, 0), np.float32),
    )
    return ImagePrediction(name, objects, rng.random(6, dtype=np.float32), values)


def test_round_trip_with_images_without_boxes(tmp_path: Path) -> None:
    first = [prediction("x", 2, 1), prediction("y", 0, 2)]
    second = [prediction("z", 0, 3)]
    write_shard(tmp_path, 0, first)
    write_shard(tmp_path, 1, second)
    signals = read_signals(tmp_path)
    assert signals.ids == ("x", "y", "z")
    assert signals.embeddings.shape == (3, 6)
    assert np.allclose(signals.embeddings[0], first[0].embedding, atol=1e-3)
    assert [len(boxes.scores) for boxes in signals.boxes] == [2, 0, 0]
    assert np.allclose(signals.boxes[0].boxes, first[0].boxes.boxes)
    assert np.allclose(signals.boxes[0].probabilities, first[0].boxes.probabilities, atol=1e-3)
    assert [(entry.image, len(entry.objects)) for entry in read_objects(tmp_path)] == [("x", 2), ("y", 0), ("z", 0)]


def test_only_wanted_images_are_read(tmp_path: Path) -> None:
    write_shard(tmp_path, 0, [prediction(str(n), n % 3, n) for n in range(6)])
    signals = read_signals(tmp_path, ["4", "1", "unknown"])
    assert signals.ids == ("1", "4")
    assert [len(boxes.scores) for boxes in signals.boxes] == [1, 1]
    assert read_signals(tmp_path, []).embeddings.shape == (0, 0)


def test_a_shard_without_its_objects_is_not_complete(tmp_path: Path) -> None:
    write_shard(tmp_path, 0, [prediction("x", 1, 1)])
    assert shard_complete(tmp_path, 0)
    (tmp_path / "00000.jsonl").unlink()
    assert not shard_complete(tmp_path, 0)
    assert read_signals(tmp_path).ids == ()
