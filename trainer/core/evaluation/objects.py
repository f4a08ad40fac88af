"""Evaluation report of detection and segmentation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.types import geometry_to_json
from annotator.core.records import AnnotationRecord, ImageRecord
from trainer.core.evaluation.coco import AveragePrecision, average_precision
from trainer.core.evaluation.matching import CONFIDENCES, Operation, operating_curves, pair

WORST = 24
"""Pictures with the most mistakes that the report shows."""
_SHOWN_OBJECTS = 100
BACKGROUND = "background"

Objects = Sequence[AnnotationRecord]


def object_report(
    images: Sequence[ImageRecord], predictions: Sequence[Objects], labels: Sequence[str], *, split: str, masks: bool
) -> dict[str, Any]:
    """Metrics, curves, confusion matrix and worst pictures; ``predictions`` are aligned with ``images``.

    Precision, recall, confusion and worst pictures are taken at the confidence with the best mean F1.
    """
    images = [_known(image, labels) for image in images]
    precision = average_precision(images, predictions, labels, masks=masks)
    curves, totals = _operation(images, predictions, labels, masks=masks)
    best = curves.best(totals > 0)
    confidence = float(CONFIDENCES[best])
    shown = [[o for o in objects if (o.score or 0.0) >= confidence] for objects in predictions]
    report: dict[str, Any] = {
        "split": split,
        "images": len(images),
        "confidence": confidence,
        "overall": _overall(precision, curves, totals, best, len(images)),
        "classes": _classes(images, precision, curves, totals, best, labels),
        "curves": _curves(precision, curves, totals, labels),
        "confusion": _confusion(images, shown, labels, masks=masks),
        "worst": _worst(images, shown, masks=masks),
    }
    if masks:
        boxes = average_precision(images, predictions, labels, masks=False)
        report["overall"] |= {"box_map50": _mean(boxes.map50), "box_map50_95": _mean(boxes.map50_95)}
    return report


def _known(image: ImageRecord, labels: Sequence[str]) -> ImageRecord:
    return replace(image, annotations=tuple(a for a in image.annotations if a.label in labels))


def _operation(
    images: Sequence[ImageRecord], predictions: Sequence[Objects], labels: Sequence[str], *, masks: bool
) -> tuple[Operation, NDArray[np.int64]]:
    index = {name: number for number, name in enumerate(labels)}
    totals = np.zeros(len(labels), np.int64)
    scores: list[float] = []
    classes: list[int] = []
    hits: list[bool] = []
    for image, objects in zip(images, predictions, strict=True):
        truth = [a for a in image.annotations if not a.crowd]
        np.add.at(totals, [index[a.label] for a in truth], 1)
        pairing = pair(truth, objects, same_label=True, masks=masks)
        scores += [o.score or 0.0 for o in objects]
        classes += [index[o.label] for o in objects]
        hits += (pairing.partner >= 0).tolist()
    curves = operating_curves(np.array(scores), np.array(classes, np.int64), np.array(hits, dtype=bool), totals)
    return curves, totals


def _mean(values: NDArray[np.float64]) -> float:
    """Mean over classes that occur; 0 when none does."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else 0.0


def _overall(
    precision: AveragePrecision, curves: Operation, totals: NDArray[np.int64], best: int, images: int
) -> dict[str, float]:
    present = totals > 0
    return {
        "map50": _mean(precision.map50),
        "map50_95": _mean(precision.map50_95),
        "precision": float(curves.precision[present, best].mean()) if present.any() else 0.0,
        "recall": float(curves.recall[present, best].mean()) if present.any() else 0.0,
        "f1": float(curves.f1[present, best].mean()) if present.any() else 0.0,
        "images": images,
        "instances": int(totals.sum()),
    }


def _classes(
    images: Sequence[ImageRecord],
    precision: AveragePrecision,
    curves: Operation,
    totals: NDArray[np.int64],
    best: int,
    labels: Sequence[str],
) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "images": sum(any(a.label == name for a in image.annotations) for image in images),
            "instances": int(totals[number]),
            "precision": _number(curves.precision[number, best]) if totals[number] else None,
            "recall": _number(curves.recall[number, best]) if totals[number] else None,
            "map50": _number(precision.map50[number]),
            "map50_95": _number(precision.map50_95[number]),
        }
        for number, name in enumerate(labels)
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 5)


