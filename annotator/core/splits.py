"""Train, validation and test: seeded, stratified by label, with near-duplicates and other groups kept on one side.

The rule for what is not decided yet is the greedy one of Sechidis, Tsoumakas and Vlahavas (“On the Stratification of
Multi-Label Data”, 2011), with groups of near-duplicates in the place of single images: the rarest label first, each of
its groups to the split that still wants that label most.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from annotator.core.errors import InvalidInput
from annotator.core.records import SPLITS

DEFAULT_FRACTIONS: Mapping[str, float] = {"train": 0.8, "val": 0.2, "test": 0.0}
HELD_OUT = ("test", "val")
"""Splits that must never meet near-duplicates of their images in training, the stricter one first."""
METADATA = "metadata:"
"""Prefix of a field of the image's metadata; ``metadata:camera.name`` looks inside an object."""
FIELDS = ("folder", "uploader")
"""Other fields of images that a rule may name."""
SAMPLES = 20


@dataclass(frozen=True, slots=True)
class SplitRule:
    """How images are divided; the same rule, images and seed give the same split."""

    fractions: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_FRACTIONS))
    seed: int = 0
    stratify: bool = True
    """Give every class its share in each split; else only the numbers of images count."""
    near_duplicates: bool = True
    """Keep near-duplicates on one side."""
    keep_fixed: bool = True
    """Images whose split is set stay in it; else only those of a locked test set do."""
    together: str = ""
    """Images with the same value stay on one side: ``folder``, ``uploader`` or ``metadata:<field>``; empty = none."""
    assign_by: str = ""
    """Field whose value decides (as in ``together``); values that ``assign`` does not name are drawn."""
    assign: Mapping[str, str] = field(default_factory=dict)
    """Value of ``assign_by`` → split."""


