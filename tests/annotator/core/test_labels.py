"""Rules of label schemas."""

import pytest

from annotator.core.errors import InvalidInput
from annotator.core.labels import (
    MAX_DEPTH,
    PALETTE,
    check_attributes,
    check_color,
    check_hierarchy,
    check_hotkeys,
    check_names,
    next_color,
    next_hotkey,
)


def test_colours_come_in_order_and_start_again_when_all_are_used() -> None:
    taken: list[str] = []
    for _ in range(41):
        taken.append(next_color(taken))
    assert tuple(taken[:20]) == PALETTE
    assert taken[20:40] == taken[:20]
    assert len(set(PALETTE)) == 20


def test_the_first_free_digit() -> None:
    assert next_hotkey(["1", "3"]) == "2"
    assert next_hotkey("1234567890") == ""


@pytest.mark.parametrize(("given", "kept"), [("#F6494D", "#f6494d"), (" #000000 ", "#000000")])
def test_colours(given: str, kept: str) -> None:
    assert check_color(given) == kept


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "#1234567", "url(x)", ""])
def test_other_colours_are_refused(color: str) -> None:
    with pytest.raises(InvalidInput, match="colour"):
        check_color(color)


@pytest.mark.parametrize(
    "pairs", [[("a", "q"), ("b", "q")], [("a", "q"), ("b", "Q")], [("a", "ab")], [("a", " ")], [("a", "\t")]]
)
def test_hotkeys_are_single_and_unique(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput, match="hotkey"):
        check_hotkeys(pairs)


def test_labels_without_hotkey_do_not_clash() -> None:
    check_hotkeys([("a", ""), ("b", ""), ("c", "c")])


@pytest.mark.parametrize("names", [["a", "a"], ["a", " "], [f"l{n}" for n in range(2001)]])
def test_names(names: list[str]) -> None:
    with pytest.raises(InvalidInput):
        check_names(names)


@pytest.mark.parametrize(
    ("parents", "word"),
    [
        ({"a": "b"}, "not among"),
        ({"a": "a"}, "ancestor"),
        ({"a": "b", "b": "c", "c": "a"}, "ancestor"),
        ({str(n): str(n + 1) if n < MAX_DEPTH else None for n in range(MAX_DEPTH + 1)}, "deeper"),
    ],
)
def test_hierarchies_that_are_none(parents: dict[str, str | None], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        check_hierarchy(parents)


def test_a_tree() -> None:
    check_hierarchy({"animal": None, "dog": "animal", "poodle": "dog", "cat": "animal"})


def test_attributes_are_completed() -> None:
    assert check_attributes("car", [{"name": "colour", "type": "select", "values": ["red"], "default": "red"}]) == [
        {"name": "colour", "type": "select", "values": ["red"], "default": "red", "required": False}
    ]


@pytest.mark.parametrize(
    "attribute",
    [
        {"type": "text"},
        {"name": ""},
        {"name": "x", "type": "colour"},
        {"name": "x", "type": "select"},
        {"name": "x", "type": "select", "values": ["a"], "default": "b"},
        {"name": "x", "type": "number", "default": "3"},
        {"name": "x", "type": "number", "default": True},
        {"name": "x", "type": "checkbox", "default": "yes"},
        {"name": "x", "onclick": "alert(1)"},
        {"name": "x", "values": [""]},
        "x",
    ],
)
def test_attributes_that_are_none(attribute: object) -> None:
    with pytest.raises(InvalidInput, match="car"):
        check_attributes("car", [attribute])


def test_two_attributes_of_one_name() -> None:
    with pytest.raises(InvalidInput, match="same name"):
        check_attributes("car", [{"name": "x"}, {"name": "x"}])
