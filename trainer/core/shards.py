"""Predictions of a pool in sharded files: arrays that acquisition reads, objects that become prediction rows.

A shard holds a run of images. ``NNNNN.npz`` has the arrays, ``NNNNN.jsonl`` the objects; the latter is written last, so
that a shard is complete exactly when it exists. Never database rows: about 4 kB per image.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from annotator.core.records import AnnotationRecord
from trainer.core.job import write_atomically
from trainer.core.records import BoxFeatures, ImagePrediction

SHARD_SIZE = 256
"""Images per shard."""


class ImageObjects(msgspec.Struct, frozen=True):
    """The predicted objects of one image."""

    image: str
    objects: tuple[AnnotationRecord, ...]


@dataclass(frozen=True, slots=True)
class PoolSignals:
    """Signals of images, aligned with ``ids`` (N): ``embeddings`` (N, D) and the kept boxes of each image."""

    ids: tuple[str, ...]
    embeddings: NDArray[np.float32]
    boxes: tuple[BoxFeatures, ...]


def shard_complete(folder: Path, index: int) -> bool:
    """True when shard ``index`` was written to its end."""
    return (folder / f"{index:05d}.jsonl").exists()


def write_shard(folder: Path, index: int, predictions: Sequence[ImagePrediction]) -> None:
    """Write one shard; probabilities, embeddings and features as half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = [len(p.boxes.scores) for p in predictions]
    target = folder / f"{index:05d}.npz"
    partial = folder / f".{index:05d}.partial.npz"
    np.savez(
        partial,
        ids=np.array([p.image_id for p in predictions]),
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        embeddings=np.stack([p.embedding for p in predictions]).astype(np.float16),
        boxes=_join([p.boxes.boxes for p in predictions], 4).astype(np.float32),
        scores=np.concatenate([p.boxes.scores for p in predictions]).astype(np.float32),
        labels=np.concatenate([p.boxes.labels for p in predictions]).astype(np.int32),
        probabilities=_join([p.boxes.probabilities for p in predictions]).astype(np.float16),
        features=_join([p.boxes.features for p in predictions]).astype(np.float16),
    )
    partial.replace(target)
    lines = [msgspec.json.encode(ImageObjects(p.image_id, p.objects)) for p in predictions]
    write_atomically(folder / f"{index:05d}.jsonl", b"\n".join(lines) + b"\n")


def _join(blocks: Sequence[NDArray[np.float32]], width: int | None = None) -> NDArray[np.float32]:
    """Stack (K, W) blocks; blocks without rows may have any width."""
    filled = [block for block in blocks if len(block)]
    if filled:
        return np.concatenate(filled)
    return np.zeros((0, width or 0), np.float32)


def read_objects(folder: Path) -> Iterator[ImageObjects]:
    """The objects of all complete shards in order."""
    decoder = msgspec.json.Decoder(ImageObjects)
    for path in sorted(folder.glob("[0-9]*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                yield decoder.decode(line)


def read_signals(folder: Path, wanted: Iterable[str] | None = None) -> PoolSignals:
    """Signals of the ``wanted`` images (all when ``None``) that the shards know, in the shards' order."""
    keep = None if wanted is None else set(wanted)
    ids: list[str] = []
    embeddings: list[NDArray[np.float32]] = []
    boxes: list[BoxFeatures] = []
    for path in sorted(folder.glob("[0-9]*.jsonl")):
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
            shard = {name: arrays[name] for name in arrays.files}
        for row, name in enumerate(shard["ids"].tolist()):
            if keep is not None and name not in keep:
                continue
            ids.append(name)
            embeddings.append(shard["embeddings"][row].astype(np.float32))
            boxes.append(_boxes_of(shard, row))
    stacked = np.stack(embeddings) if embeddings else np.zeros((0, 0), np.float32)
    return PoolSignals(tuple(ids), stacked, tuple(boxes))


def _boxes_of(shard: dict[str, NDArray[np.generic]], row: int) -> BoxFeatures:
    begin, end = int(shard["offsets"][row]), int(shard["offsets"][row + 1])
    return BoxFeatures(
        boxes=shard["boxes"][begin:end].astype(np.float32),
        scores=shard["scores"][begin:end].astype(np.float32),
        labels=shard["labels"][begin:end].astype(np.int32),
        probabilities=shard["probabilities"][begin:end].astype(np.float32),
        features=shard["features"][begin:end].astype(np.float32),
    )
