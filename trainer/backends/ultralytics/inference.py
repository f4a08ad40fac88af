"""One pass over pictures gives objects, full class vectors, box features and an embedding of each picture.

The library's ``predict`` keeps one class per box and ``embed`` costs a second pass; the network is called directly.
Read in Ultralytics 8.4: in evaluation mode a detector returns ``(y, raw)``. ``y`` (B, 4 + C [+ 32], A) has boxes as
centre and size in input pixels and independent sigmoids; ``raw["feats"]`` are the three feature maps of the neck. A
segmenter returns ``((y, proto), raw)``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from annotator.core.errors import Unavailable
from annotator.core.geometry.masks import mask_from_bitmap
from annotator.core.geometry.types import Box, Geometry
from annotator.core.records import AnnotationRecord
from trainer.backends.ultralytics.pictures import read_picture
from trainer.core.records import BoxFeatures, ImagePrediction, ModelTask
from trainer.core.uncertainty import informative_boxes
from trainer.plugins.backends import Predictor
from trainer.plugins.quiet import silence_ultralytics

KEPT_BOXES = 20
"""Boxes per picture whose signals are kept for acquisition: the surest and the most unsure ones."""
FEATURE_SIZE = 64
"""Box features are projected to this length by a fixed random matrix, which keeps angles (Johnson–Lindenstrauss)."""
_PROJECTION_SEED = 20_261_121
_NO_TIME_LIMIT = 1e9
"""Seconds per picture: the library's own limit would drop results in silence on a slow processor."""
_SIGNAL_THRESHOLD = 0.01
"""Boxes below are noise for acquisition, too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where objects are cut off: overlap of two boxes of one class, and objects per picture."""

    iou: float = 0.7
    objects: int = 300


@dataclass(frozen=True, slots=True)
class _Frame:
    """A picture as the network sees it; ``scale`` and ``left``/``top`` lead back to its own pixels."""

    image_id: str
    width: int
    height: int
    tensor: torch.Tensor
    scale: float
    left: int
    top: int


def load(weights: Path, *, task: ModelTask, labels: Sequence[str], device: str) -> Predictor:
    """A predictor for ``weights``; raises :class:`Unavailable` when the file is broken, foreign or of another task."""
    silence_ultralytics()
    from ultralytics.nn.tasks import load_checkpoint  # noqa: PLC0415 -- reads the environment when imported

    try:
        network, _ = load_checkpoint(weights, device=torch.device(device))  # type: ignore[no-untyped-call]  # untyped library
    except Exception as error:  # a broken or foreign file fails in many ways inside the library
        raise Unavailable(
            f"The weights {weights.name} cannot be used: {type(error).__name__}: {str(error)[:300]}"
        ) from error
    if network.task != task.value:
        raise Unavailable(f"The weights {weights.name} are for the task “{network.task}”, not for “{task.value}”.")
    if task is ModelTask.CLASSIFY:
        from trainer.backends.ultralytics.classification import ClassPredictor  # noqa: PLC0415 -- only for this task

        return ClassPredictor(network, labels, device)
    return BoxPredictor(network, labels, device, masks=task is ModelTask.SEGMENT)


