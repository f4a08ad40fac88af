"""Evaluation report of classification."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.core.geometry.types import geometry_to_json
from annotator.core.records import ImageRecord
from trainer.core.evaluation.objects import WORST


def tag_report(
    images: Sequence[ImageRecord], probabilities: NDArray[np.float32], labels: Sequence[str], *, split: str
) -> dict[str, Any]:
    """Top-1 and top-5 accuracy, per-class figures, confusion and the most confident mistakes.

    ``probabilities`` (N, C) are aligned with ``images``; images without a known tag are left out.
    """
    index = {name: number for number, name in enumerate(labels)}
    truth = np.array([next((index[a.label] for a in image.annotations if a.label in index), -1) for image in images])
    known = truth >= 0
    judged = [image for image, keep in zip(images, known, strict=True) if keep]
    truth, probabilities = truth[known], probabilities[known]
    order = np.argsort(-probabilities, axis=1) if judged else np.zeros((0, len(labels)), np.int64)
    best = order[:, 0] if judged else np.zeros(0, np.int64)
    matrix = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(matrix, (truth, best), 1)
    return {
        "split": split,
        "images": len(judged),
        "overall": _overall(matrix, truth, order),
        "classes": [_class_row(matrix, number, name) for number, name in enumerate(labels)],
        "curves": {},
        "confusion": {"labels": list(labels), "matrix": matrix.tolist()},
        "worst": _worst(judged, truth, best, probabilities, labels),
    }


def _overall(matrix: NDArray[np.int64], truth: NDArray[np.int64], order: NDArray[np.int64]) -> dict[str, float]:
    total = int(matrix.sum())
    if not total:
        return {"accuracy_top1": 0.0, "accuracy_top5": 0.0, "macro_f1": 0.0, "images": 0}
    present = matrix.sum(axis=1) > 0
    right, said = np.diag(matrix), matrix.sum(axis=0)
    f1 = 2 * right[present] / np.maximum(matrix.sum(axis=1)[present] + said[present], 1)
    return {
        "accuracy_top1": float(right.sum() / total),
        "accuracy_top5": float((order[:, :5] == truth[:, None]).any(axis=1).mean()),
        "macro_f1": float(f1.mean()),
        "images": total,
    }


def _class_row(matrix: NDArray[np.int64], number: int, name: str) -> dict[str, Any]:
    right, there, said = int(matrix[number, number]), int(matrix[number].sum()), int(matrix[:, number].sum())
    return {
        "name": name,
        "images": there,
        "instances": there,
        "precision": round(right / said, 5) if said else None,
        "recall": round(right / there, 5) if there else None,
        "map50": None,
        "map50_95": None,
    }


def _worst(
    images: Sequence[ImageRecord],
    truth: NDArray[np.int64],
    best: NDArray[np.int64],
    probabilities: NDArray[np.float32],
    labels: Sequence[str],
) -> list[dict[str, Any]]:
    wrong = np.flatnonzero(best != truth)
    wrong = wrong[np.argsort(-probabilities[wrong, best[wrong]])][:WORST]
    return [
        {
            "image": images[n].id,
            "name": images[n].name,
            "width": images[n].width,
            "height": images[n].height,
            "score": round(float(probabilities[n, best[n]]), 4),
            "reason": f"{labels[truth[n]]} taken for {labels[best[n]]} ({probabilities[n, best[n]]:.0%} sure)",
            "truth": [{"label": a.label, "geometry": geometry_to_json(a.geometry)} for a in images[n].annotations],
            "predicted": [
                {"label": labels[best[n]], "geometry": {"type": "tag"}, "score": float(probabilities[n, best[n]])}
            ],
        }
        for n in wrong.tolist()
    ]
