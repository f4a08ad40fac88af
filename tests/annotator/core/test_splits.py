"""Splits: seeded, stratified, near-duplicates together, decisions kept."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import InvalidInput
from annotator.core.splits import (
    SplitItem,
    SplitRule,
    check_fractions,
    check_rule,
    field_value,
    join_groups,
    plan_splits,
    without_test,
)

THIRDS = {"train": 0.6, "val": 0.2, "test": 0.2}
ITEMS = st.lists(
    st.tuples(
        st.integers(0, 9), st.frozensets(st.sampled_from("abc")), st.sampled_from([None, None, "train", "val", "test"])
    ),
    max_size=40,
).map(lambda rows: [SplitItem(f"{i:03}", f"g{g}", labels, fixed) for i, (g, labels, fixed) in enumerate(rows)])


@given(ITEMS, st.integers(0, 5))
def test_everything_is_placed_fixed_stays_and_groups_stay_together(items: list[SplitItem], seed: int) -> None:
    plan = plan_splits(items, fractions=THIRDS, seed=seed)
    assert set(plan.splits) == {item.id for item in items}
    assert all(plan.splits[item.id] == item.fixed for item in items if item.fixed)
    assert plan_splits(items[::-1], fractions=THIRDS, seed=seed) == plan
    for group in {item.group for item in items}:
        members = [item for item in items if item.group == group]
        fixed = {item.fixed for item in members if item.fixed}
        free = {plan.splits[item.id] for item in members if not item.fixed}
        assert len(free) <= 1
        if fixed and free:
            assert free == {next(split for split in ("test", "val", "train") if split in fixed)}


def test_labels_are_spread() -> None:
    items = [SplitItem(f"{i:04}", str(i), frozenset({"rare"} if i % 20 == 0 else {"common"})) for i in range(1000)]
    splits = plan_splits(items, fractions=THIRDS, seed=1).splits
    rare = Counter(splits[item.id] for item in items if "rare" in item.labels)
    assert rare == {"train": 30, "val": 10, "test": 10}
    assert Counter(splits.values()) == {"train": 600, "val": 200, "test": 200}


def test_another_seed_is_another_split() -> None:
    items = [SplitItem(f"{i:04}", str(i)) for i in range(100)]
    first, second = (plan_splits(items, fractions=THIRDS, seed=seed).splits for seed in (1, 2))
    assert first != second


def test_validation_is_not_empty_in_tiny_sets() -> None:
    items = [SplitItem(str(i), str(i)) for i in range(3)]
    assert Counter(plan_splits(items, fractions={"train": 0.95, "val": 0.05}, seed=0).splits.values()) == {
        "train": 2,
        "val": 1,
    }
    alone = [SplitItem("1", "1")]
    assert plan_splits(alone, fractions=THIRDS, seed=0).splits == {"1": "train"}


@pytest.mark.parametrize(
    "fractions",
    [
        {"train": 0.5},
        {"train": 1.5, "val": -0.5},
        {"val": 1.0},
        {"train": 0.5, "hold": 0.5},
        {"train": float("nan"), "val": 1},
    ],
)
def test_fractions_that_cannot_be_meant(fractions: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        check_fractions(fractions)


def test_without_stratification_only_numbers_count() -> None:
    items = [SplitItem(f"{i:04}", str(i), frozenset({"rare"} if i < 10 else {"common"})) for i in range(100)]
    plans = [plan_splits(items, fractions=THIRDS, seed=3, stratify=stratify).splits for stratify in (True, False)]
    assert Counter(plans[0].values()) == Counter(plans[1].values()) == {"train": 60, "val": 20, "test": 20}
    rare = [Counter(plan[item.id] for item in items[:10]) for plan in plans]
    assert rare[0] == {"train": 6, "val": 2, "test": 2}
    assert rare[1] != rare[0]


def test_torn_groups_are_named() -> None:
    items = [SplitItem("1", "g", fixed="train"), SplitItem("2", "g", fixed="val"), SplitItem("3", "h", fixed="val")]
    plan = plan_splits(items, fractions=THIRDS, seed=0)
    assert (plan.conflicts, plan.torn) == (1, ("1", "2"))


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=12))
def test_groups_are_connected_items(keys: list[list[str]]) -> None:
    groups = join_groups(keys)
    for first, own in enumerate(keys):
        reached, size = set(own), -1
        while size != len(reached):  # by brute force: whatever shares a key, again and again
            size = len(reached)
            for other in keys:
                if reached & set(other):
                    reached |= set(other)
        together = {second for second, other in enumerate(keys) if reached & set(other)}
        assert {second for second, group in enumerate(groups) if group == groups[first]} == together
        assert groups[first] == min(reached)


def test_values_of_metadata() -> None:
    metadata = {"site": 7, "camera": {"name": "north"}, "tags": ["x"]}
    assert field_value(metadata, "metadata:site") == "7"
    assert field_value(metadata, "metadata:camera.name") == "north"
    assert [field_value(metadata, f"metadata:{name}") for name in ("gone", "camera", "tags", "site.x")] == [None] * 4


def test_a_locked_test_split_gets_nothing() -> None:
    assert without_test(THIRDS) == {"train": pytest.approx(0.75), "val": pytest.approx(0.25), "test": 0.0}


@pytest.mark.parametrize(
    "rule",
    [
        SplitRule(together="password"),
        SplitRule(together="metadata:"),
        SplitRule(assign_by="colour"),
        SplitRule(assign={"a": "train"}),
        SplitRule(assign_by="folder", assign={"a": "hold"}),
        SplitRule(fractions={"train": 0.5}),
    ],
)
def test_rules_that_cannot_be_meant(rule: SplitRule) -> None:
    with pytest.raises(InvalidInput):
        check_rule(rule)
    assert check_rule(SplitRule(together="metadata:site", assign_by="folder")).fractions["test"] == 0
