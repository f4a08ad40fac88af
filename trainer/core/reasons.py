"""Why an image was picked, in plain words for the annotator. Short: it is shown on the picture's card."""

from collections.abc import Sequence

from trainer.core.records import BoxFeatures, ModelTask

RANDOM = "Random check"
DIVERSE = "Unlike what is labelled"
FIRST = "Typical of many pictures"
NOTHING_SEEN = "The model sees nothing here"
DUPLICATE = "Looks like another picture; nothing else is left"


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
