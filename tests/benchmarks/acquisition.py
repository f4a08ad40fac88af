"""Picking a batch from large pools."""

from typing import Any

from tests.benchmarks.measure import Measured, Table, measured

TITLE = "Picking the next batch"
QUESTION = (
    "How long does a strategy take to pick 200 images from 10,000 and 100,000, and how much memory beyond the pool itself "
    "(embeddings of 256 numbers, four boxes an image with ten class probabilities)? Beside it: random, and greedy k-center "
    "written directly with a full distance table where that fits into memory."
)
SIZE = 200
WIDTH, CLASSES, BOXES = 256, 10, 4


def run() -> Table:
    """Measure each pair in a fresh process."""
    rows: list[list[object]] = []
    for count in (10_000, 100_000):
        pool = measured(_pick, "", count)
        chance = measured(_pick, "random", count)
        for name in ("random", "entropy", "k_center", "hybrid"):
            found = chance if name == "random" else measured(_pick, name, count)
            rows.append(_row(name, count, found, pool, chance))
        if count == 10_000:
            rows.append(_row("naive k-center (whole distance table)", count, measured(_naive, count), pool, chance))
    return Table(
        ["strategy", "pool", "seconds", "memory beyond the pool MB", "× random"],
        rows,
        ["The naive table would need 40 GB for 100,000 images and is therefore not run there."],
    )


def _row(name: str, count: int, found: Measured, pool: Measured, chance: Measured) -> list[object]:
    beyond = max(0.0, found.peak_mb - pool.peak_mb)
    return [name, count, round(found.value, 3), round(beyond), round(found.value / max(chance.value, 1e-4), 1)]


def _pool(count: int) -> Any:
    import numpy as np

    from trainer.core.records import BoxFeatures, PoolArrays

    rng = np.random.default_rng(11)
    centres = rng.normal(size=(60, WIDTH)).astype(np.float32)
    embeddings = centres[rng.integers(0, 60, count)] + 0.4 * rng.normal(size=(count, WIDTH)).astype(np.float32)
    boxes = []
    for _ in range(count):
        p = rng.random((BOXES, CLASSES), np.float32)
        boxes.append(
            BoxFeatures(
                np.zeros((BOXES, 4), np.float32), p.max(axis=1), p.argmax(axis=1).astype(np.int32), p,
                np.zeros((BOXES, 0), np.float32),
            )
        )  # fmt: skip
    return PoolArrays(
        ids=[str(n) for n in range(count)],
        embeddings=embeddings,
        boxes=boxes,
        labelled_embeddings=embeddings[:500] + 0.01,
        labelled_counts=np.arange(1, CLASSES + 1, dtype=np.int64) * 100,
        duplicate_group=np.full(count, -1, np.int64),
        labelled_total=500,
        validation_map50=0.6,
        label_names=tuple(f"class {n}" for n in range(CLASSES)),
    )


def _pick(name: str, count: int) -> float:
    """Seconds of the pick alone; an empty name only makes the pool."""
    import time

    import numpy as np

    from trainer.plugins.families import STRATEGIES

    pool = _pool(count)
    if not name:
        return 0.0
    strategy = STRATEGIES.get(name)()
    begun = time.perf_counter()
    picks = strategy.select(pool, size=SIZE, options=strategy.Options(), rng=np.random.default_rng(1))
    seconds = time.perf_counter() - begun
    assert len({pick.index for pick in picks}) == SIZE
    return seconds


def _naive(count: int) -> float:
    import time

    import numpy as np

    rows = _pool(count).embeddings
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    begun = time.perf_counter()
    table = 2 - 2 * (rows @ rows.T)
    chosen, nearest = [0], table[0].copy()
    while len(chosen) < SIZE:
        chosen.append(int(nearest.argmax()))
        np.minimum(nearest, table[chosen[-1]], out=nearest)
    return time.perf_counter() - begun
