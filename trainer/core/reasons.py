"""Why an image was picked, in plain words for the annotator. Short: it is shown on the picture's card."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.aggregation import top_indices
from trainer.core.coverage import weights_of
from trainer.core.records import BoxFeatures, ModelTask, PoolArrays

RANDOM = "Random check"
DIVERSE = "Unlike what is labelled"
FIRST = "Typical of many pictures"
NOTHING_SEEN = "The model sees nothing here"
DUPLICATE = "Looks like another picture; nothing else is left"
RARE_WEIGHT = 1.5
"""A class with at least this weight is called rare."""


def name_of(label: int, names: Sequence[str]) -> str:
    """The class's name, or its number when the schema does not know it."""
    return names[label] if 0 <= label < len(names) else f"class {label}"


def unsure(boxes: BoxFeatures, indices: Sequence[int], names: Sequence[str], *, task: ModelTask) -> str:
    """“Unsure about 3 objects: platelet 0.41, …” for the boxes at ``indices``."""
    if not indices:
        return NOTHING_SEEN
    if task is ModelTask.CLASSIFY:
        return _unsure_class(boxes, names)
    shown = ", ".join(f"{name_of(int(boxes.labels[i]), names)} {boxes.scores[i]:.2f}" for i in indices)
    count = len(indices)
    return f"Unsure about {count} object{'' if count == 1 else 's'}: {shown}"


def _unsure_class(boxes: BoxFeatures, names: Sequence[str]) -> str:
    vector = boxes.probabilities[0]
    best = sorted(range(len(vector)), key=lambda c: -float(vector[c]))[:2]
    return "Unsure: " + " or ".join(f"{name_of(c, names)} {vector[c]:.2f}" for c in best)


def rare(label: int, score: float, names: Sequence[str], labelled: int) -> str:
    """“Rare class: platelet 0.41 (12 labelled)”."""
    have = "none labelled yet" if labelled == 0 else f"{labelled} labelled"
    return f"Rare class: {name_of(label, names)} {score:.2f} ({have})"


def explain(
    pool: PoolArrays, index: int, values: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[str, str, dict[str, Any]]:
    """Kind, sentence and details for a picture whose objects are wanted by ``values`` (K,), 0 = not at all.

    The rare class is named when the most wanted object is of one (by class ``weights`` (C,)), else the unsure objects.
    """
    top = [i for i in top_indices(values) if values[i] > 0]
    if not top:
        return "empty", NOTHING_SEEN, {}
    boxes, names = pool.boxes[index], pool.label_names
    details = {"objects": [_described(boxes, i, float(values[i]), names) for i in top]}
    first, label = top[0], int(boxes.labels[top[0]])
    if float(weights_of(boxes.labels[first : first + 1], weights)[0]) >= RARE_WEIGHT:
        have = int(pool.labelled_counts[label]) if label < len(pool.labelled_counts) else 0
        return "rare", rare(label, float(boxes.scores[first]), names, have), details
    return "uncertain", unsure(boxes, top, names, task=pool.task), details


def _described(boxes: BoxFeatures, box: int, value: float, names: Sequence[str]) -> dict[str, Any]:
    return {
        "label": name_of(int(boxes.labels[box]), names),
        "score": round(float(boxes.scores[box]), 4),
        "value": round(value, 4),
        "box": [round(float(v), 1) for v in boxes.boxes[box]],
    }
