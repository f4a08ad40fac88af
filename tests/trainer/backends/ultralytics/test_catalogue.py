"""Weights are found by name, never by a path."""

from pathlib import Path

from trainer.backends.ultralytics.catalogue import list_weights, task_of
from trainer.core.records import ModelTask


def test_files_come_before_official_ones_and_hide_them(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, names in ((first, ("yolo11n.pt", "notes.txt", "mine-seg.pt")), (second, ("yolo11n.pt", "x-pose.pt"))):
        folder.mkdir()
        for name in names:
            (folder / name).touch()
    choices = list_weights([tmp_path / "missing", first, second])
    local = [choice for choice in choices if choice.available]
    assert [(choice.name, choice.task) for choice in local] == [
        ("mine-seg.pt", ModelTask.SEGMENT),
        ("yolo11n.pt", ModelTask.DETECT),
    ]
    names = [choice.name for choice in choices]
    assert names.count("yolo11n.pt") == 1
    assert {"yolo26n.pt", "yolo11s-seg.pt", "yolo11n-cls.pt"} <= set(names)
    assert all(choice.downloadable for choice in choices if not choice.available)


def test_tasks_by_name() -> None:
    assert task_of("yolo11n") is ModelTask.DETECT
    assert task_of("yolo26s-cls") is ModelTask.CLASSIFY
    assert task_of("yolo11n-seg-int8rec") is ModelTask.SEGMENT
    assert task_of("yolo11n-obb") is None
