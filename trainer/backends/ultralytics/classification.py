"""Prediction for classification networks: class probabilities and the pooled features before the last layer."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from annotator.core.geometry.types import Tag
from annotator.core.records import AnnotationRecord
from trainer.backends.ultralytics.dataset import class_index
from trainer.backends.ultralytics.pictures import read_picture
from trainer.core.records import BoxFeatures, ImagePrediction
from trainer.plugins.backends import Predictor


class ClassPredictor(Predictor):
    """Classification: one tag per picture. For acquisition the picture is one box that covers it."""

    embedder = "ultralytics-pooled/1"

    def __init__(self, network: Any, labels: Sequence[str], device: str) -> None:
        from ultralytics.data.augment import classify_transforms  # noqa: PLC0415 -- after the library was silenced

        self._device = torch.device(device)
        self._network = network.fuse(verbose=False).eval().float()
        self._labels = tuple(labels)
        self._columns = [class_index(network.names[index]) for index in range(len(network.names))]
        self._transform = classify_transforms(size=int(network.args.get("imgsz", 224)))
        self._batch = 64 if self._device.type == "cuda" else 8
        self._pooled: torch.Tensor | None = None
        network.model[-1].linear.register_forward_pre_hook(self._remember)

    def _remember(self, _module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
        self._pooled = inputs[0]

    def predict(
        self, images: Sequence[tuple[str, Path]], *, confidence: float, on_image: Callable[[int], None] | None = None
    ) -> Iterator[ImagePrediction]:
        """Predict in order and in batches."""
        for begin in range(0, len(images), self._batch):
            part = images[begin : begin + self._batch]
            sizes, probabilities, embeddings = self._pass([path for _, path in part])
            for row, (image_id, _) in enumerate(part):
                yield self._prediction(image_id, sizes[row], probabilities[row], embeddings[row], confidence)
                if on_image is not None:
                    on_image(begin + row + 1)

    @torch.inference_mode()
    def _pass(self, paths: Sequence[Path]) -> tuple[list[tuple[int, int]], NDArray[np.float32], NDArray[np.float32]]:
        from PIL import Image  # noqa: PLC0415 -- the library's own transforms want Pillow pictures

        pictures = [Image.fromarray(np.ascontiguousarray(read_picture(path)[:, :, ::-1])) for path in paths]
        answer = self._network(torch.stack([self._transform(picture) for picture in pictures]).to(self._device))
        answer = answer[0] if isinstance(answer, tuple) else answer
        found = answer.float().cpu().numpy()
        probabilities = np.zeros((len(paths), len(self._labels)), np.float32)
        probabilities[:, self._columns] = found
        assert self._pooled is not None  # noqa: S101 -- the hook has run
        return [picture.size for picture in pictures], probabilities, self._pooled.float().cpu().numpy()

    def _prediction(
        self,
        image_id: str,
        size: tuple[int, int],
        probabilities: NDArray[np.float32],
        embedding: NDArray[np.float32],
        confidence: float,
    ) -> ImagePrediction:
        best = int(np.argmax(probabilities))
        score = float(probabilities[best])
        tag = AnnotationRecord(self._labels[best], Tag(), score=round(score, 5))
        return ImagePrediction(
            image_id=image_id,
            objects=(tag,) if score >= confidence else (),
            embedding=embedding.astype(np.float32),
            boxes=BoxFeatures(
                boxes=np.array([[0, 0, *size]], np.float32),
                scores=np.array([score], np.float32),
                labels=np.array([best], np.int32),
                probabilities=probabilities[None, :],
                features=embedding[None, :].astype(np.float32),
            ),
        )
