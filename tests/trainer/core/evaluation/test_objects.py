"""The report of detection says what went wrong and where."""

import orjson

from annotator.core.geometry.types import Box
from annotator.core.records import AnnotationRecord, ImageRecord
from trainer.core.evaluation.objects import object_report


def at(x: float, label: str, score: float | None = None) -> AnnotationRecord:
    return AnnotationRecord(label, Box(x, 0.0, 10.0, 10.0), score=score)


def image(name: str, *annotations: AnnotationRecord) -> ImageRecord:
    return ImageRecord(f"{name}.png", 100, 100, annotations, "val", None, name)


IMAGES = [
    image("good", at(0, "a"), at(50, "b")),
    image("missed", at(0, "a"), at(50, "a")),
    image("confused", at(0, "a")),
    image("extra"),
]
FOUND = [
    [at(0, "a", 0.9), at(50, "b", 0.8)],
    [at(0, "a", 0.9)],
    [at(0, "b", 0.9)],
    [at(30, "b", 0.9), at(80, "b", 0.002)],
]


def test_confusion_and_worst_images() -> None:
    report = object_report(IMAGES, FOUND, ("a", "b", "never"), split="val", masks=False)
    assert report["confusion"]["labels"] == ["a", "b", "never", "background"]
    assert report["confusion"]["matrix"] == [[2, 1, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]]
    assert [(row["image"], row["reason"]) for row in report["worst"]] == [
        ("confused", "1 with the wrong label"),
        ("extra", "1 extra"),
        ("missed", "1 missed"),
    ]
    assert [row["score"] for row in report["worst"]] == [1.0, 1.0, 0.5]
    assert report["worst"][0]["truth"] == [
        {"label": "a", "geometry": {"type": "box", "x": 0.0, "y": 0.0, "w": 10.0, "h": 10.0}}
    ]


def test_per_class_figures_and_curves() -> None:
    report = object_report(IMAGES, FOUND, ("a", "b", "never"), split="val", masks=False)
    rows = {row["name"]: row for row in report["classes"]}
    assert (rows["a"]["images"], rows["a"]["instances"], rows["a"]["recall"], rows["a"]["precision"]) == (
        3,
        4,
        0.5,
        1.0,
    )
    assert (rows["b"]["instances"], rows["b"]["recall"]) == (1, 1.0)
    assert rows["never"] == {
        "name": "never",
        "images": 0,
        "instances": 0,
        "precision": None,
        "recall": None,
        "map50": None,
        "map50_95": None,
    }
    assert set(report["curves"]["pr"]) == {"a", "b", "all"}
    assert len(report["curves"]["pr"]["all"]) == 101
    assert report["curves"]["pr"]["a"][0] == [0.0, 1.0]
    assert report["overall"]["images"] == 4
    orjson.dumps(report)


def test_labels_that_the_model_does_not_know_are_not_judged() -> None:
    report = object_report([image("x", at(0, "unknown"))], [[]], ("a",), split="val", masks=False)
    assert report["overall"]["instances"] == 0
    assert report["overall"]["map50"] == 0.0
    assert report["worst"] == []
