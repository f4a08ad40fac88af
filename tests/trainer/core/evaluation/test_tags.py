"""The report of classification."""

import numpy as np
import orjson
import pytest

from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord, ImageRecord
from trainer.core.evaluation.tags import tag_report

LABELS = ("a", "b", "c")


def image(name: str, *labels: str) -> ImageRecord:
    return ImageRecord(
        f"{name}.png", 10, 10, tuple(AnnotationRecord(label, Tag()) for label in labels), "val", None, name
    )


def test_accuracy_confusion_and_mistakes() -> None:
    images = [image("1", "a"), image("2", "b"), image("3", "b"), image("4")]
    table = np.array([[0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.9, 0.05, 0.05], [1, 0, 0]], np.float32)
    report = tag_report(images, table, LABELS, split="val")
    assert report["images"] == 3
    assert report["overall"]["accuracy_top1"] == pytest.approx(2 / 3)
    assert report["overall"]["accuracy_top5"] == 1.0
    assert report["confusion"]["matrix"] == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert [(row["image"], row["reason"]) for row in report["worst"]] == [("3", "b taken for a (90% sure)")]
    rows = {row["name"]: row for row in report["classes"]}
    assert (rows["b"]["recall"], rows["b"]["precision"]) == (0.5, 1.0)
    assert (rows["c"]["recall"], rows["c"]["precision"]) == (None, None)
    orjson.dumps(report)


def test_nothing_to_judge() -> None:
    report = tag_report([image("1")], np.zeros((1, 3), np.float32), LABELS, split="val")
    assert report["overall"] == {"accuracy_top1": 0.0, "accuracy_top5": 0.0, "macro_f1": 0.0, "images": 0}
