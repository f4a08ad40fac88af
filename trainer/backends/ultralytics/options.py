"""Options of a YOLO training. Defaults fit small sets: with the library's own, little is learnt from 50 pictures."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from annotator.plugins.base import Options

Architecture = Literal[
    "yolo11-tiny", "yolo11n", "yolo11s", "yolo11m", "yolo11l", "yolo11x",
    "yolo26n", "yolo26s", "yolo26m", "yolo26l", "yolo26x",
]  # fmt: skip
ADVANCED: dict[str, Any] = {"x-advanced": True}


class UltralyticsOptions(Options, frozen=True):
    """What can be chosen for a training."""

    architecture: Annotated[
        Architecture,
        Meta(
            title="Architecture",
            description="Network to train from scratch; start weights bring their own. “tiny” learns simple things "
            "in a minute on a processor.",
        ),
    ] = "yolo11n"
    epochs: Annotated[int, Meta(ge=1, le=5000, title="Epochs", description="Passes over the training images.")] = 50
    imgsz: Annotated[
        int, Meta(ge=32, le=4096, title="Image size", description="Longest side in pixels that the network sees.")
    ] = 640
    batch: Annotated[
        int, Meta(ge=0, le=1024, title="Batch size", description="Images per step; 0 chooses by the number of images.")
    ] = 0
    patience: Annotated[
        int,
        Meta(
            ge=0,
            title="Patience",
            description="Stop when this many epochs brought nothing better; 0 never stops early.",
        ),
    ] = 30
    optimizer: Annotated[
        Literal["AdamW", "SGD", "Adam", "NAdam", "RAdam", "auto"], Meta(title="Optimizer", extra_json_schema=ADVANCED)
    ] = "AdamW"
    lr0: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Learning rate",
            description="0 chooses by optimizer and start.",
            extra_json_schema=ADVANCED,
        ),
    ] = 0.0
    lrf: Annotated[
        float,
        Meta(
            gt=0, le=1, title="Final learning rate", description="As a part of the first.", extra_json_schema=ADVANCED
        ),
    ] = 0.05
    weight_decay: Annotated[float, Meta(ge=0, le=1, title="Weight decay", extra_json_schema=ADVANCED)] = 0.0005
    warmup_epochs: Annotated[float, Meta(ge=0, le=50, title="Warm-up epochs", extra_json_schema=ADVANCED)] = 1.0
    freeze: Annotated[
        int,
        Meta(
            ge=0,
            le=30,
            title="Frozen layers",
            description="First layers that keep their start weights.",
            extra_json_schema=ADVANCED,
        ),
    ] = 0
    mosaic: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Mosaic",
            description="Share of training pictures put together from four.",
            extra_json_schema=ADVANCED,
        ),
    ] = 0.5
    close_mosaic: Annotated[
        int,
        Meta(
            ge=0, title="Epochs without mosaic", description="At the end of the training.", extra_json_schema=ADVANCED
        ),
    ] = 5
    fliplr: Annotated[float, Meta(ge=0, le=1, title="Mirrored", extra_json_schema=ADVANCED)] = 0.5
    flipud: Annotated[float, Meta(ge=0, le=1, title="Upside down", extra_json_schema=ADVANCED)] = 0.0
    degrees: Annotated[float, Meta(ge=0, le=180, title="Rotation (degrees)", extra_json_schema=ADVANCED)] = 0.0
    scale: Annotated[float, Meta(ge=0, le=0.9, title="Change of size", extra_json_schema=ADVANCED)] = 0.5
    workers: Annotated[
        int,
        Meta(
            ge=0,
            le=64,
            title="Loader processes",
            description="On a GPU; a processor needs none.",
            extra_json_schema=ADVANCED,
        ),
    ] = 4
    amp: Annotated[
        bool,
        Meta(
            title="Mixed precision",
            description="Faster on a GPU; never used on a processor.",
            extra_json_schema=ADVANCED,
        ),
    ] = True
