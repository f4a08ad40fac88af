"""Learning curves: a metric of successive models against what was labelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

METRIC_ORDER: tuple[str, ...] = ("map50_95", "map50", "accuracy_top1", "accuracy_top5")
"""Headline metrics, the most telling first."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One model: ``images`` and ``objects`` labelled for training, ``value`` of the metric on validation (0–1)."""

    number: int
    images: int
    objects: int
    value: float


def headline(metrics: Mapping[str, float]) -> tuple[str, float] | None:
    """The most telling metric that is there, as (name, value); ``None`` without any."""
    for name in METRIC_ORDER:
        value = metrics.get(name)
        if isinstance(value, int | float):
            return name, float(value)
    return None


def common_metric(models: Sequence[Mapping[str, float]]) -> str | None:
    """The most telling metric that the most models share, so that a curve never mixes two."""
    counts = {name: sum(isinstance(m.get(name), int | float) for m in models) for name in METRIC_ORDER}
    best = max(counts.values(), default=0)
    return next((name for name in METRIC_ORDER if counts[name] == best and best > 0), None)


def recent_gain(points: Sequence[CurvePoint]) -> float | None:
    """Gain of the newest model over the best earlier one (may be negative); ``None`` before there are two."""
    if len(points) < 2:
        return None
    ordered = sorted(points, key=lambda point: point.number)
    return ordered[-1].value - max(point.value for point in ordered[:-1])


def gain_per_hundred(points: Sequence[CurvePoint]) -> float | None:
    """Metric gained per 100 more images between the two newest models; ``None`` when no images were added."""
    ordered = sorted(points, key=lambda point: point.number)[-2:]
    if len(ordered) < 2 or ordered[1].images <= ordered[0].images:
        return None
    return (ordered[1].value - ordered[0].value) * 100.0 / (ordered[1].images - ordered[0].images)


def area_under_curve(points: Sequence[CurvePoint]) -> float:
    """Mean height of the curve over labelled images (trapezoids); the single value of one point, 0 without any."""
    ordered = sorted(points, key=lambda point: (point.images, point.number))
    if not ordered:
        return 0.0
    width = ordered[-1].images - ordered[0].images
    if width == 0:
        return max(point.value for point in ordered)
    area = sum((b.images - a.images) * (a.value + b.value) / 2.0 for a, b in pairwise(ordered))
    return area / width
