"""Which label a name in a file means."""

import pytest

from annotator.core.labels_match import match_label, similar_labels

KNOWN = {"Cat": 1, "big dog": 2, "zebra crossing": 3, "ZEBRA CROSSING": 4}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Cat", 1),
        (" cat ", 1),
        ("ＣＡＴ", 1),
        ("Big_Dog", 2),
        ("big-dog", 2),
        ("zebra crossing", 3),
        ("Zebra Crossing", None),
        ("bird", None),
    ],
)
def test_exact_first_then_folded_never_guessed(name: str, expected: int | None) -> None:
    assert match_label(name, KNOWN) == expected


def test_proposals_differ_by_two_letters_at_most() -> None:
    assert similar_labels("cats", ["Cat", "big dog", "bat", "boat"]) == ["Cat", "bat"]
    assert similar_labels("bird", list(KNOWN)) == []