@dataclass(frozen=True, slots=True)
class SplitItem:
    """One image: ``group`` is shared by near-duplicates, ``fixed`` is a split that somebody or something decided."""

    id: str
    group: str
    labels: Collection[str] = ()
    """Each once."""
    fixed: str | None = None


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Where every image goes, and how many groups were fixed on different sides (with ids of some such images)."""

    splits: dict[str, str]
    conflicts: int = 0
    torn: tuple[str, ...] = ()


@dataclass(slots=True)
class _Group:
    key: str
    ids: list[str]
    labels: list[Collection[str]]
    """Of each image."""

    def names(self) -> Collection[str]:
        """The labels on any of its images."""
        return self.labels[0] if len(self.labels) == 1 else set().union(*self.labels)


def check_fractions(fractions: Mapping[str, float]) -> dict[str, float]:
    """Fractions of all three splits that sum to 1; raises :class:`InvalidInput` when they cannot be meant."""
    if unknown := sorted(set(fractions) - set(SPLITS)):
        raise InvalidInput(f"“{unknown[0]}” is no split. There are {', '.join(SPLITS)}.")
    values = {split: float(fractions.get(split, 0.0)) for split in SPLITS}
    if any(not 0 <= value <= 1 for value in values.values()) or not 0.99 <= sum(values.values()) <= 1.01:
        raise InvalidInput("The fractions of the splits must lie between 0 and 1 and sum to 1.")
    if values["train"] <= 0:
        raise InvalidInput("The training split cannot be empty.")
    total = sum(values.values())
    return {split: value / total for split, value in values.items()}


def check_rule(rule: SplitRule) -> SplitRule:
    """The rule with complete fractions; raises :class:`InvalidInput` for a field or split that does not exist."""
    for name in (rule.together, rule.assign_by):
        if name and name not in FIELDS and not (name.startswith(METADATA) and len(name) > len(METADATA)):
            raise InvalidInput(f"“{name[:60]}” is no field to split by. Use folder, uploader or {METADATA}<name>.")
    if rule.assign and not rule.assign_by:
        raise InvalidInput("“assign” needs “assign_by”: the field whose values it names.")
    if unknown := sorted(set(rule.assign.values()) - set(SPLITS)):
        raise InvalidInput(f"“{unknown[0][:40]}” is no split. There are {', '.join(SPLITS)}.")
    return replace(rule, fractions=check_fractions(rule.fractions))


def without_test(fractions: Mapping[str, float]) -> dict[str, float]:
    """The same proportions of training and validation when nothing new may enter the test split."""
    left = 1 - fractions.get("test", 0.0)
    return {split: 0.0 if split == "test" else fractions.get(split, 0.0) / left for split in SPLITS}


def field_value(metadata: Mapping[str, Any], name: str) -> str | None:
    """Value of ``metadata:<path>`` as text; ``None`` when the image has none."""
    value: Any = metadata
    for part in name.removeprefix(METADATA).split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return None if value is None or isinstance(value, Mapping | list) else str(value)


def join_groups(keys: Sequence[Sequence[str]]) -> list[str]:
    """Per item the smallest key of its group; items are in one group when a chain of shared keys connects them."""
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = key = parents[parents[key]]
        return key

    for own in keys:
        for other in own[1:]:
            first, second = sorted((root(own[0]), root(other)))
            parents[second] = first
    return [root(own[0]) for own in keys]


def plan_splits(
    items: Sequence[SplitItem], *, fractions: Mapping[str, float], seed: int, stratify: bool = True
) -> SplitPlan:
    """Decide a split for every item; the same items, fractions and seed give the same plan in any order of ``items``.

    Fixed items stay where they are; their near-duplicates follow them (to the stricter side when the fixed ones
    disagree, which counts as a conflict).
    """
    wanted = check_fractions(fractions)
    if not stratify:
        items = [replace(item, labels=()) for item in items]
    fixed = {item.id: item.fixed for item in items if item.fixed}
    sides: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.fixed:
            sides[item.group].add(item.fixed)
    splits = dict(fixed)
    free: list[SplitItem] = []
    for item in sorted(items, key=lambda item: item.id):
        if item.fixed:
            continue
        if sides[item.group]:
            splits[item.id] = next((split for split in HELD_OUT if split in sides[item.group]), "train")
        else:
            free.append(item)
    _stratify(_groups(free), splits, items, wanted, np.random.default_rng(seed))
    torn = {group for group, found in sides.items() if len(found) > 1}
    samples = sorted(item.id for item in items if item.group in torn and item.fixed) if torn else []
    return SplitPlan(splits, len(torn), tuple(samples[:SAMPLES]))


def _groups(items: Iterable[SplitItem]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for item in items:
        group = groups.setdefault(item.group, _Group(item.group, [], []))
        group.ids.append(item.id)
        group.labels.append(item.labels)
    return list(groups.values())


def _stratify(
    groups: list[_Group],
    splits: dict[str, str],
    items: Sequence[SplitItem],
    fractions: Mapping[str, float],
    rng: np.random.Generator,
) -> None:
    """Fill ``splits`` for ``groups``, counting what is decided already against the wishes of each split."""
    order = [groups[i] for i in rng.permutation(len(groups)).tolist()]
    totals = Counter(label for item in items for label in item.labels)
    images = {split: fractions[split] * len(items) for split in SPLITS}
    labels = {split: {label: fractions[split] * n for label, n in totals.items()} for split in SPLITS}
    for item in items:
        if item.id in splits:
            images[splits[item.id]] -= 1
            for label in item.labels:
                labels[splits[item.id]][label] -= 1
    rarest = sorted(totals, key=lambda label: (totals[label], label))
    of_label: dict[str, list[_Group]] = defaultdict(list)
    for group in order:
        for label in group.names():
            of_label[label].append(group)
    placed: set[str] = set()
    rounds: list[tuple[str | None, list[_Group]]] = [(label, of_label[label]) for label in rarest]
    for rare, candidates in [*rounds, (None, order)]:
        for group in candidates:
            if group.key in placed:
                continue
            placed.add(group.key)
            split = max(
                (split for split in SPLITS if fractions[split] > 0),
                key=lambda s: (labels[s][rare] if rare else 0.0, images[s], fractions[s]),
            )
            images[split] -= len(group.ids)
            for names in group.labels:
                for name in names:
                    labels[split][name] -= 1
            splits.update(dict.fromkeys(group.ids, split))
    _fill_empty(order, splits, fractions)


def _fill_empty(order: Sequence[_Group], splits: dict[str, str], fractions: Mapping[str, float]) -> None:
    """Give validation (then test) at least one group where rounding left it none, without emptying training."""
    for split in ("val", "test"):
        if fractions[split] > 0 and split not in splits.values():
            train = [group for group in order if splits[group.ids[0]] == "train"]
            others = sum(found == "train" for found in splits.values())
            smallest = min(train, key=lambda group: len(group.ids), default=None)
            if smallest is not None and others > len(smallest.ids):
                splits.update(dict.fromkeys(smallest.ids, split))
