"""Average precision against pycocotools and against cases that can be worked out by hand."""

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from annotator.core.geometry.types import Box, Polygon, PolygonPart
from annotator.core.records import AnnotationRecord, ImageRecord
from trainer.core.evaluation.coco import average_precision

LABELS = ("a", "b", "c")


def scene(seed: int) -> tuple[list[ImageRecord], list[list[AnnotationRecord]]]:
    """Images with boxes, and predictions that hit, miss, shift and confuse them; class c never occurs."""
    rng = np.random.default_rng(seed)
    images, predictions = [], []
    for number in range(12):
        truth, found = [], []
        for _ in range(int(rng.integers(0, 6))):
            x, y, w, h = (float(v) for v in (*rng.uniform(0, 200, 2), *rng.uniform(10, 90, 2)))
            label = LABELS[int(rng.integers(0, 2))]
            truth.append(AnnotationRecord(label, Box(x, y, w, h)))
            for _ in range(int(rng.integers(0, 3))):
                shift = rng.normal(0, 6, 4)
                box = Box(x + shift[0], y + shift[1], max(w + shift[2], 1.0), max(h + shift[3], 1.0))
                found.append(AnnotationRecord(label if rng.random() < 0.8 else "b", box, score=float(rng.random())))
        images.append(ImageRecord(f"{number}.png", 320, 320, tuple(truth), "val", None, str(number)))
        predictions.append(found)
    return images, predictions


def reference(images: list[ImageRecord], predictions: list[list[AnnotationRecord]]) -> COCOeval:
    def box(record: AnnotationRecord) -> list[float]:
        assert isinstance(record.geometry, Box)
        return [record.geometry.x, record.geometry.y, record.geometry.w, record.geometry.h]

    rows, results = [], []
    for number, (image, found) in enumerate(zip(images, predictions, strict=True)):
        for record in image.annotations:
            b = box(record)
            rows.append(
                {
                    "id": len(rows) + 1,
                    "image_id": number,
                    "category_id": LABELS.index(record.label),
                    "bbox": b,
                    "area": b[2] * b[3],
                    "iscrowd": 0,
                }
            )
        results += [
            {"image_id": number, "category_id": LABELS.index(r.label), "bbox": box(r), "score": r.score} for r in found
        ]
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": n, "width": 320, "height": 320} for n in range(len(images))],
        "categories": [{"id": n, "name": name} for n, name in enumerate(LABELS)],
        "annotations": rows,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        evaluator = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluator.evaluate()
        evaluator.accumulate()
        evaluator.summarize()
    return evaluator


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_equals_pycocotools(seed: int) -> None:
    images, predictions = scene(seed)
    found = average_precision(images, predictions, LABELS, masks=False)
    stats = reference(images, predictions).stats
    assert np.nanmean(found.map50_95) == pytest.approx(stats[0], abs=1e-5)
    assert np.nanmean(found.map50) == pytest.approx(stats[1], abs=1e-5)
    assert np.isnan(found.map50[2]), "a class that never occurs has no precision"


def test_perfect_and_empty_predictions() -> None:
    images, _ = scene(3)
    perfect = [[AnnotationRecord(a.label, a.geometry, score=0.9) for a in image.annotations] for image in images]
    assert np.nanmean(average_precision(images, perfect, LABELS, masks=False).map50_95) == pytest.approx(1.0)
    nothing = average_precision(images, [[] for _ in images], LABELS, masks=False)
    assert np.nanmean(nothing.map50) == 0.0
    assert np.isnan(nothing.map50[2])


def test_masks_are_compared_by_pixels() -> None:
    triangle = Polygon([PolygonPart(outer=[0.0, 0.0, 40.0, 0.0, 0.0, 40.0])])
    other = Polygon([PolygonPart(outer=[40.0, 40.0, 40.0, 0.0, 0.0, 40.0])])
    image = ImageRecord("a.png", 50, 50, (AnnotationRecord("a", triangle),), "val", None, "1")
    same, opposite = ([[AnnotationRecord("a", shape, score=0.9)]] for shape in (triangle, other))
    assert average_precision([image], same, LABELS, masks=True).map50[0] == pytest.approx(1.0)
    assert average_precision([image], opposite, LABELS, masks=True).map50[0] == 0.0
    assert average_precision([image], opposite, LABELS, masks=False).map50[0] == pytest.approx(1.0), (
        "their boxes are equal"
    )
