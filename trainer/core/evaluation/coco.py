"""Average precision as COCO defines it, by faster-coco-eval (equal to pycocotools to five digits, much faster)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.core.errors import Unavailable
from annotator.core.geometry.convert import to_mask
from annotator.core.geometry.masks import runs_over_picture
from annotator.core.geometry.measures import bounds
from annotator.core.geometry.rle import runs_to_text
from annotator.core.records import AnnotationRecord, ImageRecord

MAX_DETECTIONS = 100
"""COCO looks at this many objects per picture."""
_ALL_SIZES = 0


@dataclass(frozen=True, slots=True)
class AveragePrecision:
    """Per class (NaN without true objects): AP at IoU .5 and over .5:.95; precision at 101 recalls at IoU .5."""

    map50: NDArray[np.float64]
    map50_95: NDArray[np.float64]
    precision: NDArray[np.float64]


def average_precision(
    images: Sequence[ImageRecord],
    predictions: Sequence[Sequence[AnnotationRecord]],
    labels: Sequence[str],
    *,
    masks: bool,
) -> AveragePrecision:
    """Compare ``predictions`` (aligned with ``images``) with the images' annotations; by boxes or by masks.

    Source: the COCO evaluation, M = 100 detections, 101 recall thresholds, IoU .50:.05:.95, all sizes.
    """
    index = {name: number for number, name in enumerate(labels)}
    truth = [_rows(image, image.annotations, index, masks=masks) for image in images]
    found = [_rows(image, objects, index, masks=masks) for image, objects in zip(images, predictions, strict=True)]
    if not any(truth) or not any(found):
        return _nothing_found(truth, len(labels))
    evaluator = _evaluate(images, truth, found, labels, masks=masks)
    precision = np.asarray(evaluator.eval["precision"])[:, :, :, _ALL_SIZES, -1]  # (10 IoUs, 101 recalls, C)
    precision = np.where(precision < 0, np.nan, precision)
    return AveragePrecision(precision[0].mean(axis=0), precision.mean(axis=(0, 1)), precision[0].T)


def _nothing_found(truth: Sequence[Sequence[dict[str, Any]]], classes: int) -> AveragePrecision:
    present = {row["category_id"] for rows in truth for row in rows}
    values = np.array([0.0 if number in present else np.nan for number in range(classes)])
    return AveragePrecision(values, values.copy(), np.repeat(values[:, None], 101, axis=1))


def _evaluate(
    images: Sequence[ImageRecord],
    truth: Sequence[Sequence[dict[str, Any]]],
    found: Sequence[Sequence[dict[str, Any]]],
    labels: Sequence[str],
    *,
    masks: bool,
) -> Any:
    try:
        from faster_coco_eval import COCO, COCOeval_faster  # noqa: PLC0415 -- only in the training extra
    except ImportError as error:
        raise Unavailable(
            "Evaluation needs faster-coco-eval. Install the extra with: pip install 'marquee[train]'."
        ) from error
    document = {
        "info": {},
        "images": [{"id": n, "width": image.width, "height": image.height} for n, image in enumerate(images)],
        "categories": [{"id": n, "name": name} for n, name in enumerate(labels)],
        "annotations": _numbered(truth),
    }
    reference = COCO(document, print_function=_silent)
    results = reference.loadRes([{**row, "image_id": n} for n, rows in enumerate(found) for row in rows])
    evaluator = COCOeval_faster(reference, results, iouType="segm" if masks else "bbox", print_function=_silent)
    evaluator.evaluate()
    evaluator.accumulate()
    return evaluator


def _silent(*_: object) -> None:
    """The library talks; we do not need it."""


def _numbered(truth: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    flat = [{**row, "image_id": n} for n, rows in enumerate(truth) for row in rows]
    return [{**row, "id": number} for number, row in enumerate(flat, start=1)]


def _rows(
    image: ImageRecord, objects: Sequence[AnnotationRecord], index: dict[str, int], *, masks: bool
) -> list[dict[str, Any]]:
    best = sorted((o for o in objects if o.label in index), key=lambda o: -(o.score or 0.0))
    limited = best[:MAX_DETECTIONS] if any(o.score is not None for o in best) else best
    return [row for o in limited if (row := _row(image, o, index[o.label], masks=masks)) is not None]


def _row(image: ImageRecord, record: AnnotationRecord, category: int, *, masks: bool) -> dict[str, Any] | None:
    extent = bounds(record.geometry)
    if extent is None:
        return None
    width, height = extent[2] - extent[0], extent[3] - extent[1]
    row: dict[str, Any] = {
        "category_id": category,
        "bbox": [extent[0], extent[1], width, height],
        "area": width * height,
        "iscrowd": int(record.crowd),
        "score": record.score if record.score is not None else 1.0,
    }
    if masks:
        mask = to_mask(record.geometry, image.width, image.height)
        if mask is None:
            return None
        runs = runs_over_picture(mask, image.width, image.height)
        row["segmentation"] = {"size": [image.height, image.width], "counts": runs_to_text(runs)}
        row["area"] = float(runs[1::2].sum())
    return row