class BoxPredictor(Predictor):
    """Detection and instance segmentation."""

    embedder = "ultralytics-neck-average/1"

    def __init__(
        self, network: Any, labels: Sequence[str], device: str, *, masks: bool, limits: Limits | None = None
    ) -> None:
        self._device = torch.device(device)
        self._head = network.model[-1]
        self._head.end2end = (
            False  # YOLO26: the one-to-many head has whole class vectors; fusing keeps the chosen head only
        )
        self._half = self._device.type == "cuda"
        self._network = network.fuse(verbose=False).eval()
        self._network = self._network.half() if self._half else self._network.float()
        self._labels = tuple(labels)
        self._masks = masks
        self._limits = limits or Limits()
        self._size = int(network.args.get("imgsz", 640))
        self._stride = int(network.stride.max())
        self._batch = 16 if self._half else 4
        self._projection: torch.Tensor | None = None

    def predict(
        self, images: Sequence[tuple[str, Path]], *, confidence: float, on_image: Callable[[int], None] | None = None
    ) -> Iterator[ImagePrediction]:
        """Predict in order; pictures of equal shape share a batch."""
        done = 0
        for frames in self._batches(images):
            for prediction in self._predict(frames, confidence):
                yield prediction
                done += 1
                if on_image is not None:
                    on_image(done)

    def _batches(self, images: Sequence[tuple[str, Path]]) -> Iterator[list[_Frame]]:
        waiting: list[_Frame] = []
        for image_id, path in images:
            frame = self._frame(image_id, path)
            if waiting and (len(waiting) == self._batch or frame.tensor.shape != waiting[0].tensor.shape):
                yield waiting
                waiting = []
            waiting.append(frame)
        if waiting:
            yield waiting

    def _frame(self, image_id: str, path: Path) -> _Frame:
        import cv2  # noqa: PLC0415 -- comes with ultralytics

        picture = read_picture(path)
        height, width = picture.shape[:2]
        scale = self._size / max(height, width)
        new_w, new_h = max(1, round(width * scale)), max(1, round(height * scale))
        pad_w, pad_h = -new_w % self._stride, -new_h % self._stride
        left, top = pad_w // 2, pad_h // 2
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        resized = cv2.resize(picture, (new_w, new_h), interpolation=method) if scale != 1 else picture
        padded = cv2.copyMakeBorder(
            resized, top, pad_h - top, left, pad_w - left, cv2.BORDER_CONSTANT, value=(114, 114, 114)
        )
        tensor = torch.from_numpy(np.ascontiguousarray(padded[:, :, ::-1].transpose(2, 0, 1)))
        return _Frame(image_id, width, height, tensor, scale, left, top)

    @torch.inference_mode()
    def _predict(self, frames: list[_Frame], confidence: float) -> Iterator[ImagePrediction]:
        from ultralytics.utils.nms import non_max_suppression  # noqa: PLC0415 -- after the library was silenced

        stack = torch.stack([frame.tensor for frame in frames]).to(self._device)
        answer, raw = self._network((stack.half() if self._half else stack.float()) / 255)
        raw = raw.get("one2many", raw)
        scores, proto = answer if self._masks else (answer, None)
        scores = scores.float()
        kept, anchors = non_max_suppression(
            scores,
            conf_thres=min(confidence, _SIGNAL_THRESHOLD),
            iou_thres=self._limits.iou,
            max_det=self._limits.objects,
            nc=len(self._labels),
            max_time_img=_NO_TIME_LIMIT,
            return_idxs=True,
        )
        maps = [level.float() for level in raw["feats"]]
        embeddings = torch.cat([level.mean(dim=(2, 3)) for level in maps], dim=1).cpu().numpy()
        for index, frame in enumerate(frames):
            rows, chosen = kept[index], anchors[index].long().view(-1)
            wanted = rows[:, 4] >= confidence
            masks = _proto_masks(proto[index], rows[wanted], frame) if proto is not None else None
            yield ImagePrediction(
                image_id=frame.image_id,
                objects=self._objects(rows[wanted], frame, masks),
                embedding=embeddings[index].astype(np.float32),
                boxes=self._signals(rows, chosen, scores[index], [level[index] for level in maps], frame),
            )

    def _objects(
        self, rows: torch.Tensor, frame: _Frame, masks: list[NDArray[np.bool_]] | None
    ) -> tuple[AnnotationRecord, ...]:
        boxes = _to_picture(rows[:, :4], frame).cpu().numpy()
        found: list[AnnotationRecord] = []
        for position, (box, row) in enumerate(zip(boxes, rows.cpu().numpy(), strict=True)):
            geometry = _geometry(box, masks[position] if masks is not None else None)
            if geometry is not None:
                found.append(AnnotationRecord(self._labels[int(row[5])], geometry, score=round(float(row[4]), 5)))
        return tuple(found)

    def _signals(
        self, rows: torch.Tensor, anchors: torch.Tensor, scores: torch.Tensor, maps: list[torch.Tensor], frame: _Frame
    ) -> BoxFeatures:
        """Signals of the most telling boxes; ``anchors`` index the columns of ``scores`` (4 + C …, A)."""
        telling = torch.from_numpy(informative_boxes(rows[:, 4].cpu().numpy(), limit=KEPT_BOXES)).to(rows.device)
        rows, anchors = rows[telling], anchors[telling]
        classes = len(self._labels)
        return BoxFeatures(
            boxes=_to_picture(rows[:, :4], frame).cpu().numpy().astype(np.float32),
            scores=rows[:, 4].cpu().numpy().astype(np.float32),
            labels=rows[:, 5].cpu().numpy().astype(np.int32),
            probabilities=scores[4 : 4 + classes, anchors].T.cpu().numpy().astype(np.float32).reshape(-1, classes),
            features=self._features(scores[:2, anchors], maps).cpu().numpy().astype(np.float32),
        )

    def _features(self, centres: torch.Tensor, maps: list[torch.Tensor]) -> torch.Tensor:
        """Features (K, 64) at box centres (2, K) given in input pixels: all levels side by side, projected."""
        strides = self._head.stride.tolist()
        columns = []
        for level, stride in zip(maps, strides, strict=True):
            x = (centres[0] / stride).long().clamp(0, level.shape[2] - 1)
            y = (centres[1] / stride).long().clamp(0, level.shape[1] - 1)
            columns.append(torch.nn.functional.normalize(level[:, y, x].T, dim=1))
        joined = torch.cat(columns, dim=1)
        if self._projection is None:
            generator = torch.Generator().manual_seed(_PROJECTION_SEED)
            shape = (joined.shape[1], FEATURE_SIZE)
            self._projection = torch.randn(shape, generator=generator).to(joined.device) / FEATURE_SIZE**0.5
        return joined @ self._projection


def _to_picture(boxes: torch.Tensor, frame: _Frame) -> torch.Tensor:
    """Corners (K, 4) from input pixels to the picture's own, cut at its border."""
    offset = boxes.new_tensor([frame.left, frame.top, frame.left, frame.top])
    limit = boxes.new_tensor([frame.width, frame.height, frame.width, frame.height])
    return torch.minimum(((boxes - offset) / frame.scale).clamp(min=0), limit)


def _proto_masks(proto: torch.Tensor, rows: torch.Tensor, frame: _Frame) -> list[NDArray[np.bool_]]:
    """Bitmaps (H, W) in the picture's size, one per row."""
    from ultralytics.utils.ops import process_mask_native  # noqa: PLC0415 -- after the library was silenced

    boxes = _to_picture(rows[:, :4], frame)
    size = (frame.height, frame.width)
    found = process_mask_native(proto, rows[:, 6:], boxes, size)  # type: ignore[no-untyped-call]  # untyped library
    return [mask.cpu().numpy().astype(bool) for mask in found]


def _geometry(box: NDArray[np.float32], mask: NDArray[np.bool_] | None) -> Geometry | None:
    if mask is not None:
        return mask_from_bitmap(mask)
    x1, y1, x2, y2 = (round(float(value), 2) for value in box)
    return Box(x1, y1, round(x2 - x1, 2), round(y2 - y1, 2)) if x2 > x1 and y2 > y1 else None