def _curves(
    precision: AveragePrecision, curves: Operation, totals: NDArray[np.int64], labels: Sequence[str]
) -> dict[str, Any]:
    present = [number for number in range(len(labels)) if totals[number] > 0]
    recalls = np.linspace(0, 1, 101)
    pr = {
        labels[n]: [
            [round(float(r), 2), round(float(p), 4)] for r, p in zip(recalls, precision.precision[n], strict=True)
        ]
        for n in present
    }
    f1 = {
        labels[n]: [[float(c), round(float(v), 4)] for c, v in zip(CONFIDENCES, curves.f1[n], strict=True)]
        for n in present
    }
    if present:
        mean_p, mean_f = precision.precision[present].mean(axis=0), curves.f1[present].mean(axis=0)
        pr["all"] = [[round(float(r), 2), round(float(p), 4)] for r, p in zip(recalls, mean_p, strict=True)]
        f1["all"] = [[float(c), round(float(v), 4)] for c, v in zip(CONFIDENCES, mean_f, strict=True)]
    return {"pr": pr, "f1": f1}


def _confusion(
    images: Sequence[ImageRecord], shown: Sequence[Objects], labels: Sequence[str], *, masks: bool
) -> dict[str, Any]:
    """Rows: truth, columns: prediction; the last of each is “background” (extra and missed objects)."""
    index = {name: number for number, name in enumerate(labels)}
    matrix = np.zeros((len(labels) + 1, len(labels) + 1), np.int64)
    for image, objects in zip(images, shown, strict=True):
        truth = [a for a in image.annotations if not a.crowd]
        pairing = pair(truth, objects, same_label=False, masks=masks)
        for record, partner in zip(objects, pairing.partner.tolist(), strict=True):
            row = index[truth[partner].label] if partner >= 0 else len(labels)
            matrix[row, index[record.label]] += 1
        for missed in pairing.unmatched_truth(len(truth)):
            matrix[index[truth[missed].label], len(labels)] += 1
    return {"labels": [*labels, BACKGROUND], "matrix": matrix.tolist()}


def _worst(images: Sequence[ImageRecord], shown: Sequence[Objects], *, masks: bool) -> list[dict[str, Any]]:
    """Pictures by their share of mistakes: missed, extra and wrongly labelled objects over all there are."""
    rows: list[dict[str, Any]] = []
    for image, objects in zip(images, shown, strict=True):
        truth = [a for a in image.annotations if not a.crowd]
        pairing = pair(truth, objects, same_label=False, masks=masks)
        pairs = [(o, truth[p]) for o, p in zip(objects, pairing.partner.tolist(), strict=True) if p >= 0]
        wrong = sum(found.label != true.label for found, true in pairs)
        missed, extra = len(truth) - len(pairs), len(objects) - len(pairs)
        if not (wrong or missed or extra):
            continue
        score = (wrong + missed + extra) / (len(truth) + extra)
        parts = [
            f"{n} {word}" for n, word in ((missed, "missed"), (extra, "extra"), (wrong, "with the wrong label")) if n
        ]
        rows.append(_shown(image, objects, score, ", ".join(parts)) | {"mistakes": wrong + missed + extra})
    return sorted(rows, key=lambda row: (-row["score"], -row["mistakes"]))[:WORST]


def _shown(image: ImageRecord, objects: Objects, score: float, reason: str) -> dict[str, Any]:
    return {
        "image": image.id,
        "name": image.name,
        "width": image.width,
        "height": image.height,
        "score": round(score, 4),
        "reason": reason,
        "truth": [
            {"label": a.label, "geometry": geometry_to_json(a.geometry)} for a in image.annotations[:_SHOWN_OBJECTS]
        ],
        "predicted": [
            {"label": o.label, "geometry": geometry_to_json(o.geometry), "score": o.score}
            for o in objects[:_SHOWN_OBJECTS]
        ],
    }
