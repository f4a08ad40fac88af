"""The library's metric names in ours."""

from collections.abc import Mapping

_NAMES = {
    "metrics/precision": "precision",
    "metrics/recall": "recall",
    "metrics/mAP50": "map50",
    "metrics/mAP50-95": "map50_95",
    "metrics/accuracy_top1": "accuracy_top1",
    "metrics/accuracy_top5": "accuracy_top5",
}


def common_names(metrics: Mapping[str, float], task: str) -> dict[str, float]:
    """``metrics/mAP50(B)`` → ``map50``; where there are masks, theirs are the main ones, those of boxes ``box_…``."""
    result: dict[str, float] = {}
    for name, value in metrics.items():
        stem, _, kind = name.partition("(")
        if stem not in _NAMES:
            if name.startswith("val/"):
                result[name] = float(value)
            continue
        prefix = "box_" if kind == "B)" and task == "segment" else ""
        result[prefix + _NAMES[stem]] = float(value)
    return result
