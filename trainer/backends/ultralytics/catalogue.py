"""Which weights there are: files on this server and the official ones. Names only; nothing is opened or fetched."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from trainer.core.records import ModelTask
from trainer.plugins.backends import WeightsChoice

SUFFIX = {ModelTask.DETECT: "", ModelTask.SEGMENT: "-seg", ModelTask.CLASSIFY: "-cls"}
"""How Ultralytics names the variants of an architecture."""
_OTHER_TASKS = ("-pose", "-obb", "-sem", "-depth")
_TRAINED_ON = {ModelTask.DETECT: "COCO boxes", ModelTask.SEGMENT: "COCO masks", ModelTask.CLASSIFY: "ImageNet"}
_OFFICIAL = tuple(f"{family}{size}" for family in ("yolo11", "yolo26") for size in "nsm")
_NOTE = "Official weights, AGPL-3.0, downloaded from github.com/ultralytics when chosen."


def task_of(stem: str) -> ModelTask | None:
    """The task that a weights file's name promises; ``None`` for tasks that we do not train."""
    if any(other in stem for other in _OTHER_TASKS):
        return None
    return next((task for task, suffix in SUFFIX.items() if suffix and suffix in stem), ModelTask.DETECT)


def list_weights(folders: Sequence[Path]) -> list[WeightsChoice]:
    """Files in ``folders`` (the first of a name counts), then official weights that are not here."""
    found = list(_local(folders))
    names = {choice.name for choice in found}
    return found + [choice for choice in _official() if choice.name not in names]


def _local(folders: Sequence[Path]) -> Iterator[WeightsChoice]:
    seen: set[str] = set()
    for folder in folders:
        for path in sorted(folder.glob("*.pt")) if folder.is_dir() else []:
            task = task_of(path.stem)
            if path.name not in seen and task is not None:
                seen.add(path.name)
                yield WeightsChoice(
                    path.name, path.stem, task, available=True, downloadable=False, note="On this server."
                )


def _official() -> Iterator[WeightsChoice]:
    for task, suffix in SUFFIX.items():
        for name in _OFFICIAL:
            title = f"{name}{suffix} ({_TRAINED_ON[task]})"
            yield WeightsChoice(f"{name}{suffix}.pt", title, task, available=False, downloadable=True, note=_NOTE)
