"""What changed between two frozen states of a dataset: a merge of two sorted streams, one image in memory at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from annotator.core.geometry.measures import bounding_box
from annotator.core.manifest import decode_line, line_id
from annotator.core.records import AnnotationRecord, ImageRecord

Change = Literal["added", "removed", "changed"]
MOST_SHAPES = 100
"""Changed shapes that are listed per image; all are counted."""


@dataclass(slots=True)
class DiffSummary:
    """Numbers over the whole comparison."""

    images: Counter[str] = field(default_factory=Counter)
    """``added``, ``removed``, ``changed`` (annotations), ``moved`` (split), ``renamed``, ``same``."""
    moves: Counter[str] = field(default_factory=Counter)
    """``"train → val"`` → images."""
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    """Label → ``added``, ``removed``, ``changed`` annotations."""

    def add(self, entry: dict[str, Any]) -> None:
        """Count one image."""
        self.images.update(entry["changes"])
        if "moved" in entry["changes"]:
            self.moves[f"{entry['split'][0] or 'none'} → {entry['split'][1] or 'none'}"] += 1
        for label, counts in entry["labels"].items():
            self.labels.setdefault(label, Counter()).update(counts)


def diff_lines(base: Iterable[bytes], head: Iterable[bytes], summary: DiffSummary) -> Iterator[dict[str, Any]]:
    """Yield one entry per image that is not the same on both sides, in order of id; both streams are sorted by it.

    An entry holds ``id``, ``name``, ``width``, ``height``, ``sha256``, ``split`` [before, after], ``changes`` (words of
    :class:`DiffSummary`), ``labels`` ({label: {change: n}}) and up to 100 ``shapes``: ``change``, ``id``, ``label``
    [before, after], ``box`` [before, after] as [x, y, w, h] or null, and ``what`` changed.
    """
    before, after = iter(base), iter(head)
    left, right = next(before, None), next(after, None)
    while left is not None or right is not None:
        first = line_id(left) if left is not None else None
        second = line_id(right) if right is not None else None
        if second is None or (first is not None and first < second):
            entry = _entry(decode_line(left or b""), None)
            left = next(before, None)
        elif first is None or second < first:
            entry = _entry(None, decode_line(right or b""))
            right = next(after, None)
        else:
            same = left == right
            entry = None if same else _entry(decode_line(left or b""), decode_line(right or b""))
            left, right = next(before, None), next(after, None)
        if entry is None:
            summary.images["same"] += 1
            continue
        summary.add(entry)
        yield entry


def _entry(base: ImageRecord | None, head: ImageRecord | None) -> dict[str, Any] | None:
    shown = head or base
    if shown is None:
        return None
    shapes = list(_shapes(base, head))
    changes = _changes(base, head, bool(shapes))
    if not changes:
        return None
    labels: dict[str, Counter[str]] = {}
    for shape in shapes:
        labels.setdefault(shape["label"][1] or shape["label"][0], Counter())[shape["change"]] += 1
    return {
        "id": shown.id,
        "name": shown.name,
        "width": shown.width,
        "height": shown.height,
        "sha256": str(shown.source.get("sha256", "")),
        "split": [base.split if base else None, head.split if head else None],
        "changes": changes,
        "labels": {label: dict(counts) for label, counts in sorted(labels.items())},
        "shapes": shapes[:MOST_SHAPES],
    }


def _changes(base: ImageRecord | None, head: ImageRecord | None, shapes: bool) -> list[str]:
    if base is None or head is None:
        return ["added" if base is None else "removed"]
    moved = ["moved"] if base.split != head.split else []
    renamed = ["renamed"] if base.name != head.name else []
    return [*(["changed"] if shapes else []), *moved, *renamed]


def _shapes(base: ImageRecord | None, head: ImageRecord | None) -> Iterator[dict[str, Any]]:
    before = {shape.id: shape for shape in (base.annotations if base else ())}
    after = {shape.id: shape for shape in (head.annotations if head else ())}
    for shape in after.values():
        past = before.get(shape.id)
        if past is None:
            yield _shape("added", None, shape)
        elif what := _differences(past, shape):
            yield {**_shape("changed", past, shape), "what": what}
    for key, past in before.items():
        if key not in after:
            yield _shape("removed", past, None)


def _differences(past: AnnotationRecord, now: AnnotationRecord) -> list[str]:
    fields = ("label", "geometry", "attributes", "z_order")
    return [name for name in fields if getattr(past, name) != getattr(now, name)]


def _shape(change: Change, past: AnnotationRecord | None, now: AnnotationRecord | None) -> dict[str, Any]:
    shown = now or past
    return {
        "change": change,
        "id": shown.id if shown else None,
        "label": [past.label if past else None, now.label if now else None],
        "box": [_box(past), _box(now)],
        "what": [],
    }


def _box(shape: AnnotationRecord | None) -> list[float] | None:
    box = bounding_box(shape.geometry) if shape is not None else None
    return None if box is None else [box.x, box.y, box.w, box.h]
