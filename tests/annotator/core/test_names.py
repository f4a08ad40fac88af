"""Names stay inside their folder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.core.errors import InvalidInput
from annotator.core.names import MAX_NAME, clean_name, is_clutter, numbered_name, readable


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("cat.jpg", "cat.jpg"),
        ("a/b/cat.jpg", "a/b/cat.jpg"),
        ("./a//b/./cat.jpg", "a/b/cat.jpg"),
        ("Cafe\u0301.png", "Café.png"),
        ("猫.jpg", "猫.jpg"),
        ("..cat.jpg", "..cat.jpg"),
    ],
)
def test_relative_names_are_kept(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "/",
        "/etc/passwd",
        "../cat.jpg",
        "a/../../b",
        "a\\b.jpg",
        "C:/x.jpg",
        "c:x",
        "a\x00b",
        "a\nb",
        ".",
        "x" * 501,
    ],
)
def test_names_that_lead_away_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        clean_name(name)


@given(st.text(max_size=60))
def test_whatever_is_kept_is_inside(name: str) -> None:
    try:
        kept = clean_name(name)
    except InvalidInput:
        return
    assert not kept.startswith("/")
    assert ".." not in kept.split("/")
    assert "\\" not in kept
    assert clean_name(kept) == kept


def test_numbered_names_keep_folder_and_ending() -> None:
    assert numbered_name("a/cat.jpg", 2) == "a/cat (2).jpg"
    assert numbered_name("cat", 3) == "cat (3)"
    long = numbered_name("f/" + "x" * 490 + ".jpeg", 12)
    assert len(long) == MAX_NAME
    assert long.endswith("x (12).jpeg")


@pytest.mark.parametrize("name", ["__MACOSX/a/._b.jpg", "a/.DS_Store", "Thumbs.db", "x/._cat.jpg"])
def test_clutter(name: str) -> None:
    assert is_clutter(name)


def test_pictures_are_no_clutter() -> None:
    assert not is_clutter("a/cat.jpg")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a.jpg", "a.jpg"), ("é 猫", "é 猫"), ("caf\udce9.jpg", "café.jpg"), ("x\ud800y", "x?y"), ("\udc81", "�")],
)
def test_names_that_are_no_text_become_readable(text: str, expected: str) -> None:
    assert readable(text) == expected
    readable(text).encode()
