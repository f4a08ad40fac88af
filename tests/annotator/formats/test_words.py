"""Names of classes as single words, and back."""

from pathlib import Path

from annotator.formats.shared.words import digits, names_of, read_class_list, words_of, write_class_list

NAMES = ["cat", "traffic light", "traffic_light", "traffic  light", " ", "dog é 猫"]


def test_every_name_has_its_own_word() -> None:
    words = words_of(NAMES)
    assert list(words) == NAMES
    assert words["cat"] == "cat"
    assert words["traffic_light"] == "traffic_light"
    assert words["dog é 猫"] == "dog_é_猫"
    assert len(set(words.values())) == len(NAMES)
    assert all(not any(c.isspace() for c in word) for word in words.values())
    assert names_of(NAMES) == {word: name for name, word in words.items()}


def test_the_list_keeps_names_and_their_order(tmp_path: Path) -> None:
    assert read_class_list(tmp_path) == []
    write_class_list(tmp_path, ["zebra", "dog é 猫", "two\nlines"])
    assert read_class_list(tmp_path) == ["zebra", "dog é 猫", "two lines"]


def test_digits_are_short_and_exact() -> None:
    assert [digits(value) for value in (1, 0.5, 1.25, 1 / 3, -1000)] == [
        "1.00",
        "0.50",
        "1.25",
        repr(1 / 3),
        "-1000.00",
    ]
