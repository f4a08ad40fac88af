"""Option values to begin with on this machine and this data."""

from typing import Any

from trainer.core.records import ModelTask

_VISITS = {True: 900, False: 1800}
"""Image visits by which a network has learnt simple things: with start weights, and from scratch."""
_FEWEST, _MOST = 15, 200


def suggest(*, task: ModelTask, images: int, longest_side: int, on_gpu: bool, pretrained: bool) -> dict[str, Any]:
    """Image size, epochs and, for a processor without start weights, the tiny architecture."""
    visits = _VISITS[pretrained] * (4 if on_gpu else 1)
    options: dict[str, Any] = {
        "imgsz": _image_size(task, longest_side, on_gpu=on_gpu, pretrained=pretrained),
        "epochs": int(min(_MOST, max(_FEWEST, round(visits / max(images, 1))))),
    }
    if not on_gpu and not pretrained:
        options["architecture"] = "yolo11-tiny"
    return options


def _image_size(task: ModelTask, longest_side: int, *, on_gpu: bool, pretrained: bool) -> int:
    """A multiple of 32 near the pictures' own size, as large as the machine can bear."""
    if task is ModelTask.CLASSIFY:
        return 224 if on_gpu or pretrained else 128
    largest = 640 if on_gpu else 320 if pretrained else 256
    return int(min(largest, max(128, round(longest_side / 32) * 32)))
